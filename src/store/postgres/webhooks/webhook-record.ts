import type { EpochMs } from '../../../domain/time.js';
import type { AttemptRecord, SlotRecord } from '../../../ports/webhook-store.js';
import type { AtRest } from '../../at-rest.js';
import type { Sql, SqlQuery } from '../engine/sql.js';
import { appendEvents } from '../events/event-writes.js';
import { retryConflicts } from '../writing/conflict.js';

/** Where the bytes of a call belong, for their seal. */
export function bodyPlace(call: string): string {
  return `webhooks|${call}|body`;
}

/** Where the beginning of an answer belongs, for its seal. */
export function answerPlace(call: string, n: number): string {
  return `webhooks|${call}|answer|${n}`;
}

/** What somebody chose stays. */
const DISABLES = `$7::text IS NOT NULL AND state = 'active'`;
/** The bytes that were sent first are kept: what is sent later is the same. */
const RECORD = `
WITH held AS (
  UPDATE pealbell.webhook_endpoints SET failing_since = $3::bigint, failing_told_at = $4::bigint, hold_until = $5::bigint,
    last_success_at = coalesce($6::bigint, last_success_at),
    state = CASE WHEN ${DISABLES} THEN 'disabled' ELSE state END,
    state_reason = CASE WHEN ${DISABLES} THEN $7 ELSE state_reason END,
    updated_at = CASE WHEN ${DISABLES} THEN greatest($9::bigint, updated_at + 1) ELSE updated_at END
  WHERE id = $1 AND fence = $2 RETURNING key
), given AS (
  SELECT held.key, i.* FROM held, json_to_recordset($8::json) AS i(call text, n integer, at bigint, ms integer, status integer,
    error text, headers jsonb, answer text, body text, state text, due_at bigint)
), tried AS (
  UPDATE pealbell.webhook_calls c SET state = g.state, attempts = greatest(c.attempts, g.n), due_at = coalesce(g.due_at, c.due_at),
    settled_at = CASE WHEN g.state = 'waiting' THEN NULL ELSE $9::bigint END, body = coalesce(c.body, decode(g.body, 'base64'))
  FROM given g WHERE c.endpoint = g.key AND c.id = g.call AND c.state = 'waiting' RETURNING c.endpoint, c.seq, c.id
), attempted AS (
  INSERT INTO pealbell.webhook_attempts (endpoint, call, n, at, ms, status, error, headers, answer)
  SELECT t.endpoint, t.seq, g.n, g.at, g.ms, g.status, g.error, g.headers, decode(g.answer, 'base64')
  FROM given g JOIN tried t ON t.endpoint = g.key AND t.id = g.call ON CONFLICT DO NOTHING
)
SELECT key FROM held`;

/** See `WebhookStore.record`. */
export async function recordAttempts(sql: Sql, atRest: AtRest, record: SlotRecord, now: EpochMs): Promise<boolean> {
  const { events = [] } = record;
  return retryConflicts(() => {
    if (events.length === 0) return write(sql, atRest, record, now);
    return sql.transaction(async (tx) => {
      const isHeld = await write(tx, atRest, record, now);
      if (isHeld) await appendEvents(tx, events, now);
      return isHeld;
    });
  });
}

async function write(sql: SqlQuery, atRest: AtRest, record: SlotRecord, now: EpochMs): Promise<boolean> {
  const { rows } = await sql.query(RECORD, [
    ...[
      record.endpoint,
      record.fence,
      record.failingSince ?? null,
      record.failingToldAt ?? null,
      record.holdUntil ?? null,
    ],
    ...[record.lastSuccessAt ?? null, record.disable ?? null],
    ...[JSON.stringify(record.attempts.map((attempt) => toRow(atRest, attempt))), now],
  ]);
  return rows.length > 0;
}

function toRow(atRest: AtRest, { call, attempt, next, body }: AttemptRecord) {
  const { n, at, ms, status, error, answer, requestHeaders, answerHeaders } = attempt;
  const sealed = (text: string | undefined, place: string) =>
    text === undefined ? null : atRest.seal(text, place).toString('base64');
  return {
    ...{ call, n, at, ms, status, error, headers: { request: requestHeaders, answer: answerHeaders } },
    answer: sealed(answer, answerPlace(call, n)),
    body: sealed(body, bodyPlace(call)),
    ...(next.kind === 'again' ? { state: 'waiting', due_at: next.dueAt } : { state: next.kind }),
  };
}
