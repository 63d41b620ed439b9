import type { EpochMs } from '../../../domain/time.js';
import type { DeviceChange } from '../../../ports/device-store.js';
import type { AtRest } from '../../at-rest.js';
import type { TellingTx } from '../events/telling-transaction.js';
import { endDeliveries } from './mailbox-deliveries.js';
import { emptied } from './mailbox-emptying.js';
import type { EndedLetter } from './mailbox-rows.js';

/**
 * Empties the mailboxes of devices that have got another user, and begins them anew. The devices are locked. A put that
 * is under way meanwhile puts into the old mailbox, which is nobody's from now on.
 */
export async function emptyMailboxes(
  tx: TellingTx,
  atRest: AtRest,
  changes: readonly DeviceChange[],
  now: EpochMs,
): Promise<void> {
  const owners = changes.flatMap(({ app, id, fields }) =>
    fields.user === undefined ? [] : { app, device: id, user_id: fields.user },
  );
  if (owners.length === 0) return;
  const letters = await tx.query<EndedLetter>(
    `WITH former AS (
       SELECT m.id, o.user_id FROM json_to_recordset($1::json) AS o(app text, device text, user_id text)
       JOIN pealbell.mailboxes m ON m.app = o.app AND m.device = o.device
       WHERE m.user_id IS DISTINCT FROM o.user_id ORDER BY m.id FOR UPDATE OF m
     ), ${emptied('former')}, anew AS (
       UPDATE pealbell.mailboxes m SET id = nextval('pealbell.mailbox_ids'), user_id = f.user_id, lost = 0,
         log_position = greatest(m.log_position, coalesce((SELECT g.newest FROM pealbell.mail_logs g WHERE g.app = m.app), 0))
       FROM former f WHERE m.id = f.id
     )
     SELECT * FROM emptied`,
    [JSON.stringify(owners)],
  );
  await endDeliveries(tx, atRest, letters.rows, 'user_changed', now);
}
