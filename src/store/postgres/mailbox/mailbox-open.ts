import { ALERT_PURPOSE } from '../../../domain/device.js';
import type { EpochMs } from '../../../domain/time.js';
import type { MailboxOpening, MailboxRequest } from '../../../ports/mailbox-store.js';
import type { AtRest } from '../../at-rest.js';
import { tokenPlace } from '../../shared/device-changes.js';
import { realtimeTokenHash } from '../../shared/realtime-token.js';
import type { Sql, SqlQuery } from '../engine/sql.js';
import { retryConflicts } from '../writing/conflict.js';
import { WAITS } from './inbox-states.js';
import { cutBack, type MailboxBounds } from './mailbox-bounds.js';
import { REALTIME } from './mailbox-rows.js';

/** That a device has connected is written down at most so often. */
const CONFIRM_EVERY_MS = 86_400_000;

interface OpeningRow {
  n: number;
  is_theirs: boolean;
  mailbox: number | null;
  opened_at: number | null;
  log_position: number | null;
  log_end: number;
  lost: number | null;
  letters: number;
  bytes: number;
  newest: number;
}

/** See `MailboxStore.open`. One statement that only reads, for devices that connected within a day and are not over full. */
export async function openMailboxes(
  sql: Sql,
  atRest: AtRest,
  requests: readonly MailboxRequest[],
  bounds: MailboxBounds,
  now: EpochMs,
): Promise<readonly MailboxOpening[]> {
  if (requests.length === 0) return [];
  let rows = await look(sql, requests);
  const late = rows.filter((row) => row.is_theirs && (row.opened_at ?? 0) <= now - CONFIRM_EVERY_MS);
  const full = rows.filter((row) => row.is_theirs && (row.letters > bounds.letters || row.bytes > bounds.bytes));
  if (late.length > 0) {
    const named = late.flatMap((row) => requests[row.n] ?? []);
    await retryConflicts(() => confirm(sql, atRest, named, now));
  }
  const tooFull = full.flatMap((row) => row.mailbox ?? []);
  await cutBack(sql, atRest, tooFull, bounds, now);
  if (late.length > 0 || full.length > 0) rows = await look(sql, requests);
  const openings = requests.map((): MailboxOpening => ({ kind: 'unknown_device' }));
  for (const row of rows) openings[row.n] = toOpening(row);
  return openings;
}

function toOpening(row: OpeningRow): MailboxOpening {
  // A mailbox that is not there now, though it was made: the device was removed, or is somebody else's since.
  if (!row.is_theirs || row.mailbox === null) return { kind: 'not_theirs' };
  return {
    kind: 'open',
    epoch: row.mailbox.toString(36),
    newest: row.newest,
    logPosition: row.log_position ?? 0,
    logEnd: row.log_end,
    lost: row.lost ?? 0,
  };
}

/** One row per request whose device exists. */
async function look(sql: SqlQuery, requests: readonly MailboxRequest[]): Promise<readonly OpeningRow[]> {
  const input = requests.map(({ app, device, user }, n) => ({ n, app, device, user_id: user }));
  const found = await sql.query<OpeningRow>(
    `SELECT i.n, d.user_id IS NOT DISTINCT FROM i.user_id AS is_theirs, m.id AS mailbox, m.opened_at, m.log_position, m.lost,
       held.letters, held.bytes,
       coalesce((SELECT g.newest FROM pealbell.mail_logs g WHERE g.app = i.app), 0) AS log_end,
       (SELECT last_value FROM pealbell.mail_positions) AS newest
     FROM json_to_recordset($1::json) AS i(n integer, app text, device text, user_id text)
     JOIN pealbell.devices d ON d.app = i.app AND d.id = i.device
     LEFT JOIN pealbell.mailboxes m ON m.app = i.app AND m.device = i.device
     CROSS JOIN LATERAL (SELECT count(*) AS letters, coalesce(sum(b.bytes), 0) AS bytes
       FROM pealbell.inbox b WHERE b.mailbox = m.id AND ${WAITS}) held`,
    [JSON.stringify(input)],
  );
  return found.rows;
}

/**
 * Makes mailboxes and registrations that are missing, and writes down that the others were used. Devices are held first,
 * as `DeviceStore.change` does: whose they are stays so until the mailbox is made. So is the end of the log: an entry that
 * is being added meanwhile counts the mailbox, or lies before its beginning.
 */
async function confirm(
  sql: SqlQuery,
  atRest: AtRest,
  requests: readonly MailboxRequest[],
  now: EpochMs,
): Promise<void> {
  const rows = new Map(
    requests.map(({ app, device, user }) => {
      const token_hash = realtimeTokenHash(atRest, app, device);
      const token = atRest.seal(device, tokenPlace(app, REALTIME, token_hash)).toString('base64');
      return [`${app}|${device}|${user ?? ''}`, { app, device, user_id: user, token_hash, token }];
    }),
  );
  await sql.query(
    `WITH i AS (
       SELECT * FROM json_to_recordset($1::json) AS i(app text, device text, user_id text, token_hash text, token text)
     ), theirs AS (
       SELECT i.* FROM i JOIN pealbell.devices d ON d.app = i.app AND d.id = i.device
       WHERE d.user_id IS NOT DISTINCT FROM i.user_id ORDER BY d.app, d.id FOR SHARE OF d
     ), ends AS (
       SELECT app, newest FROM pealbell.mail_logs WHERE app IN (SELECT app FROM theirs) ORDER BY app FOR SHARE
     ), made AS (
       INSERT INTO pealbell.mailboxes (app, device, user_id, log_position, opened_at)
       SELECT t.app, t.device, t.user_id, coalesce(e.newest, 0), $2
       FROM theirs t LEFT JOIN ends e ON e.app = t.app ORDER BY t.app, t.device
       ON CONFLICT (app, device) DO UPDATE SET opened_at = excluded.opened_at
     )
     INSERT INTO pealbell.registrations AS r (app, provider, token_hash, device, environment, purpose, token, registered_at, confirmed_at)
     SELECT app, '${REALTIME}', token_hash, device, 'production', '${ALERT_PURPOSE}', decode(token, 'base64'), $2, $2
     FROM theirs ORDER BY app, token_hash
     ON CONFLICT (app, provider, token_hash) DO UPDATE SET confirmed_at = excluded.confirmed_at, retired_at = NULL,
       retired_reason = NULL, strikes = 0, strike_day = NULL`,
    [JSON.stringify([...rows.values()]), now],
  );
}
