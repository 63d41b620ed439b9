import type { EpochMs } from '../../../domain/time.js';
import type { AtRest } from '../../at-rest.js';
import type { Sql } from '../engine/sql.js';
import { type TellingTx, tellingTransaction } from '../events/telling-transaction.js';
import { INBOX } from './inbox-states.js';
import { endDeliveries, recordDelivered } from './mailbox-deliveries.js';
import { ENDED_COLUMNS, ENDS_DELIVERY, type EndedLetter, REALTIME } from './mailbox-rows.js';

/** Letters looked at in one step; each may lie in 100,000 mailboxes. */
const LETTERS_PER_STEP = 20;
/** A letter outlives its end by so much: whoever puts it at that moment finds it. */
const GRACE_MS = 60_000;
/** A device that has not connected for so long loses its mailbox, if it is empty, and its realtime registration. */
const UNUSED_MS = 30 * 86_400_000;

/** See `MailboxStore.sweep`. */
export async function sweepMailboxes(sql: Sql, atRest: AtRest, now: EpochMs, limit: number): Promise<number> {
  const few = Math.min(limit, LETTERS_PER_STEP);
  const expired = await tellingTransaction(sql, now, (tx) => expireCopies(tx, atRest, now, few, limit));
  const marks = await forgetMarks(sql, atRest, now, few, limit);
  const tidied = await sql.query<{ id: string }>(
    `UPDATE pealbell.mail_letters t SET tidied = true FROM (${UNTIDIED}) l WHERE t.id = l.id AND NOT EXISTS (
       SELECT 1 FROM pealbell.inbox b WHERE b.letter = l.id AND (b.state > ${INBOX.hushed} OR l.withdrawn)) RETURNING t.id`,
    [few],
  );
  // Those that are over have ended long enough ago, or nobody waits for them any more.
  const letters = await sql.query(
    `WITH over AS (
       SELECT id FROM pealbell.mail_letters l
       WHERE id = ANY($3::uuid[]) AND NOT EXISTS (SELECT 1 FROM pealbell.mail_log_entries e WHERE e.letter = l.id)
       UNION
       (SELECT id FROM pealbell.mail_letters WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)
     ), gone AS (
       DELETE FROM pealbell.mail_letters WHERE id IN (
         SELECT l.id FROM pealbell.mail_letters l JOIN over ON over.id = l.id
         WHERE NOT EXISTS (SELECT 1 FROM pealbell.inbox b WHERE b.letter = l.id) FOR UPDATE OF l SKIP LOCKED
       ) RETURNING id
     ), entries AS (DELETE FROM pealbell.mail_log_entries WHERE letter IN (SELECT id FROM gone))
     SELECT id FROM gone`,
    [now - GRACE_MS, limit, tidied.rows.map(({ id }) => id)],
  );
  const unused = await sql.query(
    `WITH gone AS (
       DELETE FROM pealbell.mailboxes WHERE id IN (
         SELECT m.id FROM pealbell.mailboxes m WHERE m.opened_at <= $1
           AND NOT EXISTS (SELECT 1 FROM pealbell.inbox b WHERE b.mailbox = m.id)
         ORDER BY m.opened_at LIMIT $2 FOR UPDATE SKIP LOCKED
       ) RETURNING app, device
     ), unregistered AS (
       DELETE FROM pealbell.registrations r USING gone g WHERE r.app = g.app AND r.device = g.device AND r.provider = '${REALTIME}'
     )
     SELECT 1 FROM gone`,
    [now - UNUSED_MS, limit],
  );
  return expired + marks + tidied.rowCount + letters.rowCount + unused.rowCount;
}

/** Takes copies out whose TTL has ended; the deliveries that wait for them end. */
async function expireCopies(
  tx: TellingTx,
  atRest: AtRest,
  now: EpochMs,
  letters: number,
  limit: number,
): Promise<number> {
  const { rows } = await tx.query<EndedLetter & { ends_delivery: boolean | null }>(
    `WITH old AS (
       SELECT b.mailbox, b.position, ${ENDED_COLUMNS}, m.id IS NOT NULL AND ${ENDS_DELIVERY} AS ends_delivery FROM (
         SELECT * FROM pealbell.mail_letters WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2
       ) l JOIN pealbell.inbox b ON b.letter = l.id LEFT JOIN pealbell.mailboxes m ON m.id = b.mailbox
       LIMIT $3 FOR UPDATE OF b SKIP LOCKED
     ), gone AS (
       DELETE FROM pealbell.inbox b USING old WHERE b.mailbox = old.mailbox AND b.position = old.position
     )
     SELECT * FROM old`,
    [now, letters, limit],
  );
  const ended = rows.filter((row) => row.ends_delivery);
  await endDeliveries(tx, atRest, ended, 'expired', now);
  return rows.length;
}

/**
 * Removes marks of completed messages. Who is marked as done may have been recorded as sent in the same moment: that is
 * put right first.
 */
async function forgetMarks(sql: Sql, atRest: AtRest, now: EpochMs, letters: number, limit: number): Promise<number> {
  const { rows } = await sql.query<
    EndedLetter & { mailbox: number; position: number; is_done: boolean; is_recalled: boolean }
  >(
    `SELECT b.mailbox, b.position, ${ENDED_COLUMNS}, b.state = ${INBOX.done} AND m.id IS NOT NULL AND l.message IS NOT NULL AS is_done,
       l.withdrawn AND m.id IS NOT NULL AND ${ENDS_DELIVERY} AS is_recalled
     FROM (${UNTIDIED}) l JOIN pealbell.inbox b ON b.letter = l.id LEFT JOIN pealbell.mailboxes m ON m.id = b.mailbox
     WHERE b.state > ${INBOX.hushed} OR l.withdrawn LIMIT $2`,
    [letters, limit],
  );
  if (rows.length === 0) return 0;
  const done = rows.filter((row) => row.is_done);
  await recordDelivered(
    sql,
    atRest,
    done.map(({ app, message, device }) => ({ app, message, key: device, state: 'delivered', at: now })),
    now,
  );
  const recalled = rows.filter((row) => row.is_recalled);
  await tellingTransaction(sql, now, (tx) => endDeliveries(tx, atRest, recalled, 'recalled', now));
  const gone = await sql.query(
    `DELETE FROM pealbell.inbox b USING json_to_recordset($1::json) AS i(mailbox bigint, position bigint)
     WHERE b.mailbox = i.mailbox AND b.position = i.position RETURNING 1`,
    [JSON.stringify(rows.map(({ mailbox, position }) => ({ mailbox, position })))],
  );
  return gone.rowCount;
}

/** Letters of messages that have completed: no chunk asks for them any more, so their marks can go. */
const UNTIDIED = `SELECT l.id, l.message, l.put_at, l.withdrawn FROM pealbell.mail_letters l
  WHERE NOT l.tidied AND NOT EXISTS (SELECT 1 FROM pealbell.messages o WHERE o.id = l.message AND o.completed_at IS NULL)
  ORDER BY l.message LIMIT $1`;
