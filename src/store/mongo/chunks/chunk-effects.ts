import type { Effect } from '../../../domain/chunk.js';
import type { EpochMs } from '../../../domain/time.js';
import type { NextChunk, OwingChunk } from '../../../ports/chunk-store.js';
import type { ChunkRef } from '../../../ports/work-queue.js';
import { CHUNKS, type ChunkDoc, type ChunkStage } from '../documents/chunks.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { insertNew } from '../writing/insert-new.js';
import { nextChunkDoc } from './chunk-docs.js';
import { changedBy } from './chunk-leases.js';

/** Nobody holds it, also under no lease that has ended: until it is reclaimed its holder may wake up and add to it. */
const UNHELD: readonly ChunkStage[] = ['free', 'handed', 'over'];

/** See `ChunkStore.owedEffects`. */
export async function readOwedEffects({ db }: Ground, limit: number): Promise<readonly OwingChunk[]> {
  const owing = await db.run(() =>
    db
      .of(CHUNKS)
      .find({ hasEffects: true, stage: op({ $in: [...UNHELD] }) } as never)
      .sort({ _id: 1 })
      .limit(limit)
      .select({ app: 1, fence: 1, effects: 1 })
      .lean(),
  );
  return (owing as unknown as readonly ChunkDoc[]).map(({ _id, fence, app, effects = '[]' }) => {
    return { id: _id, fence, app, effects: JSON.parse(effects) as readonly Effect[] }; // written by `advance`
  });
}

/** See `ChunkStore.effectsDone`. */
export async function endEffects({ db, outbox }: Ground, chunks: readonly ChunkRef[]): Promise<void> {
  if (chunks.length === 0) return;
  const call = outbox.begin();
  const updates = chunks.map(({ id, fence }) => ({
    updateOne: {
      filter: { _id: id, fence, stage: op({ $in: [...UNHELD] }) },
      update: {
        $set: { hasEffects: false, isMoving: false },
        $unset: { effects: 1 },
        $inc: { rev: 1 },
        ...changedBy(call),
      },
    },
  }));
  await db.run(() => db.of(CHUNKS).bulkWrite(updates as never, { ordered: false }));
}

/** See `ChunkStore.addNext`: what the chunks have in common with those they come from is taken from these. */
export async function addNextChunks(
  { db, outbox, atRest }: Ground,
  next: readonly NextChunk[],
  now: EpochMs,
): Promise<void> {
  if (next.length === 0) return;
  const model = db.of(CHUNKS);
  const found = await db.run(() =>
    model
      .find({ _id: op({ $in: next.map(({ origin }) => origin) }) } as never)
      .select({ message: 1, app: 1, platform: 1, rendering: 1, lane: 1 })
      .lean(),
  );
  const origins = new Map((found as unknown as readonly ChunkDoc[]).map((chunk) => [chunk._id, chunk]));
  const { o } = outbox.begin();
  const documents = next.flatMap((each) => {
    const origin = origins.get(each.origin);
    return origin === undefined ? [] : [nextChunkDoc(origin, each, now, o, atRest)];
  });
  await insertNew(db, model, documents);
}
