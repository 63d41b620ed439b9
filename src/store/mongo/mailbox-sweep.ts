import type { EpochMs } from '../../domain/time.js';
import { changeMailboxes } from './change-mailboxes.js';
import { type LetterDoc, MAIL_LETTERS, MAIL_LOG, MAIL_LOG_HEADS, MAIL_MARKS, type MarkDoc } from './documents/mail.js';
import { MAILBOXES, type MailEntry } from './documents/mailboxes.js';
import { op } from './engine/collection.js';
import type { Database } from './engine/database.js';
import type { Ground } from './ground.js';
import { openMessages } from './mail-marks.js';
import { endsOf } from './mailbox-deliveries.js';
import { dropRealtime } from './realtime-registrations.js';
import { recordSent } from './record-sent.js';
import { upsertEach } from './upsert-each.js';

/** Messages tidied up in one step; each may lie in 100,000 mailboxes. */
const LETTERS_PER_STEP = 20;
/** Letters of which it is looked up at once whether their messages are over. */
const LOOKED_AT = 500;
/** Mailboxes changed in one step. */
const BOXES_PER_STEP = 200;
/** A letter outlives its end by so much: whoever puts it at that moment finds it. */
const GRACE_MS = 60_000;
/** A device that has not connected for so long loses its mailbox, if it is empty, and its realtime registration. */
const UNUSED_MS = 30 * 86_400_000;

/** See `MailboxStore.sweep`. */
export async function sweepMailboxes(ground: Ground, now: EpochMs, limit: number): Promise<number> {
  const expired = await expireEntries(ground, now, limit);
  const marks = await expireMarks(ground, now, limit);
  const tidied = await tidy(ground, now, limit);
  // What points to a letter goes before it.
  const letters = expired === 0 && marks === 0 ? await dropLetters(ground, now, limit) : 0;
  return expired + marks + tidied + letters + (await dropUnused(ground, now, limit));
}

/** Takes out what is past its TTL; the deliveries that wait for it end. */
async function expireEntries(ground: Ground, now: EpochMs, limit: number): Promise<number> {
  const { db } = ground;
  const found = await db.run(() =>
    db
      .of(MAILBOXES)
      .find({ nextExpiry: op({ $lte: now }) })
      .sort({ nextExpiry: 1 })
      .limit(Math.min(limit, BOXES_PER_STEP))
      .select({ _id: 1 })
      .lean(),
  );
  const ids = found.map(({ _id }) => _id);
  return takeFrom(ground, ids, ({ expiresAt }) => expiresAt <= now, 'expired', now, limit);
}

/** @returns how many entries were taken, at most `limit` */
async function takeFrom(
  ground: Ground,
  ids: readonly string[],
  isMeant: (entry: MailEntry) => boolean,
  how: 'expired' | 'recalled',
  now: EpochMs,
  limit: number,
): Promise<number> {
  const counts = new Map<string, number>();
  const taken = () => [...counts.values()].reduce((sum, count) => sum + count, 0);
  await changeMailboxes(ground, ids, now, () => (box) => {
    counts.delete(box._id);
    const entries = box.entries.filter(isMeant).slice(0, limit - taken());
    if (entries.length === 0) return undefined;
    counts.set(box._id, entries.length);
    return { entries: box.entries.filter((entry) => !entries.includes(entry)), ends: endsOf(box, entries, how) };
  });
  return taken();
}

async function expireMarks(ground: Ground, now: EpochMs, limit: number): Promise<number> {
  const { db } = ground;
  const filter = { expiresAt: op({ $lte: now }) };
  const found = await db.run(() => db.of(MAIL_MARKS).find(filter).sort({ expiresAt: 1 }).limit(limit).lean());
  await forget(ground, found, now);
  return found.length;
}

/**
 * Who is marked as done may have been recorded as sent in the same moment, or without a record: that is put right before the
 * mark goes.
 */
async function forget(ground: Ground, marks: readonly MarkDoc[], now: EpochMs): Promise<void> {
  if (marks.length === 0) return;
  const { db } = ground;
  const done = marks.filter(({ state }) => state === 'done');
  if (done.length > 0) {
    await recordSent(
      ground,
      done.map(({ app, message, device }) => ({ app, message, key: device, state: 'delivered', at: now })),
      now,
    );
  }
  await db.run(() => db.of(MAIL_MARKS).deleteMany({ _id: op({ $in: marks.map(({ _id }) => _id) }) }));
}

/** Forgets what is remembered of completed messages, and takes out what of them was withdrawn from all mailboxes. */
async function tidy(ground: Ground, now: EpochMs, limit: number): Promise<number> {
  const { db } = ground;
  const over = await findOver(db, Math.min(limit, LETTERS_PER_STEP));
  if (over.length === 0) return 0;
  const messages = over.flatMap(({ message }) => message ?? []);
  const marks = await db.run(() =>
    db
      .of(MAIL_MARKS)
      .find({ message: op({ $in: messages }) })
      .limit(limit)
      .lean(),
  );
  await forget(ground, marks, now);
  const withdrawn = new Set(over.flatMap(({ _id, withdrawn: isWithdrawn }) => (isWithdrawn ? [_id] : [])));
  const recalled = withdrawn.size === 0 ? 0 : await takeRecalled(ground, withdrawn, now, limit);
  if (marks.length + recalled > 0) return marks.length + recalled;
  const ids = over.map(({ _id }) => _id);
  await db.run(() => db.of(MAIL_LETTERS).updateMany({ _id: op({ $in: ids }) }, { $set: { tidied: true } }));
  const unread = await unreadAmong(db, ids);
  if (unread.length > 0) {
    await db.run(() => db.of(MAIL_LETTERS).deleteMany({ _id: op({ $in: [...unread] }), tidied: true }));
  }
  return ids.length;
}

