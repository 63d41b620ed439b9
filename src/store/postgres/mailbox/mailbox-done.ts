import type { EpochMs } from '../../../domain/time.js';
import type { Finished, MailboxStore } from '../../../ports/mailbox-store.js';
import type { Receipt } from '../../../ports/receipt-store.js';
import type { AtRest } from '../../at-rest.js';
import type { Sql, SqlQuery } from '../engine/sql.js';
import { recordKept } from '../receipts/receipt-store.js';
import { retryConflicts } from '../writing/conflict.js';
import { fewRows } from '../writing/few-rows.js';
import { INBOX } from './inbox-states.js';
import { recordDelivered } from './mailbox-deliveries.js';
import { finishEntries } from './mailbox-log-done.js';

/** CTE `named`: the messages of `$1` with the mailbox of their device; `n` is the entry, `k` the message's place in it. */
const NAMED = `named AS (
  SELECT e.*, m.id AS mailbox FROM ${fewRows('$1', 'e(n integer, k integer, app text, device text, message text)')}
  CROSS JOIN LATERAL (SELECT id FROM pealbell.mailboxes m WHERE m.app = e.app AND m.device = e.device LIMIT 1) m
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

/**
 * Copies of the messages of the CTE `named`, whatever their state, and entries of the log; marks the copies whose message
 * is open. `is_over`: no chunk of the message will ask any more. Marks are written by ON CONFLICT because that goes by the
 * index, whatever the planner thinks of; the rows are there, and locked in the order in which all lock them.
 */
const FIND_AND_MARK = `
WITH ${NAMED}, found AS MATERIALIZED (
  SELECT f.*, b.position, e.position IS NOT NULL AS is_entry,
    coalesce((SELECT o.completed_at IS NOT NULL FROM pealbell.messages o WHERE o.id = f.message), true) AS is_over
  FROM named f
  CROSS JOIN LATERAL (SELECT id FROM pealbell.mail_letters l WHERE l.message = f.message AND l.app = f.app OFFSET 0) l
  LEFT JOIN LATERAL (SELECT position FROM pealbell.inbox b WHERE b.letter = l.id AND b.mailbox = f.mailbox LIMIT 1) b ON true
  LEFT JOIN LATERAL (SELECT position FROM pealbell.mail_log_entries e WHERE e.letter = l.id LIMIT 1) e ON true
  WHERE b.position IS NOT NULL OR e.position IS NOT NULL
), open AS (
  SELECT b.* FROM (
    SELECT DISTINCT mailbox, position FROM found WHERE NOT is_entry AND NOT is_over ORDER BY mailbox, position
  ) f CROSS JOIN LATERAL (
    SELECT * FROM pealbell.inbox b WHERE b.mailbox = f.mailbox AND b.position = f.position LIMIT 1 FOR UPDATE
  ) b
), marked AS (
  INSERT INTO pealbell.inbox (mailbox, position, collapse, letter, bytes, state)
  SELECT mailbox, position, collapse, letter, bytes, state FROM open
  ON CONFLICT (mailbox, position) DO UPDATE SET state = ${INBOX.done}
)
SELECT n, k, app, device, message, mailbox, position, is_entry, is_over FROM found ORDER BY n, k`;

interface FoundRow {
  n: number;
  app: string;
  device: string;
  message: string;
  mailbox: number;
  position: number | null;
  is_entry: boolean;
  is_over: boolean;
}

/** CTE `locked`: rows of `inbox` at the mailboxes `$1` and positions `$2`, in the order in which all lock them. */
const LOCKED = `locked AS (
  SELECT b.mailbox, b.position FROM unnest($1::bigint[], $2::bigint[]) AS i(mailbox, position)
  JOIN pealbell.inbox b ON b.mailbox = i.mailbox AND b.position = i.position ORDER BY b.mailbox, b.position FOR UPDATE OF b
)`;
const TAKE_OUT = `WITH ${LOCKED}
DELETE FROM pealbell.inbox b USING locked l WHERE b.mailbox = l.mailbox AND b.position = l.position`;

/**
 * See `MailboxStore.done`. Of a message that is over, receipts first: a letter that is still there comes again, and is
 * done again. As long as it is open the mark comes first and tells its chunk, which looks for marks once it has settled;
 * what had settled before is recorded here, unless someone waits for this very word and is told. What neither finds, because a process died in between or no record is kept,
 * is recorded when the mark goes (`mailbox-sweep.ts`).
 */
export async function finishLetters(
  sql: Sql,
  atRest: AtRest,
  finished: readonly Finished[],
  now: EpochMs,
): Promise<readonly (readonly string[])[]> {
  const { rows } = await retryConflicts(() => sql.query<FoundRow>(FIND_AND_MARK, [entriesOf(finished)]));
  const copies = rows.filter((row) => !row.is_entry);
  const open = copies.filter((row) => !row.is_over);
  const over = copies.filter((row) => row.is_over);
  const untold = open.filter(({ n, message }) => finished[n]?.tell?.(message) !== true);
  if (untold.length > 0) {
    await recordKept(
      sql,
      atRest,
      untold.map((row) => deliveredNow(row, now)),
      now,
    );
    await wakeChunks(
      sql,
      untold.map(({ app, device, message }) => ({ app, device, messages: [message] })),
      now,
    );
  }
  if (over.length > 0) {
    await recordDelivered(
      sql,
      atRest,
      over.map((row) => deliveredNow(row, now)),
      now,
    );
    await retryConflicts(() => sql.query(TAKE_OUT, placesOf(over)));
  }
  await finishEntries(
    sql,
    atRest,
    rows.filter((row) => row.is_entry),
    now,
  );
  const answers = finished.map(() => new Set<string>());
  for (const { n, message } of rows) answers[n]?.add(message);
  return answers.map((known) => [...known]);
}

function placesOf(rows: readonly FoundRow[]): readonly unknown[] {
  return [rows.map(({ mailbox }) => mailbox), rows.map(({ position }) => position)];
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
  return JSON.stringify(
    entries.flatMap(({ app, device, messages }, n) => messages.map((message, k) => ({ n, k, app, device, message }))),
  );
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
    `SELECT e.n, m.device FROM ${fewRows('$1', 'e(n integer, app text, message text, devices text[])')}
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
