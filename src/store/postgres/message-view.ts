import type { DeliveryTerms, MessageClass, MessageStatus } from '../../domain/accepted-message.js';
import { type Counts, DELIVERY_STATES, emptyCounts, type Reached } from '../../domain/delivery.js';
import type { JsonObject } from '../../domain/json.js';
import { REASONS, type Reason } from '../../domain/reason.js';
import type { BlockedAccount, MessageView, RoadCounts } from '../../ports/message-store.js';
import { NO_SHIFTS, readShifts, type Shifts } from './delivery-shifts.js';
import type { SqlQuery } from './engine/sql.js';
import { readRoads, withSilent } from './message-roads.js';

export interface MessageRow {
  id: string;
  app: string;
  class: MessageClass;
  terms: DeliveryTerms;
  content: Uint8Array | null;
  metadata: JsonObject | null;
  tags: string[] | null;
  created_at: string | number;
  expires_at: string | number;
  planned: boolean;
  canceled_at: string | number | null;
  completed_at: string | number | null;
  /** Devices of a message that went to everyone at once, without chunks. */
  announced_to: number | null;
  recalled_at: string | number | null;
}

export const VIEW_COLUMNS =
  'id, app, class, terms, metadata, tags, created_at, expires_at, planned, canceled_at, completed_at, announced_to, recalled_at';

/** Rows as callers see them, with the sums over their chunks; a few queries whatever the number of rows. */
export async function readViews(sql: SqlQuery, rows: readonly MessageRow[]): Promise<MessageView[]> {
  const ids = rows.map((row) => row.id);
  const tallies = await readTallies(sql, ids);
  const reasons = await readReasons(sql, ids);
  const shifts = await readShifts(sql, ids);
  const roads = await readRoads(sql, ids);
  return rows.map((row) =>
    toView(
      row,
      tallies.filter((tally) => tally.message === row.id),
      reasons.get(row.id) ?? {},
      shifts.get(row.id) ?? NO_SHIFTS,
      roads.get(row.id) ?? [],
    ),
  );
}

interface Tally {
  message: string;
  provider: string | null;
  blocked: boolean;
  blocked_reason: Reason | null;
  blocked_since: string | number | null;
  /** Planned here, not moved here from another chunk. */
  planned: string | number;
  /** Still the concern of these chunks, or ended in them. */
  stayed: string | number;
  sent: string | number;
  delivered: string | number;
  failed: string | number;
  expired: string | number;
  suppressed: string | number;
  canceled: string | number;
}

async function readTallies(sql: SqlQuery, ids: readonly string[]): Promise<Tally[]> {
  const found = await sql.query<Tally>(
    `SELECT c.message, c.provider, c.blocked, p.reason AS blocked_reason, p.since AS blocked_since,
       coalesce(sum(c.target_count) FILTER (WHERE c.origin IS NULL), 0) AS planned,
       sum(c.target_count - c.moved) AS stayed, sum(c.sent) AS sent, sum(c.delivered) AS delivered, sum(c.failed) AS failed,
       sum(c.expired) AS expired, sum(c.suppressed) AS suppressed, sum(c.canceled) AS canceled
     FROM pealbell.chunks c
     LEFT JOIN pealbell.account_pauses p ON c.blocked AND p.app = c.app AND p.provider = c.provider AND p.class = ''
     WHERE c.message = ANY($1::text[]) GROUP BY c.message, c.provider, c.blocked, p.reason, p.since`,
    [ids],
  );
  return found.rows;
}

async function readReasons(
  sql: SqlQuery,
  ids: readonly string[],
): Promise<Map<string, Partial<Record<Reason, number>>>> {
  const found = await sql.query<{ message: string; reason: Reason; n: string | number }>(
    `SELECT message, r.key AS reason, sum(r.value::integer) AS n
     FROM pealbell.chunks, jsonb_each_text(reasons) r WHERE message = ANY($1::text[]) AND reasons <> '{}' GROUP BY message, r.key`,
    [ids],
  );
  const reasons = new Map<string, Partial<Record<Reason, number>>>();
  for (const row of found.rows) reasons.set(row.message, { ...reasons.get(row.message), [row.reason]: Number(row.n) });
  return reasons;
}

