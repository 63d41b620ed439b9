import type { EpochMs } from '../../domain/time.js';
import type { Finished, MailboxStore } from '../../ports/mailbox-store.js';
import type { Receipt } from '../../ports/receipt-store.js';
import type { AtRest } from '../at-rest.js';
import { retryConflicts } from './conflict.js';
import type { Sql, SqlQuery } from './engine/sql.js';
import { END_ROWS, INBOX } from './inbox-states.js';
import { recordDelivered } from './mailbox-deliveries.js';
import { finishEntries } from './mailbox-log-done.js';
import { recordKept } from './receipt-store.js';

/** CTE `named`: the messages of `$1` with the mailbox of their device; `n` is the entry, `k` the message's place in it. */
const NAMED = `named AS (
  SELECT e.n, t.k, e.app, e.device, t.message, m.id AS mailbox
  FROM json_to_recordset($1::json) AS e(n integer, app text, device text, messages text[])
  CROSS JOIN LATERAL unnest(e.messages) WITH ORDINALITY AS t(message, k)
  JOIN pealbell.mailboxes m ON m.app = e.app AND m.device = e.device
)`;

/** CTE `due`: chunks that wait with a device of the CTE `${of}` (message, device) are due at `$2`, unless somebody holds them. */
function dueChunks(of: string): string {
  return `awaited AS (
    SELECT c.id FROM pealbell.chunks c JOIN ${of} o ON c.message = o.message AND c.first_key <= o.device AND c.last_key >= o.device
    WHERE NOT c.done AND c.lease_until IS NULL AND c.due_at > $2::bigint ORDER BY c.id FOR UPDATE OF c SKIP LOCKED
  ), due AS (
    UPDATE pealbell.chunks c SET due_at = least(c.due_at, $2::bigint) FROM awaited a WHERE c.id = a.id
  )`;
}

/** Rows of the CTE `named`, whatever their state; `is_over`: no chunk of the message will ask any more. */
const FOUND = `found AS (
  SELECT f.n, f.k, f.app, f.device, f.message, b.mailbox, b.position, b.state, NOT EXISTS (
    SELECT 1 FROM pealbell.messages o WHERE o.id = f.message AND o.completed_at IS NULL) AS is_over
  FROM named f JOIN pealbell.mail_letters l ON l.message = f.message AND l.app = f.app
  JOIN pealbell.inbox b ON b.letter = l.id AND b.mailbox = f.mailbox
)`;

const FIND = `
WITH ${NAMED}, ${FOUND}
SELECT DISTINCT ON (n, k) n, k, app, device, message, is_over, is_entry FROM (
  SELECT n, k, app, device, message, is_over, false AS is_entry FROM found
  UNION ALL
  SELECT f.n, f.k, f.app, f.device, f.message, false, true FROM named f
  JOIN pealbell.mail_letters l ON l.message = f.message AND l.app = f.app
  JOIN pealbell.mail_log_entries e ON e.letter = l.id
) x ORDER BY n, k, is_entry DESC`;

const FINISH = `
WITH ${NAMED}, ${FOUND}, locked AS (
  SELECT b.mailbox, b.position, f.message FROM found f JOIN pealbell.inbox b ON b.mailbox = f.mailbox AND b.position = f.position
  ORDER BY b.mailbox, b.position FOR UPDATE OF b
), ended AS (
  SELECT DISTINCT mailbox, position, message, ${INBOX.done} AS state FROM locked
), ${END_ROWS}, ${dueChunks('found')}
SELECT 1`;

interface FoundRow {
  n: number;
  app: string;
  device: string;
  message: string;
  is_over: boolean;
  /** It is in the log for everyone. */
  is_entry: boolean;
}

/**
 * See `MailboxStore.done`. Receipts first: a letter that is still there comes again, and is done again. As long as the
 * message is open the mark tells its chunk, so that only what has settled before is written here; what settles at this
 * very moment is written when the mark goes (`mailbox-sweep.ts`).
 */
