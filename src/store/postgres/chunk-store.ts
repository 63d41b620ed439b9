import { type Chunk, type Effect, ERASED_USER, MARK, type Progress } from '../../domain/chunk.js';
import type { Delivery } from '../../domain/delivery.js';
import { REALTIME } from '../../domain/route.js';
import type { ChunkAdvance, ChunkStore, OwingChunk } from '../../ports/chunk-store.js';
import type { AtRest } from '../at-rest.js';
import { insertNext } from './chunk-rows.js';
import { parseTargets } from './chunk-targets.js';
import { retryConflicts } from './conflict.js';
import { raisedState, reachedBy, writeShifts } from './delivery-shifts.js';
import { DUE_CANCELED, feedDue, measureBacklog } from './due-chunks.js';
import type { Sql, SqlQuery } from './engine/sql.js';
import { erasedHash, erasurePepper } from './erased-users.js';
import { remember, unkeptPepper } from './unkept-deliveries.js';

interface ChunkRow {
  id: string;
  message: string;
  app: string;
  provider: string | null;
  step: number;
  rendering: string | null;
  targets: string;
  progress: string;
  effects: readonly Effect[] | null;
  fence: number;
  crashes: number;
}

export function createChunkStore(sql: Sql, atRest: AtRest): ChunkStore {
  const pepper = erasurePepper(atRest);
  const memoryPepper = unkeptPepper(atRest);
  return {
    feed: (lane, limit, now, handedUntil) => feedDue(sql, lane, limit, now, handedUntil),

    async claim(ids, holder, now, leaseUntil) {
      const claimed = await sql.query<ChunkRow>(
        `WITH locked AS (
           SELECT id FROM pealbell.chunks
           WHERE id = ANY($1::text[]) AND NOT done AND due_at <= $3 AND (lease_until IS NULL OR lease_until <= $3)
           ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
         )
         UPDATE pealbell.chunks c
         SET fence = c.fence + 1, lease_holder = $2, lease_until = $4, handed_until = NULL,
             crashes = c.crashes + CASE WHEN c.lease_until IS NULL THEN 0 ELSE 1 END
         FROM locked WHERE c.id = locked.id
         RETURNING c.id, c.message, c.app, c.provider, c.step, c.rendering, c.targets, c.progress, c.effects, c.fence, c.crashes`,
        [ids, holder, now, leaseUntil],
      );
      return claimed.rows.map((row) => toChunk(row, atRest)).sort((a, b) => (a.id < b.id ? -1 : 1));
    },

    async advance(changes, now) {
      if (changes.length === 0) return [];
      const unkept = changes.flatMap((change) => toDeliveryRows(change.id, change.unkept));
      const record = async (to: SqlQuery) => {
        const recorded = await to.query<{ id: string }>(ADVANCE, [
          JSON.stringify(changes.map((change) => toAdvanceRow(change, memoryPepper))),
          JSON.stringify(changes.flatMap((change) => toDeliveryRows(change.id, change.deliveries))),
          now,
          pepper,
        ]);
        return new Set(recorded.rows.map((row) => row.id));
      };
      const recordUnkept = (to: SqlQuery, done: ReadonlySet<string>) =>
        to.query(MERGE_UNKEPT, [JSON.stringify(unkept.filter(({ chunk }) => done.has(chunk)))]);
      const done = await retryConflicts(() =>
        unkept.length === 0
          ? record(sql)
          : sql.transaction(async (tx) => {
              const recorded = await record(tx);
              // A statement of its own: it sees the rows of receipts that held the chunk until now.
              await recordUnkept(tx, recorded);
              return recorded;
            }),
      );
      return changes.filter((change) => !done.has(change.id)).map((change) => change.id);
    },

    async reclaim(now, limit) {
      // Leases first: whoever held them is gone, while what was handed over may only be late.
      const leased = await sql.query(
        `UPDATE pealbell.chunks SET lease_until = NULL, lease_holder = NULL, crashes = crashes + 1, fence = fence + 1 WHERE id IN (
           SELECT id FROM pealbell.chunks WHERE lease_until <= $1 ORDER BY lease_until LIMIT $2 FOR UPDATE SKIP LOCKED
         ) RETURNING id`,
        [now, limit],
      );
      const handed = await sql.query(
        `UPDATE pealbell.chunks SET handed_until = NULL WHERE id IN (
           SELECT id FROM pealbell.chunks WHERE handed_until <= $1 ORDER BY handed_until LIMIT $2 FOR UPDATE SKIP LOCKED
         ) RETURNING id`,
        [now, limit - leased.rows.length],
      );
      return leased.rows.length + handed.rows.length;
    },

    async voidLeases() {
      await sql.query('UPDATE pealbell.chunks SET handed_until = NULL WHERE handed_until IS NOT NULL');
      await sql.query(
        `UPDATE pealbell.chunks SET lease_until = NULL, lease_holder = NULL, crashes = crashes + 1, fence = fence + 1
         WHERE lease_until IS NOT NULL`,
      );
    },

    async unblock(now) {
      await sql.query(
        'UPDATE pealbell.chunks SET blocked = false, due_at = least(due_at, $1) WHERE blocked AND NOT done',
        [now],
      );
    },

    async owedEffects(limit) {
      // Also not of one whose lease has ended: until it is reclaimed its holder may wake up and add to them.
      const owed = await sql.query<OwingChunk>(
        `SELECT id, app, fence, effects FROM pealbell.chunks
         WHERE effects IS NOT NULL AND lease_until IS NULL ORDER BY id LIMIT $1`,
        [limit],
      );
      return owed.rows;
    },

    addNext: (next, now) => insertNext(sql, atRest, next, now),

    async effectsDone(chunks) {
      await sql.query(
        `WITH i AS (SELECT * FROM json_to_recordset($1::json) AS i(id text, fence integer)), locked AS (
           SELECT c.id FROM pealbell.chunks c JOIN i ON i.id = c.id AND i.fence = c.fence
           WHERE c.lease_until IS NULL ORDER BY c.id FOR UPDATE OF c
         )
         UPDATE pealbell.chunks c SET effects = NULL, moving = false FROM locked WHERE c.id = locked.id`,
        [JSON.stringify(chunks.map(({ id, fence }) => ({ id, fence })))],
      );
    },

    backlog: (lane, now) => measureBacklog(sql, lane, now),
  };
}

