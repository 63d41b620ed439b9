import type { EpochMs } from '../../../domain/time.js';
import { type FedChunk, PROBING_CHUNKS_MAX } from '../../../ports/chunk-store.js';
import type { Lane } from '../../../ports/work-queue.js';
import type { Sql } from '../engine/sql.js';

/** What a chunk nobody holds and nobody handed over looks like; the index `chunks_free` is made for it. */
const FREE = 'NOT c.done AND c.handed_until IS NULL AND c.lease_until IS NULL';
/** A chunk whose job waits in the queue. */
const HANDED = 'NOT done AND handed_until IS NOT NULL';
/** Devices that no road reaches are an account of their own. */
const ROAD = `coalesce(c.provider, '')`;
/**
 * The CTE `accounts`: every (app, road) with free chunks in the lane `$1`, found by skipping along the index. The
 * last row is a null.
 */
const ACCOUNTS_WITH_FREE = `accounts AS (
  (SELECT c.app, ${ROAD} AS road FROM pealbell.chunks c WHERE c.lane = $1 AND ${FREE} ORDER BY c.app, ${ROAD} LIMIT 1)
  UNION ALL
  SELECT n.app, n.road FROM accounts a LEFT JOIN LATERAL (
    SELECT c.app, ${ROAD} AS road FROM pealbell.chunks c
    WHERE c.lane = $1 AND ${FREE} AND (c.app, ${ROAD}) > (a.app, a.road) ORDER BY c.app, ${ROAD} LIMIT 1
  ) n ON true WHERE a.app IS NOT NULL
)`;
const BACKLOG_COUNTED_MAX = 10_000;
/** Chunks that one feed reads, of all accounts together: where there are many, each is asked for few. */
const CHUNKS_READ_MAX = 4_096;
/** Due time of a canceled message's chunks: at once, and no holder that knows nothing of it yet puts it off again. */
export const DUE_CANCELED = 0;

/** {@link ChunkStore.feed}: each app gives in turn, and within an app each of its accounts, its oldest first. */
export async function feedDue(
  sql: Sql,
  lane: Lane,
  limit: number,
  now: EpochMs,
  handedUntil: EpochMs,
): Promise<readonly FedChunk[]> {
  const fed = await sql.query<{ id: string; fence: number; target_count: number }>(
    `WITH RECURSIVE ${ACCOUNTS_WITH_FREE}, asked AS (
       SELECT a.app, a.road, least($2::bigint, CASE WHEN p.until <= $3 THEN $5 ELSE ceil($6::float8 / count(*) OVER ())::bigint END) AS most
       FROM accounts a LEFT JOIN LATERAL (
         SELECT min(until) AS until FROM pealbell.account_pauses
         WHERE app = a.app AND provider = a.road AND class IN ('', $1)
       ) p ON true
       WHERE a.app IS NOT NULL
     ), picked AS (
       SELECT asked.app, pick.id, pick.due_at, pick.place FROM asked CROSS JOIN LATERAL (
         SELECT d.id, d.due_at, row_number() OVER (ORDER BY d.due_at, d.id) AS place
         FROM (SELECT c.id, c.due_at FROM pealbell.chunks c
               WHERE c.lane = $1 AND c.app = asked.app AND ${ROAD} = asked.road AND c.due_at <= $3 AND ${FREE}
               ORDER BY c.due_at LIMIT asked.most) d
       ) pick
     ), chosen AS (
       SELECT id FROM (SELECT id, due_at, row_number() OVER (PARTITION BY app ORDER BY place, due_at, id) AS turn FROM picked) t
       ORDER BY turn, due_at LIMIT $2
     ), locked AS (
       SELECT c.id FROM pealbell.chunks c JOIN chosen USING (id) WHERE ${FREE} ORDER BY c.id FOR UPDATE OF c SKIP LOCKED
     )
     UPDATE pealbell.chunks c SET handed_until = $4 FROM locked WHERE c.id = locked.id
     RETURNING c.id, c.fence, c.target_count`,
    [lane, limit, now, handedUntil, PROBING_CHUNKS_MAX, CHUNKS_READ_MAX],
  );
  return fed.rows.map((row) => ({ id: row.id, fence: row.fence, targets: row.target_count }));
}

/** {@link ChunkStore.backlog}: what waits in the queue is due as well, or a worker that takes nothing would not show. */
export async function measureBacklog(
  sql: Sql,
  lane: Lane,
  now: EpochMs,
): Promise<{ readonly due: number; readonly oldestMs: number }> {
  const counted = await sql.query<{ due: string | number; oldest: string | number | null }>(
    `WITH RECURSIVE ${ACCOUNTS_WITH_FREE}
     SELECT (SELECT count(*) FROM (
         (SELECT 1 FROM pealbell.chunks c WHERE c.lane = $1 AND c.due_at <= $2 AND ${FREE} LIMIT ${BACKLOG_COUNTED_MAX})
         UNION ALL
         (SELECT 1 FROM pealbell.chunks WHERE lane = $1 AND due_at <= $2 AND ${HANDED} LIMIT ${BACKLOG_COUNTED_MAX})
         LIMIT ${BACKLOG_COUNTED_MAX}
       ) waiting) AS due,
       least((SELECT min((SELECT c.due_at FROM pealbell.chunks c
                          WHERE c.lane = $1 AND c.app = a.app AND ${ROAD} = a.road AND ${FREE} AND c.due_at > ${DUE_CANCELED}
                          ORDER BY c.due_at LIMIT 1)) FROM accounts a WHERE a.app IS NOT NULL),
             (SELECT min(due_at) FROM pealbell.chunks WHERE lane = $1 AND ${HANDED} AND due_at > ${DUE_CANCELED})) AS oldest`,
    [lane, now],
  );
  const row = counted.rows[0];
  return {
    due: Number(row?.due ?? 0),
    oldestMs: row?.oldest == null ? 0 : Math.max(0, now - Number(row.oldest)),
  };
}
