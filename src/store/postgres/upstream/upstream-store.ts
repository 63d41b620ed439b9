import type { JsonObject } from '../../../domain/json.js';
import { UPSTREAM_KEPT_MS, UPSTREAM_STREAM_KEPT_MS, type UpstreamStore } from '../../../ports/upstream-store.js';
import type { AtRest } from '../../at-rest.js';
import { badCursor, decodeCursor, pageOf } from '../../shared/cursor.js';
import { upstreamId, upstreamPlace } from '../../shared/seal-places.js';
import type { Sql } from '../engine/sql.js';
import { retryConflicts } from '../writing/conflict.js';
import { addUpstream } from './upstream-writes.js';

interface Row {
  readonly position: string | number;
  readonly device: string;
  readonly user_id: string | null;
  readonly stream: string;
  readonly n: string | number;
  readonly topic: string;
  readonly data: Uint8Array;
  readonly at: string | number;
  readonly received_at: string | number;
}

export function createUpstreamStore(sql: Sql, atRest: AtRest): UpstreamStore {
  /** Removes what `which` names, and remembers of each stream how far it had come. */
  async function remove(which: string, params: readonly unknown[]): Promise<number> {
    const { rows } = await retryConflicts(() =>
      sql.query<{ gone: string | number }>(
        `WITH doomed AS (
           SELECT app, position FROM pealbell.upstream WHERE ${which} FOR UPDATE SKIP LOCKED
         ), gone AS (
           DELETE FROM pealbell.upstream u USING doomed d WHERE u.app = d.app AND u.position = d.position
           RETURNING u.app, u.device, u.stream, u.n
         ), tops AS (
           SELECT app, device, stream, max(n) AS n FROM gone GROUP BY app, device, stream
         ), locked AS (
           SELECT s.app, s.device, s.stream, t.n FROM pealbell.upstream_streams s
           JOIN tops t ON s.app = t.app AND s.device = t.device AND s.stream = t.stream
           ORDER BY s.app, s.device, s.stream FOR UPDATE OF s
         ), noted AS (
           UPDATE pealbell.upstream_streams s SET swept = greatest(s.swept, l.n) FROM locked l
           WHERE s.app = l.app AND s.device = l.device AND s.stream = l.stream RETURNING 1
         ) SELECT (SELECT count(*) FROM gone)::int AS gone, (SELECT count(*) FROM noted) AS noted`,
        params,
      ),
    );
    return Number(rows[0]?.gone ?? 0);
  }

  return {
    add: (batches, now) => retryConflicts(() => sql.transaction((tx) => addUpstream(tx, atRest, batches, now))),

    async safe(streams) {
      if (streams.length === 0) return [];
      const found = await sql.query<{ at: string | number; top: string | number }>(
        `SELECT i.at, s.top FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS i (app, device, stream, at)
         JOIN pealbell.upstream_streams s ON s.app = i.app AND s.device = i.device AND s.stream = i.stream`,
        [streams.map(({ app }) => app), streams.map(({ device }) => device), streams.map(({ stream }) => stream)],
      );
      const tops = new Map(found.rows.map(({ at, top }) => [Number(at), Number(top)]));
      return streams.map((_, index) => tops.get(index + 1) ?? 0);
    },

    async list(app, page) {
      const after = decodeCursor('upstream', page.cursor) ?? '0';
      if (!/^\d{1,15}$/.test(after)) throw badCursor();
      const { rows } = await sql.query<Row>(
        `SELECT position, device, user_id, stream, n, topic, data, at, received_at FROM pealbell.upstream
         WHERE app = $1 AND position > $2 ORDER BY position LIMIT $3`,
        [app, Number(after), page.limit + 1],
      );
      const { items, ...rest } = pageOf('upstream', rows, page.limit, ({ position }) => String(position));
      return {
        ...rest,
        items: items.map((row) => ({
          id: upstreamId(row.position),
          device: row.device,
          user: row.user_id,
          topic: row.topic,
          // What was sealed here is what was sent.
          data: JSON.parse(
            atRest.open(row.data, upstreamPlace(app, row.device, row.stream, Number(row.n))),
          ) as JsonObject,
          at: Number(row.at),
          receivedAt: Number(row.received_at),
        })),
      };
    },

    erase: (app, user, limit) => remove('app = $1 AND user_id = $2 LIMIT $3', [app, user, limit]),

    async sweep(now, limit) {
      const messages = await remove('received_at < $1 LIMIT $2', [now - UPSTREAM_KEPT_MS, limit]);
      const streams = await sql.query(
        `DELETE FROM pealbell.upstream_streams WHERE (app, device, stream) IN (
           SELECT app, device, stream FROM pealbell.upstream_streams WHERE used_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED
         ) RETURNING app`,
        [now - UPSTREAM_STREAM_KEPT_MS, limit],
      );
      return messages + streams.rows.length;
    },
  };
}
