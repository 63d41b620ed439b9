import type { Delivery, GetStatsAnswer } from './openapi.js';
import type { CallOptions } from './options.js';
import { streamOf } from './stream.js';
import type { Transport } from './transport.js';

/** Exact counts of deliveries, and rates over the roads that can tell. */
export type StatsAnswer = GetStatsAnswer;

/** Which counts are asked for; times are RFC 3339 or dates. */
export interface StatsQuery {
  /** Its hour, or day, is in it. Without it the last 24 hours, or 30 days. */
  readonly from?: string | Date;
  /** Now without it. */
  readonly to?: string | Date;
  /** `hour` (31 days at most) without it; `day` (of UTC, 400 at most). */
  readonly by?: 'hour' | 'day';
  /** What is counted apart. */
  readonly group?: readonly ('provider' | 'platform' | 'class')[];
}

/** Messages by the time at which they were accepted: from `from` on, before `to`. */
export interface TimeSpan {
  /** Without it the last 24 hours. */
  readonly from?: string | Date;
  /** Now without it. */
  readonly to?: string | Date;
}

/** What became of deliveries, counted, and one by one. */
export interface Stats {
  /**
   * Counts by the hour, or day, in which messages were accepted. They outlive the messages.
   *
   * @throws PealbellError `validation_failed`, also for a span that is too long for one answer
   *
   * @example
   * ```ts
   * const { data } = await pealbell.stats.get({ by: 'day', group: ['provider'] });
   * for (const { start, provider, counts, rates } of data) console.log(start, provider, counts.sent, rates.delivered?.value);
   * ```
   */
  get(query?: StatsQuery, options?: CallOptions): Promise<StatsAnswer>;

  /**
   * The deliveries of all messages that were accepted in a span of time, oldest message first, as one stream.
   *
   * @throws PealbellError `validation_failed`; `connection_failed` when it breaks off
   *
   * @example
   * ```ts
   * const from = new Date(Date.now() - 3_600_000);
   * for await (const delivery of pealbell.stats.exportDeliveries({ from })) file.write(`${JSON.stringify(delivery)}\n`);
   * ```
   */
  exportDeliveries(span?: TimeSpan, options?: CallOptions): AsyncGenerator<Delivery, void, undefined>;
}

export function createStats(transport: Transport): Stats {
  return {
    async get({ from, to, by, group } = {}, options) {
      const query = { from: textOf(from), to: textOf(to), by, group: group?.join(',') };
      return (await transport.call<StatsAnswer>({ method: 'GET', path: '/v1/stats', query }, options)).body;
    },
    exportDeliveries: ({ from, to } = {}, options) =>
      streamOf<Delivery>(transport, '/v1/deliveries/export', options, { from: textOf(from), to: textOf(to) }),
  };
}

function textOf(time: string | Date | undefined): string | undefined {
  return time instanceof Date ? time.toISOString() : time;
}
