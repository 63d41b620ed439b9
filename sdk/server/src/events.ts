import type { RecordEventsAnswer, RecordEventsBody } from './openapi.js';
import type { CallOptions } from './options.js';
import type { Transport } from './transport.js';

/** What somebody did with a message on a device. */
export type ReceiptEvent = RecordEventsBody['events'][number] & { readonly device: string };
/** What became of one event: `result`, or the `problem` for which it was refused. */
export type ReceiptEventResult = RecordEventsAnswer['results'][number];

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
}

export function createEvents(transport: Transport): Events {
  return {
    async record(events, options) {
      const call = { method: 'POST', path: '/v1/events', body: { events } } as const;
      return (await transport.call<RecordEventsAnswer>(call, options)).body.results;
    },
  };
}
