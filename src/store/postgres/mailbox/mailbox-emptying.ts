import type { SqlQuery } from '../engine/sql.js';
import { ENDED_COLUMNS, ENDS_DELIVERY, type EndedLetter } from './mailbox-rows.js';

/**
 * CTE `emptied`: takes all letters out of the mailboxes of the CTE `${of}` (id), and tells those whose delivery ends with
 * them. What a letter says goes as well where nobody else waits for it, and no chunk can ask for it.
 */
export function emptied(of: string): string {
  return `emptied AS (
    SELECT ${ENDED_COLUMNS} FROM ${of} o JOIN pealbell.mailboxes m ON m.id = o.id JOIN pealbell.inbox b ON b.mailbox = m.id
    JOIN pealbell.mail_letters l ON l.id = b.letter WHERE ${ENDS_DELIVERY}
  ), removed AS (
    DELETE FROM pealbell.inbox b USING ${of} o WHERE b.mailbox = o.id
  ), unread AS (
    DELETE FROM pealbell.mail_letters l WHERE l.tidied
      AND l.id IN (SELECT b.letter FROM pealbell.inbox b JOIN ${of} o ON o.id = b.mailbox)
      AND NOT EXISTS (SELECT 1 FROM pealbell.inbox b WHERE b.letter = l.id AND b.mailbox NOT IN (SELECT id FROM ${of}))
  )`;
}

/**
 * Empties the mailboxes of devices that are about to be removed and are locked; the mailboxes go with the devices.
 * @returns the letters whose deliveries end with them
 */
export async function dropMail(tx: SqlQuery, app: string, devices: readonly string[]): Promise<readonly EndedLetter[]> {
  const letters = await tx.query<EndedLetter>(
    `WITH former AS (SELECT id FROM pealbell.mailboxes WHERE app = $1 AND device = ANY($2::text[])), ${emptied('former')}
     SELECT * FROM emptied`,
    [app, devices],
  );
  return letters.rows;
}
