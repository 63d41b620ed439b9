import type { ExportEventsAnswer, RecordEventsAnswer, RecordEventsBody } from './openapi.js';
import type { CallOptions } from './options.js';
import { streamOf } from './stream.js';
import type { Transport } from './transport.js';

/** What somebody did with a message on a device. */
export type ReceiptEvent = RecordEventsBody['events'][number] & { readonly device: string };
/** What became of one event: `result`, or the `problem` for which it was refused. */
export type ReceiptEventResult = RecordEventsAnswer['results'][number];

/** One thing that happened, as webhooks tell it, too. */
export type HappenedEvent = ExportEventsAnswer;

/** Which events of the log are asked for. */
export interface EventRange {
  /** `seq` of the last one that is known; the oldest kept comes first without it. */
  readonly after?: number;
  /** Such as `delivery.failed` or `message.*`; all without it. */
  readonly types?: readonly string[];
}

/** What people did with messages, as far as your own server is the one that knows. */
export interface Events {
  /**
   * Tells up to 1,000 events; each is taken or refused by itself. Telling one again changes nothing.
   *
   * @returns one result per event, in order
   *
   * @example
   * ```ts
   * const [result] = await pealbell.events.record([{ message: id, device: 'phone1', event: 'opened' }]);
   * if (result?.problem) console.log(result.problem.detail);
   * ```
   */
  record(events: readonly ReceiptEvent[], options?: CallOptions): Promise<ReceiptEventResult[]>;

  /**
   * The log of what happened, oldest first, up to now: of types that a webhook endpoint of the app wants.
   *
   * @throws PealbellError `validation_failed`; `connection_failed` when it breaks off
   *
   * @example
   * ```ts
   * for await (const { seq, type, data } of pealbell.events.export({ after: known })) known = seq;
   * ```
   */
  export(range?: EventRange, options?: CallOptions): AsyncGenerator<HappenedEvent, void, undefined>;
}

export function createEvents(transport: Transport): Events {
  return {
    async record(events, options) {
      const call = { method: 'POST', path: '/v1/events', body: { events } } as const;
      return (await transport.call<RecordEventsAnswer>(call, options)).body.results;
    },
    export: ({ after, types } = {}, options) =>
      streamOf<HappenedEvent>(transport, '/v1/events/export', options, { after, types: types?.join(',') }),
  };
}
