import { REALTIME } from '../../../domain/route.js';
import type { EpochMs } from '../../../domain/time.js';
import type { Sql, SqlQuery } from '../engine/sql.js';
import { tellingTransaction } from '../events/telling-transaction.js';
import { countHourly } from '../stats/stats-writes.js';
import { COMPLETED_COLUMNS, isCompletionWanted, tellCompleted } from './completed-events.js';
import type { MessageRow } from './message-view.js';

/**
 * Messages that went to everyone at once end without a word for each device: whoever has said nothing counts as expired, or
 * as canceled. A message's row says which, and `message-view.ts` subtracts; the hourly counts get it once, when it ends. Whoever
 * counts a device of such a message holds its row (`mailbox-log-done.ts`), so that the end sees all of them or none comes after.
 */
const COUNT_SILENT = `
WITH silent AS (
  SELECT m.id AS message, '${REALTIME}' AS provider, NULL::text AS platform, $2::text AS name, m.announced_to + (
    SELECT coalesce(sum(s.n), 0) FROM pealbell.delivery_shifts s WHERE s.message = m.id AND s.kind = 'state' AND s.name = 'queued'
  ) AS n FROM pealbell.messages m WHERE m.id = ANY($1::text[]) AND m.announced_to IS NOT NULL
), counted AS (${countHourly('silent')})
SELECT 1`;

/** In the transaction that ends these messages, by a statement of its own: it sees what was counted until then. */
export async function countSilent(
  tx: SqlQuery,
  messages: readonly string[],
  state: 'expired' | 'canceled',
): Promise<void> {
  if (messages.length > 0) await tx.query(COUNT_SILENT, [messages, state]);
}

const ENDING = `o.planned AND o.completed_at IS NULL AND o.announced_to IS NOT NULL
  AND (o.expires_at <= $1 OR o.canceled_at IS NOT NULL) AND ($2::text[] IS NULL OR o.id = ANY($2::text[]))`;

/** The part of `MessageStore.complete` for messages that went to everyone at once. */
export async function completeAnnounced(
  sql: Sql,
  ids: readonly string[] | undefined,
  now: EpochMs,
  limit: number,
): Promise<string[]> {
  const params = [now, ids ?? null, limit];
  const found = await sql.query(`SELECT 1 FROM pealbell.messages o WHERE ${ENDING} LIMIT least(1, $3)`, params);
  if (found.rows.length === 0) return [];
  return tellingTransaction(sql, now, async (tx) => {
    const completed = await tx.query<MessageRow & { is_wanted: boolean }>(
      `WITH over AS (SELECT o.id FROM pealbell.messages o WHERE ${ENDING} ORDER BY o.id LIMIT $3 FOR UPDATE OF o)
       UPDATE pealbell.messages m SET completed_at = $1 FROM over WHERE m.id = over.id
       RETURNING ${COMPLETED_COLUMNS}, ${isCompletionWanted('m')} AS is_wanted`,
      params,
    );
    const silent = completed.rows.filter((row) => row.canceled_at === null);
    await countSilent(
      tx,
      silent.map(({ id }) => id),
      'expired',
    );
    await tellCompleted(
      tx,
      completed.rows.filter((row) => row.is_wanted),
    );
    return completed.rows.map(({ id }) => id);
  });
}