function toView(
  row: MessageRow,
  tallies: readonly Tally[],
  reasons: Partial<Record<Reason, number>>,
  shifts: Shifts,
  told: readonly RoadCounts[],
): MessageView {
  const counts = emptyCounts();
  let devices = row.announced_to ?? 0;
  let settled = 0;
  const blocked: BlockedAccount[] = [];
  for (const tally of tallies) {
    let open = Number(tally.stayed);
    devices += Number(tally.planned);
    for (const state of ['sent', 'delivered', 'failed', 'expired', 'suppressed', 'canceled'] as const) {
      counts[state] += Number(tally[state]);
      settled += Number(tally[state]);
      open -= Number(tally[state]);
    }
    if (!tally.blocked || tally.provider === null) continue;
    blocked.push({
      provider: tally.provider,
      reason: tally.blocked_reason ?? 'credential_rejected',
      devices: open,
      ...(tally.blocked_since === null ? {} : { since: Number(tally.blocked_since) }),
    });
  }
  // Whoever is between two chunks is counted where it was planned, and has not ended anywhere.
  counts.queued = devices - settled;
  const reached = reachedOf(counts, shifts);
  for (const state of DELIVERY_STATES) counts[state] += shifts.states[state] ?? 0;
  const moved = added(reasons, shifts.reasons);
  const silent = silentEnd(row);
  const roads = silent === undefined || counts.queued <= 0 ? told : withSilent(told, silent, counts.queued);
  if (silent !== undefined && counts.queued > 0) {
    counts[silent] += counts.queued;
    moved[silent] = (moved[silent] ?? 0) + counts.queued;
    counts.queued = 0;
  }
  return {
    id: row.id,
    app: row.app,
    class: row.class,
    ...(row.terms.channel === undefined ? {} : { channel: row.terms.channel }),
    ...(row.terms.route?.name === undefined ? {} : { route: row.terms.route.name }),
    status: statusOf(
      row,
      devices,
      counts.queued,
      blocked.reduce((sum, account) => sum + account.devices, 0),
    ),
    createdAt: Number(row.created_at),
    expiresAt: Number(row.expires_at),
    ...(row.canceled_at === null ? {} : { canceledAt: Number(row.canceled_at) }),
    ...(row.completed_at === null ? {} : { completedAt: Number(row.completed_at) }),
    ...(row.recalled_at === null ? {} : { recalledAt: Number(row.recalled_at) }),
    devices,
    planned: row.planned,
    counts,
    reached,
    roads,
    reasons: moved,
    blocked,
    ...(row.metadata === null ? {} : { metadata: row.metadata }),
    ...(row.tags === null ? {} : { tags: row.tags }),
  };
}

/** How deliveries of a message that went to everyone at once have ended of which no device has said anything. */
function silentEnd(row: MessageRow): 'canceled' | 'expired' | undefined {
  if (row.announced_to === null) return undefined;
  if (row.canceled_at !== null) return 'canceled';
  return row.completed_at === null ? undefined : 'expired';
}

/** `counts` as the chunks have them, before what moved since. */
function reachedOf(counts: Counts, { reached }: Shifts): Reached {
  return {
    sent: counts.sent + counts.delivered + (reached.sent ?? 0),
    delivered: counts.delivered + (reached.delivered ?? 0),
    displayed: reached.displayed ?? 0,
    opened: reached.opened ?? 0,
  };
}

function added(one: Partial<Record<Reason, number>>, other: Partial<Record<Reason, number>>) {
  const sum = { ...one };
  for (const reason of REASONS) {
    const more = other[reason];
    if (more !== undefined) sum[reason] = (sum[reason] ?? 0) + more;
  }
  return sum;
}

/** Blocked: all that is left waits for an account that is stopped. */
function statusOf(row: MessageRow, devices: number, queued: number, blocked: number): MessageStatus {
  if (row.canceled_at !== null) return 'canceled';
  if (row.completed_at !== null) return 'completed';
  if (blocked > 0 && blocked === queued) return 'blocked';
  return queued < devices || row.announced_to !== null ? 'sending' : 'queued';
}
