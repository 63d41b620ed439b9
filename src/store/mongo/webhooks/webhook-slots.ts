import type { EpochMs } from '../../../domain/time.js';
import type { WebhookSlot, WebhookStore } from '../../../ports/webhook-store.js';
import { ENDPOINTS, type EndpointDoc } from '../documents/webhooks.js';
import { op } from '../engine/collection.js';
import type { LogEnds } from '../events/log-ends.js';
import type { Ground } from '../ground.js';
import { readEach } from '../writing/change.js';
import { CANDIDATE_FIELDS, type Candidate, hasDueCall, withEvents } from './webhook-claim.js';
import { toEndpoint } from './webhook-docs.js';
import { openSecrets } from './webhook-secrets.js';

/** Endpoints whose calls are looked at together. */
const LOOK_TOGETHER = 16;

/** Which process works for which endpoint. */
export function createWebhookSlots(
  ground: Ground,
  ends: LogEnds,
): Pick<WebhookStore, 'claim' | 'renew' | 'release' | 'voidLeases'> {
  const { db, atRest, outbox } = ground;
  const model = db.of(ENDPOINTS);
  const toSlot = (document: EndpointDoc, now: EpochMs): WebhookSlot => ({
    endpoint: toEndpoint(document),
    secrets: openSecrets(atRest, document, now),
    fence: document.fence,
  });

  /** One that somebody else has taken meanwhile has another fence. */
  async function take(
    candidates: readonly Candidate[],
    holder: string,
    now: EpochMs,
    leaseUntil: EpochMs,
  ): Promise<readonly EndpointDoc[]> {
    if (candidates.length === 0) return [];
    const free = { leaseUntil: op({ $lte: now }), isRemoved: false };
    const updates = candidates.map(({ _id, fence }) => ({
      updateOne: {
        filter: { _id, fence, ...free },
        update: { $set: { fence: fence + 1, holder, leaseUntil, claimedAt: now } },
      },
    }));
    await db.run(() => model.bulkWrite(updates as never, { ordered: false }));
    const fences = new Map(candidates.map(({ _id, fence }) => [_id, fence + 1]));
    const found = await readEach<EndpointDoc>(db, model, [...fences.keys()]);
    return found.filter((each) => each.holder === holder && each.fence === fences.get(each._id));
  }

  return {
    async claim(holder, now, leaseUntil, limit) {
      const found = await db.run(() =>
        model
          .find({ isRemoved: false, leaseUntil: op({ $lte: now }) })
          .select(CANDIDATE_FIELDS)
          .lean(),
      );
      const free = (found as Candidate[]).toSorted(
        (a, b) => a.claimedAt - b.claimedAt || (a._id < b._id ? -1 : Number(a._id > b._id)),
      );
      const isCalled = await withEvents(ground, ends, free, now);
      // Another name each time: two claims of one process are told apart.
      const name = `${holder} ${outbox.begin().o}`;
      const taken: EndpointDoc[] = [];
      for (let from = 0; from < free.length && taken.length < limit; from += LOOK_TOGETHER) {
        const some = free.slice(from, from + LOOK_TOGETHER);
        const hasWork = await Promise.all(
          some.map(async (each) => isCalled.has(each._id) || (await hasDueCall(ground, each, now))),
        );
        const chosen = some.filter((_, n) => hasWork[n]).slice(0, limit - taken.length);
        taken.push(...(await take(chosen, name, now, leaseUntil)));
      }
      return taken.map((document) => toSlot(document, now));
    },

    async renew(slots, now, leaseUntil) {
      if (slots.length === 0) return [];
      const updates = slots.map(({ endpoint, fence }) => ({
        updateOne: {
          filter: { _id: endpoint, fence, leaseUntil: op({ $gt: 0 }), isRemoved: false },
          update: { $set: { leaseUntil } },
        },
      }));
      await db.run(() => model.bulkWrite(updates as never, { ordered: false }));
      const found = await readEach<EndpointDoc>(
        db,
        model,
        slots.map(({ endpoint }) => endpoint),
      );
      const held = new Map(
        found.filter((each) => each.leaseUntil > 0 && !each.isRemoved).map((each) => [each._id, each]),
      );
      return slots.map(({ endpoint, fence }) => {
        const document = held.get(endpoint);
        return document?.fence === fence ? toSlot(document, now) : undefined;
      });
    },

    async release(slots) {
      if (slots.length === 0) return;
      const updates = slots.map(({ endpoint, fence }) => ({
        updateOne: { filter: { _id: endpoint, fence }, update: { $set: { leaseUntil: 0 }, $unset: { holder: 1 } } },
      }));
      await db.run(() => model.bulkWrite(updates as never, { ordered: false }));
    },

    async voidLeases() {
      await db.run(() =>
        model.updateMany({ leaseUntil: op({ $gt: 0 }) }, { $set: { leaseUntil: 0 }, $unset: { holder: 1 } }),
      );
    },
  };
}
