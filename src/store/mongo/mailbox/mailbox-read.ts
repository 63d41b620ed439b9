import type { EpochMs } from '../../../domain/time.js';
import type { MailboxStore, WaitingClear, WaitingLetter } from '../../../ports/mailbox-store.js';
import type { Envelopes } from '../../shared/mail-letters.js';
import { MAILBOXES, type MailEntry, mailboxId } from '../documents/mailboxes.js';
import type { Ground } from '../ground.js';
import { readEach } from '../writing/change.js';
import { type OpenedLetter, openLetters, withdrawnAmong } from './mail-letter-docs.js';

/** See `MailboxStore.read`. What a letter says is fetched and opened once, however many devices read it. */
export async function readMailboxes(
  { db }: Ground,
  envelopes: Envelopes,
  requests: Parameters<MailboxStore['read']>[0],
  now: EpochMs,
): Promise<readonly (readonly (WaitingLetter | WaitingClear)[])[]> {
  const found = await readEach(db, db.of(MAILBOXES), [...new Set(requests.map(mailboxId))]);
  const boxes = new Map(found.map((box) => [box._id, box]));
  const waiting = requests.map((request): readonly MailEntry[] => {
    const box = boxes.get(mailboxId(request));
    if (box === undefined || box.isGone) return [];
    if (request.user !== undefined && request.user !== (box.user ?? null)) return [];
    const except = new Set(request.except);
    return box.entries.filter(({ position, expiresAt }) => !except.has(position) && expiresAt > now);
  });
  // It is rare that one was withdrawn: the others are looked at only where one of the first is not there.
  const firsts = waiting.map((entries, i) => entries.slice(0, requests[i]?.limit ?? 0));
  const opened = new Map(await openLetters(db, envelopes, lettersIn(firsts)));
  const isShort = waiting.map(
    (entries, i) => entries.length > (firsts[i] ?? []).length && firsts[i]?.some(({ letter }) => !opened.has(letter)),
  );
  const more = waiting.filter((_, i) => isShort[i]);
  if (more.length > 0) {
    const withdrawn = await withdrawnAmong(db, lettersIn(more));
    for (const [i, entries] of waiting.entries()) {
      if (isShort[i])
        firsts[i] = entries.filter(({ letter }) => !withdrawn.has(letter)).slice(0, requests[i]?.limit ?? 0);
    }
    const missing = lettersIn(firsts).filter((letter) => !opened.has(letter));
    for (const [id, letter] of await openLetters(db, envelopes, missing)) opened.set(id, letter);
  }
  return firsts.map((entries) =>
    entries.flatMap((entry) => {
      const letter = opened.get(entry.letter);
      return letter === undefined ? [] : [toWaiting(entry, letter)];
    }),
  );
}

function lettersIn(lists: readonly (readonly MailEntry[])[]): readonly string[] {
  return [...new Set(lists.flatMap((entries) => entries.map(({ letter }) => letter)))];
}

function toWaiting({ position, show }: MailEntry, { message, text, expiresAt }: OpenedLetter) {
  if (message !== undefined) return { position, message, body: text, show, expiresAt };
  const clear = JSON.parse(text) as WaitingClear['clear']; // written by `putClear` from the same type
  return { position, clear };
}
