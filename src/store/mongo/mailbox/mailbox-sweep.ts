import type { EpochMs } from '../../../domain/time.js';
import { MAIL_LETTERS, MAIL_LOG, MAIL_LOG_HEADS } from '../documents/mail.js';
import { MAILBOXES } from '../documents/mailboxes.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { dropRealtime } from '../registrations/realtime-registrations.js';
import { upsertEach } from '../writing/upsert-each.js';
import { tidyLetters } from './mail-letter-tidying.js';
import { expireEntries, expireMarks } from './mailbox-expiry.js';

/** A letter outlives its end by so much: whoever puts it at that moment finds it. */
const GRACE_MS = 60_000;
/** A device that has not connected for so long loses its mailbox, if it is empty, and its realtime registration. */
const UNUSED_MS = 30 * 86_400_000;

/** See `MailboxStore.sweep`. */
export async function sweepMailboxes(ground: Ground, now: EpochMs, limit: number): Promise<number> {
  const expired = await expireEntries(ground, now, limit);
  const marks = await expireMarks(ground, now, limit);
  const tidied = await tidyLetters(ground, now, limit);
  // What points to a letter goes before it.
  const letters = expired === 0 && marks === 0 ? await dropLetters(ground, now, limit) : 0;
  return expired + marks + tidied + letters + (await dropUnused(ground, now, limit));
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
