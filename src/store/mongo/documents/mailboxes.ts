import mongoose from 'mongoose';
import type { EpochMs } from '../../../domain/time.js';
import { collection } from '../engine/collection.js';
import { AGGREGATE, type Aggregate, OUT_INDEX } from './aggregate.js';

/** One letter, or one clear, that waits in a mailbox. Its words stand in `mail_letters`. */
export interface MailEntry {
  readonly position: number;
  readonly letter: string;
  /** Absent: it is a clear. */
  readonly message?: string;
  /** See `SealedLetter.collapse`. */
  readonly collapse?: number;
  readonly bytes: number;
  readonly show: boolean;
  readonly expiresAt: EpochMs;
  readonly putAt: EpochMs;
}

/**
 * The mailbox of a device that has ever connected: what waits for it, and nothing else, so that it stays as small as what a
 * mailbox may hold. What is remembered of letters that have gone are documents of their own; see `mail-marks.ts`.
 */
export interface MailboxDoc extends Aggregate {
  readonly app: string;
  readonly device: string;
  /** Whose it is; absent: nobody's. */
  readonly user?: string;
  /** Another one for another user: what is remembered under the old one is nobody's. */
  readonly epoch: string;
  /** The last position that was given. */
  readonly newest: number;
  /** Newest position of the log of its app that its device need not be sent. */
  readonly logPosition: number;
  /** Positions of the log behind `logPosition` that its device is done with: each counted once. */
  readonly logDone: readonly number[];
  readonly lost: number;
  readonly openedAt: EpochMs;
  /** Its place in the log is not certain yet; see `mailbox-open.ts`. */
  readonly isFresh: boolean;
  /** Its device is gone: it is about to go. */
  readonly isGone: boolean;
  /** By position. */
  readonly entries: readonly MailEntry[];
  /** How many entries there are, and their bytes. */
  readonly held: number;
  readonly bytes: number;
  /** When the first of its entries ends; {@link NEVER} where there is none. */
  readonly nextExpiry: EpochMs;
}

/** Later than everything. */
export const NEVER = Number.MAX_SAFE_INTEGER;

export const MAILBOXES = collection<MailboxDoc>(
  'mailboxes',
  {
    ...AGGREGATE,
    app: String,
    device: String,
    user: String,
    epoch: String,
    newest: Number,
    logPosition: Number,
    logDone: [Number],
    lost: Number,
    openedAt: Number,
    isFresh: Boolean,
    isGone: Boolean,
    entries: [mongoose.Schema.Types.Mixed],
    held: Number,
    bytes: Number,
    nextExpiry: Number,
  },
  [
    { name: 'by_letter', keys: { 'entries.letter': 1 } },
    { name: 'behind', keys: { app: 1, logPosition: 1 } },
    { name: 'expiring', keys: { nextExpiry: 1 } },
    { name: 'unused', keys: { held: 1, openedAt: 1 } },
    OUT_INDEX,
  ],
);

export interface MailPlace {
  readonly app: string;
  readonly device: string;
}

export function mailboxId({ app, device }: MailPlace): string {
  return `${app}|${device}`;
}
