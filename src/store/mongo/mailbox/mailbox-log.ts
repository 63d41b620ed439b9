import type { EpochMs } from '../../../domain/time.js';
import type { Appended, Letter, WaitingLetter } from '../../../ports/mailbox-store.js';
import type { Envelopes } from '../../shared/mail-letters.js';
import { type LogEntryDoc, logEntryId, MAIL_LETTERS, MAIL_LOG, MAIL_LOG_HEADS } from '../documents/mail.js';
import { MAILBOXES } from '../documents/mailboxes.js';
import { MESSAGES } from '../documents/messages.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import type { Ground } from '../ground.js';
import { insertNew } from '../writing/insert-new.js';
import { keepLetters, openLetters } from './mail-letter-docs.js';

/*
 * The log of an app is a chain: each entry takes the place behind the newest, and where two take the same, one of them finds it
 * taken and looks again. An entry counts its mailboxes once it has its place, and is read from then on. A mailbox that is made
 * meanwhile begins behind it, because it looks at the end of the log once more after it was made (`mailbox-open.ts`). Whoever
 * finds an entry uncounted counts it: one whose writer died holds up nobody.
 */

/** See `MailboxStore.append`. */
export async function appendToLog(
  { db }: Ground,
  envelopes: Envelopes,
  letter: Letter,
  now: EpochMs,
): Promise<Appended> {
  const { app, message, expiresAt } = letter;
  const sealed = envelopes.sealLetter(letter);
  const { id, collapse } = sealed;
  await keepLetters(db, [{ ...sealed, app, message, expiresAt }], now);
  const model = db.of(MAIL_LOG);
  for (;;) {
    const newest = (await positionsGiven(db, [app])).get(app) ?? 0;
    // Looked for after the place was: one that was faster is here, or has taken the place.
    const before = await db.run(() => model.findOne({ letter: id }).lean());
    if (before !== null) return before.isCounted ? appended(before) : appended(await countUpTo(db, before));
    const position = newest + 1;
    const entry: LogEntryDoc = {
      _id: logEntryId(app, position),
      app,
      position,
      letter: id,
      message,
      ...(collapse === null ? {} : { collapse }),
      mailboxes: 0,
      isCounted: false,
    };
    const taken = await insertNew(db, model, [entry]);
    if (taken.length === 0) return appended(await countUpTo(db, entry));
  }
}

function appended({ position, mailboxes }: LogEntryDoc): Appended {
  return { position, mailboxes };
}

/** Counts what is not counted of the app's log up to this entry, in order. @returns it, as it was counted first */
async function countUpTo(db: Database, entry: LogEntryDoc): Promise<LogEntryDoc> {
  const model = db.of(MAIL_LOG);
  const { app, position } = entry;
  const below = await db.run(() => model.find({ app, isCounted: false, position: op({ $lt: position }) }).lean());
  for (const each of below.toSorted((a, b) => a.position - b.position)) await countOne(db, each);
  return countOne(db, entry);
}

async function countOne(db: Database, entry: LogEntryDoc): Promise<LogEntryDoc> {
  const { _id, app, position, collapse } = entry;
  const model = db.of(MAIL_LOG);
  if (collapse !== undefined) {
    const older = await db.run(() => model.find({ app, collapse, position: op({ $lt: position }) }).lean());
    await withdrawLetters(
      db,
      older.map(({ letter }) => letter),
    );
  }
  const mailboxes = await db.run(() =>
    db.of(MAILBOXES).countDocuments({ app, logPosition: op({ $lt: position }) } as never),
  );
  const update = { $set: { mailboxes, isCounted: true } };
  const written = await db.run(() => model.updateOne({ _id, isCounted: false }, update));
  if (written.modifiedCount > 0) return { ...entry, mailboxes, isCounted: true };
  return (await db.run(() => model.findById(_id).lean())) ?? entry;
}

/** From now on nobody is to have these letters, wherever they lie; the sweep looks at them again. */
export async function withdrawLetters(db: Database, letters: readonly string[]): Promise<void> {
  if (letters.length === 0) return;
  const filter = { _id: op({ $in: [...letters] }) };
  await db.run(() => db.of(MAIL_LETTERS).updateMany(filter, { $set: { withdrawn: true, tidied: false } }));
}

/** Newest position of each app's log that was given; none for an app that has no log. */
export async function positionsGiven(db: Database, apps: Iterable<string>): Promise<ReadonlyMap<string, number>> {
  return new Map([...(await endsOf(db, apps))].map(([app, { given }]) => [app, given]));
}

/** Newest position of each app's log that is read: none below it is still to come. */
export async function logEnds(db: Database, apps: Iterable<string>): Promise<ReadonlyMap<string, number>> {
  const ends = await endsOf(db, apps);
  for (const { last } of ends.values()) if (last?.isCounted === false) await countUpTo(db, last);
  return new Map([...ends].map(([app, { given }]) => [app, given]));
}

async function endsOf(db: Database, apps: Iterable<string>) {
  const ids = [...new Set(apps)];
  const [heads, lasts] = await Promise.all([
    db.run(() =>
      db
        .of(MAIL_LOG_HEADS)
        .find({ _id: op({ $in: ids }) })
        .lean(),
    ),
    Promise.all(
      ids.map(async (app) => {
        const [last] = await db.run(() => db.of(MAIL_LOG).find({ app }).sort({ position: -1 }).limit(1).lean());
        return [app, last] as const;
      }),
    ),
  ]);
  const swept = new Map(heads.map(({ _id, newest }) => [_id, newest]));
  return new Map(
    lasts.map(([app, last]) => [app, { given: Math.max(swept.get(app) ?? 0, last?.position ?? 0), last }]),
  );
}

/** See `MailboxStore.readLog`. */
export async function readLogEntries(
  { db }: Ground,
  envelopes: Envelopes,
  app: string,
  after: number,
  limit: number,
  now: EpochMs,
): Promise<readonly WaitingLetter[]> {
  const waiting: WaitingLetter[] = [];
  for (let from = after; ; ) {
    const model = db.of(MAIL_LOG);
    const filter = { app, position: op({ $gt: from }) };
    const entries = await db.run(() => model.find(filter).sort({ position: 1 }).limit(limit).lean());
    const last = entries.at(-1);
    if (last === undefined) return waiting;
    if (entries.some(({ isCounted }) => !isCounted)) await countUpTo(db, last);
    const [letters, canceled] = await Promise.all([
      openLetters(
        db,
        envelopes,
        entries.map(({ letter }) => letter),
      ),
      canceledAmong(
        db,
        entries.map(({ message }) => message),
      ),
    ]);
    for (const { position, letter: id, message } of entries) {
      const letter = letters.get(id);
      if (letter === undefined || letter.expiresAt <= now || canceled.has(message)) continue;
      waiting.push({ position, message, body: letter.text, show: true, expiresAt: letter.expiresAt });
    }
    if (waiting.length >= limit) return waiting.slice(0, limit);
    if (entries.length < limit) return waiting;
    from = last.position;
  }
}

async function canceledAmong(db: Database, messages: readonly string[]): Promise<ReadonlySet<string>> {
  const filter = { _id: op({ $in: [...new Set(messages)] }), canceledAt: op({ $gte: 0 }) };
  const found = await db.run(() => db.of(MESSAGES).find(filter).select({ _id: 1 }).lean());
  return new Set(found.map(({ _id }) => _id));
}
