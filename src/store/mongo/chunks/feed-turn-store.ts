import type { FeedTurnStore } from '../../../ports/feed-turn-store.js';
import { FEED_TURNS } from '../documents/feed-turns.js';
import { op } from '../engine/collection.js';
import { isDuplicateKey } from '../engine/mongo-errors.js';
import type { Ground } from '../ground.js';
import { upsertEach } from '../writing/upsert-each.js';

export function createFeedTurnStore({ db }: Ground): FeedTurnStore {
  const turns = db.of(FEED_TURNS);
  const idOf = (app: string, provider: string) => `${app}|${provider}`;
  return {
    async take(app, provider, now, until) {
      // One that is there and has not come does not match, and cannot be made anew.
      const due = { _id: idOf(app, provider), dueAt: op({ $lte: now }) };
      try {
        await db.run(() => turns.updateOne(due, { $set: { dueAt: until } }, { upsert: true }));
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },

    async next(app, provider, at) {
      await upsertEach(db, turns, [{ id: idOf(app, provider), update: { $set: { dueAt: at } } }]);
    },
  };
}
