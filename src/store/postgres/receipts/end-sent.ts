import type { DeliveryState } from '../../../domain/delivery.js';
import type { EpochMs } from '../../../domain/time.js';
import type { AtRest } from '../../at-rest.js';
import type { DeliveryName } from '../../shared/rowless-delivery.js';
import type { SentEnd, SentEnded } from '../../shared/sent-end.js';
import { gatherMoves, moveOf, withTellings } from '../deliveries/delivery-moves.js';
import { reachedBy } from '../deliveries/delivery-shifts.js';
import { findRowless } from '../deliveries/unkept-deliveries.js';
import type { TellingTx } from '../events/telling-transaction.js';
import { erasurePepper, isNotErased } from '../people/erased-users.js';

const END_FIELDS = `app text, message text, key text, provider text, state text, reason text, sent_at bigint, word jsonb`;

/** SQL: the attempt that was taken is the last one, if it stands there at all. */
const WITH_WORD = `CASE WHEN l.word IS NULL THEN d.attempts
  WHEN d.attempts->-1->>'outcome' = 'accepted' THEN jsonb_set(d.attempts, '{-1}', (d.attempts->-1) || l.word)
  ELSE d.attempts || jsonb_build_array(${takenAttempt('d.provider', 'd.sent_at')} || l.word) END`;

const MOVED = gatherMoves(
  `SELECT ${moveOf('e')}, 'sent' AS from_state, state AS to_state, false AS is_new, 1 AS from_reached, ${reachedBy('e')} AS to_reached
   FROM ended e`,
  { now: '$2', pepper: '$3' },
);

const END = `
WITH locked AS MATERIALIZED (
  SELECT d.message, d.key, d.state = 'sent' AND d.provider = i.provider AS ends, d.state AS was, i.state, i.reason, i.word
  FROM pealbell.deliveries d JOIN json_to_recordset($1::json) AS i(${END_FIELDS})
    ON i.message = d.message AND i.key = d.key AND i.app = d.app
  ORDER BY d.message, d.key FOR UPDATE OF d
), ended AS (
  UPDATE pealbell.deliveries d SET state = l.state, reason = l.reason, settled_at = $2, attempts = ${WITH_WORD}
  FROM locked l WHERE l.ends AND d.message = l.message AND d.key = l.key
  RETURNING d.*
), ${MOVED}
${withTellings(['message', 'key', 'ends', 'was'], 'locked')}`;

const END_ROWLESS = `
WITH ended AS (
  INSERT INTO pealbell.deliveries AS d (message, key, app, device, user_id, state, reason, provider, platform, attempts,
    queued_at, sent_at, settled_at)
  SELECT i.message, i.key, i.app, i.key, i.user_id, i.state, i.reason, i.provider, i.platform,
    CASE WHEN i.word IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(${takenAttempt('i.provider', 'i.sent_at')} || i.word) END, i.queued_at, i.sent_at, $2
  FROM json_to_recordset($1::json) AS i(${END_FIELDS}, platform text, user_id text, queued_at bigint)
  WHERE ${isNotErased('i', '$3')}
  ORDER BY i.message COLLATE "C", i.key COLLATE "C"
  ON CONFLICT (message, key) DO NOTHING
  RETURNING d.*
), ${MOVED}
${withTellings(['message', 'key'], 'ended')}`;

function takenAttempt(provider: string, at: string): string {
  return `jsonb_build_object('provider', ${provider}, 'at', ${at}, 'outcome', 'accepted')`;
}

/**
 * Ends deliveries that stand at `sent` over the provider named, at most 128 in a call, and moves the counts with them; all
 * others are left as they are: who has had a receipt, has not been recorded yet, or was sent by somebody else. Repeating is
 * harmless. Part of the caller's transaction, whose rows may be locked in any order before.
 *
 * @returns by `<message>|<key>`; those that there are none of are left out
 */
export async function endSent(
  tx: TellingTx,
  atRest: AtRest,
  ends: readonly SentEnd[],
  now: EpochMs,
): Promise<ReadonlyMap<string, SentEnded>> {
  const results = new Map<string, SentEnded>();
  if (ends.length === 0) return results;
  const rows = ends.map(({ sentAt, ...end }) => ({ ...end, sent_at: sentAt }));
  const pepper = erasurePepper(atRest);
  const found = await tx.queryTelling<{ message: string; key: string; ends: boolean | null; was: DeliveryState }>(END, [
    JSON.stringify(rows),
    now,
    pepper,
  ]);
  for (const row of found) {
    results.set(nameOf(row), row.ends === true ? 'ended' : row.was === 'queued' ? 'queued' : 'other');
  }
  const others = new Map(rows.filter((row) => !results.has(nameOf(row))).map((row) => [nameOf(row), row]));
  if (others.size === 0) return results;
  const rowless = await findRowless(tx, atRest, [...others.values()]);
  const ended = rowless.flatMap((delivery) => {
    const row = others.get(nameOf(delivery));
    results.set(nameOf(delivery), delivery.state === 'queued' ? 'queued' : 'other');
    if (row === undefined || delivery.state !== 'sent' || delivery.provider !== row.provider) return [];
    return [{ ...row, platform: delivery.platform, user_id: delivery.user, queued_at: delivery.queuedAt }];
  });
  if (ended.length === 0) return results;
  const made = await tx.queryTelling<{ message: string; key: string }>(END_ROWLESS, [
    JSON.stringify(ended),
    now,
    pepper,
  ]);
  for (const row of made) results.set(nameOf(row), 'ended');
  return results;
}

function nameOf({ message, key }: Pick<DeliveryName, 'message' | 'key'>): string {
  return `${message}|${key}`;
}
