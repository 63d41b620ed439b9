import { REALTIME } from '../../../domain/route.js';
import { COUNTED_ENDS, type Counted } from '../../../domain/stats.js';
import type { RoadCounts } from '../../../ports/message-store.js';
import { type OnRoad, sumRoads } from '../../shared/message-roads.js';
import type { SqlQuery } from '../engine/sql.js';

/** What the chunks of messages `$1` count; a part of it may have ended over the connection. */
const COUNTED_IN_CHUNKS = `
  SELECT c.message, v.provider, v.name, v.n FROM pealbell.chunks c CROSS JOIN LATERAL (VALUES
    (c.provider, 'sent', c.sent + c.delivered - c.live_sent - c.live_delivered),
    (c.provider, 'delivered', c.delivered - c.live_delivered),
    ('${REALTIME}', 'sent', c.live_sent + c.live_delivered), ('${REALTIME}', 'delivered', c.live_delivered),
    (c.provider, 'failed', c.failed), (c.provider, 'expired', c.expired), (c.provider, 'suppressed', c.suppressed),
    (c.provider, 'canceled', c.canceled)
  ) v(provider, name, n) WHERE c.message = ANY($1::text[]) AND v.n <> 0`;

const READ = `
SELECT message, provider, name, sum(n)::integer AS n FROM (${COUNTED_IN_CHUNKS}
  UNION ALL
  SELECT s.message, nullif(s.provider, ''), s.name, s.n FROM pealbell.delivery_shifts s
  WHERE s.message = ANY($1::text[]) AND (s.kind = 'reached' OR (s.kind = 'state' AND s.name = ANY($2::text[])))
) counted GROUP BY message, provider, name HAVING sum(n) <> 0`;

/** What became of messages road by road, by message; those of which nothing is counted are left out. */
export async function readRoads(
  sql: SqlQuery,
  messages: readonly string[],
): Promise<ReadonlyMap<string, readonly RoadCounts[]>> {
  const found = await sql.query<{ message: string; provider: string | null; name: Counted; n: number }>(READ, [
    messages,
    COUNTED_ENDS,
  ]);
  const parts = new Map<string, OnRoad[]>();
  for (const { message, ...part } of found.rows) parts.set(message, [...(parts.get(message) ?? []), part]);
  return new Map([...parts].map(([message, these]) => [message, sumRoads(these)]));
}
