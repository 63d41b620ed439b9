import type { EpochMs } from '../../../domain/time.js';
import type { AtRest } from '../../at-rest.js';
import { writeMoves } from '../deliveries/delivery-moves.js';
import type { Sql } from '../engine/sql.js';
import { erasurePepper, isNotErased } from '../people/erased-users.js';
import { retryConflicts } from '../writing/conflict.js';
import { INBOX } from './inbox-states.js';
import { REALTIME } from './mailbox-rows.js';

/**
 * A device's `done` to an entry of the log counts once: a mark says so, until the device's place in the log has passed the
 * entry. The mailbox is locked, so that its place does not move meanwhile. A message that is over counts nobody any more:
 * its end waits for us, or we for its end.
 */
const FINISH = `
WITH i AS (
  SELECT DISTINCT app, device, message FROM json_to_recordset($1::json) AS i(app text, device text, message text)
), box AS (
  SELECT m.id, m.app, m.device, m.user_id, m.log_position FROM pealbell.mailboxes m
  WHERE (m.app, m.device) IN (SELECT app, device FROM i) ORDER BY m.id FOR UPDATE OF m
), open AS MATERIALIZED (
  SELECT o.id, o.created_at, o.terms->>'track' = 'all' AS is_kept FROM pealbell.messages o
  WHERE o.id IN (SELECT message FROM i) AND o.completed_at IS NULL AND o.canceled_at IS NULL
    AND (SELECT count(*) FROM box) > 0 ORDER BY o.id FOR SHARE OF o
), said AS (
  SELECT box.id AS mailbox, box.user_id, i.app, i.device, i.message, l.id AS letter, l.put_at, o.created_at AS queued_at,
    o.is_kept, (SELECT d.platform FROM pealbell.devices d WHERE d.app = i.app AND d.id = i.device) AS platform
  FROM i JOIN box ON box.app = i.app AND box.device = i.device
  JOIN pealbell.mail_letters l ON l.message = i.message AND l.app = i.app
  JOIN pealbell.mail_log_entries e ON e.letter = l.id
  JOIN open o ON o.id = i.message
  WHERE e.position > box.log_position
), marked AS (
  INSERT INTO pealbell.inbox (mailbox, position, letter, bytes, state)
  SELECT mailbox, nextval('pealbell.mail_positions'), letter, 0, ${INBOX.done} FROM (SELECT * FROM said ORDER BY letter, mailbox) s
  ON CONFLICT (letter, mailbox) DO NOTHING RETURNING letter, mailbox
), fresh AS (
  SELECT s.* FROM said s JOIN marked USING (letter, mailbox)
), kept AS (
  INSERT INTO pealbell.deliveries (message, key, app, device, user_id, state, provider, platform, attempts, queued_at,
    sent_at, delivered_at, settled_at)
  SELECT message, device, app, device, user_id, 'delivered', '${REALTIME}', platform,
    jsonb_build_array(jsonb_build_object('provider', '${REALTIME}', 'at', put_at, 'outcome', 'accepted')),
    queued_at, put_at, $2::bigint, $2::bigint
  FROM fresh WHERE is_kept AND ${isNotErased('fresh', '$3')}
  ORDER BY message COLLATE "C", device COLLATE "C" ON CONFLICT (message, key) DO NOTHING
), ${writeMoves(
  `SELECT app, message, device, NULL AS token_hash, user_id, queued_at, '${REALTIME}' AS provider, platform, NULL AS reason, put_at AS sent_at,
     $2::bigint AS delivered_at, NULL::bigint AS displayed_at, NULL::bigint AS opened_at, $2::bigint AS settled_at, NULL AS action,
     'queued' AS from_state, 'delivered' AS to_state, false AS is_new, 0 AS from_reached, 2 AS to_reached FROM fresh`,
  { now: '$2', pepper: '$3' },
)}
SELECT 1`;

/** Counts, and where the message keeps them records, the deliveries of entries of the log that devices have dealt with. */
export async function finishEntries(
  sql: Sql,
  atRest: AtRest,
  entries: readonly { readonly app: string; readonly device: string; readonly message: string }[],
  now: EpochMs,
): Promise<void> {
  if (entries.length === 0) return;
  const input = JSON.stringify(entries.map(({ app, device, message }) => ({ app, device, message })));
  await retryConflicts(() => sql.query(FINISH, [input, now, erasurePepper(atRest)]));
}

/** Moves devices on in the log, never back; marks of entries that they have passed go. */
export async function advanceInLog(
  sql: Sql,
  entries: readonly { readonly app: string; readonly device: string; readonly logPosition: number }[],
): Promise<void> {
  if (entries.length === 0) return;
  const input = JSON.stringify(entries.map(({ app, device, logPosition }) => ({ app, device, position: logPosition })));
  await retryConflicts(() =>
    sql.query(
      `WITH i AS (
         SELECT app, device, max(position) AS position
         FROM json_to_recordset($1::json) AS i(app text, device text, position bigint) GROUP BY app, device
       ), box AS (
         SELECT m.id, m.app, m.log_position, i.position FROM pealbell.mailboxes m JOIN i ON i.app = m.app AND i.device = m.device
         WHERE m.log_position < i.position ORDER BY m.id FOR UPDATE OF m
       ), moved AS (
         UPDATE pealbell.mailboxes m SET log_position = box.position FROM box WHERE m.id = box.id
       )
       DELETE FROM pealbell.inbox b USING box, pealbell.mail_log_entries e
       WHERE e.app = box.app AND e.position > box.log_position AND e.position <= box.position
         AND b.mailbox = box.id AND b.letter = e.letter`,
      [input],
    ),
  );
}
