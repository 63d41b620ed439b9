import { EVENT_TYPES, type NewEvent } from '../../../domain/event.js';
import type { EpochMs } from '../../../domain/time.js';
import type { SqlQuery } from '../engine/sql.js';

/** Events in one block, which is read whole. */
export const BLOCK_EVENTS_MAX = 500;

/**
 * SQL that writes the events of the relation `happened` (app, type, common jsonb, entry jsonb; a row for each), where an
 * endpoint of the app wants the type, at the time `at`. The data of an event is `common` and `entry` together; rows that have
 * `common` and type the same become one block, so that what they share stands once.
 *
 * It gives a list of CTEs, beginning with `told_events`, to stand in a `WITH` after those that `happened` reads. The
 * app's head is locked by it: `after` names CTEs (with at least a column) that take locks, so that these come first, as
 * everywhere. Within one statement the order of events is that of EVENT_TYPES, where what comes first is named first.
 *
 * @param at SQL of the time, in milliseconds
 */
export function writeEvents(happened: string, at: string, after: readonly string[] = []): string {
  const taken = after.map((cte) => ` AND (SELECT count(*) FROM ${cte}) >= 0`).join('');
  return `told_events AS MATERIALIZED (
    SELECT h.app, h.type, h.common, h.entry,
      (row_number() OVER () - 1) / ${BLOCK_EVENTS_MAX} AS part
    FROM ${happened} h WHERE (SELECT EXISTS (SELECT 1 FROM pealbell.event_interest))${taken}
  ), event_blocks AS MATERIALIZED (
    SELECT b.* FROM (
      SELECT app, type, common, part, jsonb_agg(entry) AS entries, count(*) AS n FROM told_events GROUP BY app, type, common, part
    ) b JOIN pealbell.event_interest w ON w.app = b.app AND w.type = b.type
  ), ${placeBlocks(at)}`;
}

/** CTEs that give the rows of `event_blocks` their numbers, and write them. */
function placeBlocks(at: string): string {
  return `event_places AS (
    INSERT INTO pealbell.event_heads AS g (app, last, mark)
    SELECT app, sum(n), ${MARK} FROM event_blocks GROUP BY app ORDER BY app COLLATE "C"
    ON CONFLICT (app) DO UPDATE SET last = g.last + excluded.last RETURNING app, last
  ), written_events AS (
    INSERT INTO pealbell.events (app, seq, n, type, at, common, entries)
    SELECT b.app, p.last + 1 - sum(b.n) OVER (PARTITION BY b.app ORDER BY ${placeOf('b.type')} DESC, b.common DESC, b.part DESC),
      b.n, b.type, ${at}, b.common, b.entries
    FROM event_blocks b JOIN event_places p ON p.app = b.app
    RETURNING app, seq
  )`;
}

function placeOf(type: string): string {
  return `array_position('{${EVENT_TYPES.join(',')}}'::text[], ${type})`;
}

/** A part of the ids of an app's events, chosen when its first one is written: no two apps, and no two stores, have the same. */
const MARK = `left(translate(gen_random_uuid()::text, '-', ''), 12)`;

const APPEND = `WITH event_blocks AS MATERIALIZED (
  SELECT i.app, i.type, '{}'::jsonb AS common, i.part, i.entries, jsonb_array_length(i.entries) AS n
  FROM json_to_recordset($1::json) AS i(app text, type text, part integer, entries jsonb)
  JOIN pealbell.event_interest w ON w.app = i.app AND w.type = i.type
), ${placeBlocks('$2::bigint')}
SELECT 1`;

/**
 * Writes events of one type and app after the other, in order; in the caller's transaction, whose other locks have been
 * taken.
 */
export async function appendEvents(sql: SqlQuery, events: readonly NewEvent[], now: EpochMs): Promise<void> {
  // Heads are locked in one order by everybody; between apps there is none to keep.
  const byApp = events.toSorted((a, b) => (a.app < b.app ? -1 : a.app > b.app ? 1 : 0));
  for (const group of inOrder(byApp)) {
    const blocks = Array.from({ length: Math.ceil(group.length / BLOCK_EVENTS_MAX) }, (_, part) => {
      const entries = group.slice(part * BLOCK_EVENTS_MAX, (part + 1) * BLOCK_EVENTS_MAX).map(({ data }) => data);
      return { app: group[0]?.app, type: group[0]?.type, part, entries };
    });
    await sql.query(APPEND, [JSON.stringify(blocks), now]);
  }
}

/** One statement orders by type: what must follow in another order goes in another statement. */
function inOrder(events: readonly NewEvent[]): readonly (readonly NewEvent[])[] {
  const groups: NewEvent[][] = [];
  for (const event of events) {
    const group = groups.at(-1);
    if (group === undefined || group[0]?.type !== event.type || group[0].app !== event.app) groups.push([event]);
    else group.push(event);
  }
  return groups;
}

const HOLD = `INSERT INTO pealbell.event_heads AS g (app, last, mark)
SELECT app, 0, ${MARK} FROM unnest($1::text[]) AS i(app) GROUP BY app ORDER BY app COLLATE "C"
ON CONFLICT (app) DO UPDATE SET last = g.last`;

/**
 * Waits for whoever writes events of these apps, and keeps the next one waiting until the transaction ends: what is read from
 * now on is what the log has told so far. Nothing may be locked after it.
 */
export async function holdLogs(sql: SqlQuery, apps: readonly string[]): Promise<void> {
  await sql.query(HOLD, [apps]);
}
