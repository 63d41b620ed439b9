import type { MailboxStore } from '../../../ports/mailbox-store.js';
import { MAILBOX_BYTES_MAX, MAILBOX_LETTERS_MAX } from '../../../ports/mailbox-store.js';
import type { AtRest } from '../../at-rest.js';
import { createEnvelopes } from '../../shared/mail-letters.js';
import type { Sql } from '../engine/sql.js';
import { retryConflicts } from '../writing/conflict.js';
import { cutBack, type MailboxBounds } from './mailbox-bounds.js';
import { finishLetters, readFinished, showLetters, wakeChunks } from './mailbox-done.js';
import { appendToLog, readLogEntries } from './mailbox-log.js';
import { advanceInLog } from './mailbox-log-done.js';
import { openMailboxes } from './mailbox-open.js';
import { putLetters } from './mailbox-put.js';
import { readMailboxes } from './mailbox-read.js';
import { sweepMailboxes } from './mailbox-sweep.js';
import { putClearEntry, withdrawLetter } from './mailbox-withdraw.js';

export interface MailboxOptions {
  readonly bounds: MailboxBounds;
  /** One in so many mailboxes that grow is looked at whether it holds too much. */
  readonly lookEvery: number;
  /** From 0 to below 1. */
  readonly random: () => number;
}

const DEFAULTS: MailboxOptions = {
  bounds: { letters: MAILBOX_LETTERS_MAX, bytes: MAILBOX_BYTES_MAX },
  lookEvery: 16,
  random: Math.random,
};

export function createMailboxStore(sql: Sql, atRest: AtRest, options: MailboxOptions = DEFAULTS): MailboxStore {
  const { bounds, lookEvery, random } = options;
  const envelopes = createEnvelopes(atRest);
  return {
    open: (requests, now) => openMailboxes(sql, atRest, requests, bounds, now),

    async put(postings, now) {
      if (postings.length === 0) return [];
      const { posted, grown } = await putLetters(sql, atRest, envelopes, postings, now);
      const chosen = grown.filter(() => random() * lookEvery < 1);
      await cutBack(sql, atRest, chosen, bounds, now);
      return posted;
    },

    read: (requests, now) => readMailboxes(sql, envelopes, requests, now),

    async done(finished, now) {
      if (finished.length === 0) return [];
      const known = await finishLetters(sql, atRest, finished, now);
      await advanceInLog(
        sql,
        finished.flatMap(({ app, device, logPosition }) =>
          logPosition === undefined ? [] : { app, device, logPosition },
        ),
      );
      return known;
    },

    async cleared(entries) {
      await sql.query(
        `DELETE FROM pealbell.inbox b USING json_to_recordset($1::json) AS e(app text, device text, positions bigint[]),
           pealbell.mailboxes m, pealbell.mail_letters l
         WHERE m.app = e.app AND m.device = e.device AND b.mailbox = m.id AND b.position = ANY(e.positions)
           AND l.id = b.letter AND l.message IS NULL`,
        [JSON.stringify(entries)],
      );
    },

    async gapTold(devices) {
      await sql.query(
        `UPDATE pealbell.mailboxes m SET lost = greatest(0, m.lost - e.lost)
         FROM json_to_recordset($1::json) AS e(app text, device text, lost integer) WHERE m.app = e.app AND m.device = e.device`,
        [JSON.stringify(devices)],
      );
    },

    hush: (entries) => retryConflicts(() => showLetters(sql, entries, false)),
    unhush: (entries) => retryConflicts(() => showLetters(sql, entries, true)),
    finished: (entries) => readFinished(sql, entries),
    dropped: (entries, now) => wakeChunks(sql, entries, now),
    withdraw: (app, message, devices, now) => retryConflicts(() => withdrawLetter(sql, app, message, devices, now)),
    putClear: (app, clear, devices, now) => putClearEntry(sql, envelopes, app, clear, devices, now),
    append: (letter, now) => appendToLog(sql, envelopes, letter, now),
    readLog: (app, after, limit, now) => readLogEntries(sql, envelopes, app, after, limit, now),
    sweep: (now, limit) => sweepMailboxes(sql, atRest, now, limit),
  };
}
