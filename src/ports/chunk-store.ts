import type { Chunk, Effect, Progress, StepEffect } from '../domain/chunk.js';
import type { Delivery } from '../domain/delivery.js';
import type { EpochMs } from '../domain/time.js';
import type { ChunkRef, Lane } from './work-queue.js';

/** What the holder of a chunk wants recorded. The fence decides whether it may. */
export interface ChunkAdvance {
  readonly id: string;
  readonly fence: number;
  readonly progress: Progress;
  /** Consequences still owed; empty when all are done. */
  readonly effects: readonly Effect[];
  readonly deliveries: readonly Delivery[];
  /**
   * What settled since the chunk was claimed and of which the message's `track` keeps no record. Repeating it is
   * harmless. Only a receipt makes a record of it; see ReceiptStore.
   */
  readonly unkept: readonly UnkeptDelivery[];
  readonly next:
    | { readonly kind: 'hold'; readonly leaseUntil: EpochMs }
    /** Give it back, to be taken again at `dueAt`. `blocked`: its account is stopped. */
    | { readonly kind: 'release'; readonly dueAt: EpochMs; readonly blocked: boolean }
    /** Every target is settled. */
    | { readonly kind: 'done' };
}

/** `index`: its target's place in the chunk, whose mark tells what was recorded before. */
export interface UnkeptDelivery extends Delivery {
  readonly index: number;
}

/** Chunks a feed gives of an account that is about to be tried again. */
export const PROBING_CHUNKS_MAX = 4;

/** A chunk chosen for the queue, with the number of its targets. */
export interface FedChunk extends ChunkRef {
  readonly targets: number;
}

/** A chunk with consequences that are still to be carried out. */
export interface OwingChunk extends ChunkRef {
  readonly app: string;
  readonly effects: readonly Effect[];
}

/** The chunk of a {@link StepEffect}. */
export interface NextChunk extends Omit<StepEffect, 'kind'> {
  /** Id of the chunk that its targets moved away from. */
  readonly origin: string;
}

/** Chunks of all messages: the work itself, of which the queue only holds hints. */
export interface ChunkStore {
  /**
   * Chooses due chunks that nobody handed to the queue, and marks them as handed over until `handedUntil`. Apps take
   * turns, and within an app its accounts. Of an account whose pause has come to its end, but is not lifted, at most
   * {@link PROBING_CHUNKS_MAX} come: one of them tries, and the rest would only be put off again. Two callers never
   * get the same chunk.
   */
  feed(lane: Lane, limit: number, now: EpochMs, handedUntil: EpochMs): Promise<readonly FedChunk[]>;
  /**
   * Takes chunks for `holder` until `leaseUntil`, raising each fence; a chunk that is done, not due, or
   * held (by whomever) under a lease that has not ended is left out. A lease that ended without a word counts as a crash.
   */
  claim(ids: readonly string[], holder: string, now: EpochMs, leaseUntil: EpochMs): Promise<readonly Chunk[]>;
  /**
   * Records progress. Each change is atomic for its chunk; once it resolves, deliveries are durable with it.
   * Repeating a change is harmless.
   * @returns ids of the chunks whose fence was old: nothing of theirs was recorded.
   */
  advance(changes: readonly ChunkAdvance[], now: EpochMs): Promise<readonly string[]>;
  /**
   * Makes chunks available again that were handed to the queue and never taken, or whose holder's lease ended.
   * @returns how many.
   */
  reclaim(now: EpochMs, limit: number): Promise<number>;
  /** Ends every lease at once and takes back every hand-over: on start-up of a process that owns the store alone. */
  voidLeases(): Promise<void>;
  /** Makes chunks that wait for a stopped account due at once: a start may come with mended credentials. */
  unblock(now: EpochMs): Promise<void>;
  /** Chunks whose effects are still owed though nobody holds them: no holder can add to them any more. */
  owedEffects(limit: number): Promise<readonly OwingChunk[]>;
  /**
   * Writes the chunks in which targets go on that moved away from `origin`, due at `now`, in its lane and rendering; what
   * was tried stays with each target, its tries begin anew. A chunk whose id exists is left as it is: repeating is
   * harmless. While its `step` effect is owed a message is not completed; its counts have every target once.
   */
  addNext(next: readonly NextChunk[], now: EpochMs): Promise<void>;
  /** Marks the effects as done that a chunk owed under this fence. Whoever took it since owes them, and more, anew. */
  effectsDone(chunks: readonly ChunkRef[]): Promise<void>;
  /** Chunks due in a lane (counted up to 10,000) and how long the oldest has been due, in milliseconds. */
  backlog(lane: Lane, now: EpochMs): Promise<{ readonly due: number; readonly oldestMs: number }>;
}
