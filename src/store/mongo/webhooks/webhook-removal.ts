import type { EpochMs } from '../../../domain/time.js';
import { ENDPOINTS, type EndpointDoc, REMOVED_ENDPOINTS } from '../documents/webhooks.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { changeEach } from '../writing/change.js';
import { insertNew } from '../writing/insert-new.js';
import type { Interest } from './webhook-interest.js';

const KIND = 'webhook-removal';

export interface Removal {
  /**
   * Their calls may be many: they go with the next sweeps, and nobody sees them meanwhile.
   *
   * @returns how many there were
   */
  remove(app: string, ids: readonly string[]): Promise<number>;
  /** Ends what is under way: another of the same id or name may be made. */
  finish(which: { readonly ids: readonly string[] } | { readonly claim: string }): Promise<void>;
}

export function createRemoval({ db, outbox }: Ground, interest: Interest): Removal {
  const model = db.of(ENDPOINTS);

  async function finishOne({ _id, key, app }: Pick<EndpointDoc, '_id' | 'key' | 'app'>): Promise<void> {
    await insertNew(db, db.of(REMOVED_ENDPOINTS), [{ _id: key }]);
    await interest.settle(app);
    await db.run(() => model.deleteOne({ _id, key }));
  }

  outbox.carries(KIND, async (source) => finishOne(source as EndpointDoc)); // owed by endpoints alone

  return {
    async remove(app, ids) {
      const call = outbox.begin();
      const at: EpochMs = 0;
      const removed = await changeEach<EndpointDoc>(db, model, ids, call, () => (document) => {
        if (document.app !== app || document.isRemoved) return undefined;
        const out = outbox.pending(call, { work: { kind: KIND, what: null } }, at);
        // Whoever holds it is told with his next word.
        return { set: { isRemoved: true, fence: document.fence + 1, leaseUntil: 0 }, out };
      });
      for (const document of removed.values()) await finishOne(document);
      return removed.size;
    },

    async finish(which) {
      const filter = 'ids' in which ? { _id: op({ $in: [...which.ids] }) } : { claim: which.claim };
      const found = await db.run(() => model.find({ ...filter, isRemoved: true }).lean());
      for (const document of found) await finishOne(document);
    },
  };
}
