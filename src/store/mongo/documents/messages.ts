import type { MessageClass } from '../../../domain/accepted-message.js';
import type { EpochMs } from '../../../domain/time.js';
import { collection } from '../engine/collection.js';
import { AGGREGATE, type Aggregate, OUT_INDEX } from './aggregate.js';

export interface MessageDoc extends Aggregate {
  readonly app: string;
  /** `app|path|key`, or `#` and the id where no key was given. */
  readonly claim: string;
  readonly claimUntil: EpochMs;
  readonly fingerprint: string;
  /** JSON of the answer. */
  readonly accepted: string;
  readonly class: MessageClass;
  /** JSON of the terms. */
  readonly terms: string;
  /** Sealed JSON; absent once retention has dropped it. */
  readonly content?: Uint8Array;
  /** JSON. */
  readonly metadata?: string;
  readonly tags?: readonly string[];
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
  readonly planned: boolean;
  readonly planCursor: string;
  readonly nextChunk: number;
  readonly canceledAt?: EpochMs;
  readonly recalledAt?: EpochMs;
  readonly recallCursor?: string;
  readonly completedAt?: EpochMs;
  /** Planned and not completed: `complete` looks at these. */
  readonly isOpen: boolean;
  /** Targets of all chunks that were planned. */
  readonly devices: number;
  /** It goes to everyone at once, or has gone; absent where it does not. */
  readonly isAnnouncing?: boolean;
  /** Devices of a message that went to everyone at once, without chunks. */
  readonly announcedTo?: number;
  readonly hasContent: boolean;
  readonly deliveriesSwept: boolean;
}

export const MESSAGES = collection<MessageDoc>(
  'messages',
  {
    ...AGGREGATE,
    app: String,
    claim: String,
    claimUntil: Number,
    fingerprint: String,
    accepted: String,
    class: String,
    terms: String,
    content: Buffer,
    metadata: String,
    tags: { type: [String], default: undefined },
    createdAt: Number,
    expiresAt: Number,
    planned: Boolean,
    planCursor: String,
    nextChunk: Number,
    canceledAt: Number,
    recalledAt: Number,
    recallCursor: String,
    completedAt: Number,
    isOpen: Boolean,
    devices: Number,
    isAnnouncing: Boolean,
    announcedTo: Number,
    hasContent: Boolean,
    deliveriesSwept: Boolean,
  },
  [
    { name: 'claims', keys: { claim: 1 }, isUnique: true },
    { name: 'by_app', keys: { app: 1, _id: 1 } },
    { name: 'unplanned', keys: { planned: 1, createdAt: 1 } },
    { name: 'open', keys: { isOpen: 1, _id: 1 } },
    { name: 'recalling', keys: { recallCursor: 1, _id: 1 } },
    { name: 'by_age', keys: { createdAt: 1 } },
    { name: 'with_content', keys: { hasContent: 1, createdAt: 1 } },
    { name: 'with_deliveries', keys: { deliveriesSwept: 1, createdAt: 1 } },
    OUT_INDEX,
  ],
);
