import type { EpochMs } from '../../domain/time.js';
import type { Letter, WaitingLetter } from '../../ports/mailbox-store.js';
import type { SqlQuery } from './engine/sql.js';
import type { Envelopes } from './mail-letters.js';

/** Each look is lost only to another append of the same letter, which the next one finds. */
const LOOKS_MAX = 5;

/**
 * See `MailboxStore.append`. Whoever takes the next position holds the app's row until its entry is there: an entry that
 * can be read has none below it that comes later.
 */
export async function appendToLog(sql: SqlQuery, envelopes: Envelopes, letter: Letter, now: EpochMs): Promise<number> {
  const { id, body } = envelopes.sealLetter(letter);
  for (let look = 0; look < LOOKS_MAX; look++) {
    const found = await sql.query<{ position: number }>(
      `WITH known AS (
         SELECT position FROM pealbell.mail_log_entries WHERE letter = $1::uuid
       ), letter AS (
         INSERT INTO pealbell.mail_letters (id, app, message, body, put_at, expires_at)
         VALUES ($1::uuid, $2, $3, decode($4, 'base64'), $6, $5) ON CONFLICT (id) DO NOTHING
       ), log AS (
         INSERT INTO pealbell.mail_logs AS g (app, newest) SELECT $2, 1 WHERE NOT EXISTS (SELECT 1 FROM known)
         ON CONFLICT (app) DO UPDATE SET newest = g.newest + 1 RETURNING newest
       ), entry AS (
         INSERT INTO pealbell.mail_log_entries (app, position, letter) SELECT $2, newest, $1::uuid FROM log
         ON CONFLICT (letter) DO NOTHING RETURNING position
       )
       SELECT position FROM known UNION ALL SELECT position FROM entry`,
      [id, letter.app, letter.message, body, letter.expiresAt, now],
    );
    const position = found.rows[0]?.position;
    if (position !== undefined) return position;
  }
  throw new Error('an entry of the log was neither made nor found');
}

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
     WHERE e.app = $1 AND e.position > $2 AND l.expires_at > $3 AND NOT l.withdrawn ORDER BY e.position LIMIT $4`,
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
