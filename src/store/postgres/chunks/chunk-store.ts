import { type Chunk, type Effect, isOver, MARK, type Progress } from '../../../domain/chunk.js';
import type { Delivery } from '../../../domain/delivery.js';
import { REALTIME } from '../../../domain/route.js';
import type { ChunkAdvance, ChunkStore, OwingChunk } from '../../../ports/chunk-store.js';
import type { AtRest } from '../../at-rest.js';
import { parseTargets } from '../../shared/chunk-targets.js';
import { remember, unkeptPepper } from '../../shared/unkept-memory.js';
import { gatherMoves, moveOf, withTellings, writeMoves } from '../deliveries/delivery-moves.js';
import { raisedState, reachedBy } from '../deliveries/delivery-shifts.js';
import type { Sql } from '../engine/sql.js';
import { type TellingTx, tellingTransaction } from '../events/telling-transaction.js';
import { erasurePepper, isNotErased } from '../people/erased-users.js';
import { retryConflicts } from '../writing/conflict.js';
import { fewIds, fewRows } from '../writing/few-rows.js';
import { insertNext } from './chunk-rows.js';
import { DUE_CANCELED, feedDue, measureBacklog } from './due-chunks.js';

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
           SELECT c.id FROM ${fewIds('$1')} JOIN pealbell.chunks c ON c.id = i.id
           WHERE NOT c.done AND c.due_at <= $3 AND (c.lease_until IS NULL OR c.lease_until <= $3)
           ORDER BY c.id FOR NO KEY UPDATE OF c SKIP LOCKED
         )
         UPDATE pealbell.chunks c
         SET fence = c.fence + 1, lease_holder = $2, lease_until = $4, handed_until = NULL,
             crashes = c.crashes + CASE WHEN c.lease_until IS NULL THEN 0 ELSE 1 END
         FROM locked WHERE c.id = locked.id
         RETURNING c.id, c.message, c.app, c.provider, c.step, c.rendering, c.targets, c.progress, c.effects, c.fence, c.crashes`,
        [JSON.stringify(ids), holder, now, leaseUntil],
      );
      return claimed.rows.map((row) => toChunk(row, atRest)).sort((a, b) => (a.id < b.id ? -1 : 1));
    },

    async advance(changes, now) {
      if (changes.length === 0) return [];
      const params = [
        JSON.stringify(changes.map((change) => toAdvanceRow(change, memoryPepper))),
        JSON.stringify(changes.flatMap((change) => change.deliveries.map((each) => toDeliveryRow(change.id, each)))),
        now,
        pepper,
      ];
      const done = changes.some(({ unkept }) => unkept.length > 0)
        ? await tellingTransaction(sql, now, (tx) => advanceUnkept(tx, changes, params))
        : await retryConflicts(() => sql.query<{ id: string }>(ADVANCE, params).then(({ rows }) => rows));
      const ids = new Set(done.map(({ id }) => id));
      return changes.filter((change) => !ids.has(change.id)).map((change) => change.id);
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
        `WITH locked AS (
           SELECT c.id FROM pealbell.chunks c JOIN ${fewRows('$1', 'i(id text, fence integer)')} ON i.id = c.id AND i.fence = c.fence
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

/** What a chunk says now and counts, `said`, and what became of it because of what receipts told before, `told`. */
const RECORDED = (said: string, told: string, isNew: string) => `
  SELECT ${moveOf(told)}, ${said}.state AS from_state, ${told}.state AS to_state, ${isNew} AS is_new,
    CASE ${said}.state WHEN 'sent' THEN 1 WHEN 'delivered' THEN 2 ELSE 0 END AS from_reached, ${reachedBy(told)} AS to_reached`;

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
const advance = (moves: typeof writeMoves, result: string) => `
WITH input AS (
  SELECT * FROM ${fewRows(
    '$1',
    `i(id text, fence integer, progress text, effects jsonb, done boolean, blocked boolean,
    lease_until bigint, due_at bigint, sent integer, delivered integer, failed integer, expired integer, suppressed integer, canceled integer,
    live_sent integer, live_delivered integer, moved integer, moving boolean, reasons jsonb, unkept text)`,
  )}
), locked AS (
  SELECT c.id, c.progress, c.sent, c.delivered, c.failed, c.expired, c.suppressed, c.canceled, c.live_sent, c.live_delivered
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
  RETURNING c.id, c.app, c.message, c.provider, c.platform, i.blocked
), r AS MATERIALIZED (
  SELECT * FROM json_to_recordset($2::json) AS r(${DELIVERY_FIELDS})
), told AS (
  INSERT INTO pealbell.deliveries AS d (message, key, app, device, token_hash, user_id, state, reason, provider, platform,
    attempts, queued_at, sent_at, delivered_at, settled_at, next_attempt_at)
  SELECT r.message, r.key, moved.app, r.device, r.token_hash, r.user_id, r.state, r.reason, r.provider, moved.platform, r.attempts,
    r.queued_at, r.sent_at, r.delivered_at, r.settled_at, r.next_attempt_at
  FROM r JOIN moved ON moved.id = r.chunk
  WHERE ${isNotErased('r', '$4', 'moved.app')}
  ORDER BY r.message COLLATE "C", r.key COLLATE "C"
  ON CONFLICT (message, key) DO UPDATE SET ${MERGE('excluded')}
  WHERE d.state = 'queued'
  RETURNING d.*
), first_blocked AS (
  INSERT INTO pealbell.message_blocks (message, provider, app)
  SELECT DISTINCT m.message, m.provider, m.app FROM moved m JOIN pealbell.event_interest w ON w.app = m.app AND w.type = 'message.blocked'
  WHERE m.blocked AND m.provider IS NOT NULL ORDER BY 1, 2 ON CONFLICT (message, provider) DO NOTHING RETURNING *
), ${moves(
  `${RECORDED('r', 'd', 'true')} FROM told d JOIN r ON r.message = d.message AND r.key = d.key WHERE d.state <> 'queued'`,
  {
    now: '$3',
    pepper: '$4',
    counted: COUNTED_BY_CHUNKS,
    events: `SELECT f.app, 'message.blocked', '{}'::jsonb, jsonb_build_object('message', f.message, 'provider', f.provider,
        'reason', coalesce(p.reason, 'credential_rejected'))
      FROM first_blocked f LEFT JOIN pealbell.account_pauses p ON p.app = f.app AND p.provider = f.provider AND p.class = ''`,
  },
)}
${result}`;

const ADVANCE = advance(writeMoves, 'SELECT id FROM moved');

/** With the marks as they were, by which is known who had ended before. */
const ADVANCE_AND_GO_ON = advance(
  gatherMoves,
  withTellings(['m.id', 'm.app', `l.progress::json->>'marks' AS marks`], 'moved m JOIN locked l ON l.id = m.id'),
);

/**
 * Of deliveries that are not kept a row is there only where a receipt has made one. As above, but for the insert. Whoever
 * had ended before (`is_new` false) has been told.
 */
const MERGE_UNKEPT = `
WITH r AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS r(${DELIVERY_FIELDS}, app text, is_new boolean)
), locked AS MATERIALIZED (
  SELECT d.message, d.key FROM pealbell.deliveries d JOIN r ON r.message = d.message AND r.key = d.key
  WHERE d.state = 'queued' ORDER BY d.message, d.key FOR UPDATE OF d
), told AS (
  UPDATE pealbell.deliveries d SET ${MERGE('r')}
  FROM r, locked l WHERE l.message = d.message AND l.key = d.key AND r.message = d.message AND r.key = d.key
  RETURNING d.*
), known AS (
  SELECT r.app, r.message, r.key, r.device, r.token_hash, r.user_id, r.queued_at, r.provider, t.platform, r.reason, r.sent_at, r.settled_at,
    coalesce(t.state, r.state) AS state, coalesce(t.delivered_at, r.delivered_at) AS delivered_at, t.displayed_at, t.opened_at, t.action
  FROM r LEFT JOIN told t ON t.message = r.message AND t.key = r.key WHERE r.is_new OR t.message IS NOT NULL
), ${gatherMoves(`${RECORDED('r', 'd', 'r.is_new')} FROM known d JOIN r ON r.message = d.message AND r.key = d.key`, {
  now: '$2',
  pepper: '$3',
})}
${withTellings(['NULL'], '(SELECT 1 WHERE false) none')}`;

/** A statement of its own for what is not kept: it sees the rows of receipts that held the chunk until now. */
async function advanceUnkept(tx: TellingTx, changes: readonly ChunkAdvance[], params: readonly unknown[]) {
  const done = await tx.queryTelling<{ id: string; app: string; marks: string }>(ADVANCE_AND_GO_ON, params);
  const before = new Map(done.map((chunk) => [chunk.id, chunk]));
  const unkept = changes.flatMap(({ id, unkept: deliveries }) => {
    const chunk = before.get(id);
    if (chunk === undefined) return [];
    return deliveries.map((delivery) => {
      return { ...toDeliveryRow(id, delivery), app: chunk.app, is_new: !isOver(chunk.marks[delivery.index]) };
    });
  });
  const [, , now, pepper] = params;
  await tx.queryTelling(MERGE_UNKEPT, [JSON.stringify(unkept), now, pepper]);
  return done;
}

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

function toDeliveryRow(chunk: string, delivery: Delivery) {
  return {
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
  };
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
