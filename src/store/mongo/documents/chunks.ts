import type { MessageClass } from '../../../domain/accepted-message.js';
import type { EpochMs } from '../../../domain/time.js';
import { collection } from '../engine/collection.js';
import { AGGREGATE, type Aggregate, OUT_INDEX } from './aggregate.js';

/** Ends that a chunk counts, each in a field of its name. */
export const CHUNK_ENDS = ['sent', 'delivered', 'failed', 'expired', 'suppressed', 'canceled'] as const;

/** Where a chunk is: with nobody, as a hint in the queue, with a holder, or at its end. Leases that have ended are `held`. */
export type ChunkStage = 'free' | 'handed' | 'held' | 'over';

export interface ChunkDoc extends Aggregate {
  readonly message: string;
  readonly app: string;
  /** See {@link roadOf}. */
  readonly road: string;
  readonly stage: ChunkStage;
  /** Absent: devices that no road reaches. */
  readonly provider?: string;
  readonly platform?: string;
  readonly step: number;
  readonly rendering?: string;
  /** The chunk that its targets moved away from. */
  readonly origin?: string;
  readonly lane: MessageClass;
  readonly firstKey: string;
  readonly lastKey: string;
  readonly targetCount: number;
  /** See `shared/chunk-targets.ts`. */
  readonly targets: string;
  /** JSON of `Progress`. */
  readonly progress: string;
  /** JSON of the effects that are still owed. */
  readonly effects?: string;
  /** Whether there are any. */
  readonly hasEffects: boolean;
  readonly fence: number;
  readonly crashes: number;
  readonly holder?: string;
  /** The store call by which it was taken: two of one holder are told apart by it. */
  readonly takenBy?: string;
  readonly leaseUntil?: EpochMs;
  readonly handedUntil?: EpochMs;
  readonly dueAt: EpochMs;
  readonly isDone: boolean;
  readonly isBlocked: boolean;
  /** Its message is canceled: due at once, and for good. */
  readonly isCanceled: boolean;
  /** Targets are on their way from it to a next step. */
  readonly isMoving: boolean;
  readonly sent: number;
  readonly delivered: number;
  readonly failed: number;
  readonly expired: number;
  readonly suppressed: number;
  readonly canceled: number;
  readonly liveSent: number;
  readonly liveDelivered: number;
  readonly moved: number;
  /** JSON of how many ended for each reason. */
  readonly reasons: string;
  /** See `shared/unkept-memory.ts`. */
  readonly unkept: Uint8Array;
}

export const CHUNKS = collection<ChunkDoc>(
  'chunks',
  {
    ...AGGREGATE,
    message: String,
    app: String,
    road: String,
    stage: String,
    provider: String,
    platform: String,
    step: Number,
    rendering: String,
    origin: String,
    lane: String,
    firstKey: String,
    lastKey: String,
    targetCount: Number,
    targets: String,
    progress: String,
    effects: String,
    hasEffects: Boolean,
    fence: Number,
    crashes: Number,
    holder: String,
    takenBy: String,
    leaseUntil: Number,
    handedUntil: Number,
    dueAt: Number,
    isDone: Boolean,
    isBlocked: Boolean,
    isCanceled: Boolean,
    isMoving: Boolean,
    sent: Number,
    delivered: Number,
    failed: Number,
    expired: Number,
    suppressed: Number,
    canceled: Number,
    liveSent: Number,
    liveDelivered: Number,
    moved: Number,
    reasons: String,
    unkept: Buffer,
  },
  [
    { name: 'by_message', keys: { message: 1, firstKey: 1 } },
    { name: 'open_of_message', keys: { message: 1, isDone: 1, firstKey: 1 } },
    { name: 'due', keys: { lane: 1, stage: 1, dueAt: 1 } },
    { name: 'due_of_road', keys: { lane: 1, stage: 1, road: 1, dueAt: 1 } },
    { name: 'leased', keys: { stage: 1, leaseUntil: 1 } },
    { name: 'handed', keys: { stage: 1, handedUntil: 1 } },
    { name: 'owing_effects', keys: { hasEffects: 1, _id: 1 } },
    { name: 'moving', keys: { isMoving: 1, message: 1 } },
    { name: 'blocked', keys: { isBlocked: 1 } },
    { name: 'open_of_app', keys: { app: 1, isDone: 1, message: 1 } },
    OUT_INDEX,
  ],
);

/** An account of an app, whose turn it is among the app's; devices that no road reaches are one of their own. */
export function roadOf(app: string, provider: string | null | undefined): string {
  return `${app}|${provider ?? ''}`;
}

/** Due time of a canceled message's chunks: at once, and no holder that knows nothing of it yet puts it off again. */
export const DUE_CANCELED = 0;
