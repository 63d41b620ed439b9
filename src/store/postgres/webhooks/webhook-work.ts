import type { WebhookStore } from '../../../ports/webhook-store.js';
import type { Sql } from '../engine/sql.js';
import { retryConflicts } from '../writing/conflict.js';
import { CALL_COLUMNS, type CallRow, toCall } from './webhook-rows.js';

type Work = Pick<WebhookStore, 'addCalls' | 'due' | 'hasten'>;

/** One row at least where the fence holds, and the endpoint is as it was. */
const ADD = `
WITH e AS (
  UPDATE pealbell.webhook_endpoints SET cursor = greatest(cursor, $3::bigint), call_seq = call_seq + $4::integer
  WHERE id = $1 AND fence = $2 AND updated_at = coalesce($7::bigint, updated_at) RETURNING id, app, key, call_seq
), c AS (
  INSERT INTO pealbell.webhook_calls (endpoint, seq, id, first_event, last_event, types, level, events, created_at, state, due_at)
  SELECT e.key, e.call_seq - $4::integer + i.n, i.id, i.first_event, i.last_event, i.types, i.level, i.events, $6::bigint,
    'waiting', $6::bigint
  FROM e, json_to_recordset($5::json)
    AS i(n integer, id text, first_event bigint, last_event bigint, types text[], level text, events integer)
  RETURNING *
)
SELECT ${CALL_COLUMNS} FROM e LEFT JOIN c ON true ORDER BY c.seq`;

const WAITING = `SELECT * FROM pealbell.webhook_calls c
  WHERE c.endpoint = (SELECT key FROM e) AND c.state = 'waiting'`;
/**
 * `due_at + 0`, and where to begin: nearly all that waits is due, and is to be read in order until there is enough, not gathered
 * and sorted.
 */
const due = (limit: number) => `
WITH e AS MATERIALIZED (SELECT id, app, key, state FROM pealbell.webhook_endpoints WHERE id = $1),
tests AS (
  ${WAITING} AND c.last_event = 0 AND c.due_at <= $2 ORDER BY c.seq LIMIT ${limit}
), oldest AS MATERIALIZED (
  ${WAITING} AND c.last_event <> 0 ORDER BY c.seq LIMIT 1
), others AS (
  ${WAITING} AND c.last_event <> 0 AND c.due_at + 0 <= $2 AND c.seq >= (SELECT seq FROM oldest) ORDER BY c.seq LIMIT ${limit}
)
SELECT c.part, ${CALL_COLUMNS} FROM e, (
  SELECT 1 AS part, * FROM tests UNION ALL SELECT 2, * FROM others UNION ALL SELECT 3, * FROM oldest
) c WHERE c.part <> 2 OR e.state = 'active' ORDER BY c.part, c.seq`;

/** Calls as the one sees them who makes them. */
export function createWebhookWork(sql: Sql): Work {
  return {
    async addCalls({ endpoint, fence, updatedAt }, calls, cursor, now) {
      const rows = calls.map(({ id, firstEvent, lastEvent, types, level, events }, index) => ({
        ...{ n: index + 1, id, first_event: firstEvent, last_event: lastEvent, types, level, events },
      }));
      const added = await retryConflicts(() =>
        sql.query<CallRow>(ADD, [endpoint, fence, cursor, calls.length, JSON.stringify(rows), now, updatedAt ?? null]),
      );
      if (added.rows.length === 0) return undefined;
      return calls.length === 0 ? [] : added.rows.map(toCall);
    },

    async due(endpoint, now, limit) {
      const { rows } = await sql.query<CallRow & { part: number }>(due(Math.trunc(limit)), [endpoint, now]);
      const calls = rows.filter(({ part }) => part < 3).slice(0, limit);
      const oldest = rows.find(({ part }) => part === 3);
      return { calls: calls.map(toCall), ...(oldest === undefined ? {} : { oldest: toCall(oldest) }) };
    },

    async hasten(endpoint, now) {
      await retryConflicts(() =>
        sql.query(
          `WITH e AS (UPDATE pealbell.webhook_endpoints SET hold_until = NULL WHERE id = $1 RETURNING key)
           UPDATE pealbell.webhook_calls c SET due_at = $2::bigint FROM e
           WHERE c.endpoint = e.key AND c.state = 'waiting' AND c.due_at > $2::bigint`,
          [endpoint, now],
        ),
      );
    },
  };
}
