import type { Track } from '../../../domain/accepted-message.js';
import type { DeliveryState } from '../../../domain/delivery.js';
import { REALTIME } from '../../../domain/route.js';
import type { EpochMs } from '../../../domain/time.js';
import type { OwedRecall, Recall, RecallStore } from '../../../ports/recall-store.js';
import type { AtRest } from '../../at-rest.js';
import type { Sql } from '../engine/sql.js';
import { writeEvents } from '../events/event-writes.js';
import { tellingTransaction } from '../events/telling-transaction.js';
import { endSent } from '../receipts/end-sent.js';

const NEWER_MAX = 5_000;
const ENDS_PER_STEP = 100;

/** SQL: the message `m` has a collapse key, and a newer one of its app has the same. */
const IS_REPLACED = `(m.terms->>'collapseKey' IS NOT NULL AND EXISTS (
  SELECT 1 FROM (SELECT n.terms->>'collapseKey' AS key FROM pealbell.messages n WHERE n.app = m.app AND n.id > m.id ORDER BY n.id LIMIT ${NEWER_MAX}) newer
  WHERE newer.key = m.terms->>'collapseKey'))`;

interface RecallRow {
  id: string;
  collapse_key: string | null;
  is_replaced: boolean;
  announced: boolean;
  recalled_at: string | number;
}

interface ShownRow {
  key: string;
  provider: string | null;
  state: DeliveryState;
  /** What was taken is the last attempt. */
  vendor_id: string | null;
}

export function createRecallStore(sql: Sql, atRest: AtRest): RecallStore {
  async function takeBack(
    app: string,
    message: string,
    provider: string,
    devices: readonly string[],
    now: EpochMs,
  ): Promise<void> {
    for (let from = 0; from < devices.length; from += ENDS_PER_STEP) {
      const ends = devices.slice(from, from + ENDS_PER_STEP).map((key) => ({
        ...{ app, message, key, provider, reason: null, sentAt: now },
        state: 'recalled' as const,
      }));
      await tellingTransaction(sql, now, (tx) => endSent(tx, atRest, ends, now));
    }
  }

  return {
    async begin(app, message, now) {
      const found = await sql.query<RecallRow>(
        `WITH found AS MATERIALIZED (
           SELECT id, app, recalled_at FROM pealbell.messages WHERE id = $2 AND app = $1 FOR NO KEY UPDATE
         ), recalled AS (
           UPDATE pealbell.messages m SET recall_cursor = CASE WHEN m.recalled_at IS NULL THEN '' ELSE m.recall_cursor END,
             recalled_at = coalesce(m.recalled_at, $3::bigint)
           FROM found WHERE m.id = found.id
           RETURNING m.id, m.recalled_at, m.terms->>'collapseKey' AS collapse_key, ${IS_REPLACED} AS is_replaced,
             m.announcing AS announced
         ), ${writeEvents(
           `(SELECT app, 'message.recalled' AS type, '{}'::jsonb AS common, jsonb_build_object('message', id) AS entry
             FROM found WHERE recalled_at IS NULL)`,
           '$3::bigint',
           ['recalled'],
         )}
         SELECT * FROM recalled`,
        [app, message, now],
      );
      const row = found.rows[0];
      return row && toRecall(row);
    },

    takenOut: (app, message, devices, now) => takeBack(app, message, REALTIME, devices, now),
    takenBack: takeBack,

    async shownOn(message, after, limit) {
      const found = await sql.query<ShownRow>(
        `SELECT key, provider, state, attempts->-1->>'vendorId' AS vendor_id FROM pealbell.deliveries WHERE message = $1 AND key > $2 AND device IS NOT NULL
           AND (state IN ('sent', 'delivered', 'displayed', 'opened', 'recalled')
             OR (state = 'canceled' AND provider = '${REALTIME}'))
         ORDER BY key LIMIT $3`,
        [message, after, limit],
      );
      return found.rows.map(({ key, vendor_id: vendorId, ...rest }) => {
        return { device: key, ...rest, ...(vendorId === null ? {} : { vendorId }) };
      });
    },

    async owed(limit) {
      const found = await sql.query<RecallRow & { app: string; recall_cursor: string }>(
        `SELECT id, app, recall_cursor, recalled_at, terms->>'collapseKey' AS collapse_key, ${IS_REPLACED} AS is_replaced,
           announcing AS announced
         FROM pealbell.messages m WHERE recall_cursor IS NOT NULL AND completed_at IS NOT NULL ORDER BY id LIMIT $1`,
        [limit],
      );
      return found.rows.map((row): OwedRecall => {
        return { app: row.app, message: row.id, cursor: row.recall_cursor, ...toRecall(row) };
      });
    },

    async carried(message, cursor) {
      await sql.query('UPDATE pealbell.messages SET recall_cursor = $2 WHERE id = $1 AND recall_cursor IS NOT NULL', [
        message,
        cursor ?? null,
      ]);
    },

    async taken(message) {
      const found = await sql.query<{ provider: string | null; n: string | number | null; track: Track }>(
        `SELECT c.provider, sum(c.n) AS n, m.terms->>'track' AS track
         FROM pealbell.messages m LEFT JOIN (
           SELECT c.message, v.provider, v.n FROM pealbell.chunks c CROSS JOIN LATERAL (VALUES
             (c.provider, c.sent + c.delivered - c.live_sent - c.live_delivered), ('${REALTIME}', c.live_sent + c.live_delivered)
           ) v(provider, n) WHERE v.n > 0
         ) c ON c.message = m.id
         WHERE m.id = $1 GROUP BY c.provider, m.terms ORDER BY c.provider`,
        [message],
      );
      const by = found.rows.flatMap(({ provider, n }) => (provider === null ? [] : [[provider, Number(n)] as const]));
      return { by: new Map(by), track: found.rows[0]?.track ?? 'all' };
    },
  };
}

function toRecall({ id, collapse_key, is_replaced, announced, recalled_at }: RecallRow): Recall {
  const tags = is_replaced ? [] : [collapse_key ?? id];
  return { clear: { messages: [id], tags, reason: 'recalled' }, announced, at: Number(recalled_at) };
}
