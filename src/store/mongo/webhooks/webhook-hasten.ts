import type { EpochMs } from '../../../domain/time.js';
import type { WebhookStore } from '../../../ports/webhook-store.js';
import { CALLS, ENDPOINTS, type EndpointDoc, NEVER } from '../documents/webhooks.js';
import type { Call } from '../engine/call.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { type Change, changeEach } from '../writing/change.js';

const KIND = 'webhook-hasten';

/** Makes waiting calls due. */
export interface Hasten {
  /** The change of an endpoint with which its waiting calls become due. */
  with(call: Call, document: EndpointDoc, change: Change<EndpointDoc>, now: EpochMs): Change<EndpointDoc>;
  /** Does to the calls what was changed of their endpoints. */
  carryOut(call: Call, endpoints: readonly EndpointDoc[], now: EpochMs): Promise<void>;
  readonly hasten: WebhookStore['hasten'];
}

export function createHasten({ db, outbox }: Ground): Hasten {
  const calls = db.of(CALLS);

  async function hastenCalls({ key }: Pick<EndpointDoc, 'key'>, now: EpochMs): Promise<void> {
    const later = { endpoint: key, state: 'waiting', dueAt: op({ $gt: now }) } as const;
    await db.run(() => calls.updateMany(later, { $set: { dueAt: now } }));
  }

  outbox.carries(KIND, async (source, now) => hastenCalls(source as EndpointDoc, now as EpochMs)); // written below

  const hasten: Hasten = {
    with(call, document, { set, ...rest }, now) {
      const { wakeAt, testAt } = document;
      // None waits.
      if (wakeAt === NEVER && testAt === NEVER) return set === undefined ? rest : { ...rest, set };
      const sooner = (at: EpochMs) => (at === NEVER ? at : Math.min(at, now));
      return {
        ...rest,
        set: { ...set, wakeAt: sooner(wakeAt), testAt: sooner(testAt) },
        out: outbox.pending(call, { work: { kind: KIND, what: now } }, now),
      };
    },

    async carryOut(call, endpoints, now) {
      for (const endpoint of endpoints) {
        if (endpoint.wakeAt === NEVER && endpoint.testAt === NEVER) continue;
        await hastenCalls(endpoint, now);
        await outbox.settle(call, [{ spec: ENDPOINTS, ids: [endpoint._id] }], {}, now);
      }
    },

    async hasten(endpoint, now) {
      const call = outbox.begin();
      const before = await changeEach<EndpointDoc>(db, db.of(ENDPOINTS), [endpoint], call, () => (document) => {
        return document.isRemoved ? undefined : hasten.with(call, document, { unset: ['holdUntil'] }, now);
      });
      await hasten.carryOut(call, [...before.values()], now);
    },
  };
  return hasten;
}
