import type { EventType } from '../../../domain/event.js';
import type { EventBlock } from '../../../domain/event-block.js';
import type { JsonObject } from '../../../domain/json.js';
import type { EpochMs } from '../../../domain/time.js';
import type { EventRange } from '../../../ports/event-log.js';
import type { SqlQuery } from '../engine/sql.js';
import { BLOCK_EVENTS_MAX } from './event-writes.js';

/** Blocks that one reading looks at, wanted or not. */
const LOOK_MAX = 1_000;

interface Row {
  /** Of the app's head. */
  readonly last: number;
  readonly mark: string;
  readonly looked: number;
  readonly looked_to: number | null;
  /** Null in the one row of a range in which nothing is wanted. */
  readonly seq: number | null;
  readonly type: EventType;
  readonly at: EpochMs;
  readonly common: JsonObject;
  readonly entries: readonly JsonObject[];
}

/** Number of a block's first event that lies in the range, from 0. */
const FROM = 'greatest($2::bigint + 1 - seq, 0)';
/** How many of a block's events lie in the range. */
const INSIDE = `least(n, $3::bigint - seq + 1) - ${FROM}`;

/** One statement, so that the head and what is found agree. Entries of a block that is cut leave the server cut. */
const READ = `
WITH looked AS (
  SELECT seq, n, type FROM pealbell.events
  WHERE app = $1 AND seq > $2::bigint - ${BLOCK_EVENTS_MAX} AND seq + n - 1 > $2::bigint AND seq <= $3::bigint
  ORDER BY seq LIMIT ${LOOK_MAX}
), wanted AS (
  SELECT seq, ${FROM} AS first, ${INSIDE} AS inside, sum(${INSIDE}) OVER (ORDER BY seq) AS so_far
  FROM looked WHERE type = ANY($4::text[])
), chosen AS (
  SELECT seq, first, least(inside, $5::bigint - (so_far - inside)) AS taken FROM wanted WHERE so_far - inside < $5::bigint
)
SELECT h.last, h.mark, (SELECT count(*) FROM looked) AS looked, (SELECT max(seq + n - 1) FROM looked) AS looked_to,
  e.seq + c.first AS seq, e.type, e.at, e.common,
  CASE WHEN c.taken = e.n THEN e.entries ELSE jsonb_path_query_array(e.entries, '$[$from to $to]',
    jsonb_build_object('from', c.first, 'to', c.first + c.taken - 1)) END AS entries
FROM pealbell.event_heads h LEFT JOIN (chosen c JOIN pealbell.events e ON e.app = $1 AND e.seq = c.seq) ON true
WHERE h.app = $1 ORDER BY e.seq`;

/** See `EventLog.readBlocks`; without what stands in other tables. */
export async function readEventRows(
  sql: SqlQuery,
  app: string,
  range: EventRange,
  types: readonly EventType[],
  limit: number,
): Promise<{ readonly blocks: readonly EventBlock[]; readonly scanned: number }> {
  const through = range.through ?? Number.MAX_SAFE_INTEGER;
  const { rows } = await sql.query<Row>(READ, [app, range.after, through, types, limit]);
  const [first] = rows;
  if (first === undefined) return { blocks: [], scanned: range.after };
  const blocks = rows.flatMap((row) => (row.seq === null ? [] : [toBlock(app, row, row.seq)]));
  return { blocks, scanned: scannedTo(first, blocks, range, limit) };
}

function toBlock(app: string, row: Row, seq: number): EventBlock {
  const { mark, type, at, common, entries } = row;
  return { app, seq, mark, type, at, common, entries };
}

function scannedTo(head: Row, blocks: readonly EventBlock[], range: EventRange, limit: number): number {
  const last = blocks.at(-1);
  const given = blocks.reduce((sum, { entries }) => sum + entries.length, 0);
  if (last !== undefined && given >= limit) return last.seq + last.entries.length - 1;
  const end = head.looked === LOOK_MAX && head.looked_to !== null ? head.looked_to : head.last;
  return Math.max(range.after, Math.min(end, range.through ?? end));
}
