import type { EpochMs } from '../../domain/time.js';
import type { SqlQuery } from './engine/sql.js';
import { INBOX } from './inbox-states.js';

/** Letters looked at in one step; each may lie in 100,000 mailboxes. */
const LETTERS_PER_STEP = 20;
/** A letter outlives its end by so much: whoever puts it at that moment finds it. */
const GRACE_MS = 60_000;
/** A device that has not connected for so long loses its mailbox, if it is empty, and its realtime registration. */
const UNUSED_MS = 30 * 86_400_000;

/** See `MailboxStore.sweep`. */
export async function sweepMailboxes(sql: SqlQuery, now: EpochMs, limit: number): Promise<number> {
  const few = Math.min(limit, LETTERS_PER_STEP);
  const expired = await sql.query(
    `DELETE FROM pealbell.inbox b USING (
       SELECT b.mailbox, b.position FROM (
         SELECT id FROM pealbell.mail_letters WHERE expires_at <= $1 ORDER BY expires_at LIMIT $3
       ) l JOIN pealbell.inbox b ON b.letter = l.id LIMIT $2
     ) old WHERE b.mailbox = old.mailbox AND b.position = old.position RETURNING 1`,
    [now, limit, few],
  );
  const marks = await sql.query(
    `DELETE FROM pealbell.inbox b USING (
       SELECT b.mailbox, b.position FROM (${UNTIDIED}) l JOIN pealbell.inbox b ON b.letter = l.id
       WHERE b.state > ${INBOX.hushed} OR l.withdrawn LIMIT $2
     ) old WHERE b.mailbox = old.mailbox AND b.position = old.position RETURNING 1`,
    [few, limit],
  );
  const tidied = await sql.query(
    `UPDATE pealbell.mail_letters t SET tidied = true FROM (${UNTIDIED}) l WHERE t.id = l.id AND NOT EXISTS (
       SELECT 1 FROM pealbell.inbox b WHERE b.letter = l.id AND (b.state > ${INBOX.hushed} OR l.withdrawn)) RETURNING 1`,
    [few],
  );
  const letters = await sql.query(
    `WITH gone AS (
       DELETE FROM pealbell.mail_letters WHERE id IN (
         SELECT l.id FROM pealbell.mail_letters l WHERE l.expires_at <= $1
           AND NOT EXISTS (SELECT 1 FROM pealbell.inbox b WHERE b.letter = l.id)
         ORDER BY l.expires_at LIMIT $2 FOR UPDATE SKIP LOCKED
       ) RETURNING id
     ), entries AS (DELETE FROM pealbell.mail_log_entries WHERE letter IN (SELECT id FROM gone))
     SELECT id FROM gone`,
    [now - GRACE_MS, limit],
  );
  const unused = await sql.query(
    `WITH gone AS (
       DELETE FROM pealbell.mailboxes WHERE id IN (
         SELECT m.id FROM pealbell.mailboxes m WHERE m.opened_at <= $1
           AND NOT EXISTS (SELECT 1 FROM pealbell.inbox b WHERE b.mailbox = m.id)
         ORDER BY m.opened_at LIMIT $2 FOR UPDATE SKIP LOCKED
       ) RETURNING app, device
     ), unregistered AS (
       DELETE FROM pealbell.registrations r USING gone g WHERE r.app = g.app AND r.device = g.device AND r.provider = 'realtime'
     )
     SELECT 1 FROM gone`,
    [now - UNUSED_MS, limit],
  );
  return expired.rowCount + marks.rowCount + tidied.rowCount + letters.rowCount + unused.rowCount;
}

/** Letters of messages that have completed: no chunk asks for them any more, so their marks can go. */
const UNTIDIED = `SELECT l.id, l.withdrawn FROM pealbell.mail_letters l
  WHERE NOT l.tidied AND NOT EXISTS (SELECT 1 FROM pealbell.messages o WHERE o.id = l.message AND o.completed_at IS NULL)
  ORDER BY l.message LIMIT $1`;
