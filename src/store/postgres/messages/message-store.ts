import type { AcceptedMessage, MessageClass } from '../../../domain/accepted-message.js';
import { GatewayError } from '../../../domain/errors.js';
import { firstId } from '../../../domain/ids.js';
import type { EpochMs } from '../../../domain/time.js';
import type { AcceptResult, MessageStore, NewMessage, SendableMessage } from '../../../ports/message-store.js';
import type { AtRest } from '../../at-rest.js';
import { EMPTY_END } from '../../shared/completed-event.js';
import { decodeCursor, pageOf } from '../../shared/cursor.js';
import { openContent, sealContent } from '../../shared/message-seal.js';
import { chunkRow, insertChunks } from '../chunks/chunk-rows.js';
import { DUE_CANCELED } from '../chunks/due-chunks.js';
import { listDeliveries } from '../deliveries/delivery-list.js';
import type { Sql } from '../engine/sql.js';
import { writeEvents } from '../events/event-writes.js';
import { tellingTransaction } from '../events/telling-transaction.js';
import { fewIds } from '../writing/few-rows.js';
import { endAnnouncing, noteAnnouncing } from './announcing.js';
import { completeMessages } from './complete-messages.js';
import { type MessageRow, readViews, VIEW_COLUMNS } from './message-view.js';
import { countSilent } from './silent-ends.js';

