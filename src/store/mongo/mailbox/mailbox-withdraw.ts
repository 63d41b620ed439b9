import type { EpochMs } from '../../../domain/time.js';
import type { WaitingClear } from '../../../ports/mailbox-store.js';
import type { Envelopes } from '../../shared/mail-letters.js';
import { MAIL_LETTERS } from '../documents/mail.js';
import { MAILBOXES, type MailboxDoc, type MailEntry, mailboxId } from '../documents/mailboxes.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import type { Ground } from '../ground.js';
import { changeMailboxes } from './change-mailboxes.js';
import { keepLetters, withdrawnAmong } from './mail-letter-docs.js';
import { keepMarks, markOf, openMessages } from './mail-marks.js';
import { withdrawLetters } from './mailbox-log.js';
import { lettersOf } from './mailbox-rules.js';

const TOLD_MAX = 10_000;
/** A clear waits this long for its device. No message lives longer. */
const CLEAR_TTL_MS = 28 * 86_400_000;

/** See `MailboxStore.withdraw`. */
export async function withdrawLetter(
  ground: Ground,
  app: string,
  message: string,
  devices: readonly string[] | undefined,
  now: EpochMs,
): Promise<readonly string[]> {
  if (devices === undefined) return withdrawFromAll(ground.db, app, message, now);
  const had = new Set<string>();
  await takeOut(ground, app, [message], devices, now, (box, taken) => {
    if (taken.length === 0) had.delete(box.device);
    else had.add(box.device);
    return {};
  });
  return [...had].slice(0, TOLD_MAX);
}

/**
 * Out of all mailboxes it goes by one mark on the letter, however many they are; the sweep takes the entries. Its mailboxes are
 * found by what lies in them: a list of them beside the letter would be one more write for each.
 */
async function withdrawFromAll(db: Database, app: string, message: string, now: EpochMs): Promise<readonly string[]> {
  const letters = await db.run(() =>
    db.of(MAIL_LETTERS).find({ app, message, withdrawn: false }).select({ expiresAt: 1 }).lean(),
  );
  const alive = letters.flatMap(({ _id, expiresAt }) => (expiresAt > now ? [_id] : []));
  const before = await holdersOf(db, alive);
  await withdrawLetters(
    db,
    letters.map(({ _id }) => _id),
  );
  // Into which it was put meanwhile.
  const after = await holdersOf(db, alive);
  return [...new Set([...before, ...after])].slice(0, TOLD_MAX);
}

async function holdersOf(db: Database, letters: readonly string[]): Promise<readonly string[]> {
  if (letters.length === 0) return [];
  const filter = { 'entries.letter': letters.length === 1 ? letters[0] : op({ $in: [...letters] }) };
  const found = await db.run(() =>
    db
      .of(MAILBOXES)
      .find(filter as never)
      .select({ device: 1 })
      .limit(TOLD_MAX)
      .lean(),
  );
  return found.map(({ device }) => device);
}

/** See `MailboxStore.putClear`. */
export async function putClearEntry(
  ground: Ground,
  envelopes: Envelopes,
  app: string,
  clear: WaitingClear['clear'],
  devices: readonly string[],
  now: EpochMs,
): Promise<void> {
  const sealed = envelopes.sealClear(app, clear, now);
  const { id: letter, bytes } = sealed;
  const expiresAt = now + CLEAR_TTL_MS;
  await keepLetters(ground.db, [{ ...sealed, app, expiresAt }], now);
  const entry = { letter, bytes, show: true, expiresAt, putAt: now };
  // What was read elsewhere need not be shown any more, but what its data says is news to this device all the same.
  const how = clear.reason === 'read_elsewhere' ? 'hushed' : 'taken';
  await takeOut(
    ground,
    app,
    clear.messages,
    devices,
    now,
    (box) => {
      if (box.entries.some((each) => each.letter === letter)) return {};
      return { added: { ...entry, position: box.newest + 1 } };
    },
    how,
  );
}

/**
 * Takes letters of the messages out of mailboxes, or hushes them, and adds what `then` says.
 *
 * @param then is told what goes out of a mailbox, as often as needed; `[]` where nothing does
 */
async function takeOut(
  ground: Ground,
  app: string,
  messages: readonly string[],
  devices: readonly string[],
  now: EpochMs,
  then: (box: MailboxDoc, taken: readonly MailEntry[]) => { readonly added?: MailEntry },
  how: 'taken' | 'hushed' = 'taken',
): Promise<void> {
  const { db } = ground;
  const ids = [...new Set(devices)].map((device) => mailboxId({ app, device }));
  const wanted = new Set(messages);
  await changeMailboxes(ground, ids, now, async (found) => {
    const boxes = found.filter(({ isGone }) => !isGone);
    const meant = boxes.map((box) => ({
      box,
      letters: lettersOf(box.entries).filter(({ message, expiresAt }) => wanted.has(message) && expiresAt > now),
    }));
    const withdrawn = await withdrawnAmong(
      db,
      meant.flatMap(({ letters }) => letters.map(({ letter }) => letter)),
    );
    const waiting = meant.map(({ box, letters }) => ({
      box,
      letters: letters.filter(({ letter }) => !withdrawn.has(letter)),
    }));
    const marks = how === 'hushed' ? [] : waiting;
    const open = await openMessages(
      db,
      marks.flatMap(({ letters }) => letters.map(({ message }) => message)),
    );
    await keepMarks(
      db,
      marks.flatMap(({ box, letters }) =>
        letters.filter(({ message }) => open.has(message)).map((each) => markOf(box, each, 'withdrawn')),
      ),
    );
    const places = new Map(
      waiting.map(({ box, letters }) => [box._id, new Set(letters.map(({ position }) => position))]),
    );
    return (box) => {
      if (box.isGone) return undefined;
      const at = places.get(box._id) ?? new Set();
      const { added } = then(
        box,
        box.entries.filter(({ position }) => at.has(position)),
      );
      if (at.size === 0 && added === undefined) return undefined;
      const left =
        how === 'taken'
          ? box.entries.filter(({ position }) => !at.has(position))
          : box.entries.map((each) => (at.has(each.position) ? { ...each, show: false } : each));
      if (added === undefined) return { entries: left };
      return { entries: [...left, added], set: { newest: added.position } };
    };
  });
}
