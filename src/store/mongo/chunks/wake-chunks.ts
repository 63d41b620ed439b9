import type { EpochMs } from '../../../domain/time.js';
import { WRITERS_KEPT } from '../documents/aggregate.js';
import { CHUNKS } from '../documents/chunks.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';

/** Makes the chunks due in which these devices are awaited; those that somebody holds are left to them. */
export async function wakeChunks(
  { db, outbox }: Ground,
  awaited: readonly { readonly device: string; readonly message: string }[],
  now: EpochMs,
): Promise<void> {
  if (awaited.length === 0) return;
  const model = db.of(CHUNKS);
  const devices = new Map<string, string[]>();
  for (const { message, device } of awaited) {
    const these = devices.get(message) ?? [];
    devices.set(message, these);
    these.push(device);
  }
  const isWaiting = { stage: op({ $in: ['free', 'handed'] }), dueAt: op({ $gt: now }) };
  const messages = [...devices.keys()];
  const waiting = await db.run(() =>
    model
      .find({ message: messages.length === 1 ? messages[0] : op({ $in: messages }), ...isWaiting } as never)
      .select({ message: 1, firstKey: 1, lastKey: 1 })
      .lean(),
  );
  const due = waiting.filter(({ message, firstKey, lastKey }) =>
    devices.get(message)?.some((device) => firstKey <= device && device <= lastKey),
  );
  if (due.length === 0) return;
  const { o } = outbox.begin();
  const update = { $set: { dueAt: now }, $inc: { rev: 1 }, $push: { w: { $each: [o], $slice: -WRITERS_KEPT } } };
  const filter = { _id: op({ $in: due.map(({ _id }) => _id) }), ...isWaiting };
  await db.run(() => model.updateMany(filter as never, update as never));
}
