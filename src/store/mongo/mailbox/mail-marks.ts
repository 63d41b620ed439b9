import { MAIL_MARKS, type MarkDoc, type MarkState, markId } from '../documents/mail.js';
import type { MailboxDoc, MailEntry } from '../documents/mailboxes.js';
import { MESSAGES } from '../documents/messages.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import { insertNew } from '../writing/insert-new.js';
import { upsertEach } from '../writing/upsert-each.js';

/*
 * What has left a mailbox must not come again while a chunk of its message may ask: that is remembered beside the mailbox, one
 * small document each, so that a device that is done with thousands of messages reads and writes a small mailbox. A mark is
 * written before its letter leaves. As long as the letter is there nobody looks at its mark: one that proves needless does no
 * harm.
 */

/** Those of the messages of which chunks may still ask. */
export async function openMessages(db: Database, messages: Iterable<string>): Promise<ReadonlySet<string>> {
  const ids = [...new Set(messages)];
  if (ids.length === 0) return new Set();
  const model = db.of(MESSAGES);
  const found = await db.run(() =>
    model
      .find({ _id: op({ $in: ids }) })
      .select({ completedAt: 1 })
      .lean(),
  );
  return new Set(found.flatMap(({ _id, completedAt }) => (completedAt === undefined ? [_id] : [])));
}

/** By their ids; see `markId`. */
export async function readMarks(db: Database, ids: readonly string[]): Promise<ReadonlyMap<string, MarkState>> {
  if (ids.length === 0) return new Map();
  const model = db.of(MAIL_MARKS);
  const found = await db.run(() =>
    model
      .find({ _id: op({ $in: [...ids] }) })
      .select({ state: 1 })
      .lean(),
  );
  return new Map(found.map(({ _id, state }) => [_id, state]));
}

export function markOf(
  { epoch, app, device }: Pick<MailboxDoc, 'epoch' | 'app' | 'device'>,
  { message, expiresAt }: Pick<MailEntry, 'expiresAt'> & { readonly message: string },
  state: MarkState,
): MarkDoc {
  return { _id: markId(epoch, message), app, message, device, state, expiresAt };
}

/** Remembers how letters of open messages leave; what was remembered before stays. */
export async function keepMarks(db: Database, marks: readonly MarkDoc[]): Promise<void> {
  if (marks.length > 0) await insertNew(db, db.of(MAIL_MARKS), marks);
}

/** Remembers that devices are done, whatever was remembered before. */
export async function keepDone(db: Database, marks: readonly MarkDoc[]): Promise<void> {
  const upserts = marks.map(({ _id, state, ...born }) => ({
    id: _id,
    update: { $set: { state }, $setOnInsert: born },
  }));
  await upsertEach(db, db.of(MAIL_MARKS), upserts);
}
