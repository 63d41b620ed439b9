import type { EventLog } from '../ports/event-log.js';
import type { WebhookCall, WebhookStore } from '../ports/webhook-store.js';
import { callBody, isTest, testEventJson } from './call-body.js';
import { unitsOfRange } from './read-units.js';

/** The bytes of a call, in whatever attempt; undefined where its events are kept no longer. */
export type CallBodies = (call: WebhookCall) => Promise<string | undefined>;

/** Bytes that were kept when an attempt failed, or else built anew of the log, which gives the same. */
export function createCallBodies(house: {
  readonly store: Pick<WebhookStore, 'bodies'>;
  readonly log: Pick<EventLog, 'readBlocks'>;
}): CallBodies {
  return async (call) => {
    if (call.attempts > 0) {
      const kept = (await house.store.bodies(call.endpoint, [call.id])).get(call.id);
      if (kept !== undefined) return kept;
    }
    if (isTest(call)) return callBody(call, [testEventJson(call)]);
    const { app, endpoint, types, level, firstEvent, lastEvent } = call;
    const range = { after: firstEvent - 1, through: lastEvent };
    const units = await unitsOfRange(house.log, { app, endpoint, types, level }, range);
    return units.length === 0
      ? undefined
      : callBody(
          call,
          units.map(({ json }) => json),
        );
  };
}
