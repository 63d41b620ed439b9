import type { CallState, WebhookAttempt, WebhookStore } from '../../../ports/webhook-store.js';
import type { AtRest } from '../../at-rest.js';
import { badCursor, decodeCursor, pageOf } from '../../shared/cursor.js';
import type { Sql } from '../engine/sql.js';
import { retryConflicts } from '../writing/conflict.js';
import { answerPlace, bodyPlace } from './webhook-record.js';
import { CALL_COLUMNS, type CallRow, toCall } from './webhook-rows.js';

type Calls = Pick<WebhookStore, 'bodies' | 'calls' | 'call' | 'addTest'>;

/** The planner takes an index of some states only for a state that stands in the statement. */
const IN_STATE: Readonly<Record<CallState, string>> = {
  waiting: `AND c.state = 'waiting'`,
  delivered: `AND c.state = 'delivered'`,
  parked: `AND c.state = 'parked' AND c.state IN ('parked', 'skipped')`,
  skipped: `AND c.state = 'skipped' AND c.state IN ('parked', 'skipped')`,
};

const ADD_TEST = `
WITH e AS (
  UPDATE pealbell.webhook_endpoints e SET call_seq = e.call_seq + 1
  WHERE e.app = $1 AND e.id = $2 AND NOT EXISTS (SELECT 1 FROM pealbell.webhook_calls c WHERE c.endpoint = e.key AND c.id = $3)
  RETURNING e.key, e.call_seq
)
INSERT INTO pealbell.webhook_calls (endpoint, seq, id, first_event, last_event, types, level, events, created_at, state, due_at)
SELECT e.key, e.call_seq, $3, 0, 0, '{webhook.test}', 'events', 1, $4::bigint, 'waiting', $4::bigint FROM e`;

interface AttemptRow {
  readonly n: number;
  readonly at: number;
  readonly ms: number;
  readonly status: number | null;
  readonly error: string | null;
  readonly headers: { readonly request: Record<string, string>; readonly answer: Record<string, string> };
  readonly answer: Uint8Array | null;
}

/** Calls as people see them. */
export function createWebhookCalls(sql: Sql, atRest: AtRest): Calls {
  async function find(app: string, endpoint: string, id: string) {
    const { rows } = await sql.query<CallRow & { key: number }>(
      `SELECT ${CALL_COLUMNS}, e.key FROM pealbell.webhook_endpoints e JOIN pealbell.webhook_calls c ON c.endpoint = e.key
       WHERE e.app = $1 AND e.id = $2 AND c.id = $3`,
      [app, endpoint, id],
    );
    return rows[0];
  }

  return {
    async bodies(endpoint, calls) {
      const { rows } = await sql.query<{ id: string; body: Uint8Array }>(
        `SELECT c.id, c.body FROM pealbell.webhook_endpoints e JOIN pealbell.webhook_calls c ON c.endpoint = e.key
         WHERE e.id = $1 AND c.id = ANY($2::text[]) AND c.body IS NOT NULL`,
        [endpoint, calls],
      );
      return new Map(rows.map(({ id, body }) => [id, atRest.open(body, bodyPlace(id))]));
    },

    async calls(app, endpoint, { state }, page) {
      const before = decodeCursor('webhook-calls', page.cursor);
      if (before !== undefined && !/^\d{1,15}$/.test(before)) throw badCursor();
      const { rows } = await sql.query<CallRow>(
        `SELECT ${CALL_COLUMNS} FROM pealbell.webhook_endpoints e JOIN pealbell.webhook_calls c ON c.endpoint = e.key
         WHERE e.app = $1 AND e.id = $2 AND c.seq < $3 ${state === undefined ? '' : IN_STATE[state]}
         ORDER BY c.seq DESC LIMIT $4`,
        [app, endpoint, before === undefined ? Number.MAX_SAFE_INTEGER : Number(before), page.limit + 1],
      );
      return pageOf('webhook-calls', rows.map(toCall), page.limit, ({ seq }) => String(seq));
    },

    async call(app, endpoint, id) {
      const found = await find(app, endpoint, id);
      if (found === undefined) return undefined;
      const { rows } = await sql.query<AttemptRow>(
        'SELECT n, at, ms, status, error, headers, answer FROM pealbell.webhook_attempts WHERE endpoint = $1 AND call = $2 ORDER BY n',
        [found.key, found.seq],
      );
      return { call: toCall(found), attempts: rows.map((row) => toAttempt(atRest, id, row)) };
    },

    async addTest(app, endpoint, id, now) {
      await retryConflicts(() =>
        sql.transaction(async (tx) => {
          // Whoever makes the same test at the same time waits here, and then sees it.
          await tx.query('SELECT 1 FROM pealbell.webhook_endpoints WHERE app = $1 AND id = $2 FOR UPDATE', [
            app,
            endpoint,
          ]);
          await tx.query(ADD_TEST, [app, endpoint, id, now]);
        }),
      );
      const found = await find(app, endpoint, id);
      return found === undefined ? undefined : toCall(found);
    },
  };
}

function toAttempt(atRest: AtRest, call: string, row: AttemptRow): WebhookAttempt {
  return {
    n: row.n,
    at: row.at,
    ms: row.ms,
    ...(row.status === null ? {} : { status: row.status }),
    ...(row.error === null ? {} : { error: row.error }),
    ...(row.answer === null ? {} : { answer: atRest.open(row.answer, answerPlace(call, row.n)) }),
    requestHeaders: row.headers.request,
    answerHeaders: row.headers.answer,
  };
}
