import type { DeviceChange } from '../../ports/device-store.js';
import type { SqlQuery } from './engine/sql.js';

/**
 * Empties the mailboxes of devices that have got another user, and begins them anew. The devices are locked. A put that
 * is under way meanwhile puts into the old mailbox, which is nobody's from now on.
 */
export async function emptyMailboxes(tx: SqlQuery, changes: readonly DeviceChange[]): Promise<void> {
  const owners = changes.flatMap(({ app, id, fields }) =>
    fields.user === undefined ? [] : { app, device: id, user_id: fields.user },
  );
  if (owners.length === 0) return;
  await tx.query(
    `WITH former AS (
       SELECT m.id, o.user_id FROM json_to_recordset($1::json) AS o(app text, device text, user_id text)
       JOIN pealbell.mailboxes m ON m.app = o.app AND m.device = o.device
       WHERE m.user_id IS DISTINCT FROM o.user_id ORDER BY m.id FOR UPDATE OF m
     ), emptied AS (
       DELETE FROM pealbell.inbox b USING former f WHERE b.mailbox = f.id
     )
     UPDATE pealbell.mailboxes m SET id = nextval('pealbell.mailbox_ids'), user_id = f.user_id, lost = 0,
       log_position = greatest(m.log_position, coalesce((SELECT g.newest FROM pealbell.mail_logs g WHERE g.app = m.app), 0))
     FROM former f WHERE m.id = f.id`,
    [JSON.stringify(owners)],
  );
}

/** Removes what is in the mailboxes of devices that are about to be removed; the mailboxes go with the devices. */
export async function dropMail(tx: SqlQuery, app: string, devices: readonly string[]): Promise<void> {
  await tx.query(
    `DELETE FROM pealbell.inbox b USING pealbell.mailboxes m
     WHERE m.app = $1 AND m.device = ANY($2::text[]) AND b.mailbox = m.id`,
    [app, devices],
  );
}