const DELIVERY_FIELDS = `chunk text, message text, key text, device text, token_hash text, user_id text, state text, reason text,
  provider text, attempts jsonb, queued_at bigint, sent_at bigint, delivered_at bigint, settled_at bigint, next_attempt_at bigint`;

/** What a row that waits becomes of what is recorded now: times that receipts told before stay, and raise its state. */
const MERGE = (told: string) => `reason = ${told}.reason, provider = ${told}.provider, attempts = ${told}.attempts,
  state = ${raisedState(`${told}.state`, `coalesce(d.delivered_at, ${told}.delivered_at)`, 'd.displayed_at', 'd.opened_at')},
  sent_at = ${told}.sent_at, delivered_at = coalesce(d.delivered_at, ${told}.delivered_at),
  settled_at = ${told}.settled_at, next_attempt_at = ${told}.next_attempt_at`;

/** Rows that went beyond what their chunk counts, because of what receipts told before. */
const MOVED_BY_RECEIPTS = (told: string) => `
  SELECT ${told}.message, ${told}.provider, ${told}.platform, r.state AS from_state, ${told}.state AS to_state, NULL AS to_reason,
    CASE r.state WHEN 'sent' THEN 1 WHEN 'delivered' THEN 2 ELSE 0 END AS from_reached, ${reachedBy(told)} AS to_reached
  FROM ${told} JOIN r ON r.message = ${told}.message AND r.key = ${told}.key
  WHERE ${told}.state <> 'queued' AND (${told}.displayed_at IS NOT NULL OR ${told}.opened_at IS NOT NULL
    OR (${told}.delivered_at IS NOT NULL AND r.delivered_at IS NULL))`;

