import type { MessageStore } from '../../../ports/message-store.js';
import { WRITERS_KEPT } from '../documents/aggregate.js';
import { CHUNKS } from '../documents/chunks.js';
import { SHIFTS } from '../documents/counts.js';
import { DELIVERIES, deliveriesAfter } from '../documents/deliveries.js';
import { blocksOf, MESSAGE_BLOCKS } from '../documents/message-blocks.js';
import { MESSAGES } from '../documents/messages.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';

type Before = Parameters<MessageStore['sweep']>[0];

/** A message may have 100,000 deliveries: few messages at a time. */
const FEW = 20;
/** Completed: planned, and not open any more. */
const OVER = { planned: true, isOpen: false } as const;

/** Whoever changes one of these at the same time notices. */
const WRITTEN = { $inc: { rev: 1 }, $push: { w: { $each: ['sweep'], $slice: -WRITERS_KEPT } } } as const;

/** {@link MessageStore.sweep}. What goes with a message goes before it, so that whoever is interrupted comes again. */
export async function sweepMessages(db: Database, before: Before, limit: number): Promise<number> {
  const model = db.of(MESSAGES);
  const find = async (filter: object, most: number) => {
    const found = await db.run(() =>
      model
        .find({ ...filter, ...OVER })
        .sort({ createdAt: 1 })
        .limit(most)
        .select({ out: 1 })
        .lean(),
    );
    return found.filter(({ out = [] }) => out.length === 0).map(({ _id }) => _id);
  };
  const few = Math.min(limit, FEW);

  const old = await find({ hasContent: true, createdAt: op({ $lt: before.content }) }, limit);
  if (old.length > 0) {
    const drop = { $unset: { content: 1 }, $set: { hasContent: false }, ...WRITTEN };
    await db.run(() => model.updateMany({ _id: op({ $in: old }) }, drop as never));
  }

  const told = await find({ deliveriesSwept: false, createdAt: op({ $lt: before.deliveries }) }, few);
  if (told.length > 0) {
    await dropDeliveries(db, told);
    const swept = { $set: { deliveriesSwept: true }, ...WRITTEN };
    await db.run(() => model.updateMany({ _id: op({ $in: told }) }, swept as never));
  }

  const gone = await find({ createdAt: op({ $lt: before.messages }) }, few);
  if (gone.length > 0) {
    await dropDeliveries(db, gone);
    const ofThese = { message: op({ $in: gone }) };
    await db.run(() => db.of(SHIFTS).deleteMany(ofThese));
    await db.run(() => db.of(CHUNKS).deleteMany(ofThese));
    for (const message of gone) {
      await db.run(() => db.of(MESSAGE_BLOCKS).deleteMany({ _id: blocksOf(message) }));
    }
    await db.run(() => model.deleteMany({ _id: op({ $in: gone }) }));
  }
  return old.length + told.length + gone.length;
}

async function dropDeliveries(db: Database, messages: readonly string[]): Promise<void> {
  const model = db.of(DELIVERIES);
  for (const message of messages) await db.run(() => model.deleteMany({ _id: deliveriesAfter(message, '') }));
}
