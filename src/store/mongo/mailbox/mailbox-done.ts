import type { EpochMs } from '../../../domain/time.js';
import type { Finished, MailboxStore } from '../../../ports/mailbox-store.js';
import type { Receipt } from '../../../ports/receipt-store.js';
import { wakeChunks } from '../chunks/wake-chunks.js';
import { type LogEntryDoc, MAIL_MARKS, markId } from '../documents/mail.js';
import { MAILBOXES, type MailboxDoc, type MailEntry, mailboxId } from '../documents/mailboxes.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { together } from '../ground.js';
import { recordKept, recordSent } from '../receipts/record-sent.js';
import { readEach } from '../writing/change.js';
import { changeMailboxes, type DecideMailbox } from './change-mailboxes.js';
import { keepDone, markOf, openMessages, readMarks } from './mail-marks.js';
import { type CountSaid, readEntries, readyToCount } from './mailbox-log-done.js';

/** A message that a device is done with, and what its mailbox knows of it. */
interface Said {
  readonly n: number;
  readonly box: MailboxDoc;
  readonly message: string;
  /** It waits, or waited, in the mailbox. */
  readonly isCopy: boolean;
  readonly expiresAt: EpochMs;
  /** It is in the log. */
  readonly entry?: LogEntryDoc;
}

/**
 * See `MailboxStore.done`. Of a message that is over, receipts first: a letter that is still there comes again, and is done
 * again. As long as it is open the mark comes first, then the letter goes, and only then anybody is told: its chunk looks for
 * marks once it has settled; what had settled before is recorded here, unless someone waits for this very word. What neither
 * finds, because a process died in between or no record is kept, is recorded when the mark goes (`mailbox-sweep.ts`).
 */
export async function finishLetters(
  ground: Ground,
  finished: readonly Finished[],
  now: EpochMs,
): Promise<readonly (readonly string[])[]> {
  const { db } = ground;
  const found = await readEach(db, db.of(MAILBOXES), [...new Set(finished.map(mailboxId))]);
  const boxes = new Map(found.filter(({ isGone }) => !isGone).map((box) => [box._id, box]));
  const said = await lookUp(ground, finished, boxes);
  const copies = said.filter(({ isCopy }) => isCopy);
  const openIds = await openMessages(
    db,
    copies.map(({ message }) => message),
  );
  const open = copies.filter(({ message }) => openIds.has(message));
  const over = copies.filter(({ message }) => !openIds.has(message));
  const count = await readyToCount(ground, ofLog(said), now);
  await keepDone(
    db,
    open.map(({ box, ...letter }) => markOf(box, letter, 'done')),
  );
  if (over.length > 0) {
    await recordSent(
      ground,
      over.map((each) => deliveredNow(each, now)),
      now,
    );
  }
  await changeMailboxes(ground, [...boxes.keys()], now, () => finishing(finished, said, count));
  const untold = open.filter(({ n, message }) => finished[n]?.tell?.(message) !== true);
  if (untold.length > 0) {
    await recordKept(
      ground,
      untold.map((each) => deliveredNow(each, now)),
      now,
    );
    await wakeChunks(
      ground,
      untold.map(({ box: { device }, message }) => ({ device, message })),
      now,
    );
  }
  const answers = finished.map(() => new Set<string>());
  for (const { n, message } of said) answers[n]?.add(message);
  return answers.map((known) => [...known]);
}

/** Those of the messages that were for their devices. */
async function lookUp(
  { db }: Ground,
  finished: readonly Finished[],
  boxes: ReadonlyMap<string, MailboxDoc>,
): Promise<readonly Said[]> {
  const named = finished.flatMap((each, n) => {
    const box = boxes.get(mailboxId(each));
    if (box === undefined || each.messages.length === 0) return [];
    const entries = new Map(box.entries.map((entry) => [entry.message, entry]));
    return [...new Set(each.messages)].map((message) => ({
      n,
      box,
      message,
      app: box.app,
      there: entries.get(message),
    }));
  });
  const missing = named.filter(({ there }) => there === undefined);
  const [marks, entries] = await Promise.all([
    readMarks(
      db,
      missing.map(({ box, message }) => markId(box.epoch, message)),
    ),
    readEntries(db, missing),
  ]);
  return named.flatMap(({ n, box, message, app, there }): Said[] => {
    const isCopy = there !== undefined || marks.has(markId(box.epoch, message));
    const entry = there === undefined ? entries.get(`${app}|${message}`) : undefined;
    if (!isCopy && entry === undefined) return [];
    const expiresAt = there?.expiresAt ?? 0;
    return [{ n, box, message, isCopy, expiresAt, ...(entry === undefined ? {} : { entry }) }];
  });
}

