import type { EpochMs } from '../../../domain/time.js';
import type { Posted } from '../../../ports/mailbox-store.js';
import type { MarkState } from '../documents/mail.js';
import { type MailboxDoc, type MailEntry, NEVER } from '../documents/mailboxes.js';

/** What a mailbox may hold. */
export interface MailboxBounds {
  readonly letters: number;
  readonly bytes: number;
}

export interface MailboxRoom {
  readonly bounds: MailboxBounds;
  /** How much more it may hold, as a share of that, before it is cut back: not with every letter. */
  readonly spare: number;
}

/** What is put into one mailbox. */
export interface Asked {
  readonly message: string;
  readonly letter: string;
  readonly collapse: number | null;
  readonly bytes: number;
  readonly show: boolean;
  readonly expiresAt: EpochMs;
  /** Whom it is meant for; absent: anybody. */
  readonly user?: string | null;
}

/** What is known beside the mailbox itself. */
export interface Known {
  isWithdrawn(letter: string): boolean;
  /** How the message left this mailbox before. */
  markOf(message: string): MarkState | undefined;
}

/** A letter that leaves its mailbox, and how; of one that was never in it the entry is as it would have been. */
export interface Gone {
  readonly entry: MailEntry;
  readonly as: Exclude<MarkState, 'done' | 'withdrawn'>;
}

export interface PutResult {
  /** One for each that was asked, in order. */
  readonly answers: readonly Posted[];
  readonly added: readonly MailEntry[];
  readonly gone: readonly Gone[];
  /** Letters that were outdone within the same call: never put. */
  readonly outdone: readonly MailEntry[];
  readonly newest: number;
  readonly lost: number;
}

/** What becomes of a mailbox into which letters are put, in this order. */
export function putInto(
  box: MailboxDoc,
  asked: readonly Asked[],
  known: Known,
  room: MailboxRoom,
  now: EpochMs,
): PutResult {
  const user = box.user ?? null;
  const there = new Map(box.entries.flatMap((entry) => (entry.message === undefined ? [] : [[entry.message, entry]])));
  const fresh = new Map<string, Asked>();
  const answers = new Map<string, Posted>();
  for (const each of asked) {
    const { message } = each;
    if (!isTheirs(each, user) || answers.has(message) || fresh.has(message)) continue;
    const entry = there.get(message);
    const mark = known.markOf(message);
    if (entry !== undefined) {
      const isGone = known.isWithdrawn(entry.letter);
      answers.set(message, isGone ? WITHDRAWN : { kind: 'there', position: entry.position, user });
    } else if (mark !== undefined)
      answers.set(message, mark === 'done' ? { kind: 'done' } : { kind: 'gone', why: mark });
    else if (known.isWithdrawn(each.letter)) answers.set(message, WITHDRAWN);
    else fresh.set(message, each);
  }

  const last = new Map([...fresh.values()].map(({ collapse, message }) => [collapse, message]));
  let newest = box.newest;
  const added: MailEntry[] = [];
  const outdone: MailEntry[] = [];
  for (const each of fresh.values()) {
    const { message, collapse } = each;
    if (collapse !== null && last.get(collapse) !== message) {
      outdone.push(entryOf(each, 0, now));
      answers.set(message, { kind: 'gone', why: 'replaced' });
      continue;
    }
    newest += 1;
    added.push(entryOf(each, newest, now));
    answers.set(message, { kind: 'put', position: newest, user });
  }
  const replaced = box.entries.filter(({ collapse }) => collapse !== undefined && last.has(collapse));
  const kept = box.entries.filter((entry) => !replaced.includes(entry));
  const cut = mayBeTooFull([...kept, ...added], room) ? tooMany([...kept, ...added], known, room.bounds, now) : [];
  return {
    answers: asked.map((each) => (isTheirs(each, user) ? (answers.get(each.message) ?? NOT_THEIRS) : NOT_THEIRS)),
    added,
    gone: [
      ...replaced.map((entry): Gone => ({ entry, as: 'replaced' })),
      ...cut.map((entry): Gone => ({ entry, as: 'lost' })),
    ],
    outdone,
    newest,
    lost: box.lost + lettersOf(cut).length,
  };
}

const WITHDRAWN: Posted = { kind: 'gone', why: 'withdrawn' };
const NOT_THEIRS: Posted = { kind: 'not_theirs' };

function isTheirs({ user }: Asked, owner: string | null): boolean {
  return user === undefined || user === owner;
}

function entryOf({ message, letter, collapse, bytes, show, expiresAt }: Asked, position: number, now: EpochMs) {
  return {
    position,
    letter,
    message,
    ...(collapse === null ? {} : { collapse }),
    bytes,
    show,
    expiresAt,
    putAt: now,
  } satisfies MailEntry;
}

/** Whether it holds so much that it may have to be cut back, if all that it holds still counts. */
export function mayBeTooFull(entries: readonly Pick<MailEntry, 'bytes'>[], { bounds, spare }: MailboxRoom): boolean {
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  return entries.length > bounds.letters * (1 + spare) || bytes > bounds.bytes * (1 + spare);
}

/** The oldest of those that wait: what is more than a mailbox may hold. What has expired or was withdrawn takes no room. */
export function tooMany(
  entries: readonly MailEntry[],
  known: Pick<Known, 'isWithdrawn'>,
  bounds: MailboxBounds,
  now: EpochMs,
): readonly MailEntry[] {
  let filled = 0;
  return entries
    .filter(({ letter, expiresAt }) => expiresAt > now && !known.isWithdrawn(letter))
    .toSorted((a, b) => b.position - a.position)
    .filter(({ bytes }, place) => {
      filled += bytes;
      return place >= bounds.letters || filled > bounds.bytes;
    });
}

/** Without the clears. */
export function lettersOf(entries: readonly MailEntry[]): readonly (MailEntry & { readonly message: string })[] {
  return entries.flatMap((entry) => (entry.message === undefined ? [] : [{ ...entry, message: entry.message }]));
}

/** What a mailbox says of its entries beside them. */
export function summaryOf(entries: readonly MailEntry[]): Pick<MailboxDoc, 'held' | 'bytes' | 'nextExpiry'> {
  return {
    held: entries.length,
    bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0),
    nextExpiry: entries.reduce((first, { expiresAt }) => Math.min(first, expiresAt), NEVER),
  };
}
