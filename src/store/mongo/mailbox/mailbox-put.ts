import type { EpochMs } from '../../../domain/time.js';
import type { Posted, Posting } from '../../../ports/mailbox-store.js';
import type { Envelopes } from '../../shared/mail-letters.js';
import { markId } from '../documents/mail.js';
import { type MailboxDoc, mailboxId } from '../documents/mailboxes.js';
import type { Ground } from '../ground.js';
import { changeMailboxes, type MailboxChange } from './change-mailboxes.js';
import { keepLetters, withdrawnAmong } from './mail-letter-docs.js';
import { keepMarks, markOf, openMessages, readMarks } from './mail-marks.js';
import { endsOf } from './mailbox-deliveries.js';
import { type Asked, lettersOf, type MailboxRoom, mayBeTooFull, type PutResult, putInto } from './mailbox-rules.js';

/** What is asked of one mailbox, and where its answers go. */
interface AskedOfBox {
  readonly asked: Asked[];
  readonly places: { readonly n: number; readonly k: number }[];
}

/**
 * See `MailboxStore.put`. The same few commands, however many devices there are: what the letters say, the mailboxes, what is
 * known beside them, and one bulk that changes all of them.
 */
export async function putLetters(
  ground: Ground,
  envelopes: Envelopes,
  room: MailboxRoom,
  postings: readonly Posting[],
  now: EpochMs,
): Promise<readonly (readonly Posted[])[]> {
  const answers = postings.map(({ to }) => new Array<Posted>(to.length).fill({ kind: 'no_mailbox' }));
  const boxes = new Map<string, AskedOfBox>();
  const letters = postings.map((posting, n) => {
    const { app, message, expiresAt, show, to } = posting;
    const sealed = envelopes.sealLetter(posting);
    const { id: letter, collapse, bytes } = sealed;
    for (const [k, { device, user }] of to.entries()) {
      const id = mailboxId({ app, device });
      const of = boxes.get(id) ?? { asked: [], places: [] };
      boxes.set(id, of);
      of.asked.push({ message, letter, collapse, bytes, show, expiresAt, ...(user === undefined ? {} : { user }) });
      of.places.push({ n, k });
    }
    return { ...sealed, app, message, expiresAt };
  });
  await keepLetters(ground.db, letters, now);

  const results = new Map<string, PutResult>();
  const changed = await changeMailboxes(ground, [...boxes.keys()], now, async (found) => {
    const there = found.filter(({ isGone }) => !isGone);
    const made = await putInAll(ground, there, boxes, room, now);
    for (const { _id } of found) results.delete(_id);
    for (const [id, result] of made) results.set(id, result);
    return (box) => changeOf(box, made.get(box._id));
  });
  for (const [id, result] of results) {
    // One that vanished while it was written has nothing.
    if (result.added.length > 0 && !changed.has(id)) continue;
    for (const [i, { n, k }] of (boxes.get(id)?.places ?? []).entries()) {
      const answer = result.answers[i];
      const row = answers[n];
      if (answer !== undefined && row !== undefined) row[k] = answer;
    }
  }
  return answers;
}

async function putInAll(
  { db }: Ground,
  found: readonly MailboxDoc[],
  boxes: ReadonlyMap<string, AskedOfBox>,
  room: MailboxRoom,
  now: EpochMs,
): Promise<ReadonlyMap<string, PutResult>> {
  const asked = found.map((box) => ({ box, these: boxes.get(box._id)?.asked ?? [] }));
  const letters = new Set<string>();
  const marks = new Set<string>();
  for (const { box, these } of asked) {
    const entries = new Map(lettersOf(box.entries).map((entry) => [entry.message, entry]));
    for (const { message, letter } of these) {
      const entry = entries.get(message);
      letters.add(entry?.letter ?? letter);
      if (entry === undefined) marks.add(markId(box.epoch, message));
    }
    // What was withdrawn takes no room.
    if (mayBeTooFull([...box.entries, ...these], room)) for (const { letter } of box.entries) letters.add(letter);
  }
  const [withdrawn, marked] = await Promise.all([withdrawnAmong(db, letters), readMarks(db, [...marks])]);
  const results = asked.map(({ box, these }) => {
    const known = {
      isWithdrawn: (letter: string) => withdrawn.has(letter),
      markOf: (message: string) => marked.get(markId(box.epoch, message)),
    };
    return { box, result: putInto(box, these, known, room, now) };
  });
  const leaving = results.flatMap(({ box, result: { gone, outdone } }) => [
    ...gone.map(({ entry, as }) => ({ box, entry, as })),
    ...outdone.map((entry) => ({ box, entry, as: 'replaced' as const })),
  ]);
  const open = await openMessages(
    db,
    leaving.flatMap(({ entry }) => entry.message ?? []),
  );
  await keepMarks(
    db,
    leaving.flatMap(({ box, entry, as }) =>
      lettersOf([entry])
        .filter(({ message }) => open.has(message))
        .map((letter) => markOf(box, letter, as)),
    ),
  );
  return new Map(results.map(({ box, result }) => [box._id, result]));
}

function changeOf(box: MailboxDoc, result: PutResult | undefined): MailboxChange | undefined {
  if (result === undefined || result.added.length === 0) return undefined;
  const { added, gone, newest, lost } = result;
  const set = { newest, lost };
  if (gone.length === 0) return { added, set };
  const left = new Set(gone.map(({ entry }) => entry.position));
  const entries = [...box.entries, ...added].filter(({ position }) => !left.has(position));
  const ends = gone.flatMap(({ entry, as }) => endsOf(box, [entry], as));
  return { entries, set, ends };
}
