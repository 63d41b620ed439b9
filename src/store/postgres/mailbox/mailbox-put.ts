import type { EpochMs } from '../../../domain/time.js';
import type { Posted, Posting } from '../../../ports/mailbox-store.js';
import type { AtRest } from '../../at-rest.js';
import type { Envelopes } from '../../shared/mail-letters.js';
import type { Sql } from '../engine/sql.js';
import { type TellingTx, tellingTransaction } from '../events/telling-transaction.js';
import { retryConflicts } from '../writing/conflict.js';
import { END_ROWS, INBOX, isWaiting, postedAs, WAITS } from './inbox-states.js';
import { endDeliveries } from './mailbox-deliveries.js';
import { ENDED_COLUMNS, ENDS_DELIVERY, type EndedLetter } from './mailbox-rows.js';

interface PutRow {
  n: number;
  k: number;
  mailbox: number | null;
  user_id: string | null;
  is_theirs: boolean | null;
  withdrawn: boolean | null;
  /** Where it was put now. */
  position: number | null;
  state: number | null;
  known_position: number | null;
  known_state: number | null;
  /** In one of the rows: what made room for a letter with its collapse key. */
  replaced: readonly EndedLetter[] | null;
}

/** A put that raced with another one of the same letter looks again, and finds what that one wrote. */
const LOOKS_MAX = 5;

export interface PutResult {
  readonly posted: readonly (readonly Posted[])[];
  /** Mailboxes into which something new was put. */
  readonly grown: readonly number[];
}

/**
 * See `MailboxStore.put`. One statement, however many postings and devices, with rows written in one order; where a letter
 * may take another's place a transaction, so that the other's delivery ends with it.
 */
export async function putLetters(
  sql: Sql,
  atRest: AtRest,
  envelopes: Envelopes,
  postings: readonly Posting[],
  now: EpochMs,
): Promise<PutResult> {
  const input = JSON.stringify(postings.map((posting, n) => postingRow(posting, n, envelopes)));
  const mayReplace = postings.some(({ collapseKey }) => collapseKey !== undefined);
  const known = new Map<string, PutRow>();
  for (let look = 1; ; look++) {
    const rows = mayReplace
      ? await tellingTransaction(sql, now, (tx) => putReplacing(tx, atRest, input, now))
      : await retryConflicts(() => sql.query<PutRow>(PUT, [input, now]).then((found) => found.rows));
    // What an earlier look has put is `there` for a later one: the first word counts.
    for (const row of rows) {
      const name = `${row.n}|${row.k}`;
      if (!isTorn(row) && !known.has(name)) known.set(name, row);
    }
    if (!rows.some(isTorn)) return toResult(postings, [...known.values()]);
    if (look === LOOKS_MAX) throw new Error('letters were neither put nor found');
  }
}

async function putReplacing(tx: TellingTx, atRest: AtRest, input: string, now: EpochMs): Promise<readonly PutRow[]> {
  const { rows } = await tx.query<PutRow>(PUT, [input, now]);
  await endDeliveries(
    tx,
    atRest,
    rows.flatMap(({ replaced }) => replaced ?? []),
    'replaced',
    now,
  );
  return rows;
}

function postingRow(posting: Posting, n: number, envelopes: Envelopes) {
  const { body, ...letter } = envelopes.sealLetter(posting);
  return {
    n,
    app: posting.app,
    message: posting.message,
    ...letter,
    body: body.toString('base64'),
    expires_at: posting.expiresAt,
    state: posting.show ? INBOX.shown : INBOX.hushed,
    targets: posting.to.map(({ device, user }, k) => ({
      k,
      device,
      user_id: user ?? null,
      for_anybody: user === undefined,
    })),
  };
}

/**
 * No mailbox is locked: another user's mailbox has another id, so that what is put into the old one meanwhile is nobody's.
 * `known` are rows that a put before this one left; their letter is not new, and replaces nothing. What
 * is looked up is named by LIMIT 1, which keeps the planner, who cannot know how few they are, from reading whole tables.
 */
