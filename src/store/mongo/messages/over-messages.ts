import { CHUNKS } from '../documents/chunks.js';
import type { MessageDoc } from '../documents/messages.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';

/**
 * Finds those among messages with chunks that are over: no chunk is open, none has targets on their way to a next step, and
 * what follows from each has been counted and told.
 *
 * Nobody holds the chunks still meanwhile. A done one stays done, and whoever is on the way to a next step is so by the same write
 * that ends the chunk: so a chunk that is read as over is over for good. Only one that is written between could be missed, and then
 * there are more of them than before.
 *
 * It is asked whenever a chunk ends, and nearly always another one is open: so that is looked at first, without the others.
 */
export async function findOver(
  db: Database,
  messages: readonly Pick<MessageDoc, '_id' | 'app'>[],
): Promise<ReadonlySet<string>> {
  const open = await findOpen(db, messages);
  const counted = new Map(messages.flatMap(({ _id }) => (open.has(_id) ? [] : [[_id, 0]])));
  if (counted.size === 0) return new Set();
  const model = db.of(CHUNKS);
  const chunks = await db.run(() =>
    model
      .find({ message: op({ $in: [...counted.keys()] }) })
      .select({ message: 1, isDone: 1, isMoving: 1, 'out.o': 1 })
      .lean(),
  );
  const busy = new Set<string>();
  for (const { message, isDone, isMoving, out = [] } of chunks) {
    if (!isDone || isMoving || out.length > 0) busy.add(message);
    counted.set(message, (counted.get(message) ?? 0) + 1);
  }
  const over = [...counted.keys()].filter((message) => !busy.has(message));
  const now = await countChunks(db, over);
  return new Set(over.filter((message) => (now.get(message) ?? 0) === counted.get(message)));
}

async function findOpen(
  db: Database,
  messages: readonly Pick<MessageDoc, '_id' | 'app'>[],
): Promise<ReadonlySet<string>> {
  const model = db.of(CHUNKS);
  const [first] = messages;
  if (first !== undefined && messages.length === 1) {
    const { _id: message } = first;
    const found = await db.run(() => model.findOne({ message, isDone: false }).select({ _id: 1 }).lean());
    return new Set(found === null ? [] : [message]);
  }
  const filter = {
    app: op({ $in: [...new Set(messages.map(({ app }) => app))] }),
    isDone: false,
    message: op({ $in: messages.map(({ _id }) => _id) }),
  };
  return new Set(await db.run(() => model.distinct('message', filter)));
}

async function countChunks(db: Database, messages: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (messages.length === 0) return new Map();
  const model = db.of(CHUNKS);
  const found = await db.run(() =>
    model.aggregate<{ _id: string; n: number }>([
      { $match: { message: { $in: [...messages] } } },
      { $group: { _id: '$message', n: { $sum: 1 } } },
    ]),
  );
  return new Map(found.map(({ _id, n }) => [_id, n]));
}
