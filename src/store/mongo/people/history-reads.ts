import { type HistoryReads, namedInTargets } from '../../shared/user-history.js';
import { waitingIn } from '../../shared/waiting-deliveries.js';
import { UNREAD } from '../deliveries/delivery-docs.js';
import { WAITING_FIELDS } from '../deliveries/delivery-list.js';
import { mergeOwed, readOwedRecords } from '../deliveries/owed-records.js';
import { CHUNKS, type ChunkDoc } from '../documents/chunks.js';
import { DELIVERIES } from '../documents/deliveries.js';
import { MESSAGES } from '../documents/messages.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { readViews } from '../messages/message-view.js';
import { readEach } from '../writing/change.js';
import { textIn } from '../writing/text-in.js';

export function historyReads(ground: Ground, app: string, user: string): HistoryReads {
  const { db, atRest } = ground;
  return {
    async openChunks(upTo, limit) {
      const filter = { app, isDone: false, message: op({ $lte: upTo }) };
      const open = await db.run(() =>
        db
          .of(CHUNKS)
          .find(filter as never, { message: 1 })
          .sort({ message: -1 })
          .limit(limit)
          .lean(),
      );
      return open.map(({ _id: id, message }) => ({ id, message }));
    },

    async waitingIn(ids) {
      const naming = { _id: op({ $in: [...ids] }), targets: textIn(namedInTargets(user)) };
      const found = await db.run(() =>
        db
          .of(CHUNKS)
          .find(naming as never, WAITING_FIELDS)
          .lean(),
      );
      const chunks = found as unknown as readonly ChunkDoc[];
      const facts = await ground.facts(chunks.map(({ message }) => message));
      const waiting = chunks.flatMap((chunk) => {
        const { track, acceptedAt } = facts.get(chunk.message) ?? {};
        if (track !== 'all' || acceptedAt === undefined) return [];
        return waitingIn({ ...chunk, provider: chunk.provider ?? null }, atRest, acceptedAt);
      });
      return waiting.filter((delivery) => delivery.user === user);
    },

    async recorded({ message, key }, limit) {
      const owed = (await readOwedRecords(ground, { app })).filter((delivery) => delivery.user === user);
      const behind = [{ message: op({ $lt: message }) }, { message, key: op({ $gt: key }) }];
      const found = await db.run(() =>
        db
          .of(DELIVERIES)
          .find({ app, user, message: op({ $lte: message }), $or: behind } as never, UNREAD)
          .sort({ message: -1, key: 1 })
          .limit(limit)
          .lean(),
      );
      return { records: mergeOwed(found, owed), owed };
    },

    async messages(ids) {
      const found = await readEach(db, db.of(MESSAGES), ids, { without: ['content', 'out', 'accepted'] });
      return readViews(
        db,
        found.filter((document) => document.app === app),
      );
    },
  };
}