/** What chunks count beyond what they had counted; a part of it may have ended over the connection. */
const COUNTED_BY_CHUNKS = `(
  SELECT m.message, v.provider, m.platform, v.name, v.n
  FROM input i JOIN locked l ON l.id = i.id JOIN moved m ON m.id = i.id CROSS JOIN LATERAL (VALUES
    (m.provider, 'sent', i.sent + i.delivered - i.live_sent - i.live_delivered - (l.sent + l.delivered - l.live_sent - l.live_delivered)),
    (m.provider, 'delivered', i.delivered - i.live_delivered - (l.delivered - l.live_delivered)),
    ('${REALTIME}', 'sent', i.live_sent + i.live_delivered - (l.live_sent + l.live_delivered)),
    ('${REALTIME}', 'delivered', i.live_delivered - l.live_delivered),
    (m.provider, 'failed', i.failed - l.failed), (m.provider, 'expired', i.expired - l.expired),
    (m.provider, 'suppressed', i.suppressed - l.suppressed), (m.provider, 'canceled', i.canceled - l.canceled)
  ) v(provider, name, n) WHERE v.n <> 0)`;

/**
 * One statement for many chunks: those whose fence is still theirs are recorded together with their deliveries, the
 * others not at all. Rows are locked in id order, or two workers could wait for each other. A chunk that is done forgets
 * whom it was for, and deliveries of erased users are counted, but not recorded.
 */
const ADVANCE = `
WITH input AS (
  SELECT * FROM json_to_recordset($1::json) AS i(
    id text, fence integer, progress text, effects jsonb, done boolean, blocked boolean,
    lease_until bigint, due_at bigint, sent integer, delivered integer, failed integer, expired integer, suppressed integer, canceled integer,
    live_sent integer, live_delivered integer, moved integer, moving boolean, reasons jsonb, unkept text)
), locked AS (
  SELECT c.id, c.sent, c.delivered, c.failed, c.expired, c.suppressed, c.canceled, c.live_sent, c.live_delivered
  FROM pealbell.chunks c JOIN input i ON i.id = c.id AND i.fence = c.fence ORDER BY c.id FOR UPDATE OF c
), moved AS (
  UPDATE pealbell.chunks c
  SET targets = CASE WHEN i.done THEN '[]' ELSE c.targets END,
      progress = i.progress, effects = i.effects, done = i.done, blocked = i.blocked, lease_until = i.lease_until,
      lease_holder = CASE WHEN i.lease_until IS NULL THEN NULL ELSE c.lease_holder END,
      due_at = CASE WHEN c.due_at = ${DUE_CANCELED} THEN c.due_at ELSE coalesce(i.due_at, c.due_at) END, sent = i.sent, delivered = i.delivered, failed = i.failed, expired = i.expired,
      suppressed = i.suppressed, canceled = i.canceled, live_sent = i.live_sent, live_delivered = i.live_delivered, moved = i.moved, moving = i.moving, reasons = i.reasons,
      unkept = c.unkept || decode(i.unkept, 'base64')
  FROM input i, locked l WHERE c.id = i.id AND l.id = c.id AND c.fence = i.fence
  RETURNING c.id, c.app, c.message, c.provider, c.platform
), r AS MATERIALIZED (
  SELECT * FROM json_to_recordset($2::json) AS r(${DELIVERY_FIELDS})
), told AS (
  INSERT INTO pealbell.deliveries AS d (message, key, app, device, token_hash, user_id, state, reason, provider, platform,
    attempts, queued_at, sent_at, delivered_at, settled_at, next_attempt_at)
  SELECT r.message, r.key, moved.app, r.device, r.token_hash, r.user_id, r.state, r.reason, r.provider, moved.platform, r.attempts,
    r.queued_at, r.sent_at, r.delivered_at, r.settled_at, r.next_attempt_at
  FROM r JOIN moved ON moved.id = r.chunk
  WHERE r.user_id IS NULL OR (
    r.user_id <> '${ERASED_USER}' AND ((SELECT NOT EXISTS (SELECT 1 FROM pealbell.erased_users)) OR NOT EXISTS (
      SELECT 1 FROM pealbell.erased_users e
      WHERE e.app = moved.app AND e.user_hash = ${erasedHash('$4', 'moved.app', 'r.user_id')} AND e.at >= r.queued_at
    ))
  )
  ORDER BY r.message COLLATE "C", r.key COLLATE "C"
  ON CONFLICT (message, key) DO UPDATE SET ${MERGE('excluded')}
  WHERE d.state = 'queued'
  RETURNING d.*
), ${writeShifts(`(${MOVED_BY_RECEIPTS('told')})`, COUNTED_BY_CHUNKS)}
SELECT id FROM moved WHERE $3::bigint IS NOT NULL`;