export async function finishLetters(
  sql: Sql,
  atRest: AtRest,
  finished: readonly Finished[],
  now: EpochMs,
): Promise<readonly (readonly string[])[]> {
  const entries = entriesOf(finished);
  const { rows } = await sql.query<FoundRow>(FIND, [entries]);
  const letters = rows.filter((row) => !row.is_entry);
  if (letters.length > 0) {
    const receipts = (over: boolean) =>
      letters.filter((row) => row.is_over === over).map((row) => deliveredNow(row, now));
    await recordKept(sql, receipts(false));
    await recordDelivered(sql, atRest, receipts(true));
    await retryConflicts(() => sql.query(FINISH, [entries, now]));
  }
  const inLog = rows.filter((row) => row.is_entry);
  await finishEntries(sql, atRest, inLog, now);
  const answers = finished.map((): string[] => []);
  for (const { n, message } of rows) answers[n]?.push(message);
  return answers;
}

function deliveredNow({ app, device, message }: FoundRow, now: EpochMs): Receipt {
  return { app, message, key: device, state: 'delivered', at: now };
}

/** See `MailboxStore.dropped`. */
export async function wakeChunks(
  sql: SqlQuery,
  entries: Parameters<MailboxStore['dropped']>[0],
  now: EpochMs,
): Promise<void> {
  await sql.query(`WITH ${NAMED}, ${dueChunks('named')} SELECT 1`, [entriesOf(entries), now]);
}

function entriesOf(
  entries: readonly { readonly app: string; readonly device: string; readonly messages: readonly string[] }[],
): string {
  return JSON.stringify(entries.map(({ app, device, messages }, n) => ({ n, app, device, messages })));
}

/** See `MailboxStore.hush` and `unhush`. */
export async function showLetters(
  sql: SqlQuery,
  entries: Parameters<MailboxStore['hush']>[0],
  isShown: boolean,
): Promise<void> {
  const [from, to] = isShown ? [INBOX.hushed, INBOX.shown] : [INBOX.shown, INBOX.hushed];
  await sql.query(
    `WITH found AS (
       SELECT b.mailbox, b.position FROM json_to_recordset($1::json) AS e(app text, message text, devices text[])
       JOIN pealbell.mail_letters l ON l.message = e.message AND l.app = e.app
       JOIN pealbell.mailboxes m ON m.app = e.app AND m.device = ANY(e.devices)
       JOIN pealbell.inbox b ON b.letter = l.id AND b.mailbox = m.id
       WHERE b.state = ${from} ORDER BY b.mailbox, b.position FOR UPDATE OF b
     )
     UPDATE pealbell.inbox b SET state = ${to} FROM found f WHERE b.mailbox = f.mailbox AND b.position = f.position`,
    [JSON.stringify(entries.map(({ app, message, devices }) => ({ app, message, devices })))],
  );
}

/** See `MailboxStore.finished`. */
export async function readFinished(
  sql: SqlQuery,
  entries: Parameters<MailboxStore['finished']>[0],
): Promise<readonly ReadonlySet<string>[]> {
  const { rows } = await sql.query<{ n: number; device: string }>(
    `SELECT e.n, m.device FROM json_to_recordset($1::json) AS e(n integer, app text, message text, devices text[])
     JOIN pealbell.mail_letters l ON l.app = e.app AND l.message = e.message
     JOIN pealbell.mailboxes m ON m.app = e.app AND m.device = ANY(e.devices)
     JOIN pealbell.inbox b ON b.letter = l.id AND b.mailbox = m.id
     WHERE b.state = ${INBOX.done}`,
    [JSON.stringify(entries.map(({ app, message, devices }, n) => ({ n, app, message, devices })))],
  );
  const answers = entries.map(() => new Set<string>());
  for (const { n, device } of rows) answers[n]?.add(device);
  return answers;
}
