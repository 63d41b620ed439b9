import type { EpochMs } from '../../../domain/time.js';
import type { WebhookSlot, WebhookStore } from '../../../ports/webhook-store.js';
import type { AtRest } from '../../at-rest.js';
import type { Sql } from '../engine/sql.js';
import { retryConflicts } from '../writing/conflict.js';
import { ENDPOINT_COLUMNS, type EndpointRow, toEndpoint } from './webhook-rows.js';
import { openSecrets } from './webhook-secrets.js';

interface SlotRow extends EndpointRow {
  readonly fence: number;
  readonly secrets: Uint8Array;
}

/** When the first call of an endpoint is due: one row of an index, however many wait. (With EXISTS all would be gathered.) */
const firstDue = (which: string) => `(SELECT c.due_at FROM pealbell.webhook_calls c
  WHERE c.endpoint = e.key AND c.state = 'waiting'${which} ORDER BY c.due_at LIMIT 1)`;
const HAS_WORK = `${firstDue(' AND c.last_event = 0')} <= $1
  OR e.state = 'active' AND coalesce(e.hold_until, 0) <= $1 AND (
    e.cursor < (SELECT h.last FROM pealbell.event_heads h WHERE h.app = e.app) OR ${firstDue('')} <= $1)`;

const CLAIM = `
WITH free AS (
  SELECT e.id FROM pealbell.webhook_endpoints e WHERE coalesce(e.lease_until, 0) <= $1 AND (${HAS_WORK})
  ORDER BY e.claimed_at, e.id LIMIT $4 FOR UPDATE OF e SKIP LOCKED
)
UPDATE pealbell.webhook_endpoints e SET fence = e.fence + 1, lease_holder = $2, lease_until = $3::bigint, claimed_at = $1
FROM free WHERE e.id = free.id RETURNING ${ENDPOINT_COLUMNS}, e.fence, e.secrets`;

const RENEW = `
WITH held AS (
  SELECT e.id, i.n FROM json_to_recordset($1::json) AS i(n integer, endpoint text, fence integer)
  JOIN pealbell.webhook_endpoints e ON e.id = i.endpoint AND e.fence = i.fence AND e.lease_until IS NOT NULL
  ORDER BY e.id FOR UPDATE OF e
)
UPDATE pealbell.webhook_endpoints e SET lease_until = $2::bigint
FROM held WHERE e.id = held.id RETURNING held.n, ${ENDPOINT_COLUMNS}, e.fence, e.secrets`;

const RELEASE = `
WITH held AS (
  SELECT e.id FROM json_to_recordset($1::json) AS i(endpoint text, fence integer)
  JOIN pealbell.webhook_endpoints e ON e.id = i.endpoint AND e.fence = i.fence ORDER BY e.id FOR UPDATE OF e
)
UPDATE pealbell.webhook_endpoints e SET lease_holder = NULL, lease_until = NULL FROM held WHERE e.id = held.id`;

/** Which process works for which endpoint. */
export function createWebhookSlots(
  sql: Sql,
  atRest: AtRest,
): Pick<WebhookStore, 'claim' | 'renew' | 'release' | 'voidLeases'> {
  const toSlot = (row: SlotRow, now: EpochMs): WebhookSlot => ({
    endpoint: toEndpoint(row),
    secrets: openSecrets(atRest, row.id, row.secrets, now),
    fence: row.fence,
  });

  return {
    async claim(holder, now, leaseUntil, limit) {
      const { rows } = await sql.query<SlotRow>(CLAIM, [now, holder, leaseUntil, limit]);
      return rows.map((row) => toSlot(row, now));
    },

    async renew(slots, now, leaseUntil) {
      if (slots.length === 0) return [];
      const input = JSON.stringify(slots.map(({ endpoint, fence }, n) => ({ n, endpoint, fence })));
      const { rows } = await retryConflicts(() => sql.query<SlotRow & { n: number }>(RENEW, [input, leaseUntil]));
      const renewed = new Map(rows.map((row) => [row.n, toSlot(row, now)]));
      return slots.map((_, n) => renewed.get(n));
    },

    async release(slots) {
      if (slots.length === 0) return;
      await retryConflicts(() => sql.query(RELEASE, [JSON.stringify(slots)]));
    },

    async voidLeases() {
      await sql.query(
        'UPDATE pealbell.webhook_endpoints SET lease_holder = NULL, lease_until = NULL WHERE lease_until IS NOT NULL',
      );
    },
  };
}
