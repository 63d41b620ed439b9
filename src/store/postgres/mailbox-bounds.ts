import type { EpochMs } from '../../domain/time.js';
import type { SqlQuery } from './engine/sql.js';
import { END_ROWS, INBOX, WAITS } from './inbox-states.js';

/** What a mailbox may hold. */
export interface MailboxBounds {
  readonly letters: number;
  readonly bytes: number;
}

/** Takes the oldest letters out of mailboxes that hold more than they may, and counts them as lost; clears are not counted. */
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
  SELECT b.mailbox, b.position, l.message, row_number() OVER newest AS place, sum(b.bytes) OVER newest AS filled
  FROM pealbell.inbox b JOIN pealbell.mail_letters l ON l.id = b.letter
  WHERE b.mailbox = ANY($1::bigint[]) AND ${WAITS} AND l.expires_at > $4 AND NOT l.withdrawn
  WINDOW newest AS (PARTITION BY b.mailbox ORDER BY b.position DESC)
), ended AS (
  SELECT b.mailbox, b.position, h.message, ${INBOX.lost} AS state
  FROM held h JOIN pealbell.inbox b ON b.mailbox = h.mailbox AND b.position = h.position
  WHERE (h.place > $2 OR h.filled > $3) AND ${WAITS} ORDER BY b.mailbox, b.position FOR UPDATE OF b
), ${END_ROWS}
UPDATE pealbell.mailboxes m SET lost = m.lost + e.letters
FROM (SELECT mailbox, count(message) AS letters FROM ended GROUP BY mailbox) e WHERE m.id = e.mailbox`;
