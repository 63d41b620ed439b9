import type { DeliveryTerms, MessageClass } from '../../../domain/accepted-message.js';
import type { JsonObject } from '../../../domain/json.js';
import type { Reason } from '../../../domain/reason.js';
import type { MessageView } from '../../../ports/message-store.js';
import { NO_SHIFTS, type Tally, toView, type ViewedMessage } from '../../shared/message-view.js';
import { readShifts } from '../deliveries/delivery-shifts.js';
import type { SqlQuery } from '../engine/sql.js';
import { readRoads } from './message-roads.js';

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
  return rows.map((row) => {
    const these = tallies.filter((tally) => tally.message === row.id);
    return toView(viewed(row), {
      planned: these.reduce((sum, { planned }) => sum + Number(planned), 0),
      tallies: these.map(toTally),
      reasons: reasons.get(row.id) ?? {},
      shifts: shifts.get(row.id) ?? NO_SHIFTS,
      roads: roads.get(row.id) ?? [],
    });
  });
}

function viewed(row: MessageRow): ViewedMessage {
  const time = (at: string | number | null) => (at === null ? null : Number(at));
  return {
    ...{ id: row.id, app: row.app, class: row.class, terms: row.terms, metadata: row.metadata, tags: row.tags },
    ...{ createdAt: Number(row.created_at), expiresAt: Number(row.expires_at), planned: row.planned },
    ...{ canceledAt: time(row.canceled_at), completedAt: time(row.completed_at), recalledAt: time(row.recalled_at) },
    announcedTo: row.announced_to,
  };
}

interface TallyRow {
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

async function readTallies(sql: SqlQuery, ids: readonly string[]): Promise<TallyRow[]> {
  const found = await sql.query<TallyRow>(
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

function toTally(row: TallyRow): Tally {
  return {
    ...{ provider: row.provider, isBlocked: row.blocked, blockedReason: row.blocked_reason },
    blockedSince: row.blocked_since === null ? null : Number(row.blocked_since),
    stayed: Number(row.stayed),
    ends: {
      ...{ sent: Number(row.sent), delivered: Number(row.delivered), failed: Number(row.failed) },
      ...{ expired: Number(row.expired), suppressed: Number(row.suppressed), canceled: Number(row.canceled) },
    },
  };
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
