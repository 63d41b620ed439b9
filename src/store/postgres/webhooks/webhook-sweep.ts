import type { EpochMs } from '../../../domain/time.js';
import type { SweptEvents } from '../../../ports/event-log.js';
import type { Sql } from '../engine/sql.js';
import { retryConflicts } from '../writing/conflict.js';

/** Endpoints are locked before their calls, as by who records attempts; what that one settled meanwhile stays. */
const SWEEP = `
WITH old AS MATERIALIZED (
  SELECT endpoint, seq, state FROM pealbell.webhook_calls WHERE coalesce(settled_at, created_at) < $1
  ORDER BY coalesce(settled_at, created_at) LIMIT $2
), behind AS MATERIALIZED (
  SELECT e.id, e.app, e.key FROM pealbell.webhook_endpoints e
  WHERE e.key IN (SELECT endpoint FROM old WHERE state = 'waiting') ORDER BY e.id FOR UPDATE
), gone AS (
  DELETE FROM pealbell.webhook_calls c USING old o
  WHERE c.endpoint = o.endpoint AND c.seq = o.seq AND c.state = o.state AND coalesce(c.settled_at, c.created_at) < $1
    AND (SELECT count(*) FROM behind) >= 0
  RETURNING c.endpoint, c.state, c.last_event, c.events
), lost AS (
  SELECT b.id, b.app, b.key, sum(g.events) AS events FROM gone g JOIN behind b ON b.key = g.endpoint
  WHERE g.state = 'waiting' AND g.last_event <> 0 GROUP BY b.id, b.app, b.key
), noted AS (
  UPDATE pealbell.webhook_endpoints e SET lost_events = e.lost_events + l.events, lost_at = $3 FROM lost l WHERE e.key = l.key
)
SELECT (SELECT count(*) FROM gone)::int AS removed,
  (SELECT coalesce(json_agg(json_build_object('app', app, 'endpoint', id, 'events', events)), '[]') FROM lost) AS lost`;

/** What is left of one endpoint that was removed; when that is nothing, the endpoint itself is forgotten. */
const SWEEP_REMOVED = `
WITH removed AS (
  SELECT key FROM pealbell.webhook_removed ORDER BY key LIMIT 1 FOR UPDATE SKIP LOCKED
), calls AS (
  SELECT endpoint, seq FROM pealbell.webhook_calls WHERE endpoint = (SELECT key FROM removed) LIMIT $1
), gone AS (
  DELETE FROM pealbell.webhook_calls c USING calls o WHERE c.endpoint = o.endpoint AND c.seq = o.seq RETURNING 1
), forgotten AS (
  DELETE FROM pealbell.webhook_removed w USING removed r WHERE w.key = r.key AND (SELECT count(*) FROM calls) < $1 RETURNING 1
)
SELECT (SELECT count(*) FROM gone)::int + (SELECT count(*) FROM forgotten)::int AS removed`;

/** See `WebhookStore.sweep`. */
export async function sweepWebhooks(sql: Sql, before: EpochMs, limit: number, now: EpochMs): Promise<SweptEvents> {
  const old = await retryConflicts(() => sql.query<SweptEvents>(SWEEP, [before, limit, now]));
  const left = await retryConflicts(() => sql.query<{ removed: number }>(SWEEP_REMOVED, [limit]));
  return {
    removed: (old.rows[0]?.removed ?? 0) + (left.rows[0]?.removed ?? 0),
    lost: old.rows[0]?.lost ?? [],
  };
}
