import type { EpochMs } from '../../../domain/time.js';
import type { OwedRecall, Recall } from '../../../ports/recall-store.js';
import { WRITERS_KEPT } from '../documents/aggregate.js';
import { MESSAGES, type MessageDoc } from '../documents/messages.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { changeEach } from '../writing/change.js';
import type { Owed } from '../writing/outbox.js';
import { termsOf } from './message-docs.js';

/** Newer messages that are looked through for the same collapse key. */
const NEWER_MAX = 5_000;
const RECALLED = { app: 1, terms: 1, isAnnouncing: 1, recalledAt: 1, recallCursor: 1 } as const;

type Recalled = Pick<MessageDoc, '_id' | 'app' | 'terms' | 'isAnnouncing'>;

/** {@link RecallStore.begin}. */
export async function beginRecall(
  ground: Ground,
  app: string,
  message: string,
  now: EpochMs,
): Promise<Recall | undefined> {
  const { db, events, outbox } = ground;
  const wanted = await events.wanted([app]);
  const call = outbox.begin();
  const type = 'message.recalled';
  const owed: Owed = wanted(app, type) ? { events: [{ app, type, common: {}, entry: { message } }] } : {};
  let found: MessageDoc | undefined;
  const changed = await changeEach<MessageDoc>(
    db,
    db.of(MESSAGES),
    [message],
    call,
    () => (document) => {
      found = document.app === app ? document : undefined;
      if (found === undefined || document.recalledAt !== undefined) return undefined;
      return { set: { recalledAt: now, recallCursor: '' }, out: outbox.pending(call, owed, now) };
    },
    { without: ['content', 'accepted'] },
  );
  if (changed.size > 0 && owed.events !== undefined) {
    await outbox.settle(call, [{ spec: MESSAGES, ids: [message] }], owed, now);
  }
  return found && toRecall(ground, found, found.recalledAt ?? now);
}

/** {@link RecallStore.owed}. */
export async function owedRecalls(ground: Ground, limit: number): Promise<readonly OwedRecall[]> {
  const { db } = ground;
  const filter = { recallCursor: op({ $gte: '' }), completedAt: op({ $gt: 0 }) };
  const found = await db.run(() => db.of(MESSAGES).find(filter).sort({ _id: 1 }).limit(limit).select(RECALLED).lean());
  const owed: OwedRecall[] = [];
  for (const document of found) {
    const { _id: message, app, recallCursor: cursor = '', recalledAt = 0 } = document;
    owed.push({ app, message, cursor, ...(await toRecall(ground, document, recalledAt)) });
  }
  return owed;
}

/** {@link RecallStore.carried}. */
export async function noteRecallCursor(
  { db, outbox }: Ground,
  message: string,
  cursor: string | undefined,
): Promise<void> {
  const update = {
    ...(cursor === undefined ? { $unset: { recallCursor: 1 } } : { $set: { recallCursor: cursor } }),
    $inc: { rev: 1 },
    $push: { w: { $each: [outbox.begin().o], $slice: -WRITERS_KEPT } },
  };
  await db.run(() => db.of(MESSAGES).updateOne({ _id: message, recallCursor: op({ $gte: '' }) }, update as never));
}

async function toRecall(ground: Ground, document: Recalled, at: EpochMs): Promise<Recall> {
  const { _id: id, isAnnouncing = false } = document;
  const { collapseKey } = termsOf(document);
  const isReplaced = collapseKey !== undefined && (await hasNewer(ground, document, collapseKey));
  const tags = isReplaced ? [] : [collapseKey ?? id];
  return { clear: { messages: [id], tags, reason: 'recalled' }, announced: isAnnouncing, at };
}

/** Whether a newer message of its app has the same collapse key. */
async function hasNewer({ db }: Ground, { _id, app }: Recalled, collapseKey: string): Promise<boolean> {
  const newer = await db.run(() =>
    db
      .of(MESSAGES)
      .find({ app, _id: op({ $gt: _id }) })
      .sort({ _id: 1 })
      .limit(NEWER_MAX)
      .select({ terms: 1 })
      .lean(),
  );
  return newer.some((one) => termsOf(one).collapseKey === collapseKey);
}
