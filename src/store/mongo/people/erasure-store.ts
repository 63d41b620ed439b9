import type { ErasureStore } from '../../../ports/erasure-store.js';
import { removeDevices } from '../devices/device-removal.js';
import { ERASED_USERS } from '../documents/counts.js';
import { DELIVERIES, type DeliveryDoc } from '../documents/deliveries.js';
import { DEVICES } from '../documents/devices.js';
import type { Ground } from '../ground.js';
import { untilSettled } from '../writing/settled.js';
import { sweepOldest } from '../writing/sweep-oldest.js';
import { upsertEach } from '../writing/upsert-each.js';
import { erasedHash, erasedId } from './erased-users.js';
import { scrubChunks } from './scrub-chunks.js';
import { removeUserRecord } from './user-store.js';

export function createErasureStore(ground: Ground): ErasureStore {
  const { db, erasurePepper: pepper } = ground;
  const deliveries = db.of(DELIVERIES);

  /** What is still owed by a record goes first. */
  async function removeSome(app: string, user: string, limit: number): Promise<number> {
    const found = await db.run(() =>
      deliveries.find({ app, user }).sort({ message: -1, key: 1 }).limit(limit).select({ rev: 1, out: 1 }).lean(),
    );
    const theirs = found as unknown as readonly DeliveryDoc[];
    const settled = theirs.filter(({ out = [] }) => out.length === 0);
    if (settled.length > 0) {
      // One that has changed meanwhile comes again.
      const removals = settled.map(({ _id, rev }) => ({ deleteOne: { filter: { _id, rev } } }));
      const { deletedCount } = await db.run(() => deliveries.bulkWrite(removals as never, { ordered: false }));
      if (deletedCount > 0) return deletedCount;
    }
    if (theirs.length === 0) return 0;
    await untilSettled(db, DELIVERIES, { app, user });
    return removeSome(app, user, limit);
  }

  return {
    // Whoever is recording at this moment looks again once it is recorded; see `record-deliveries.ts`.
    async forget(app, user, now) {
      const update = { $max: { at: now }, $setOnInsert: { hash: erasedHash(pepper, app, user) } };
      await upsertEach(db, db.of(ERASED_USERS), [{ id: erasedId(pepper, app, user), update }]);
    },

    async removeDevices(app, user, limit, now) {
      const found = await db.run(() =>
        db.of(DEVICES).find({ app, user }).sort({ _id: 1 }).limit(limit).select({ device: 1 }).lean(),
      );
      const ids = found.map(({ device }) => device);
      return ids.length === 0 ? 0 : removeDevices(ground, app, ids, now);
    },

    scrubChunks: (app, user, cursor) => scrubChunks(ground, app, user, cursor),
    removeDeliveries: (app, user, limit) => removeSome(app, user, limit),
    removeRecord: (app, user) => removeUserRecord(ground, app, user),
    forgotten: (before, limit) => sweepOldest(db, db.of(ERASED_USERS), 'at', before, limit),
  };
}
