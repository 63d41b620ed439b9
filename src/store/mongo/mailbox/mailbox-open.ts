import type { EpochMs } from '../../../domain/time.js';
import type { MailboxOpening, MailboxRequest } from '../../../ports/mailbox-store.js';
import { born, WRITERS_KEPT } from '../documents/aggregate.js';
import { MAILBOXES, type MailboxDoc, mailboxId } from '../documents/mailboxes.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { confirmRealtime } from '../registrations/realtime-registrations.js';
import { readEach } from '../writing/change.js';
import { insertNew } from '../writing/insert-new.js';
import { changeMailboxes } from './change-mailboxes.js';
import { withdrawnAmong } from './mail-letter-docs.js';
import { keepMarks, markOf, openMessages } from './mail-marks.js';
import { endsOf } from './mailbox-deliveries.js';
import { logEnds, positionsGiven } from './mailbox-log.js';
import { followOwners, newEpoch, readOwners } from './mailbox-owner.js';
import { lettersOf, type MailboxRoom, summaryOf, tooMany } from './mailbox-rules.js';

/** That a device has connected is written down at most so often. */
const CONFIRM_EVERY_MS = 86_400_000;

/** A request, and what there is to answer it. */
interface Asking {
  readonly request: MailboxRequest;
  readonly id: string;
  /** Whose the device is; absent: there is none. */
  readonly owner?: string | null;
  /** Without what is in it. */
  readonly box?: MailboxDoc;
}

/**
 * See `MailboxStore.open`. Three commands that only read, and one more for each app, for devices that connected within a day
 * and are not over full.
 */
export async function openMailboxes(
  ground: Ground,
  requests: readonly MailboxRequest[],
  room: MailboxRoom,
  now: EpochMs,
): Promise<readonly MailboxOpening[]> {
  if (requests.length === 0) return [];
  let asking = await look(ground, requests);
  const theirs = asking.filter(isTheirs);
  const strange = theirs.filter(({ box, owner }) => box !== undefined && (box.isGone || (box.user ?? null) !== owner));
  const late = theirs.filter(({ box }) => box === undefined || box.isFresh || box.openedAt <= now - CONFIRM_EVERY_MS);
  const full = theirs.filter(
    ({ box }) => box !== undefined && (box.held > room.bounds.letters || box.bytes > room.bounds.bytes),
  );
  // Its device has another user since, and whoever wrote that has not come here yet.
  if (strange.length > 0) await followOwners(ground, idsOf(strange), now);
  if (late.length > 0) await confirm(ground, placesOf(late), now);
  if (full.length > 0) {
    await cutBack(ground, idsOf(full), room, now);
  }
  if (strange.length + late.length + full.length > 0) {
    asking = await look(ground, requests);
    // Removed, or given to somebody else, while its mailbox was made.
    const changed = asking.filter(
      ({ owner, box }) => box !== undefined && (owner === undefined || owner !== (box.user ?? null)),
    );
    if (changed.length > 0) await followOwners(ground, idsOf(changed), now);
  }
  const ends = await logEnds(
    ground.db,
    asking.filter(isTheirs).map(({ request: { app } }) => app),
  );
  return asking.map((each) => toOpening(each, ends.get(each.request.app) ?? 0));
}

function isTheirs({ owner, request: { user } }: Asking): boolean {
  return owner !== undefined && owner === user;
}

function idsOf(asking: readonly Asking[]): readonly string[] {
  return [...new Set(asking.map(({ id }) => id))];
}

function placesOf(asking: readonly Asking[]): readonly MailboxRequest[] {
  return [...new Map(asking.map(({ id, request }) => [id, request])).values()];
}

function toOpening(asking: Asking, logEnd: number): MailboxOpening {
  const { owner, box } = asking;
  if (owner === undefined) return { kind: 'unknown_device' };
  // A mailbox that is not there now, though it was made, or is another's: the device was removed, or is somebody else's since.
  if (!isTheirs(asking) || box === undefined || box.isGone || (box.user ?? null) !== owner)
    return { kind: 'not_theirs' };
  const { epoch, newest, logPosition, lost } = box;
  return { kind: 'open', epoch, newest, logPosition, logEnd: Math.max(logEnd, logPosition), lost };
}

