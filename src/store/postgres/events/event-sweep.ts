import type { EpochMs } from '../../../domain/time.js';
import type { SweptEvents } from '../../../ports/event-log.js';
import type { Sql } from '../engine/sql.js';
import { retryConflicts } from '../writing/conflict.js';

/** An endpoint misses what it wants and has not come to. */
const SWEEP = `
WITH doomed AS (
  SELECT app, seq, n, type FROM pealbell.events WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED
), behind AS MATERIALIZED (
  SELECT e.id, e.app, e.types, e.cursor FROM pealbell.webhook_endpoints e
  WHERE EXISTS (SELECT 1 FROM doomed d WHERE d.app = e.app AND d.seq + d.n - 1 > e.cursor)
  ORDER BY e.id FOR UPDATE
), lost AS (
  SELECT b.id, b.app, sum(least(d.n, d.seq + d.n - 1 - b.cursor)) AS events FROM behind b
  JOIN doomed d ON d.app = b.app AND d.seq + d.n - 1 > b.cursor AND d.type = ANY(b.types) GROUP BY b.id, b.app
), noted AS (
  UPDATE pealbell.webhook_endpoints e SET lost_events = e.lost_events + l.events, lost_at = $3 FROM lost l WHERE e.id = l.id
), gone AS (
  DELETE FROM pealbell.events e USING doomed d WHERE e.app = d.app AND e.seq = d.seq RETURNING 1
)
SELECT (SELECT count(*) FROM gone)::int AS removed,
  (SELECT coalesce(json_agg(json_build_object('app', app, 'endpoint', id, 'events', events)), '[]') FROM lost) AS lost`;

/** See `EventLog.sweep`. */
export async function sweepEvents(sql: Sql, before: EpochMs, limit: number, now: EpochMs): Promise<SweptEvents> {
  const { rows } = await retryConflicts(() => sql.query<SweptEvents>(SWEEP, [before, limit, now]));
  return rows[0] ?? { removed: 0, lost: [] };
}
