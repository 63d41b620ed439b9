import { freshProgress } from '../../../domain/chunk.js';
import type { EpochMs } from '../../../domain/time.js';
import type { NextChunk } from '../../../ports/chunk-store.js';
import type { NewChunk } from '../../../ports/message-store.js';
import type { AtRest } from '../../at-rest.js';
import { formatTargets } from '../../shared/chunk-targets.js';
import { movedProgress } from '../../shared/moved-progress.js';
import { born } from '../documents/aggregate.js';
import { type ChunkDoc, roadOf } from '../documents/chunks.js';
import type { MessageDoc } from '../documents/messages.js';

/** A chunk that is still to be written, as a message owes it: what it has not of its message. */
export interface PlannedChunk {
  readonly id: string;
  readonly provider?: string;
  readonly platform?: string;
  readonly step: number;
  readonly rendering?: string;
  readonly firstKey: string;
  readonly lastKey: string;
  readonly targetCount: number;
  /** See `shared/chunk-targets.ts`: bare push tokens are sealed in it. */
  readonly targets: string;
  readonly handedUntil?: EpochMs;
}

export function plannedChunk(
  message: string,
  { id, provider, platform, step, rendering, targets }: NewChunk,
  handedUntil: EpochMs | undefined,
  atRest: AtRest,
): PlannedChunk {
  return {
    id,
    ...(provider === null ? {} : { provider }),
    ...(platform === undefined ? {} : { platform }),
    step: step ?? 0,
    ...(rendering === undefined ? {} : { rendering }),
    firstKey: targets[0]?.key ?? '',
    lastKey: targets.at(-1)?.key ?? '',
    targetCount: targets.length,
    targets: formatTargets(targets, message, atRest),
    ...(handedUntil === undefined ? {} : { handedUntil }),
  };
}

/**
 * @param dueAt when its targets may be tried first
 * @param o the store call that makes it
 */
export function chunkDoc(
  message: Pick<MessageDoc, '_id' | 'app' | 'class'>,
  { id, ...planned }: PlannedChunk,
  dueAt: EpochMs,
  o: string,
): ChunkDoc {
  return {
    _id: id,
    ...born(o),
    message: message._id,
    app: message.app,
    lane: message.class,
    road: roadOf(message.app, planned.provider),
    stage: planned.handedUntil === undefined ? 'free' : 'handed',
    ...planned,
    progress: JSON.stringify(freshProgress(planned.targetCount)),
    dueAt,
    ...UNTOUCHED,
  };
}

/** {@link ChunkStore.addNext}: what the chunk has in common with the one it comes from is taken from there. */
export function nextChunkDoc(
  from: Pick<ChunkDoc, '_id' | 'message' | 'app' | 'platform' | 'rendering' | 'lane'>,
  { chunk: id, provider, step, targets: moved }: Omit<NextChunk, 'origin'>,
  now: EpochMs,
  o: string,
  atRest: AtRest,
): ChunkDoc {
  const targets = [...moved].sort((a, b) => (a.key < b.key ? -1 : 1));
  // Nobody among them is sealed: a bare push token takes no route.
  const { id: _id, ...planned } = plannedChunk(from.message, { id, provider, step, targets }, undefined, atRest);
  return {
    _id,
    ...born(o),
    message: from.message,
    app: from.app,
    ...(from.platform === undefined ? {} : { platform: from.platform }),
    ...(from.rendering === undefined ? {} : { rendering: from.rendering }),
    origin: from._id,
    lane: from.lane,
    road: roadOf(from.app, planned.provider),
    stage: 'free',
    ...planned,
    progress: movedProgress(targets, now),
    dueAt: now,
    ...UNTOUCHED,
  };
}

/** What nobody has tried yet. */
const UNTOUCHED = {
  ...{ fence: 0, crashes: 0, isDone: false, isBlocked: false, isCanceled: false, isMoving: false, hasEffects: false },
  ...{
    sent: 0,
    delivered: 0,
    failed: 0,
    expired: 0,
    suppressed: 0,
    canceled: 0,
    liveSent: 0,
    liveDelivered: 0,
    moved: 0,
  },
  reasons: '{}',
  unkept: Buffer.alloc(0),
} as const satisfies Partial<ChunkDoc>;
