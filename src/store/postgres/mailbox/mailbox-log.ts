import type { EpochMs } from '../../../domain/time.js';
import type { Appended, Letter, WaitingLetter } from '../../../ports/mailbox-store.js';
import type { Envelopes } from '../../shared/mail-letters.js';
import type { Sql, SqlQuery } from '../engine/sql.js';
import { retryConflicts } from '../writing/conflict.js';

/**
 * See `MailboxStore.append`. Whoever takes the next position holds the app's row until the entry is there: an entry that
 * can be read has none below it that comes later, and a mailbox that is made meanwhile begins behind it.
 */
export async function appendToLog(sql: Sql, envelopes: Envelopes, letter: Letter, now: EpochMs): Promise<Appended> {
  const { id, body, collapse } = envelopes.sealLetter(letter);
  const append = async (tx: SqlQuery): Promise<Appended> => {
    const head = await tx.query<{ newest: number }>(
      `INSERT INTO pealbell.mail_logs AS g (app, newest) VALUES ($1, 0)
       ON CONFLICT (app) DO UPDATE SET newest = g.newest RETURNING newest`,
      [letter.app],
    );
    const known = await tx.query<Appended>(
      'SELECT position, mailboxes FROM pealbell.mail_log_entries WHERE letter = $1::uuid',
      [id],
    );
    const [before] = known.rows;
    if (before !== undefined) return before;
    const made = await tx.query<Appended>(APPEND, [
      id,
      letter.app,
      letter.message,
      body.toString('base64'),
      now,
      letter.expiresAt,
      collapse,
      (head.rows[0]?.newest ?? 0) + 1,
    ]);
    const [entry] = made.rows;
    if (entry === undefined) throw new Error('an entry of the log was not made');
    return entry;
  };
  return retryConflicts(() => sql.transaction(append));
}

const APPEND = `
WITH letter AS (
  INSERT INTO pealbell.mail_letters (id, app, message, body, put_at, expires_at)
  VALUES ($1::uuid, $2, $3, decode($4, 'base64'), $5, $6) ON CONFLICT (id) DO NOTHING
), head AS (
  UPDATE pealbell.mail_logs SET newest = $8 WHERE app = $2
), replaced AS (
  UPDATE pealbell.mail_letters l SET withdrawn = true FROM pealbell.mail_log_entries e
  WHERE e.app = $2 AND e.collapse = $7::bigint AND l.id = e.letter AND NOT l.withdrawn
)
INSERT INTO pealbell.mail_log_entries (app, position, letter, collapse, mailboxes)
SELECT $2, $8::bigint, $1::uuid, $7::bigint, count(*) FROM pealbell.mailboxes WHERE app = $2
RETURNING position, mailboxes`;

/** See `MailboxStore.readLog`. */
export async function readLogEntries(
  sql: SqlQuery,
  envelopes: Envelopes,
  app: string,
  after: number,
  limit: number,
  now: EpochMs,
): Promise<readonly WaitingLetter[]> {
  const found = await sql.query<{
    position: number;
    id: string;
    message: string;
    body: Uint8Array;
    expires_at: number;
  }>(
    `SELECT e.position, l.id, l.message, l.body, l.expires_at
     FROM pealbell.mail_log_entries e JOIN pealbell.mail_letters l ON l.id = e.letter
     WHERE e.app = $1 AND e.position > $2 AND l.expires_at > $3 AND NOT l.withdrawn
       AND NOT EXISTS (SELECT 1 FROM pealbell.messages o WHERE o.id = l.message AND o.canceled_at IS NOT NULL)
     ORDER BY e.position LIMIT $4`,
    [app, after, now, limit],
  );
  return found.rows.map(({ position, id, message, body, expires_at }) => ({
    position,
    message,
    body: envelopes.open(id, body),
    show: true,
    expiresAt: expires_at,
  }));
}