async function look({ db }: Ground, requests: readonly MailboxRequest[]): Promise<readonly Asking[]> {
  const ids = [...new Set(requests.map(mailboxId))];
  const [owners, boxes] = await Promise.all([
    readOwners(db, ids),
    readEach(db, db.of(MAILBOXES), ids, { without: ['entries'] }),
  ]);
  const found = new Map(boxes.map((box) => [box._id, box]));
  return requests.map((request) => {
    const id = mailboxId(request);
    const [owner, box] = [owners.get(id), found.get(id)];
    return { request, id, ...(owner === undefined ? {} : { owner }), ...(box === undefined ? {} : { box }) };
  });
}

/**
 * Makes mailboxes and registrations that are missing, and writes down that the others were used. A mailbox that is made stands
 * before the end of the log is looked at for good: an entry that comes later counts it, and it begins behind all others. Until
 * that is so it is new, and the next opening does this again.
 */
async function confirm(ground: Ground, requests: readonly MailboxRequest[], now: EpochMs): Promise<void> {
  const { db, outbox } = ground;
  const { o } = outbox.begin();
  const apps = new Set(requests.map(({ app }) => app));
  const ends = await positionsGiven(db, apps);
  const made = requests.map(({ app, device, user }): MailboxDoc => {
    return {
      _id: mailboxId({ app, device }),
      ...born(o),
      app,
      device,
      ...(user === null ? {} : { user }),
      epoch: newEpoch(),
      newest: 0,
      logPosition: ends.get(app) ?? 0,
      logDone: [],
      lost: 0,
      openedAt: now,
      isFresh: true,
      isGone: false,
      entries: [],
      ...summaryOf([]),
    };
  });
  await insertNew(db, db.of(MAILBOXES), made);
  await confirmRealtime(ground, requests, now);
  const model = db.of(MAILBOXES);
  const ids = op({ $in: made.map(({ _id }) => _id) });
  const stamp = { $inc: { rev: 1 }, $push: { w: { $each: [o], $slice: -WRITERS_KEPT } } };
  for (let isMoving = true; isMoving; ) {
    isMoving = false;
    for (const [app, end] of await positionsGiven(db, apps)) {
      const behind = { _id: ids, app, isFresh: true, logPosition: op({ $lt: end }) };
      const moved = await db.run(() => model.updateMany(behind as never, { $set: { logPosition: end }, ...stamp }));
      if (moved.modifiedCount > 0) isMoving = true;
    }
  }
  await db.run(() => model.updateMany({ _id: ids } as never, { $set: { openedAt: now, isFresh: false }, ...stamp }));
}

/** Takes the oldest letters out of mailboxes that hold more than they may, and counts them as lost; clears are not counted. */
async function cutBack(ground: Ground, ids: readonly string[], room: MailboxRoom, now: EpochMs): Promise<void> {
  const { db } = ground;
  await changeMailboxes(ground, ids, now, async (boxes) => {
    const withdrawn = await withdrawnAmong(
      db,
      boxes.flatMap(({ entries }) => entries.map(({ letter }) => letter)),
    );
    const isWithdrawn = (letter: string) => withdrawn.has(letter);
    const cuts = new Map(boxes.map((box) => [box._id, tooMany(box.entries, { isWithdrawn }, room.bounds, now)]));
    const lost = boxes.map((box) => ({ box, letters: lettersOf(cuts.get(box._id) ?? []) }));
    const open = await openMessages(
      db,
      lost.flatMap(({ letters }) => letters.map(({ message }) => message)),
    );
    await keepMarks(
      db,
      lost.flatMap(({ box, letters }) =>
        letters.filter(({ message }) => open.has(message)).map((letter) => markOf(box, letter, 'lost')),
      ),
    );
    return (box) => {
      const cut = cuts.get(box._id) ?? [];
      if (cut.length === 0) return undefined;
      return {
        entries: box.entries.filter((entry) => !cut.includes(entry)),
        set: { lost: box.lost + lettersOf(cut).length },
        ends: endsOf(box, cut, 'lost'),
      };
    };
  });
}
