import type { EpochMs } from '../domain/time.js';
import type { WebhookCall, WebhookSlot, WebhookStore } from '../ports/webhook-store.js';
import { callBody } from './call-body.js';
import { type CallReaderHouse, createCallReader } from './read-calls.js';

/** What came of looking for new calls behind a cursor. */
export type CallsMade =
  /** Nothing was there to tell. */
  | { readonly kind: 'none' }
  /** More is to come into a call. */
  | { readonly kind: 'wait' }
  /** The store has them, as far as `until`. */
  | {
      readonly kind: 'made';
      readonly calls: readonly { readonly call: WebhookCall; readonly body: string }[];
      readonly until: number;
    }
  /** The endpoint is another by now than the one for which the log was read; undefined: somebody else has it. */
  | { readonly kind: 'changed'; readonly slot: WebhookSlot | undefined };

export interface CallMakerHouse extends CallReaderHouse {
  readonly store: Pick<WebhookStore, 'addCalls'>;
  /** A slot as it now is, its lease extended; undefined where another has it. */
  readonly renewed: (slot: { readonly endpoint: string; readonly fence: number }) => Promise<WebhookSlot | undefined>;
}

/** Makes calls of one endpoint of what the log has for it. */
export function createCallMaker(
  house: CallMakerHouse,
): (slot: WebhookSlot, cursor: number, callsMax: number, now: EpochMs) => Promise<CallsMade> {
  const readCalls = createCallReader(house);

  return async ({ endpoint, fence }, cursor, callsMax, now) => {
    const { id, updatedAt } = endpoint;
    const { made, told, until, isWaiting } = await readCalls(endpoint, cursor, callsMax, now);
    if (until === cursor) return { kind: isWaiting ? 'wait' : 'none' };
    const calls = await house.store.addCalls({ endpoint: id, fence, updatedAt }, made, until, now);
    if (calls === undefined) return { kind: 'changed', slot: await house.renewed({ endpoint: id, fence }) };
    return {
      kind: 'made',
      until,
      calls: calls.map((call, index) => ({ call, body: callBody(call, told[index] ?? []) })),
    };
  };
}
