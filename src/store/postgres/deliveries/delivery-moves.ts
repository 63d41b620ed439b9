import { writeEvents } from '../events/event-writes.js';
import { isNotErased } from '../people/erased-users.js';
import { writeShifts } from './delivery-shifts.js';

/**
 * The one form in which every statement that moves deliveries says so: counts and events both come of it, so that none of
 * them can be forgotten. A relation with a row for each delivery:
 *
 * - `app, message, device, token_hash, user_id, queued_at, provider, platform`: of the delivery, as recorded now
 * - `from_state`: as which the counts have it; of what a chunk records now, what the chunk says and counts
 * - `is_new`: `from_state` itself is recorded now, and nobody has been told it
 * - `to_state`: what it is now; the same, or further on, or an end
 * - `reason`: of the end, or of what is new
 * - `from_reached, to_reached`: see `reachedBy`
 * - `sent_at, delivered_at, displayed_at, opened_at, settled_at, action`: as recorded now
 *
 * {@link moveOf} gives the columns that are the same everywhere.
 */
type Moves = string;

/** Columns of the relation that come from a row of `deliveries`, or of what has its columns. */
export function moveOf(row: string): string {
  return ['app', 'message', 'device', 'token_hash', 'user_id', 'queued_at', 'provider', 'platform', 'reason']
    .concat(['sent_at', 'delivered_at', 'displayed_at', 'opened_at', 'settled_at', 'action'])
    .map((column) => `${row}.${column}`)
    .join(', ');
}

/** What statements bring along. */
export interface MoveParams {
  /** The parameter with the time now, in milliseconds. */
  readonly now: string;
  /** The parameter with `erasurePepper`. */
  readonly pepper: string;
  /** What counts without a move; see `writeShifts`. */
  readonly counted?: string;
  /** A SELECT of events that are not of deliveries, as `writeEvents` takes them. */
  readonly events?: string;
}

/**
 * SQL, a list of CTEs: writes into the counts and into the log of the app what `moves` says. Theirs are the last locks of
 * their transaction.
 */
export function writeMoves(moves: Moves, params: MoveParams): string {
  return `${shiftMoves(moves, params)}, ${writeEvents(`(${tellings(params)})`, params.now, ['shifted'])}`;
}

/**
 * As {@link writeMoves}, in a transaction that goes on: events are only gathered, as values in the CTE `tellings`, which
 * {@link withTellings} adds to what the statement gives and `TellingTx.queryTelling` keeps until the end.
 */
export function gatherMoves(moves: Moves, params: MoveParams): string {
  return `${shiftMoves(moves, params)}, tellings AS MATERIALIZED (
    SELECT t.app, t.type, t.common, t.entry FROM (${tellings(params)}) t
    JOIN pealbell.event_interest w ON w.app = t.app AND w.type = t.type
    WHERE (SELECT EXISTS (SELECT 1 FROM pealbell.event_interest))
  )`;
}

/** SQL: these columns of the CTE `of`, and behind them the rows of `tellings`. */
export function withTellings(columns: readonly string[], of: string): string {
  return `SELECT ${columns.join(', ')}, NULL::json AS telling FROM ${of}
    UNION ALL SELECT ${columns.map(() => 'NULL').join(', ')}, row_to_json(t) FROM tellings t`;
}

function shiftMoves(moves: Moves, { counted }: MoveParams): string {
  const moved = `(SELECT message, provider, platform, from_state, to_state, CASE WHEN ${ENDS} THEN reason END AS to_reason,
      from_reached, to_reached FROM moves m WHERE from_state <> to_state OR from_reached <> to_reached)`;
  return `moves AS MATERIALIZED (${moves}), ${writeShifts(moved, counted)}`;
}

const RISES = `m.to_state IN ('delivered', 'displayed', 'opened')`;
const ENDS = `m.to_state <> m.from_state AND NOT ${RISES}`;

/**
 * Each state that a delivery came to, with the time told of it: what is new, what receipts told beyond it, an end. A
 * state that nobody told is passed over, and one below what is known already is no news. What nobody wants is left out before
 * anything is made of it: most apps want to hear of few of their deliveries.
 */
function tellings({ now, pepper, events }: MoveParams): string {
  const before = (...states: readonly string[]) => `${RISES} AND m.from_state IN ('${states.join("', '")}')`;
  const telling = (when: string, state: string, reason: string, at: string, action: string) => `
    SELECT m.app, 'delivery.' || ${state} AS type,
      jsonb_strip_nulls(jsonb_build_object('message', m.message, 'state', ${state}, 'provider', m.provider)) AS common,
      jsonb_strip_nulls(jsonb_build_object('device', m.device, 'token_hash', m.token_hash, 'reason', ${reason},
        'at', coalesce(${at}, ${now}::bigint), 'action', ${action})) AS entry
    FROM moves m WHERE ${when} AND m.app || ' delivery.' || ${state} = ANY (${WANTED}) AND ${isNotErased('m', pepper)}`;
  const newsAt = `CASE m.from_state WHEN 'sent' THEN m.sent_at ELSE m.settled_at END`;
  return [
    telling('m.is_new', 'm.from_state', 'm.reason', newsAt, 'NULL'),
    telling(
      `${before('queued', 'sent')} AND m.delivered_at IS NOT NULL`,
      `'delivered'`,
      'NULL',
      'm.delivered_at',
      'NULL',
    ),
    telling(
      `${before('queued', 'sent', 'delivered')} AND m.displayed_at IS NOT NULL`,
      ...([`'displayed'`, 'NULL', 'm.displayed_at', 'NULL'] as const),
    ),
    telling(
      `${before('queued', 'sent', 'delivered', 'displayed')} AND m.opened_at IS NOT NULL`,
      ...([`'opened'`, 'NULL', 'm.opened_at', 'm.action'] as const),
    ),
    telling(ENDS, 'm.to_state', 'm.reason', 'm.settled_at', 'NULL'),
    ...(events === undefined ? [] : [events]),
  ].join(' UNION ALL ');
}

/** Looked up once in a statement. */
const WANTED = `(SELECT coalesce(array_agg(w.app || ' ' || w.type), '{}') FROM pealbell.event_interest w
  WHERE w.app IN (SELECT n.app FROM moves n))::text[]`;
