import type { EpochMs } from '../../../domain/time.js';
import { MAIL_MARKS, type MarkDoc } from '../documents/mail.js';
import { MAILBOXES, type MailEntry } from '../documents/mailboxes.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { recordSent } from '../receipts/record-sent.js';
import { changeMailboxes } from './change-mailboxes.js';
import { endsOf } from './mailbox-deliveries.js';

/** Mailboxes changed in one step. */
export const BOXES_PER_STEP = 200;

/** Takes out what is past its TTL; the deliveries that wait for it end. */
export async function expireEntries(ground: Ground, now: EpochMs, limit: number): Promise<number> {
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
export async function takeFrom(
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

export async function expireMarks(ground: Ground, now: EpochMs, limit: number): Promise<number> {
  const { db } = ground;
  const filter = { expiresAt: op({ $lte: now }) };
  const found = await db.run(() => db.of(MAIL_MARKS).find(filter).sort({ expiresAt: 1 }).limit(limit).lean());
  await forgetMarks(ground, found, now);
  return found.length;
}

/**
 * Who is marked as done may have been recorded as sent in the same moment, or without a record: that is put right before the
 * mark goes.
 */
export async function forgetMarks(ground: Ground, marks: readonly MarkDoc[], now: EpochMs): Promise<void> {
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