/** Letters of messages that have completed: no chunk asks for them any more. */
async function findOver(db: Database, limit: number): Promise<readonly LetterDoc[]> {
  const over: LetterDoc[] = [];
  for (let after = ''; over.length < limit; ) {
    const letters = await db.run(() =>
      db
        .of(MAIL_LETTERS)
        .find({ tidied: false, _id: op({ $gt: after }) })
        .sort({ _id: 1 })
        .limit(LOOKED_AT)
        .select({ message: 1, withdrawn: 1 })
        .lean(),
    );
    const open = await openMessages(
      db,
      letters.flatMap(({ message }) => message ?? []),
    );
    over.push(...letters.filter(({ message }) => message === undefined || !open.has(message)));
    if (letters.length < LOOKED_AT) break;
    after = letters.at(-1)?._id ?? after;
  }
  return over.slice(0, limit);
}

async function takeRecalled(
  ground: Ground,
  letters: ReadonlySet<string>,
  now: EpochMs,
  limit: number,
): Promise<number> {
  const { db } = ground;
  const holding = await db.run(() =>
    db
      .of(MAILBOXES)
      .find({ 'entries.letter': op({ $in: [...letters] }) } as never)
      .limit(Math.min(limit, BOXES_PER_STEP))
      .select({ _id: 1 })
      .lean(),
  );
  const ids = holding.map(({ _id }) => _id);
  return takeFrom(ground, ids, ({ letter }) => letters.has(letter), 'recalled', now, limit);
}

/** Those of the letters for which nobody waits any more. */
async function unreadAmong(db: Database, letters: readonly string[]): Promise<readonly string[]> {
  const logged = await db.run(() =>
    db
      .of(MAIL_LOG)
      .find({ letter: op({ $in: [...letters] }) })
      .select({ letter: 1 })
      .lean(),
  );
  const inLog = new Set(logged.map(({ letter }) => letter));
  const held = await Promise.all(
    letters.map(async (letter) => {
      if (inLog.has(letter)) return true;
      const filter = { 'entries.letter': letter } as never;
      return (await db.run(() => db.of(MAILBOXES).findOne(filter).select({ _id: 1 }).lean())) !== null;
    }),
  );
  return letters.filter((_, i) => held[i] === false);
}

/** Letters that ended long enough ago, with their entries in the log; its numbers go on behind them. */
async function dropLetters({ db }: Ground, now: EpochMs, limit: number): Promise<number> {
  const old = await db.run(() =>
    db
      .of(MAIL_LETTERS)
      .find({ expiresAt: op({ $lte: now - GRACE_MS }) })
      .sort({ expiresAt: 1 })
      .limit(limit)
      .select({ _id: 1 })
      .lean(),
  );
  if (old.length === 0) return 0;
  const ids = old.map(({ _id }) => _id);
  const entries = await db.run(() =>
    db
      .of(MAIL_LOG)
      .find({ letter: op({ $in: ids }) })
      .lean(),
  );
  const heads = entries.map(({ app, position }) => ({ id: app, update: { $max: { newest: position } } }));
  await upsertEach(db, db.of(MAIL_LOG_HEADS), heads);
  if (entries.length > 0) {
    await db.run(() => db.of(MAIL_LOG).deleteMany({ _id: op({ $in: entries.map(({ _id }) => _id) }) }));
  }
  await db.run(() =>
    db.of(MAIL_LETTERS).deleteMany({ _id: op({ $in: ids }), expiresAt: op({ $lte: now - GRACE_MS }) }),
  );
  return old.length;
}

async function dropUnused(ground: Ground, now: EpochMs, limit: number): Promise<number> {
  const { db } = ground;
  const model = db.of(MAILBOXES);
  const before = now - UNUSED_MS;
  const found = await db.run(() =>
    model
      .find({ held: 0, openedAt: op({ $lte: before }) })
      .sort({ openedAt: 1 })
      .limit(limit)
      .lean(),
  );
  const unused = found.filter(({ out = [] }) => out.length === 0);
  if (unused.length === 0) return 0;
  // One that connects at this moment registers anew, or keeps its mailbox: whoever comes second sees the other.
  await dropRealtime(
    ground,
    unused.map(({ app, device }) => ({ app, device })),
    before,
  );
  const deletes = unused.map(({ _id, rev }) => ({ deleteOne: { filter: { _id, rev } } }));
  const { deletedCount } = await db.run(() => model.bulkWrite(deletes as never, { ordered: false }));
  return deletedCount;
}
