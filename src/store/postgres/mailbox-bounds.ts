import type { EpochMs } from '../../domain/time.js';
import type { SqlQuery } from './engine/sql.js';
import { END_ROWS, INBOX, WAITS } from './inbox-states.js';

/** What a mailbox may hold. */
export interface MailboxBounds {
  readonly letters: number;
  readonly bytes: number;
}

/** Takes the oldest letters out of mailboxes that hold more than they may, and counts them as lost. */
export async function cutBack(
  sql: SqlQuery,
  mailboxes: readonly number[],
  bounds: MailboxBounds,
  now: EpochMs,
): Promise<void> {
  if (mailboxes.length === 0) return;
  await sql.query(CUT_BACK, [mailboxes, bounds.letters, bounds.bytes, now]);
}

const CUT_BACK = `
WITH held AS (
  SELECT b.mailbox, b.position, row_number() OVER newest AS place, sum(b.bytes) OVER newest AS filled
  FROM pealbell.inbox b WHERE b.mailbox = ANY($1::bigint[]) AND ${WAITS}
  WINDOW newest AS (PARTITION BY b.mailbox ORDER BY b.position DESC)
), old AS (
  SELECT b.mailbox, b.position, b.letter FROM held h
  JOIN pealbell.inbox b ON b.mailbox = h.mailbox AND b.position = h.position
  WHERE (h.place > $2 OR h.filled > $3) AND ${WAITS} ORDER BY b.mailbox, b.position FOR UPDATE OF b
), ended AS (
  SELECT old.mailbox, old.position, l.message, l.expires_at, ${INBOX.lost} AS state
  FROM old JOIN pealbell.mail_letters l ON l.id = old.letter
), ${END_ROWS}
UPDATE pealbell.mailboxes m SET lost = m.lost + e.letters
FROM (SELECT mailbox, count(*) AS letters FROM ended WHERE message IS NOT NULL AND expires_at > $4 GROUP BY mailbox) e
WHERE m.id = e.mailbox`;