export function createMessageStore(sql: Sql, atRest: AtRest): MessageStore {
  return {
    async accept(messages, now) {
      const inserted = await insertMessages(sql, messages, now, atRest);
      const results: AcceptResult[] = [];
      for (const message of messages) {
        results.push(
          inserted.has(message.accepted.id) ? { kind: 'created' } : await resolveTwin(sql, message, now, atRest),
        );
      }
      return results;
    },

    async view(app, id) {
      const found = await sql.query<MessageRow>(
        `SELECT ${VIEW_COLUMNS} FROM pealbell.messages WHERE id = $1 AND app = $2`,
        [id, app],
      );
      return (await readViews(sql, found.rows))[0];
    },

    async list(app, page) {
      const before = decodeCursor('messages', page.cursor);
      const found = await sql.query<MessageRow>(
        `SELECT ${VIEW_COLUMNS} FROM pealbell.messages WHERE app = $1 AND ($2::text IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
        [app, before ?? null, page.limit + 1],
      );
      const shown = pageOf('messages', found.rows, page.limit, (row) => row.id);
      const items = await readViews(sql, shown.items);
      return shown.nextCursor === undefined ? { items } : { items, nextCursor: shown.nextCursor };
    },

    async acceptedIn(app, { from, to }, page) {
      const after = decodeCursor('accepted', page.cursor) ?? '';
      const found = await sql.query<{ id: string }>(
        'SELECT id FROM pealbell.messages WHERE app = $1 AND id >= $2 AND id < $3 AND id > $4 ORDER BY id LIMIT $5',
        [app, firstId('msg', from), firstId('msg', to), after, page.limit + 1],
      );
      const shown = pageOf('accepted', found.rows, page.limit, ({ id }) => id);
      return { ...shown, items: shown.items.map(({ id }) => id) };
    },

    deliveries: (app, id, page) => listDeliveries(sql, atRest, app, id, page),

    async sendable(ids) {
      const found = await sql.query<MessageRow>(
        `SELECT ${VIEW_COLUMNS}, content FROM ${fewIds('$1')} JOIN pealbell.messages m USING (id)`,
        [JSON.stringify(ids)],
      );
      return new Map(found.rows.map((row) => [row.id, toSendable(row, atRest)]));
    },

    async canceled(ids) {
      const found = await sql.query<{ id: string }>(
        `SELECT id FROM ${fewIds('$1')} JOIN pealbell.messages USING (id) WHERE canceled_at IS NOT NULL`,
        [JSON.stringify(ids)],
      );
      return new Set(found.rows.map((row) => row.id));
    },

    async completed(ids) {
      const found = await sql.query<{ id: string }>(
        `SELECT id FROM ${fewIds('$1')} JOIN pealbell.messages USING (id) WHERE completed_at IS NOT NULL`,
        [JSON.stringify(ids)],
      );
      return new Set(found.rows.map((row) => row.id));
    },

    async cancel(app, id, now) {
      return tellingTransaction(sql, now, async (tx) => {
        const found = await tx.query('SELECT id FROM pealbell.messages WHERE id = $1 AND app = $2', [id, app]);
        if (found.rows.length === 0) return false;
        const canceled = await tx.query(
          `UPDATE pealbell.messages SET canceled_at = $2, planned = planned OR NOT announcing
           WHERE id = $1 AND canceled_at IS NULL AND completed_at IS NULL RETURNING id`,
          [id, now],
        );
        if (canceled.rows.length > 0) {
          await countSilent(tx, [id], 'canceled');
          tx.tell([{ app, type: 'message.canceled', common: {}, entry: { message: id } }]);
          await tx.query(
            `UPDATE pealbell.chunks SET due_at = ${DUE_CANCELED}, blocked = false WHERE app = $2 AND message = $1 AND NOT done`,
            [id, app],
          );
        }
        return true;
      });
    },

    async plan(id) {
      const found = await sql.query<
        MessageRow & { plan_cursor: string; next_chunk: number; open_chunks: string | number; announcing: boolean }
      >(
        `SELECT ${VIEW_COLUMNS}, content, plan_cursor, next_chunk, announcing,
           (SELECT count(*) FROM pealbell.chunks c WHERE c.app = m.app AND c.message = m.id AND NOT c.done) AS open_chunks
         FROM pealbell.messages m WHERE id = $1 AND NOT planned`,
        [id],
      );
      const row = found.rows[0];
      if (row === undefined) return undefined;
      return {
        message: toSendable(row, atRest),
        cursor: row.plan_cursor,
        nextChunk: row.next_chunk,
        openChunks: Number(row.open_chunks),
        isAnnouncing: row.announcing,
      };
    },

    async extendPlan(id, from, step, now) {
      const extended = await sql.query<{ id: string }>(
        `WITH moved AS (
           UPDATE pealbell.messages SET plan_cursor = $4, next_chunk = $5, planned = $6
           WHERE id = $1 AND plan_cursor = $2 AND next_chunk = $3 AND NOT planned
           RETURNING id, app, class
         ), written AS (${insertChunks('$7', '$8', 'moved')})
         SELECT id FROM moved`,
        [
          id,
          from.cursor,
          from.nextChunk,
          step.cursor,
          from.nextChunk + step.chunks.length,
          step.planned,
          JSON.stringify(step.chunks.map((chunk) => chunkRow(id, chunk, undefined, atRest))),
          now,
        ],
      );
      return extended.rows.length > 0;
    },

    announcing: (id) => noteAnnouncing(sql, id),
    announced: (id, to) => endAnnouncing(sql, id, to),

    async unplanned(before, limit) {
      const found = await sql.query<{ id: string; class: MessageClass }>(
        'SELECT id, class FROM pealbell.messages WHERE NOT planned AND created_at < $1 ORDER BY created_at LIMIT $2',
        [before, limit],
      );
      return found.rows;
    },

    complete: (ids, now) => completeMessages(sql, ids, now),

    async sweep(before, limit) {
      const content = await sql.query(
        `UPDATE pealbell.messages SET content = NULL WHERE id IN (
           SELECT id FROM pealbell.messages WHERE created_at < $1 AND content IS NOT NULL AND completed_at IS NOT NULL LIMIT $2 FOR UPDATE SKIP LOCKED
         ) RETURNING id`,
        [before.content, limit],
      );
      // A message may have 100,000 deliveries: few messages at a time.
      const few = Math.min(limit, 20);
      const emptied = await sql.query(
        `WITH old AS (
           SELECT id FROM pealbell.messages
           WHERE created_at < $1 AND NOT deliveries_swept AND completed_at IS NOT NULL ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED
         ), gone AS (DELETE FROM pealbell.deliveries WHERE message IN (SELECT id FROM old))
         UPDATE pealbell.messages SET deliveries_swept = true WHERE id IN (SELECT id FROM old) RETURNING id`,
        [before.deliveries, few],
      );
      const gone = await sql.query(
        `WITH old AS (
           SELECT id FROM pealbell.messages WHERE created_at < $1 AND completed_at IS NOT NULL ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED
         ), d AS (DELETE FROM pealbell.deliveries WHERE message IN (SELECT id FROM old)),
            c AS (DELETE FROM pealbell.chunks WHERE message IN (SELECT id FROM old)),
            s AS (DELETE FROM pealbell.delivery_shifts WHERE message IN (SELECT id FROM old)),
            b AS (DELETE FROM pealbell.message_blocks WHERE message IN (SELECT id FROM old))
         DELETE FROM pealbell.messages WHERE id IN (SELECT id FROM old) RETURNING id`,
        [before.messages, few],
      );
      return content.rows.length + emptied.rows.length + gone.rows.length;
    },
  };
}

function claimOf(message: NewMessage): string {
  return message.claim === undefined
    ? `#${message.accepted.id}`
    : `${message.accepted.app}|${message.claim.path}|${message.claim.key}`;
}

/** Of messages that are accepted; one for nobody is completed by it. */
const ACCEPTED_EVENTS = `(
  SELECT app, 'message.queued' AS type, '{}'::jsonb AS common, jsonb_strip_nulls(jsonb_build_object('message', id, 'class', class,
    'devices', accepted->'audience'->'devices')) AS entry FROM made
  UNION ALL
  SELECT app, 'message.completed', '{}', jsonb_build_object('message', id) || '${JSON.stringify(EMPTY_END)}'
  FROM made WHERE completed_at IS NOT NULL)`;

/** One statement for the whole batch: every message with its claim and chunks, or, where the claim is taken, nothing of it. */
async function insertMessages(
  sql: Sql,
  messages: readonly NewMessage[],
  now: EpochMs,
  atRest: AtRest,
): Promise<Set<string>> {
  const rows = messages.map((message) => ({
    id: message.accepted.id,
    app: message.accepted.app,
    claim: claimOf(message),
    claim_until: message.claim?.until ?? message.expiresAt,
    fingerprint: message.fingerprint,
    accepted: message.accepted,
    class: message.class,
    terms: message.terms,
    content: sealContent(atRest, message.accepted.id, message.content).toString('base64'),
    metadata: message.metadata ?? null,
    tags: message.tags ?? null,
    created_at: message.accepted.createdAt,
    expires_at: message.expiresAt,
    planned: message.planned,
    next_chunk: message.chunks.length,
    completed_at: message.planned && message.chunks.length === 0 ? now : null,
  }));
  const chunks = messages.flatMap((message) =>
    message.chunks.map((chunk) => chunkRow(message.accepted.id, chunk, message.handedUntil, atRest)),
  );
  try {
    const inserted = await sql.query<{ id: string }>(
      `WITH made AS (
         INSERT INTO pealbell.messages (id, app, claim, claim_until, fingerprint, accepted, class, terms, content, metadata, tags,
           created_at, expires_at, planned, next_chunk, completed_at)
         SELECT id, app, claim, claim_until, fingerprint, accepted, class, terms, decode(content, 'base64'), metadata, tags,
           created_at, expires_at, planned, next_chunk, completed_at
         FROM json_to_recordset($1::json) AS m(id text, app text, claim text, claim_until bigint, fingerprint text, accepted jsonb,
           class text, terms jsonb, content text, metadata jsonb, tags jsonb, created_at bigint, expires_at bigint,
           planned boolean, next_chunk integer, completed_at bigint)
         ORDER BY claim COLLATE "C"
         ON CONFLICT (claim) DO NOTHING RETURNING id, app, class, accepted, completed_at
       ), written AS (${insertChunks('$2', '$3', 'made')}), ${writeEvents(ACCEPTED_EVENTS, '$3::bigint', ['written'])}
       SELECT id FROM made`,
      [JSON.stringify(rows), JSON.stringify(chunks), now],
    );
    return new Set(inserted.rows.map((row) => row.id));
  } catch (error) {
    if (!isLockTimeout(error)) throw error;
    throw new GatewayError(
      'idempotency_in_progress',
      'a request with the same Idempotency-Key is still being stored; try again',
      {
        cause: error,
        retryAfterSeconds: 1,
      },
    );
  }
}

/** 55P03: the wait for a twin's write to end was given up. The code stands on the driver's error or on its cause. */
function isLockTimeout(error: unknown): boolean {
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    if ((e as { code?: unknown }).code === '55P03') return true;
  }
  return false;
}

/** Each look is lost only to another call that took the ended claim over meanwhile, and that one's answer is then told. */
const TWIN_LOOKS_MAX = 5;

/** The claim was taken: tell the first answer, or take the claim over when its time has ended. */
async function resolveTwin(sql: Sql, message: NewMessage, now: EpochMs, atRest: AtRest): Promise<AcceptResult> {
  for (let look = 0; look < TWIN_LOOKS_MAX; look++) {
    const known = await readTwin(sql, message, now);
    if (known !== undefined) return known;
    await sql.query(`UPDATE pealbell.messages SET claim = '#' || id WHERE claim = $1 AND claim_until <= $2`, [
      claimOf(message),
      now,
    ]);
    const inserted = await insertMessages(sql, [message], now, atRest);
    if (inserted.has(message.accepted.id)) return { kind: 'created' };
  }
  throw new GatewayError(
    'idempotency_in_progress',
    'requests with the same Idempotency-Key arrived at once; try again',
    { retryAfterSeconds: 1 },
  );
}

/** The answer a live claim gives; undefined when the claim is free or has ended. */
async function readTwin(sql: Sql, message: NewMessage, now: EpochMs): Promise<AcceptResult | undefined> {
  const found = await sql.query<{
    id: string;
    fingerprint: string;
    accepted: AcceptedMessage;
    claim_until: string | number;
  }>('SELECT id, fingerprint, accepted, claim_until FROM pealbell.messages WHERE claim = $1', [claimOf(message)]);
  const first = found.rows[0];
  // The message's own id: a repeated store call whose answer was lost.
  if (first?.id === message.accepted.id) return { kind: 'created' };
  if (first === undefined || Number(first.claim_until) <= now) return undefined;
  return { kind: 'replayed', fingerprint: first.fingerprint, accepted: first.accepted };
}

function toSendable(row: MessageRow, atRest: AtRest): SendableMessage {
  return {
    id: row.id,
    app: row.app,
    class: row.class,
    terms: row.terms,
    createdAt: Number(row.created_at),
    expiresAt: Number(row.expires_at),
    canceled: row.canceled_at !== null,
    ...(row.content === null ? {} : { content: openContent(atRest, row.id, row.content) }),
  };
}
