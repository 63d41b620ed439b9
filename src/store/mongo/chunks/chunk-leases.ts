import type { Chunk, Effect, Progress } from '../../../domain/chunk.js';
import type { EpochMs } from '../../../domain/time.js';
import type { AtRest } from '../../at-rest.js';
import { parseTargets } from '../../shared/chunk-targets.js';
import { WRITERS_KEPT } from '../documents/aggregate.js';
import { CHUNKS, type ChunkDoc, type ChunkStage } from '../documents/chunks.js';
import type { Call } from '../engine/call.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';

/** What every change of a chunk by a guarded update has in common. */
export function changedBy({ o }: Call) {
  return { $push: { w: { $each: [o], $slice: -WRITERS_KEPT } } };
}

/** See `ChunkStore.claim`. */
export async function claimChunks(
  { db, outbox, atRest }: Ground,
  ids: readonly string[],
  holder: string,
  now: EpochMs,
  leaseUntil: EpochMs,
): Promise<readonly Chunk[]> {
  if (ids.length === 0) return [];
  const model = db.of(CHUNKS);
  const call = outbox.begin();
  const these = ids.length === 1 ? ids[0] : op({ $in: [...ids] });
  const due = { _id: these, dueAt: op({ $lte: now }) };
  const take = (stage: object, inc: object) => ({
    updateMany: {
      filter: { ...due, ...stage },
      update: {
        $set: { stage: 'held' satisfies ChunkStage, holder, takenBy: call.o, leaseUntil },
        $unset: { handedUntil: 1 },
        $inc: { rev: 1, fence: 1, ...inc },
        ...changedBy(call),
      },
    },
  });
  // What one of them takes is no more what the other looks for.
  const updates = [
    take({ stage: op({ $in: ['free', 'handed'] }) }, {}),
    take({ stage: 'held', leaseUntil: op({ $lte: now }) }, { crashes: 1 }),
  ];
  const { matchedCount } = await db.run(() => model.bulkWrite(updates as never, { ordered: false }));
  if (matchedCount === 0) return [];
  const taken = await db.run(() => model.find({ _id: these, takenBy: call.o } as never).lean());
  return (taken as unknown as readonly ChunkDoc[])
    .map((chunk) => toChunk(chunk, atRest))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** See `ChunkStore.reclaim`. */
export async function reclaimChunks({ db, outbox }: Ground, now: EpochMs, limit: number): Promise<number> {
  const model = db.of(CHUNKS);
  const call = outbox.begin();
  const over = async (stage: ChunkStage, until: 'leaseUntil' | 'handedUntil', most: number) => {
    if (most <= 0) return 0;
    const ended = { stage, [until]: op({ $lte: now }) };
    const found = await db.run(() =>
      model
        .find(ended as never)
        .sort({ [until]: 1 })
        .limit(most)
        .select({ _id: 1 })
        .lean(),
    );
    if (found.length === 0) return 0;
    const these = { ...ended, _id: op({ $in: found.map(({ _id }) => _id) }) };
    const written = await db.run(() => model.updateMany(these as never, freed(stage, call) as never));
    return written.modifiedCount;
  };
  // Leases first: whoever held them is gone, while what was handed over may only be late.
  const leased = await over('held', 'leaseUntil', limit);
  return leased + (await over('handed', 'handedUntil', limit - leased));
}

/** See `ChunkStore.voidLeases`. */
export async function voidLeases({ db, outbox }: Ground): Promise<void> {
  const model = db.of(CHUNKS);
  const call = outbox.begin();
  for (const stage of ['handed', 'held'] as const) {
    await db.run(() => model.updateMany({ stage } as never, freed(stage, call) as never));
  }
}

/** See `ChunkStore.unblock`. */
export async function unblockChunks({ db, outbox }: Ground, now: EpochMs): Promise<void> {
  const waiting = { isBlocked: true, isDone: false };
  const update = { $set: { isBlocked: false }, $min: { dueAt: now }, $inc: { rev: 1 }, ...changedBy(outbox.begin()) };
  await db.run(() => db.of(CHUNKS).updateMany(waiting as never, update as never));
}

/** Whoever held it is fenced off, and counts as crashed. */
function freed(from: ChunkStage, call: Call) {
  return {
    $set: { stage: 'free' satisfies ChunkStage },
    $unset: { handedUntil: 1, leaseUntil: 1, holder: 1, takenBy: 1 },
    $inc: from === 'held' ? { rev: 1, fence: 1, crashes: 1 } : { rev: 1 },
    ...changedBy(call),
  };
}

function toChunk(chunk: ChunkDoc, atRest: AtRest): Chunk {
  return {
    id: chunk._id,
    message: chunk.message,
    app: chunk.app,
    provider: chunk.provider ?? null,
    step: chunk.step,
    rendering: chunk.rendering ?? null,
    targets: parseTargets(chunk.targets, chunk.message, atRest),
    fence: chunk.fence,
    crashes: chunk.crashes,
    // Written by `advance` or `accept` from the same types.
    progress: JSON.parse(chunk.progress) as Progress,
    effects: chunk.effects === undefined ? [] : (JSON.parse(chunk.effects) as readonly Effect[]),
  };
}
