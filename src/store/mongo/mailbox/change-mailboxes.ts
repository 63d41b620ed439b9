import type { EpochMs } from '../../../domain/time.js';
import type { Aggregate } from '../documents/aggregate.js';
import { MAILBOXES, type MailboxDoc, type MailEntry } from '../documents/mailboxes.js';
import { type Ground, together } from '../ground.js';
import type { SentEnd } from '../receipts/end-sent.js';
import { type Change, changeEach } from '../writing/change.js';
import type { Owed } from '../writing/outbox.js';
import { carryMail, type KeptDelivery, mailWork } from './mailbox-deliveries.js';
import { summaryOf } from './mailbox-rules.js';

/** What a mailbox is to be from now on. */
export interface MailboxChange {
  /** All that waits in it; absent: as before. */
  readonly entries?: readonly MailEntry[];
  /** Behind what waits in it; not together with `entries`. */
  readonly added?: readonly MailEntry[];
  readonly set?: Partial<Omit<MailboxDoc, keyof Aggregate | 'entries' | 'held' | 'bytes' | 'nextExpiry'>>;
  readonly unset?: readonly 'user'[];
  /** Deliveries that end with it. */
  readonly ends?: readonly SentEnd[];
  readonly kept?: readonly KeptDelivery[];
  readonly owed?: Omit<Owed, 'work'>;
}

/** Is asked about one mailbox as it was read; undefined: it stays as it is. */
export type DecideMailbox = (box: MailboxDoc) => MailboxChange | undefined;

/**
 * Changes mailboxes, each by itself and in one atomic step, and does what follows from that; see `changeEach`.
 *
 * @returns ids of those that were changed
 */
export async function changeMailboxes(
  ground: Ground,
  ids: readonly string[],
  now: EpochMs,
  prepare: (boxes: readonly MailboxDoc[]) => DecideMailbox | Promise<DecideMailbox>,
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { db, outbox } = ground;
  const call = outbox.begin();
  const asked = new Map<string, MailboxChange>();
  const changed = await changeEach(db, db.of(MAILBOXES), ids, call, async (boxes) => {
    const decide = await prepare(boxes);
    return (box) => {
      asked.delete(box._id);
      const change = decide(box);
      if (change === undefined) return undefined;
      asked.set(box._id, change);
      const { ends = [], kept = [], owed = {} } = change;
      const work = mailWork({ ends, kept });
      const out = outbox.pending(call, { ...owed, ...(work === undefined ? {} : { work }) }, now);
      return { ...asDocument(box, change), ...(out === undefined ? {} : { out }) };
    };
  });
  const made = [...changed.keys()].flatMap((id) => {
    const change = asked.get(id);
    return change === undefined || !isOwing(change) ? [] : [{ id, change }];
  });
  const ends = made.flatMap(({ change }) => change.ends ?? []);
  const kept = made.flatMap(({ change }) => change.kept ?? []);
  if (ends.length > 0 || kept.length > 0) await carryMail(ground, { ends, kept }, now);
  if (made.length > 0) {
    const debtors = [{ spec: MAILBOXES, ids: made.map(({ id }) => id) }];
    await outbox.settle(call, debtors, together(made.map(({ change }) => change.owed ?? {})), now);
  }
  return new Set(changed.keys());
}

function isOwing({ ends = [], kept = [], owed = {} }: MailboxChange): boolean {
  return ends.length + kept.length + (owed.steps?.length ?? 0) + (owed.events?.length ?? 0) > 0;
}

function asDocument(box: MailboxDoc, { entries, added = [], set = {}, unset = [] }: MailboxChange): Change<MailboxDoc> {
  if (entries !== undefined) return { set: { ...set, entries, ...summaryOf(entries) }, unset };
  if (added.length === 0) return { set, unset };
  return { set: { ...set, ...summaryOf([...box.entries, ...added]) }, unset, push: { entries: added } };
}
