import type { EpochMs } from '../../../domain/time.js';
import type { WaitingClear } from '../../../ports/mailbox-store.js';
import type { Envelopes } from '../../shared/mail-letters.js';
import type { SqlQuery } from '../engine/sql.js';
import { END_ROWS, INBOX, WAITS } from './inbox-states.js';

const TOLD_MAX = 10_000;
/** A clear waits this long for its device. No message lives longer. */
const CLEAR_TTL_MS = 28 * 86_400_000;

/** CTE `found`: rows that wait, at `$4`, of the messages `$2` of the app `$1`, of the devices `$3` or, where that is null, of all. */
const FOUND = `found AS (
  SELECT b.mailbox, b.position, m.device, l.message
  FROM pealbell.mail_letters l JOIN pealbell.inbox b ON b.letter = l.id JOIN pealbell.mailboxes m ON m.id = b.mailbox
  WHERE l.app = $1 AND l.message = ANY($2::text[]) AND NOT l.withdrawn AND l.expires_at > $4 AND ${WAITS}
    AND ($3::text[] IS NULL OR m.device = ANY($3::text[]))
)`;

/** See `MailboxStore.withdraw`. Out of all mailboxes it goes by one mark on the letter; the sweep takes the rows. */
export async function withdrawLetter(
  sql: SqlQuery,
  app: string,
  message: string,
  devices: readonly string[] | undefined,
  now: EpochMs,
): Promise<readonly string[]> {
  const text =
    devices === undefined
      ? `WITH ${FOUND}, marked AS (UPDATE pealbell.mail_letters SET withdrawn = true WHERE app = $1 AND message = ANY($2::text[]))
         SELECT device FROM found LIMIT ${TOLD_MAX}`
      : `WITH ${FOUND}, ended AS (SELECT mailbox, position, message, ${INBOX.withdrawn} AS state FROM found ORDER BY mailbox, position), ${END_ROWS}
         SELECT device FROM found LIMIT ${TOLD_MAX}`;
  const found = await sql.query<{ device: string }>(text, [app, [message], devices ?? null, now]);
  return found.rows.map((row) => row.device);
}

/** See `MailboxStore.putClear`. */
export async function putClearEntry(
  sql: SqlQuery,
  envelopes: Envelopes,
  app: string,
  clear: WaitingClear['clear'],
  devices: readonly string[],
  now: EpochMs,
): Promise<void> {
  const { id, body, bytes } = envelopes.sealClear(app, clear, now);
  // What was read elsewhere need not be shown any more, but what its data says is news to this device all the same.
  const letters =
    clear.reason === 'read_elsewhere'
      ? `hushed AS (
       UPDATE pealbell.inbox b SET state = ${INBOX.hushed} FROM found f WHERE b.mailbox = f.mailbox AND b.position = f.position
     )`
      : `ended AS (SELECT mailbox, position, message, ${INBOX.withdrawn} AS state FROM found), ${END_ROWS}`;
  await sql.query(
    `WITH ${FOUND}, ${letters}, letter AS (
       INSERT INTO pealbell.mail_letters (id, app, body, put_at, expires_at) VALUES ($5::uuid, $1, decode($6, 'base64'), $4::bigint, $4::bigint + ${CLEAR_TTL_MS})
       ON CONFLICT (id) DO NOTHING
     )
     INSERT INTO pealbell.inbox (mailbox, position, letter, bytes, state)
     SELECT id, nextval('pealbell.mail_positions'), $5::uuid, $7, ${INBOX.shown}
     FROM (SELECT id FROM pealbell.mailboxes WHERE app = $1 AND device = ANY($3::text[]) ORDER BY id) m
     ON CONFLICT (letter, mailbox) DO NOTHING`,
    [app, clear.messages, devices, now, id, body.toString('base64'), bytes],
  );
}
