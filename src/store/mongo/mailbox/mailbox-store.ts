import { MAILBOX_BYTES_MAX, MAILBOX_LETTERS_MAX, type MailboxStore } from '../../../ports/mailbox-store.js';
import { createEnvelopes } from '../../shared/mail-letters.js';
import { wakeChunks } from '../chunks/wake-chunks.js';
import { MAILBOXES, mailboxId } from '../documents/mailboxes.js';
import type { Ground } from '../ground.js';
import { changeMailboxes } from './change-mailboxes.js';
import { MAIL_WORK, mailCarrier } from './mailbox-deliveries.js';
import { finishLetters, readFinished, showLetters } from './mailbox-done.js';
import { appendToLog, readLogEntries } from './mailbox-log.js';
import { openMailboxes } from './mailbox-open.js';
import { putLetters } from './mailbox-put.js';
import { readMailboxes } from './mailbox-read.js';
import type { MailboxRoom } from './mailbox-rules.js';
import { sweepMailboxes } from './mailbox-sweep.js';
import { putClearEntry, withdrawLetter } from './mailbox-withdraw.js';

const ROOM: MailboxRoom = { bounds: { letters: MAILBOX_LETTERS_MAX, bytes: MAILBOX_BYTES_MAX }, spare: 1 / 16 };

export function createMailboxStore(ground: Ground, room: MailboxRoom = ROOM): MailboxStore {
  const envelopes = createEnvelopes(ground.atRest);
  ground.outbox.watches(MAILBOXES);
  ground.outbox.carries(MAIL_WORK, mailCarrier(ground));
  return {
    open: (requests, now) => openMailboxes(ground, requests, room, now),
    put: async (postings, now) => (postings.length === 0 ? [] : putLetters(ground, envelopes, room, postings, now)),
    read: async (requests, now) => (requests.length === 0 ? [] : readMailboxes(ground, envelopes, requests, now)),
    done: async (finished, now) => (finished.length === 0 ? [] : finishLetters(ground, finished, now)),

    async cleared(entries) {
      const positions = new Map<string, Set<number>>();
      for (const each of entries) {
        const id = mailboxId(each);
        positions.set(id, new Set([...(positions.get(id) ?? []), ...each.positions]));
      }
      await changeMailboxes(ground, [...positions.keys()], 0, () => (box) => {
        const left = box.entries.filter(
          ({ position, message }) => message !== undefined || positions.get(box._id)?.has(position) !== true,
        );
        return left.length === box.entries.length ? undefined : { entries: left };
      });
    },

    async gapTold(devices) {
      const told = new Map<string, number>();
      for (const each of devices) told.set(mailboxId(each), (told.get(mailboxId(each)) ?? 0) + each.lost);
      await changeMailboxes(ground, [...told.keys()], 0, () => (box) => {
        const lost = Math.max(0, box.lost - (told.get(box._id) ?? 0));
        return lost === box.lost ? undefined : { set: { lost } };
      });
    },

    hush: (entries) => showLetters(ground, entries, false),
    unhush: (entries) => showLetters(ground, entries, true),
    finished: (entries) => readFinished(ground, entries),
    dropped: (entries, now) =>
      wakeChunks(
        ground,
        entries.flatMap(({ device, messages }) => messages.map((message) => ({ device, message }))),
        now,
      ),
    withdraw: (app, message, devices, now) => withdrawLetter(ground, app, message, devices, now),
    putClear: (app, clear, devices, now) => putClearEntry(ground, envelopes, app, clear, devices, now),
    append: (letter, now) => appendToLog(ground, envelopes, letter, now),
    readLog: (app, after, limit, now) => readLogEntries(ground, envelopes, app, after, limit, now),
    sweep: (now, limit) => sweepMailboxes(ground, now, limit),
  };
}
