import { writeSteps } from '../deliveries/delivery-shifts.js';
import type { Sql } from '../engine/sql.js';
import { countSilent } from './silent-ends.js';

/** See `MessageStore.announcing`. */
export async function noteAnnouncing(sql: Sql, id: string): Promise<boolean> {
  const noted = await sql.query(
    'UPDATE pealbell.messages SET announcing = true WHERE id = $1 AND NOT planned RETURNING id',
    [id],
  );
  return noted.rows.length > 0;
}

/** See `MessageStore.announced`. Who cancels meanwhile waits for our row, or we for theirs: one of us counts the silent. */
export async function endAnnouncing(
  sql: Sql,
  id: string,
  { reached, unreached }: { readonly reached: number; readonly unreached: number },
): Promise<boolean> {
  return sql.transaction(async (tx) => {
    const ended = await tx.query<{ is_canceled: boolean }>(END, [id, reached + unreached, unreached]);
    const [message] = ended.rows;
    if (message?.is_canceled) await countSilent(tx, [id], 'canceled');
    return message !== undefined;
  });
}

const END = `WITH ended AS (
  UPDATE pealbell.messages SET planned = true, announcing = true, announced_to = $2 WHERE id = $1 AND NOT planned
  RETURNING id, canceled_at
), steps AS (
  SELECT e.id AS message, NULL::text AS provider, NULL::text AS platform, v.kind, v.name, v.n FROM ended e CROSS JOIN (VALUES
    ('reason', 'no_registration', $3::integer), ('state', 'failed', $3), ('state', 'queued', -$3)) v(kind, name, n)
  WHERE $3 > 0
), ${writeSteps('steps')}
SELECT canceled_at IS NOT NULL AS is_canceled FROM ended`;
