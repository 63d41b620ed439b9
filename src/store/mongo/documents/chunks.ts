import type { MessageClass } from '../../../domain/accepted-message.js';
import type { EpochMs } from '../../../domain/time.js';
import { collection } from '../engine/collection.js';
import { AGGREGATE, type Aggregate, OUT_INDEX } from './aggregate.js';

/** Ends that a chunk counts, each in a field of its name. */
export const CHUNK_ENDS = ['sent', 'delivered', 'failed', 'expired', 'suppressed', 'canceled'] as const;

export interface ChunkDoc extends Aggregate {
  readonly message: string;
  readonly app: string;
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
  readonly fence: number;
  readonly crashes: number;
  readonly holder?: string;
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
    fence: Number,
    crashes: Number,
    holder: String,
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
  [{ name: 'by_message', keys: { message: 1, firstKey: 1 } }, OUT_INDEX],
);
