import type { EpochMs } from '../../../domain/time.js';
import type { MailboxStore, WaitingClear, WaitingLetter } from '../../../ports/mailbox-store.js';
import type { Envelopes } from '../../shared/mail-letters.js';
import type { SqlQuery } from '../engine/sql.js';
import { INBOX, WAITS } from './inbox-states.js';

interface WaitingRow {
  n: number;
  position: number;
  letter: string;
  state: number;
}

interface LetterRow {
  id: string;
  message: string | null;
  body: Uint8Array;
  expires_at: number;
}

/** See `MailboxStore.read`. What a letter says is fetched and opened once, however many devices read it. */
export async function readMailboxes(
  sql: SqlQuery,
  envelopes: Envelopes,
  requests: Parameters<MailboxStore['read']>[0],
  now: EpochMs,
): Promise<readonly (readonly (WaitingLetter | WaitingClear)[])[]> {
  const input = requests.map(({ app, device, user, except, limit }, n) => ({
    ...{ n, app, device, except, most: limit },
    ...(user === undefined ? {} : { user_id: user, asks: true }),
  }));
  const waiting = await sql.query<WaitingRow>(READ, [JSON.stringify(input), now]);
  const letters = await openLetters(sql, envelopes, [...new Set(waiting.rows.map((row) => row.letter))]);
  const boxes = requests.map((): (WaitingLetter | WaitingClear)[] => []);
  for (const { n, position, letter: id, state } of waiting.rows) {
    const letter = letters.get(id);
    if (letter !== undefined) boxes[n]?.push(letter(position, state !== INBOX.hushed));
  }
  return boxes;
}

// Of two with one collapse key, put at the same moment by two processes, only the later one is read.
const READ = `
SELECT i.n, w.position, w.letter, w.state
FROM json_to_recordset($1::json) AS i(n integer, app text, device text, user_id text, asks boolean, "except" bigint[], most integer)
CROSS JOIN LATERAL (
  SELECT id FROM pealbell.mailboxes m WHERE m.app = i.app AND m.device = i.device
    AND (i.asks IS NULL OR m.user_id IS NOT DISTINCT FROM i.user_id) LIMIT 1
) m
CROSS JOIN LATERAL (
  SELECT b.position, b.letter, b.state FROM pealbell.inbox b JOIN pealbell.mail_letters l ON l.id = b.letter
  WHERE b.mailbox = m.id AND ${WAITS} AND b.position <> ALL (i."except") AND l.expires_at > $2 AND NOT l.withdrawn
    AND (b.collapse IS NULL OR NOT EXISTS (SELECT 1 FROM pealbell.inbox o
      WHERE o.mailbox = b.mailbox AND o.collapse = b.collapse AND o.position > b.position))
  ORDER BY b.position LIMIT i.most
) w ORDER BY i.n, w.position`;

type Waiting = (position: number, show: boolean) => WaitingLetter | WaitingClear;

async function openLetters(
  sql: SqlQuery,
  envelopes: Envelopes,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Waiting>> {
  if (ids.length === 0) return new Map();
  const found = await sql.query<LetterRow>(
    'SELECT id, message, body, expires_at FROM pealbell.mail_letters WHERE id = ANY($1::uuid[])',
    [ids],
  );
  return new Map(
    found.rows.map(({ id, message, body, expires_at }): [string, Waiting] => {
      const text = envelopes.open(id, body);
      if (message !== null) {
        return [id, (position, show) => ({ position, message, body: text, show, expiresAt: expires_at })];
      }
      const clear = JSON.parse(text) as WaitingClear['clear']; // written by `putClear` from the same type
      return [id, (position) => ({ position, clear })];
    }),
  );
}
