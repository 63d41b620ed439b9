import { REALTIME } from '../../../domain/route.js';
import type { EpochMs } from '../../../domain/time.js';
import type { Recorded } from '../deliveries/moves.js';
import { DEVICES, deviceKey } from '../documents/devices.js';
import { type LogEntryDoc, MAIL_LETTERS, MAIL_LOG } from '../documents/mail.js';
import type { MailboxDoc } from '../documents/mailboxes.js';
import { MESSAGES } from '../documents/messages.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import { type Ground, readyToMove } from '../ground.js';
import { readErased } from '../people/erased-users.js';
import { readEach } from '../writing/change.js';
import type { Owed } from '../writing/outbox.js';
import type { KeptDelivery } from './mailbox-deliveries.js';

/** Entries of the logs of apps by `<app>|<message>`; of a message that is in none, nothing. */
export async function readEntries(
  db: Database,
  named: readonly { readonly app: string; readonly message: string }[],
): Promise<ReadonlyMap<string, LogEntryDoc>> {
  if (named.length === 0) return new Map();
  const apps = [...new Set(named.map(({ app }) => app))];
  const messages = [...new Set(named.map(({ message }) => message))];
  const filter = { app: apps.length === 1 ? apps[0] : op({ $in: apps }), message: op({ $in: messages }) };
  const found = await db.run(() =>
    db
      .of(MAIL_LOG)
      .find(filter as never)
      .lean(),
  );
  return new Map(found.map((entry) => [`${entry.app}|${entry.message}`, entry]));
}

/** A device's word on an entry of the log. */
export interface SaidOfEntry {
  readonly box: Pick<MailboxDoc, 'app' | 'device' | 'user'>;
  readonly entry: LogEntryDoc;
}

/** What follows when the word counts; undefined: its message is over, and counts nobody any more. */
export type CountSaid = (said: SaidOfEntry) => { readonly owed: Owed; readonly kept?: KeptDelivery } | undefined;

/** Looks up what counting devices' words on entries of the log needs. Whether they were counted before is the mailbox's to say. */
export async function readyToCount(ground: Ground, said: readonly SaidOfEntry[], now: EpochMs): Promise<CountSaid> {
  if (said.length === 0) return () => undefined;
  const { db } = ground;
  const messages = [...new Set(said.map(({ entry }) => entry.message))];
  const letters = [...new Set(said.map(({ entry }) => entry.letter))];
  const devices = [...new Set(said.map(({ box }) => deviceKey(box.app, box.device)))];
  const [open, found, known, facts] = await Promise.all([
    stillCounting(db, messages),
    db.run(() =>
      db
        .of(MAIL_LETTERS)
        .find({ _id: op({ $in: letters }) })
        .select({ putAt: 1 })
        .lean(),
    ),
    readEach(db, db.of(DEVICES), devices),
    ground.facts(messages),
  ]);
  const putAt = new Map(found.map((letter) => [letter._id, letter.putAt]));
  const platforms = new Map(known.map(({ _id, platform }) => [_id, platform]));
  const recorded = ({ box, entry }: SaidOfEntry): Recorded | undefined => {
    const fact = facts.get(entry.message);
    if (fact === undefined || !open.has(entry.message)) return undefined;
    const platform = platforms.get(deviceKey(box.app, box.device));
    return {
      app: box.app,
      message: entry.message,
      device: box.device,
      ...(box.user === undefined ? {} : { user: box.user }),
      ...(platform === undefined ? {} : { platform }),
      provider: REALTIME,
      queuedAt: fact.acceptedAt,
      state: 'delivered',
      sentAt: putAt.get(entry.letter) ?? now,
      deliveredAt: now,
      settledAt: now,
    };
  };
  const counting = said.flatMap((each) => recorded(each) ?? []);
  const [owedBy, isErased] = await Promise.all([
    readyToMove(ground, counting, now),
    readErased(db, ground.erasurePepper, counting),
  ]);
  return (each) => {
    const delivery = recorded(each);
    if (delivery === undefined) return undefined;
    const owed = owedBy({ now: delivery, from: 'queued', isNew: false, fromReached: 0 });
    if (facts.get(delivery.message)?.track !== 'all' || isErased(delivery)) return { owed };
    const attempts = JSON.stringify([{ provider: REALTIME, at: delivery.sentAt ?? now, outcome: 'accepted' }]);
    return { owed, kept: { ...delivery, key: each.box.device, attempts } };
  };
}

/** Messages whose end is still to come. */
async function stillCounting(db: Database, messages: readonly string[]): Promise<ReadonlySet<string>> {
  const found = await db.run(() =>
    db
      .of(MESSAGES)
      .find({ _id: op({ $in: [...messages] }) })
      .select({ completedAt: 1, canceledAt: 1 })
      .lean(),
  );
  return new Set(
    found.flatMap(({ _id, completedAt, canceledAt }) =>
      completedAt === undefined && canceledAt === undefined ? [_id] : [],
    ),
  );
}
