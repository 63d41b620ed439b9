import type { EpochMs } from '../../../domain/time.js';
import type { AtRest } from '../../at-rest.js';
import type { Sql } from '../engine/sql.js';
import { tellingTransaction } from '../events/telling-transaction.js';
import { END_ROWS, INBOX, WAITS } from './inbox-states.js';
import { endDeliveries } from './mailbox-deliveries.js';
import { ENDED_COLUMNS, ENDS_DELIVERY, type EndedLetter } from './mailbox-rows.js';

/** What a mailbox may hold. */
export interface MailboxBounds {
  readonly letters: number;
  readonly bytes: number;
}

/**
 * Takes the oldest letters out of those of the mailboxes that hold more than they may, and counts them as lost; clears are
 * not counted.
 */
export async function cutBack(
  sql: Sql,
  atRest: AtRest,
  mailboxes: readonly number[],
  bounds: MailboxBounds,
  now: EpochMs,
): Promise<void> {
  if (mailboxes.length === 0) return;
  const params = [bounds.letters, bounds.bytes, now];
  const over = await sql.query<{ mailbox: number }>(`WITH ${HELD} SELECT DISTINCT mailbox FROM held WHERE ${IS_OVER}`, [
    mailboxes,
    ...params,
  ]);
  if (over.rows.length === 0) return;
  const full = over.rows.map((row) => row.mailbox);
  await tellingTransaction(sql, now, async (tx) => {
    const { rows } = await tx.query<EndedLetter>(CUT_BACK, [full, ...params]);
    await endDeliveries(tx, atRest, rows, 'lost', now);
  });
}

/** CTE `held`: what waits in the mailboxes `$1` at `$4`, with its place and the bytes up to it, newest first. */
const HELD = `held AS (
  SELECT b.mailbox, b.position, row_number() OVER newest AS place, sum(b.bytes) OVER newest AS filled
  FROM pealbell.inbox b JOIN pealbell.mail_letters l ON l.id = b.letter
  WHERE b.mailbox = ANY($1::bigint[]) AND ${WAITS} AND l.expires_at > $4 AND NOT l.withdrawn
  WINDOW newest AS (PARTITION BY b.mailbox ORDER BY b.position DESC)
)`;
const IS_OVER = '(place > $2 OR filled > $3)';

const CUT_BACK = `
WITH ${HELD}, ended AS (
  SELECT b.mailbox, b.position, ${INBOX.lost} AS state, ${ENDED_COLUMNS}, ${ENDS_DELIVERY} AS ends_delivery
  FROM held h JOIN pealbell.inbox b ON b.mailbox = h.mailbox AND b.position = h.position
  JOIN pealbell.mail_letters l ON l.id = b.letter JOIN pealbell.mailboxes m ON m.id = b.mailbox
  WHERE ${IS_OVER} AND ${WAITS} ORDER BY b.mailbox, b.position FOR UPDATE OF b
), ${END_ROWS}, counted AS (
  UPDATE pealbell.mailboxes m SET lost = m.lost + e.letters
  FROM (SELECT mailbox, count(message) AS letters FROM ended GROUP BY mailbox) e WHERE m.id = e.mailbox
)
SELECT app, message, device, user_id, put_at FROM ended WHERE ends_delivery`;
