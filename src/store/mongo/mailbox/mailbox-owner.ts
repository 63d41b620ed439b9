import { randomBytes } from 'node:crypto';
import type { EpochMs } from '../../../domain/time.js';
import { DEVICES } from '../documents/devices.js';
import { MAILBOXES, type MailboxDoc, mailboxId } from '../documents/mailboxes.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import type { Ground } from '../ground.js';
import { readEach } from '../writing/change.js';
import { changeMailboxes, type MailboxChange } from './change-mailboxes.js';
import { endsOf } from './mailbox-deliveries.js';
import { positionsGiven } from './mailbox-log.js';

/** Names one life of a mailbox: no other one ever had it. */
export function newEpoch(): string {
  return randomBytes(9).toString('hex');
}

/** Whose devices are now, by `<app>|<device>`, `null` for nobody's; one that is not there is left out. */
export async function readOwners(db: Database, ids: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
  const found = await readEach(db, db.of(DEVICES), ids);
  return new Map(found.flatMap(({ _id, user, removedAt }) => (removedAt > 0 ? [] : [[_id, user ?? null]])));
}

/**
 * Lets mailboxes follow their devices: one whose device has another user is emptied and begins anew, one whose device is gone
 * is emptied and goes, and the deliveries of what was in them end. To be called after the device was written, and again
 * whenever that may have been missed: it goes by what the device is now.
 *
 * @param ids of devices, and so of their mailboxes: `<app>|<device>`
 */
export async function followOwners(ground: Ground, ids: readonly string[], now: EpochMs): Promise<void> {
  const { db } = ground;
  const gone = new Set<string>();
  await changeMailboxes(ground, ids, now, async (boxes) => {
    const [owners, ends] = await Promise.all([
      readOwners(
        db,
        boxes.map(({ _id }) => _id),
      ),
      positionsGiven(
        db,
        boxes.map(({ app }) => app),
      ),
    ]);
    return (box) => {
      const owner = owners.get(box._id);
      if (owner !== undefined) {
        gone.delete(box._id);
        return owner === (box.user ?? null) && !box.isGone ? undefined : anew(box, owner, ends.get(box.app) ?? 0);
      }
      gone.add(box._id);
      return box.isGone ? undefined : { ...GONE, ends: endsOf(box, box.entries, 'removed') };
    };
  });
  await removeGone(db, [...gone]);
}

const GONE = { entries: [], set: { isGone: true, logDone: [] } } satisfies MailboxChange;

function anew(box: MailboxDoc, owner: string | null, logEnd: number): MailboxChange {
  const logPosition = Math.max(box.logPosition, logEnd);
  return {
    entries: [],
    set: {
      epoch: newEpoch(),
      lost: 0,
      logPosition,
      logDone: [],
      isGone: false,
      ...(owner === null ? {} : { user: owner }),
    },
    unset: owner === null ? ['user'] : [],
    ends: endsOf(box, box.entries, 'user_changed'),
  };
}

/** Empties mailboxes and removes them, without a word on the deliveries of what was in them. */
export async function dropMail(ground: Ground, app: string, devices: readonly string[]): Promise<void> {
  const ids = devices.map((device) => mailboxId({ app, device }));
  await changeMailboxes(
    ground,
    ids,
    0,
    () =>
      ({ isGone }) =>
        isGone ? undefined : GONE,
  );
  await removeGone(ground.db, ids);
}

/** Those that owe nothing any more; whoever stands in for what is still owed comes here again. */
async function removeGone(db: Database, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const filter = { _id: op({ $in: [...ids] }), isGone: true, 'out.o': op({ $exists: false }) };
  await db.run(() => db.of(MAILBOXES).deleteMany(filter as never));
}
