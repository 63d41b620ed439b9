import type { EpochMs } from '../../../domain/time.js';
import type { Envelopes, SealedLetter } from '../../shared/mail-letters.js';
import { MAIL_LETTERS } from '../documents/mail.js';
import { bytesOf } from '../engine/bytes.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import { upsertEach } from '../writing/upsert-each.js';

/** A letter as it is to stand in the store; without message: a clear. */
export interface KeptLetter extends SealedLetter {
  readonly app: string;
  readonly message?: string;
  readonly expiresAt: EpochMs;
}

/** Puts down what letters say, each once. It is there before anything points to it. */
export async function keepLetters(db: Database, letters: readonly KeptLetter[], now: EpochMs): Promise<void> {
  const once = new Map(letters.map((letter) => [letter.id, letter]));
  const upserts = [...once.values()].map(({ id, app, message, body, expiresAt }) => ({
    id,
    update: {
      $setOnInsert: {
        app,
        ...(message === undefined ? {} : { message }),
        body,
        putAt: now,
        withdrawn: false,
        tidied: false,
      },
      // It outlives all that point to it.
      $max: { expiresAt },
    },
  }));
  await upsertEach(db, db.of(MAIL_LETTERS), upserts);
}

/** Letters asked for by one command. */
const ASKED_MAX = 1_000;

/** Those of the letters that were withdrawn, whichever mailbox they lie in. */
export async function withdrawnAmong(db: Database, letters: Iterable<string>): Promise<ReadonlySet<string>> {
  const ids = [...new Set(letters)];
  const model = db.of(MAIL_LETTERS);
  const withdrawn = new Set<string>();
  for (let from = 0; from < ids.length; from += ASKED_MAX) {
    const filter = { _id: op({ $in: ids.slice(from, from + ASKED_MAX) }), withdrawn: true };
    for (const { _id } of await db.run(() => model.find(filter).select({ _id: 1 }).lean())) withdrawn.add(_id);
  }
  return withdrawn;
}

/** What a letter says. */
export interface OpenedLetter {
  readonly message?: string;
  readonly text: string;
  readonly putAt: EpochMs;
  readonly expiresAt: EpochMs;
}

/** Those of the letters that are there and not withdrawn, each opened once. */
export async function openLetters(
  db: Database,
  envelopes: Envelopes,
  letters: Iterable<string>,
): Promise<ReadonlyMap<string, OpenedLetter>> {
  const ids = [...new Set(letters)];
  const model = db.of(MAIL_LETTERS);
  const opened = new Map<string, OpenedLetter>();
  for (let from = 0; from < ids.length; from += ASKED_MAX) {
    const filter = { _id: op({ $in: ids.slice(from, from + ASKED_MAX) }), withdrawn: false };
    for (const { _id, body, message, putAt, expiresAt } of await db.run(() => model.find(filter).lean())) {
      const text = envelopes.open(_id, bytesOf(body));
      opened.set(_id, { text, putAt, expiresAt, ...(message === undefined ? {} : { message }) });
    }
  }
  return opened;
}
