import type { ChunkStore } from '../../../ports/chunk-store.js';
import type { Ground } from '../ground.js';
import { advanceChunks, carryRecords } from './chunk-advance.js';
import { addNextChunks, endEffects, readOwedEffects } from './chunk-effects.js';
import { claimChunks, reclaimChunks, unblockChunks, voidLeases } from './chunk-leases.js';
import { createFeed, measureBacklog } from './due-chunks.js';

export function createChunkStore(ground: Ground): ChunkStore {
  carryRecords(ground);
  return {
    feed: createFeed(ground),
    claim: (ids, holder, now, leaseUntil) => claimChunks(ground, ids, holder, now, leaseUntil),
    advance: (changes, now) => advanceChunks(ground, changes, now),
    reclaim: (now, limit) => reclaimChunks(ground, now, limit),
    voidLeases: () => voidLeases(ground),
    unblock: (now) => unblockChunks(ground, now),
    owedEffects: (limit) => readOwedEffects(ground, limit),
    addNext: (next, now) => addNextChunks(ground, next, now),
    effectsDone: (chunks) => endEffects(ground, chunks),
    backlog: (lane, now) => measureBacklog(ground, lane, now),
  };
}
