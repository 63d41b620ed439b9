import type { EpochMs } from '../../../domain/time.js';
import { type LetterDoc, MAIL_LETTERS, MAIL_LOG, MAIL_MARKS } from '../documents/mail.js';
import { MAILBOXES } from '../documents/mailboxes.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import type { Ground } from '../ground.js';
import { openMessages } from './mail-marks.js';
import { BOXES_PER_STEP, forgetMarks, takeFrom } from './mailbox-expiry.js';

/** Messages tidied up in one step; each may lie in 100,000 mailboxes. */
const LETTERS_PER_STEP = 20;
/** Letters of which it is looked up at once whether their messages are over. */
const LOOKED_AT = 500;

/** Forgets what is remembered of completed messages, and takes out what of them was withdrawn from all mailboxes. */
export async function tidyLetters(ground: Ground, now: EpochMs, limit: number): Promise<number> {
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
  await forgetMarks(ground, marks, now);
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
