import { COUNTED_ENDS } from '../../../domain/stats.js';
import type { Shifts } from '../../shared/message-view.js';
import type { SqlQuery } from '../engine/sql.js';
import { countHourly } from '../stats/stats-writes.js';

/**
 * Counts of a message are what its chunks counted when they recorded its deliveries, and what moved since. A delivery
 * that moves on after its chunk counted it writes the difference here, in the same statement: so many fewer in one
 * state, so many more in another. A delivery that is still queued writes nothing, whatever is known of it.
 *
 * Locks are taken in one order everywhere, or two statements wait for each other: chunks by id, deliveries by message
 * and key, then these rows by message, provider, kind and name.
 */

/**
 * How far a delivery ever came, as a number for SQL: 0 for nowhere, 1 sent, 2 delivered, 3 displayed, 4 opened. `row` is
 * an alias with the columns of a delivery. An end keeps what was reached before it or is told after it.
 */
export function reachedBy(row: string): string {
  return `CASE WHEN ${row}.opened_at IS NOT NULL THEN 4 WHEN ${row}.displayed_at IS NOT NULL THEN 3
    WHEN ${row}.delivered_at IS NOT NULL OR ${row}.state = 'delivered' THEN 2
    WHEN ${row}.sent_at IS NOT NULL OR ${row}.state = 'sent' THEN 1 ELSE 0 END`;
}

/** The state that a delivery recorded in `state` has with these times: an end stays an end, and nothing goes back. */
export function raisedState(state: string, delivered: string, displayed: string, opened: string): string {
  return `CASE WHEN ${state} NOT IN ('sent', 'delivered', 'displayed', 'opened') THEN ${state}
    WHEN ${opened} IS NOT NULL THEN 'opened' WHEN ${displayed} IS NOT NULL THEN 'displayed'
    WHEN ${delivered} IS NOT NULL THEN 'delivered' ELSE ${state} END`;
}

/**
 * CTEs that write the differences of the relation `moves` (message, provider, platform, from_state, to_state, to_reason,
 * from_reached, to_reached): one row for each delivery that moved; see `delivery-moves.ts`. What moves on had no reason
 * before. The hourly counts move with them, and by the relation `others` (message, provider, platform, name, n) of what
 * counts without a shift.
 */
export function writeShifts(moves: string, others?: string): string {
  return `steps AS MATERIALIZED (
    SELECT m.message, m.provider, m.platform, v.kind, v.name, v.n FROM ${moves} m CROSS JOIN LATERAL (VALUES
      ('state', m.from_state, -1), ('state', m.to_state, 1), ('reason', m.to_reason, 1),
      ('reached', 'sent', (m.to_reached >= 1)::integer - (m.from_reached >= 1)::integer),
      ('reached', 'delivered', (m.to_reached >= 2)::integer - (m.from_reached >= 2)::integer),
      ('reached', 'displayed', (m.to_reached >= 3)::integer - (m.from_reached >= 3)::integer),
      ('reached', 'opened', (m.to_reached >= 4)::integer - (m.from_reached >= 4)::integer)
    ) v(kind, name, n) WHERE v.name IS NOT NULL AND v.n <> 0
  ), ${writeSteps('steps', others)}`;
}

/**
 * CTEs that write what the relation `steps` (message, provider, platform, kind, name, n) adds: the last part of
 * {@link writeShifts}, for receipts (`kind` `reached`) that move no state.
 */
export function writeSteps(steps: string, others?: string): string {
  const columns = 'message, provider, platform, name, n';
  const also = others === undefined ? '' : ` UNION ALL SELECT ${columns} FROM ${others} o`;
  return `shifted AS (
    INSERT INTO pealbell.delivery_shifts AS s (message, provider, kind, name, n)
    SELECT message COLLATE "C", coalesce(provider, '') COLLATE "C", kind COLLATE "C", name COLLATE "C", sum(n)
    FROM ${steps} GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0 ORDER BY 1, 2, 3, 4
    ON CONFLICT (message, provider, kind, name) DO UPDATE SET n = s.n + excluded.n
    RETURNING s.message
  ), counted AS (
    ${countHourly(`(SELECT ${columns} FROM ${steps}
      WHERE kind = 'reached' OR (kind = 'state' AND name IN (${ENDS}))${also})`)}
  )`;
}

/** States that are counted hour by hour as such; the others are counted by how far deliveries came. */
const ENDS = COUNTED_ENDS.map((state) => `'${state}'`).join(', ');

/** By message; those of which nothing moved are left out. */
export async function readShifts(sql: SqlQuery, messages: readonly string[]): Promise<ReadonlyMap<string, Shifts>> {
  const found = await sql.query<{ message: string; states: object; reasons: object; reached: object }>(
    `SELECT message,
       coalesce(json_object_agg(name, n) FILTER (WHERE kind = 'state'), '{}') AS states,
       coalesce(json_object_agg(name, n) FILTER (WHERE kind = 'reason'), '{}') AS reasons,
       coalesce(json_object_agg(name, n) FILTER (WHERE kind = 'reached'), '{}') AS reached
     FROM (SELECT message, kind, name, sum(n) AS n FROM pealbell.delivery_shifts WHERE message = ANY($1::text[])
       GROUP BY message, kind, name) s WHERE n <> 0 GROUP BY message`,
    [messages],
  );
  // Names are written by `writeShifts` from columns that hold nothing else.
  return new Map(found.rows.map(({ message, ...shifts }) => [message, shifts as Shifts]));
}
