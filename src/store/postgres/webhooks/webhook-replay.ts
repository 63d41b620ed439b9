import type { EpochMs } from '../../../domain/time.js';
import { type ReplayChoice, type Replayed, WEBHOOK_REPLAY_MAX } from '../../../ports/webhook-store.js';
import type { Sql, SqlQuery } from '../engine/sql.js';
import { retryConflicts } from '../writing/conflict.js';

interface Target {
  readonly key: number;
  /** The oldest event that is kept; what comes next where none is. */
  readonly oldest: number;
}

interface Original {
  readonly seq: number;
  readonly id: string;
  readonly first_event: number;
  readonly last_event: number;
}

/** See `WebhookStore.replay`. */
export async function replayCalls(
  sql: Sql,
  which: { readonly app: string; readonly endpoint: string; readonly choice: ReplayChoice },
  newId: (of: string) => string,
  now: EpochMs,
): Promise<Replayed | undefined> {
  return retryConflicts(() =>
    sql.transaction(async (tx) => {
      const target = await lockTarget(tx, which.app, which.endpoint);
      if (target === undefined) return undefined;
      const found = await choose(tx, target.key, which.choice);
      const chosen = found.slice(0, WEBHOOK_REPLAY_MAX);
      // A test is made of no event.
      const kept = chosen.filter(({ first_event, last_event }) => last_event === 0 || first_event >= target.oldest);
      await copyCalls(
        tx,
        target.key,
        kept.map(({ seq, id }) => ({ seq, of: id, id: newId(id) })),
        now,
      );
      const last = chosen.at(-1)?.seq;
      return {
        count: kept.length,
        ...(last === undefined ? {} : { last }),
        more: found.length > chosen.length,
        gone: chosen.length - kept.length,
      };
    }),
  );
}

async function lockTarget(tx: SqlQuery, app: string, endpoint: string): Promise<Target | undefined> {
  const { rows } = await tx.query<Target>(
    `SELECT e.key, coalesce((SELECT min(v.seq) FROM pealbell.events v WHERE v.app = e.app),
       (SELECT h.last + 1 FROM pealbell.event_heads h WHERE h.app = e.app), 1) AS oldest
     FROM pealbell.webhook_endpoints e WHERE e.app = $1 AND e.id = $2 FOR UPDATE OF e`,
    [app, endpoint],
  );
  return rows[0];
}

/** One more than is wanted, where there are more. */
async function choose(tx: SqlQuery, key: number, choice: ReplayChoice): Promise<readonly Original[]> {
  const CALLS = `SELECT seq, id, first_event, last_event FROM pealbell.webhook_calls WHERE endpoint = $1 AND state <> 'waiting'`;
  if ('calls' in choice) {
    const { rows } = await tx.query<Original>(`${CALLS} AND id = ANY($2::text[]) ORDER BY seq LIMIT $3`, [
      key,
      choice.calls,
      WEBHOOK_REPLAY_MAX + 1,
    ]);
    return rows;
  }
  const { rows } = await tx.query<Original>(
    `${CALLS} AND created_at >= $2 AND created_at < $3 AND seq > $4 AND ($5::text IS NULL OR state = $5::text)
     ORDER BY seq LIMIT $6`,
    [key, choice.since, choice.until, choice.after ?? 0, choice.state ?? null, WEBHOOK_REPLAY_MAX + 1],
  );
  return rows;
}

/** Those whose new id is there already were made before. */
async function copyCalls(
  tx: SqlQuery,
  key: number,
  copies: readonly { readonly seq: number; readonly of: string; readonly id: string }[],
  now: EpochMs,
): Promise<void> {
  if (copies.length === 0) return;
  await tx.query(
    `WITH fresh AS (
       SELECT o.*, i.id AS new_id, row_number() OVER (ORDER BY o.seq) AS place
       FROM json_to_recordset($2::json) AS i(seq bigint, id text)
       JOIN pealbell.webhook_calls o ON o.endpoint = $1 AND o.seq = i.seq
       WHERE NOT EXISTS (SELECT 1 FROM pealbell.webhook_calls c WHERE c.endpoint = $1 AND c.id = i.id)
     ), e AS (
       UPDATE pealbell.webhook_endpoints SET call_seq = call_seq + (SELECT count(*) FROM fresh) WHERE key = $1
       RETURNING call_seq - (SELECT count(*) FROM fresh) AS base
     )
     INSERT INTO pealbell.webhook_calls
       (endpoint, seq, id, first_event, last_event, types, level, events, created_at, state, due_at, replay_of)
     SELECT $1, e.base + f.place, f.new_id, f.first_event, f.last_event, f.types, f.level, f.events, $3::bigint, 'waiting',
       $3::bigint, f.id
     FROM fresh f, e`,
    [key, JSON.stringify(copies), now],
  );
}
