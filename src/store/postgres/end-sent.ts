import type { DeliveryState } from '../../domain/delivery.js';
import type { Reason } from '../../domain/reason.js';
import type { EpochMs } from '../../domain/time.js';
import type { AtRest } from '../at-rest.js';
import { gatherMoves, moveOf, withTellings } from './delivery-moves.js';
import { reachedBy } from './delivery-shifts.js';
import { erasurePepper, isNotErased } from './erased-users.js';
import type { TellingTx } from './telling-transaction.js';
import { type DeliveryName, findRowless } from './unkept-deliveries.js';

/** The end of a delivery that was sent, because what the provider took has not arrived and never will. */
export interface SentEnd extends DeliveryName {
  /** Over which it was sent; one that another provider took is left as it is. */
  readonly provider: string;
  readonly state: Extract<DeliveryState, 'failed' | 'expired' | 'suppressed' | 'recalled'>;
  readonly reason: Reason | null;
  /** When the provider took it; written where no record was kept. */
  readonly sentAt: EpochMs;
}

const END_FIELDS = `app text, message text, key text, provider text, state text, reason text, sent_at bigint`;

const MOVED = gatherMoves(
  `SELECT ${moveOf('e')}, 'sent' AS from_state, state AS to_state, false AS is_new, 1 AS from_reached, ${reachedBy('e')} AS to_reached
   FROM ended e`,
  { now: '$2', pepper: '$3' },
);

const END = `
WITH locked AS MATERIALIZED (
  SELECT d.message, d.key, d.state = 'sent' AND d.provider = i.provider AS ends, i.state, i.reason
  FROM pealbell.deliveries d JOIN json_to_recordset($1::json) AS i(${END_FIELDS})
    ON i.message = d.message AND i.key = d.key AND i.app = d.app
  ORDER BY d.message, d.key FOR UPDATE OF d
), ended AS (
  UPDATE pealbell.deliveries d SET state = l.state, reason = l.reason, settled_at = $2
  FROM locked l WHERE l.ends AND d.message = l.message AND d.key = l.key
  RETURNING d.*
), ${MOVED}
${withTellings(['message', 'key'], 'locked')}`;

const END_ROWLESS = `
WITH ended AS (
  INSERT INTO pealbell.deliveries AS d (message, key, app, device, user_id, state, reason, provider, platform, attempts,
    queued_at, sent_at, settled_at)
  SELECT i.message, i.key, i.app, i.key, i.user_id, i.state, i.reason, i.provider, i.platform, '[]', i.queued_at, i.sent_at, $2
  FROM json_to_recordset($1::json) AS i(${END_FIELDS}, platform text, user_id text, queued_at bigint)
  WHERE ${isNotErased('i', '$3')}
  ORDER BY i.message COLLATE "C", i.key COLLATE "C"
  ON CONFLICT (message, key) DO NOTHING
  RETURNING d.*
), ${MOVED}
${withTellings(['message'], 'ended')}`;

/**
 * Ends deliveries that stand at `sent` over the provider named, at most 128 in a call, and moves the counts with them; all
 * others are left as they are: who has had a receipt, has not been recorded yet, or was sent by somebody else. Repeating is
 * harmless. Part of the caller's transaction, whose rows may be locked in any order before.
 */
export async function endSent(tx: TellingTx, atRest: AtRest, ends: readonly SentEnd[], now: EpochMs): Promise<void> {
  if (ends.length === 0) return;
  const rows = ends.map(({ sentAt, ...end }) => ({ ...end, sent_at: sentAt }));
  const pepper = erasurePepper(atRest);
  const found = await tx.queryTelling<{ message: string; key: string }>(END, [JSON.stringify(rows), now, pepper]);
  const withRow = new Set(found.map(({ message, key }) => `${message}|${key}`));
  const others = new Map(
    rows.filter((row) => !withRow.has(`${row.message}|${row.key}`)).map((row) => [`${row.message}|${row.key}`, row]),
  );
  if (others.size === 0) return;
  const rowless = await findRowless(tx, atRest, [...others.values()]);
  const ended = rowless.flatMap((delivery) => {
    const row = others.get(`${delivery.message}|${delivery.key}`);
    if (row === undefined || delivery.state !== 'sent' || delivery.provider !== row.provider) return [];
    return [{ ...row, platform: delivery.platform, user_id: delivery.user, queued_at: delivery.queuedAt }];
  });
  if (ended.length > 0) await tx.queryTelling(END_ROWLESS, [JSON.stringify(ended), now, pepper]);
}
