import type { EpochMs } from '../../../domain/time.js';
import { collection } from '../engine/collection.js';

/** What one message says in one wording, or what a clear takes off; once, however many mailboxes it lies in. */
export interface LetterDoc {
  /** The same whenever the same words are put again. */
  readonly _id: string;
  readonly app: string;
  /** Absent: it is a clear. */
  readonly message?: string;
  /** Sealed. */
  readonly body: Uint8Array;
  readonly putAt: EpochMs;
  readonly expiresAt: EpochMs;
  /** Nobody is to have it any more, in whichever mailbox it lies. */
  readonly withdrawn: boolean;
  /** Its message is over, and nothing is remembered of it. */
  readonly tidied: boolean;
}

export const MAIL_LETTERS = collection<LetterDoc>(
  'mail_letters',
  {
    app: String,
    message: String,
    body: Buffer,
    putAt: Number,
    expiresAt: Number,
    withdrawn: Boolean,
    tidied: Boolean,
  },
  [
    { name: 'by_message', keys: { app: 1, message: 1 } },
    { name: 'expiring', keys: { expiresAt: 1 } },
    { name: 'untidied', keys: { tidied: 1, _id: 1 } },
  ],
);

/** How a letter left a mailbox. */
export type MarkState = 'done' | 'withdrawn' | 'replaced' | 'lost';

/** That a message need not come again into a mailbox: kept while the message is open, because a chunk may ask once more. */
export interface MarkDoc {
  readonly _id: string;
  readonly app: string;
  readonly message: string;
  readonly device: string;
  readonly state: MarkState;
  readonly expiresAt: EpochMs;
}

export const MAIL_MARKS = collection<MarkDoc>(
  'mail_marks',
  { app: String, message: String, device: String, state: String, expiresAt: Number },
  [
    { name: 'by_message', keys: { message: 1 } },
    { name: 'expiring', keys: { expiresAt: 1 } },
  ],
);

/** By the epoch of the mailbox: what a former user was done with is nothing to the next. */
export function markId(epoch: string, message: string): string {
  return `${epoch}|${message}`;
}

/** One letter for everyone of an app. Its `_id` is its place in the log: two cannot have the same. */
export interface LogEntryDoc {
  readonly _id: string;
  readonly app: string;
  readonly position: number;
  readonly letter: string;
  readonly message: string;
  readonly collapse?: number;
  /** How many mailboxes it is for. */
  readonly mailboxes: number;
  /** False: it has its place, but its mailboxes are still to be counted. Nobody reads it before. */
  readonly isCounted: boolean;
}

export const MAIL_LOG = collection<LogEntryDoc>(
  'mail_log',
  {
    app: String,
    position: Number,
    letter: String,
    message: String,
    collapse: Number,
    mailboxes: Number,
    isCounted: Boolean,
  },
  [
    { name: 'by_app', keys: { app: 1, position: 1 } },
    { name: 'by_message', keys: { app: 1, message: 1 } },
    { name: 'by_collapse', keys: { app: 1, collapse: 1 } },
    { name: 'by_letter', keys: { letter: 1 } },
    { name: 'uncounted', keys: { app: 1, isCounted: 1 } },
  ],
);

/** Numbers are padded, so that places sort as they do. */
export function logEntryId(app: string, position: number): string {
  return `${app}|${String(position).padStart(15, '0')}`;
}

/** A position of the app's log that was given: the newest entry may be beyond it, never before. */
export interface LogHeadDoc {
  readonly _id: string;
  readonly newest: number;
}

export const MAIL_LOG_HEADS = collection<LogHeadDoc>('mail_log_heads', { newest: Number });
