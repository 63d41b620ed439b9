import type { Json, JsonObject } from '../../../domain/json.js';
import type { AtRest } from '../../at-rest.js';
import type { JoinReads } from '../../shared/event-joins.js';
import { feedbackPlace, upstreamPlace } from '../../shared/seal-places.js';
import type { SqlQuery } from '../engine/sql.js';

export function joinReads(sql: SqlQuery, atRest: AtRest, app: string): JoinReads {
  // What was sealed is JSON that was sent.
  const open = (data: Uint8Array, place: string) => JSON.parse(atRest.open(data, place)) as Json;
  return {
    async messages(ids) {
      const { rows } = await sql.query<{ id: string; metadata: JsonObject | null; tags: readonly string[] | null }>(
        'SELECT id, metadata, tags FROM pealbell.messages WHERE app = $1 AND id = ANY($2::text[])',
        [app, ids],
      );
      return new Map(rows.map(({ id, metadata, tags }) => [id, { metadata: metadata ?? {}, tags: tags ?? [] }]));
    },

    async upstream(positions) {
      const { rows } = await sql.query<{
        position: number;
        device: string;
        stream: string;
        n: number;
        data: Uint8Array;
      }>(
        'SELECT position, device, stream, n, data FROM pealbell.upstream WHERE app = $1 AND position = ANY($2::bigint[])',
        [app, positions],
      );
      return new Map(
        rows.map(({ position, device, stream, n, data }) => [
          position,
          open(data, upstreamPlace(app, device, stream, n)),
        ]),
      );
    },

    async feedback(ids) {
      const { rows } = await sql.query<{ id: string; data: Uint8Array }>(
        'SELECT id, data FROM pealbell.feedback WHERE app = $1 AND id = ANY($2::text[])',
        [app, ids],
      );
      return new Map(rows.map(({ id, data }) => [id, open(data, feedbackPlace(app, id))]));
    },
  };
}