function ofLog(said: readonly Said[]) {
  return said.flatMap(({ box, entry }) => (entry === undefined ? [] : [{ box, entry }]));
}

/** Takes letters out, counts words on entries of the log, each once, and moves devices on in it, never back. */
function finishing(finished: readonly Finished[], said: readonly Said[], count: CountSaid): DecideMailbox {
  const saidOf = new Map<string, Said[]>();
  for (const each of said) saidOf.set(each.box._id, [...(saidOf.get(each.box._id) ?? []), each]);
  const places = new Map<string, number>();
  for (const { logPosition = 0, ...place } of finished) {
    places.set(mailboxId(place), Math.max(places.get(mailboxId(place)) ?? 0, logPosition));
  }
  return (box) => {
    const these = saidOf.get(box._id) ?? [];
    // It was emptied for another user meanwhile.
    if (these.some((each) => each.box.epoch !== box.epoch)) return undefined;
    const messages = new Set(these.map(({ message }) => message));
    const entries = box.entries.filter(({ message }) => message === undefined || !messages.has(message));
    const counted = ofLog(these).flatMap((each) => {
      const { position } = each.entry;
      if (position <= box.logPosition || box.logDone.includes(position)) return [];
      const counts = count(each);
      return counts === undefined ? [] : [{ position, ...counts }];
    });
    const logPosition = Math.max(box.logPosition, places.get(box._id) ?? 0);
    const isTaken = entries.length < box.entries.length;
    if (!isTaken && counted.length === 0 && logPosition === box.logPosition) return undefined;
    const logDone = [...box.logDone, ...counted.map(({ position }) => position)].filter((at) => at > logPosition);
    return {
      ...(isTaken ? { entries } : {}),
      set: { logPosition, logDone },
      kept: counted.flatMap(({ kept }) => kept ?? []),
      owed: together(counted.map(({ owed }) => owed)),
    };
  };
}

function deliveredNow({ box: { app, device }, message }: Said, now: EpochMs): Receipt {
  return { app, message, key: device, state: 'delivered', at: now };
}

/** See `MailboxStore.finished`. */
export async function readFinished(
  { db }: Ground,
  entries: Parameters<MailboxStore['finished']>[0],
): Promise<readonly ReadonlySet<string>[]> {
  const ids = [...new Set(entries.flatMap(({ app, devices }) => devices.map((device) => mailboxId({ app, device }))))];
  const boxes = await readEach(db, db.of(MAILBOXES), ids, { without: ['entries'] });
  const epochs = new Map(boxes.filter(({ isGone }) => !isGone).map(({ _id, epoch }) => [_id, epoch]));
  const asked = entries.flatMap(({ app, message, devices }, n) =>
    devices.flatMap((device) => {
      const epoch = epochs.get(mailboxId({ app, device }));
      return epoch === undefined ? [] : [{ n, device, mark: markId(epoch, message) }];
    }),
  );
  if (asked.length === 0) return entries.map(() => new Set<string>());
  const filter = { _id: op({ $in: [...new Set(asked.map(({ mark }) => mark))] }), state: 'done' as const };
  const found = await db.run(() => db.of(MAIL_MARKS).find(filter).select({ _id: 1 }).lean());
  const done = new Set(found.map(({ _id }) => _id));
  const answers = entries.map(() => new Set<string>());
  for (const { n, device, mark } of asked) if (done.has(mark)) answers[n]?.add(device);
  return answers;
}

/** Of letters that wait; see `MailboxStore.hush` and `unhush`. */
export async function showLetters(
  ground: Ground,
  entries: Parameters<MailboxStore['hush']>[0],
  show: boolean,
): Promise<void> {
  const messages = new Map<string, Set<string>>();
  for (const { app, message, devices } of entries) {
    for (const device of devices) {
      const id = mailboxId({ app, device });
      messages.set(id, (messages.get(id) ?? new Set()).add(message));
    }
  }
  await changeMailboxes(ground, [...messages.keys()], 0, () => (box) => {
    const isMeant = (entry: MailEntry) =>
      entry.message !== undefined && entry.show !== show && messages.get(box._id)?.has(entry.message) === true;
    if (!box.entries.some(isMeant)) return undefined;
    return { entries: box.entries.map((entry) => (isMeant(entry) ? { ...entry, show } : entry)) };
  });
}
