import { CHUNKS } from './documents/chunks.js';
import type { MessageDoc } from './documents/messages.js';
import { op } from './engine/collection.js';
import type { Database } from './engine/database.js';

/**
 * Finds those among messages with chunks that are over: no chunk is open, none has targets on their way to a next step, and
 * what follows from each has been counted and told.
 *
 * Nobody holds the chunks still meanwhile. A done one stays done, and whoever is on the way to a next step is so by the same write
 * that ends the chunk: so what is looked at after the open ones is looked at for good. Only a chunk that is written between
 * could be missed, and then there are more of them than before.
 */
export async function findOver(
  db: Database,
  messages: readonly Pick<MessageDoc, '_id' | 'app'>[],
): Promise<ReadonlySet<string>> {
  const before = await countChunks(
    db,
    messages.map(({ _id }) => _id),
  );
  const apps = op({ $in: [...new Set(messages.map(({ app }) => app))] });
  const over = new Set(messages.map(({ _id }) => _id));
  for (const filter of [{ app: apps, isDone: false }, { isMoving: true }, { 'out.o': op({ $gt: '' }) }]) {
    for (const message of await findMessages(db, filter, [...over])) over.delete(message);
    if (over.size === 0) return over;
  }
  const after = await countChunks(db, [...over]);
  for (const message of over) if (before.get(message) !== after.get(message)) over.delete(message);
  return over;
}

async function findMessages(db: Database, filter: object, messages: readonly string[]): Promise<Iterable<string>> {
  const model = db.of(CHUNKS);
  return db.run(() => model.distinct('message', { ...filter, message: op({ $in: [...messages] }) }));
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
