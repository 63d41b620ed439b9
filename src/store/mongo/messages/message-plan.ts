import type { MessageStore } from '../../../ports/message-store.js';
import { plannedChunk } from '../chunks/chunk-docs.js';
import { WRITERS_KEPT } from '../documents/aggregate.js';
import { CHUNKS } from '../documents/chunks.js';
import { MESSAGES } from '../documents/messages.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import type { Owed } from '../writing/outbox.js';
import { endAnnouncing, noteAnnouncing } from './announcing.js';
import { owedChunks, writeChunks } from './message-chunks.js';
import { toSendable } from './message-docs.js';

/** The part of {@link MessageStore} that plans large audiences. */
export function createPlans(
  ground: Ground,
): Pick<MessageStore, 'plan' | 'extendPlan' | 'announcing' | 'announced' | 'unplanned'> {
  const { db, atRest, outbox } = ground;
  const model = db.of(MESSAGES);
  const chunks = db.of(CHUNKS);

  return {
    async plan(id) {
      const found = await db.run(() => model.findOne({ _id: id, planned: false }).lean());
      if (found === null) return undefined;
      const open = { app: found.app, isDone: false, message: id };
      return {
        message: toSendable(found, atRest),
        cursor: found.planCursor,
        nextChunk: found.nextChunk,
        openChunks: await db.run(() => chunks.countDocuments(open)),
        isAnnouncing: found.isAnnouncing ?? false,
      };
    },

    async extendPlan(id, from, { chunks: fresh, cursor, planned }, now) {
      const call = outbox.begin();
      const these = fresh.map((chunk) => plannedChunk(id, chunk, undefined, atRest));
      const owed: Owed = these.length === 0 ? {} : { work: owedChunks(these) };
      const pending = outbox.pending(call, owed, now);
      const devices = these.reduce((sum, { targetCount }) => sum + targetCount, 0);
      const filter = { _id: id, planCursor: from.cursor, nextChunk: from.nextChunk, planned: false };
      const moved = await db.run(() =>
        model
          .findOneAndUpdate(filter, {
            $set: { planCursor: cursor, nextChunk: from.nextChunk + these.length, planned, isOpen: planned },
            $inc: { rev: 1, devices },
            $push: {
              w: { $each: [call.o], $slice: -WRITERS_KEPT },
              ...(pending === undefined ? {} : { out: pending }),
            },
          })
          .lean(),
      );
      if (moved === null) return false;
      if (pending === undefined) return true;
      await writeChunks(ground, [{ message: moved, chunks: these }], now, call.o);
      await outbox.settle(call, [{ spec: MESSAGES, ids: [id] }], {}, now);
      return true;
    },

    announcing: (id) => noteAnnouncing(ground, id),
    announced: (id, to) => endAnnouncing(ground, id, to),

    async unplanned(before, limit) {
      const filter = { planned: false, createdAt: op({ $lt: before }) };
      const found = await db.run(() =>
        model.find(filter).sort({ createdAt: 1 }).limit(limit).select({ class: 1 }).lean(),
      );
      return found.map(({ _id: id, class: lane }) => ({ id, class: lane }));
    },
  };
}
