import type { EpochMs } from '../../../domain/time.js';
import type { Sql } from '../engine/sql.js';
import { tellingTransaction } from '../events/telling-transaction.js';
import { fewIds } from '../writing/few-rows.js';
import { COMPLETED_COLUMNS, isCompletionWanted, tellCompleted } from './completed-events.js';
import type { MessageRow } from './message-view.js';
import { completeAnnounced } from './silent-ends.js';

const COMPLETE_MAX = 1_000;
/** Messages whose numbers are read in one transaction. */
const TOLD_PER_STEP = 100;

/**
 * CTE `over`: messages of `from` (alias `o`) that can be completed. Locked first: whoever waits for the row looks again, and
 * does not tell a message another call has completed.
 */
function over(from: string, limit: string): string {
  return `over AS (
  SELECT o.id, ${isCompletionWanted('o')} AS is_wanted FROM ${from}
  WHERE o.planned AND o.completed_at IS NULL AND o.announced_to IS NULL
    AND NOT EXISTS (SELECT 1 FROM pealbell.chunks c WHERE c.app = o.app AND c.message = o.id AND NOT c.done)
    AND NOT EXISTS (SELECT 1 FROM pealbell.chunks c WHERE c.message = o.id AND c.moving)
  ORDER BY o.id ${limit} FOR UPDATE OF o
)`;
}
const OF_ANY = over('pealbell.messages o', `LIMIT ${COMPLETE_MAX}`);
/** Of the ids `$2`. */
const OF_NAMED = over(`${fewIds('$2')} JOIN pealbell.messages o ON o.id = i.id`, '');

/** Those of which nobody wants to hear; the others are only found. */
function complete(overs: string): string {
  return `WITH ${overs}, completed AS (
  UPDATE pealbell.messages m SET completed_at = $1 FROM over WHERE m.id = over.id AND NOT over.is_wanted
)
SELECT id, is_wanted FROM over`;
}
const COMPLETE_ANY = complete(OF_ANY);
const COMPLETE_NAMED = complete(OF_NAMED);

const COMPLETE_WANTED = `WITH ${OF_NAMED}
UPDATE pealbell.messages m SET completed_at = $1 FROM over WHERE m.id = over.id RETURNING ${COMPLETED_COLUMNS}`;

/** See `MessageStore.complete`. */
export async function completeMessages(
  sql: Sql,
  ids: readonly string[] | undefined,
  now: EpochMs,
): Promise<readonly string[]> {
  const { rows } = await (ids === undefined
    ? sql.query<{ id: string; is_wanted: boolean }>(COMPLETE_ANY, [now])
    : sql.query<{ id: string; is_wanted: boolean }>(COMPLETE_NAMED, [now, JSON.stringify(ids)]));
  const completed = rows.filter((row) => !row.is_wanted).map(({ id }) => id);
  const wanted = rows.filter((row) => row.is_wanted).map(({ id }) => id);
  for (let from = 0; from < wanted.length; from += TOLD_PER_STEP) {
    const step = wanted.slice(from, from + TOLD_PER_STEP);
    const told = await tellingTransaction(sql, now, async (tx) => {
      const over = await tx.query<MessageRow>(COMPLETE_WANTED, [now, JSON.stringify(step)]);
      await tellCompleted(tx, over.rows);
      return over.rows;
    });
    completed.push(...told.map(({ id }) => id));
  }
  // What is over by its chunks was not announced.
  const found = new Set(rows.map(({ id }) => id));
  const others = ids?.filter((id) => !found.has(id));
  if (others?.length === 0) return completed;
  return [...completed, ...(await completeAnnounced(sql, others, now, COMPLETE_MAX))];
}