/**
 * Of deliveries that are not kept a row is there only where a receipt has made one. As above, but for the insert.
 */
const MERGE_UNKEPT = `
WITH r AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS r(${DELIVERY_FIELDS})
), locked AS MATERIALIZED (
  SELECT d.message, d.key FROM pealbell.deliveries d JOIN r ON r.message = d.message AND r.key = d.key
  WHERE d.state = 'queued' ORDER BY d.message, d.key FOR UPDATE OF d
), told AS (
  UPDATE pealbell.deliveries d SET ${MERGE('r')}
  FROM r, locked l WHERE l.message = d.message AND l.key = d.key AND r.message = d.message AND r.key = d.key
  RETURNING d.*
), ${writeShifts(`(${MOVED_BY_RECEIPTS('told')})`)}
SELECT 1`;

function toAdvanceRow(change: ChunkAdvance, memoryPepper: string) {
  const { marks, counts, reasons } = change.progress;
  return {
    id: change.id,
    fence: change.fence,
    progress: JSON.stringify(change.progress),
    effects: change.effects.length === 0 ? null : change.effects,
    done: change.next.kind === 'done',
    blocked: change.next.kind === 'release' && change.next.blocked,
    lease_until: change.next.kind === 'hold' ? change.next.leaseUntil : null,
    due_at: change.next.kind === 'release' ? change.next.dueAt : null,
    sent: counts.sent ?? 0,
    delivered: counts.delivered ?? 0,
    failed: counts.failed ?? 0,
    expired: counts.expired ?? 0,
    suppressed: counts.suppressed ?? 0,
    canceled: counts.canceled ?? 0,
    live_sent: change.progress.live?.sent ?? 0,
    live_delivered: change.progress.live?.delivered ?? 0,
    moved: marks.split(MARK.moved).length - 1,
    moving: change.effects.some(({ kind }) => kind === 'step'),
    reasons,
    unkept: remember(memoryPepper, change.unkept).toString('base64'),
  };
}

function toDeliveryRows(chunk: string, deliveries: readonly Delivery[]) {
  return deliveries.map((delivery) => ({
    chunk,
    message: delivery.message,
    key: delivery.key,
    device: delivery.device,
    token_hash: delivery.tokenHash ?? null,
    user_id: delivery.user,
    state: delivery.state,
    reason: delivery.reason,
    provider: delivery.provider,
    attempts: delivery.attempts,
    queued_at: delivery.queuedAt,
    sent_at: delivery.sentAt ?? null,
    delivered_at: delivery.deliveredAt ?? null,
    settled_at: delivery.settledAt ?? null,
    next_attempt_at: delivery.nextAttemptAt ?? null,
  }));
}

function toChunk(row: ChunkRow, atRest: AtRest): Chunk {
  return {
    id: row.id,
    message: row.message,
    app: row.app,
    provider: row.provider,
    step: row.step,
    rendering: row.rendering,
    targets: parseTargets(row.targets, row.message, atRest),
    fence: row.fence,
    crashes: row.crashes,
    // Written by `advance` or `accept` from the same type.
    progress: JSON.parse(row.progress) as Progress,
    effects: row.effects ?? [],
  };
}