const PUT = `
WITH posting AS (
  SELECT * FROM json_to_recordset($1::json) AS p(n integer, app text, message text, id uuid, body text, bytes integer,
    collapse bigint, expires_at bigint, state smallint, targets json)
), letter AS (
  INSERT INTO pealbell.mail_letters (id, app, message, body, put_at, expires_at)
  SELECT DISTINCT ON (id) id, app, message, decode(body, 'base64'), $2::bigint, expires_at FROM posting ORDER BY id
  ON CONFLICT (id) DO NOTHING
), target AS (
  SELECT p.n, t.k, p.id AS letter, p.collapse, p.bytes, p.state, m.id AS mailbox, m.user_id,
    t.for_anybody OR m.user_id IS NOT DISTINCT FROM t.user_id AS is_theirs, l.withdrawn,
    b.position AS known_position, b.state AS known_state, row_number() OVER () = 1 AS is_first
  FROM posting p CROSS JOIN LATERAL json_to_recordset(p.targets) AS t(k integer, device text, user_id text, for_anybody boolean)
  LEFT JOIN LATERAL (SELECT * FROM pealbell.mailboxes m WHERE m.app = p.app AND m.device = t.device LIMIT 1) m ON true
  LEFT JOIN LATERAL (SELECT * FROM pealbell.mail_letters l WHERE l.id = p.id LIMIT 1) l ON true
  LEFT JOIN LATERAL (SELECT * FROM pealbell.inbox b WHERE b.letter = p.id AND b.mailbox = m.id LIMIT 1) b ON true
), fresh AS (
  SELECT DISTINCT ON (mailbox, letter) n, mailbox, letter, collapse, bytes, state FROM target
  WHERE mailbox IS NOT NULL AND is_theirs AND withdrawn IS NOT TRUE AND known_position IS NULL ORDER BY mailbox, letter, n
), ranked AS (
  SELECT f.*, collapse IS NOT NULL AND row_number() OVER (PARTITION BY mailbox, collapse ORDER BY n DESC, letter) > 1 AS is_outdone
  FROM fresh f
), ended AS (
  SELECT b.mailbox, b.position, ${INBOX.replaced} AS state, ${ENDED_COLUMNS}, ${ENDS_DELIVERY} AS ends_delivery
  FROM (SELECT DISTINCT mailbox, collapse FROM fresh WHERE collapse IS NOT NULL) f
  JOIN pealbell.inbox b ON b.mailbox = f.mailbox AND b.collapse = f.collapse
  JOIN pealbell.mail_letters l ON l.id = b.letter JOIN pealbell.mailboxes m ON m.id = b.mailbox
  WHERE ${WAITS} ORDER BY b.mailbox, b.position FOR UPDATE OF b
), ${END_ROWS}, put AS (
  INSERT INTO pealbell.inbox (mailbox, position, collapse, letter, bytes, state)
  SELECT mailbox, nextval('pealbell.mail_positions'), collapse, letter, bytes, CASE WHEN is_outdone THEN ${INBOX.replaced} ELSE state END
  FROM (SELECT * FROM ranked ORDER BY n, mailbox) r
  ON CONFLICT (letter, mailbox) DO NOTHING RETURNING letter, mailbox, position, state
)
SELECT t.n, t.k, t.mailbox, t.user_id, t.is_theirs, t.withdrawn, put.position, put.state, t.known_position, t.known_state,
  (SELECT json_agg(e) FROM ended e WHERE ends_delivery AND t.is_first) AS replaced
FROM target t LEFT JOIN put ON put.letter = t.letter AND put.mailbox = t.mailbox`;

/** Neither put nor found: another put of the letter was faster, after this one had looked. */
function isTorn(row: PutRow): boolean {
  return (
    row.mailbox !== null &&
    row.is_theirs === true &&
    row.withdrawn !== true &&
    row.position === null &&
    row.known_position === null
  );
}

function toResult(postings: readonly Posting[], rows: readonly PutRow[]): PutResult {
  const posted = postings.map(({ to }) => new Array<Posted>(to.length).fill({ kind: 'no_mailbox' }));
  const grown = new Set<number>();
  for (const row of rows) {
    const answers = posted[row.n];
    if (answers === undefined) continue;
    answers[row.k] = toPosted(row);
    if (row.position !== null && row.mailbox !== null) grown.add(row.mailbox);
  }
  return { posted, grown: [...grown] };
}

function toPosted(row: PutRow): Posted {
  if (row.mailbox === null) return { kind: 'no_mailbox' };
  if (row.is_theirs !== true) return { kind: 'not_theirs' };
  if (row.known_position !== null && row.known_state !== null) {
    const state = row.withdrawn && isWaiting(row.known_state) ? INBOX.withdrawn : row.known_state;
    return postedAs(state, row.known_position, row.user_id);
  }
  if (row.position === null) return { kind: 'gone', why: 'withdrawn' };
  if (row.state === INBOX.replaced) return { kind: 'gone', why: 'replaced' };
  return { kind: 'put', position: row.position, user: row.user_id };
}
