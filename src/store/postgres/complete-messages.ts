import type { EpochMs } from '../../domain/time.js';
import { COMPLETED_COLUMNS, isCompletionWanted, tellCompleted } from './completed-events.js';
import type { Sql } from './engine/sql.js';
import type { MessageRow } from './message-view.js';
import { completeAnnounced } from './silent-ends.js';
import { tellingTransaction } from './telling-transaction.js';

const COMPLETE_MAX = 1_000;
/** Messages whose numbers are read in one transaction. */
const TOLD_PER_STEP = 100;

/**
 * CTE `over`: messages that can be completed, of the ids `$2` or all, at most `$3`. Locked first: whoever waits for the row
 * looks again, and does not tell a message another call has completed.
 */
const OVER = `over AS (
  SELECT o.id, ${isCompletionWanted('o')} AS is_wanted FROM pealbell.messages o
  WHERE o.planned AND o.completed_at IS NULL AND o.announced_to IS NULL
    AND ($2::text[] IS NULL OR o.id = ANY($2::text[]))
    AND NOT EXISTS (SELECT 1 FROM pealbell.chunks c WHERE c.app = o.app AND c.message = o.id AND NOT c.done)
    AND NOT EXISTS (SELECT 1 FROM pealbell.chunks c WHERE c.message = o.id AND c.moving)
  ORDER BY o.id LIMIT $3 FOR UPDATE OF o
)`;

/** Those of which nobody wants to hear; the others are only found. */
const COMPLETE = `WITH ${OVER}, completed AS (
  UPDATE pealbell.messages m SET completed_at = $1 FROM over WHERE m.id = over.id AND NOT over.is_wanted
)
SELECT id, is_wanted FROM over`;

const COMPLETE_WANTED = `WITH ${OVER}
UPDATE pealbell.messages m SET completed_at = $1 FROM over WHERE m.id = over.id RETURNING ${COMPLETED_COLUMNS}`;

/** See `MessageStore.complete`. */
export async function completeMessages(
  sql: Sql,
  ids: readonly string[] | undefined,
  now: EpochMs,
): Promise<readonly string[]> {
  const limit = ids === undefined ? COMPLETE_MAX : ids.length;
  const { rows } = await sql.query<{ id: string; is_wanted: boolean }>(COMPLETE, [now, ids ?? null, limit]);
  const completed = rows.filter((row) => !row.is_wanted).map(({ id }) => id);
  const wanted = rows.filter((row) => row.is_wanted).map(({ id }) => id);
  for (let from = 0; from < wanted.length; from += TOLD_PER_STEP) {
    const step = wanted.slice(from, from + TOLD_PER_STEP);
    const told = await tellingTransaction(sql, now, async (tx) => {
      const over = await tx.query<MessageRow>(COMPLETE_WANTED, [now, step, step.length]);
      await tellCompleted(tx, over.rows);
      return over.rows;
    });
    completed.push(...told.map(({ id }) => id));
  }
  return [...completed, ...(await completeAnnounced(sql, ids, now, COMPLETE_MAX))];
}
