import type { AudienceCandidate } from '../../../domain/audience.js';
import type { EpochMs } from '../../../domain/time.js';
import { ROADS_OF_D } from '../audience/audience-sql.js';
import { USER_OF_D } from '../audience/filter-sql.js';
import type { Sql } from '../engine/sql.js';
import { retryConflicts } from '../writing/conflict.js';
import { type CandidateRow, toCandidate } from './token-holders.js';

/** A device that was heard of within this is not written again. */
const SEEN_EVERY_MS = 10_000;
/** Devices of one user that are looked at, by id. */
const OF_USER_MAX = 1_000;

/** See `DeviceStore.seen`. */
export async function writeSeen(
  sql: Sql,
  devices: readonly { readonly app: string; readonly device: string }[],
  at: EpochMs,
): Promise<void> {
  if (devices.length === 0) return;
  await retryConflicts(() =>
    sql.query(
      `UPDATE pealbell.devices d SET last_seen_at = $2 FROM (
         SELECT d.app, d.id FROM (SELECT DISTINCT * FROM json_to_recordset($1::json) AS i(app text, device text)) i
         JOIN pealbell.devices d ON d.app = i.app AND d.id = i.device
         WHERE coalesce(d.last_seen_at, 0) <= $2 - $3::bigint ORDER BY d.app, d.id FOR NO KEY UPDATE OF d
       ) l WHERE d.app = l.app AND d.id = l.id`,
      [JSON.stringify(devices.map(({ app, device }) => ({ app, device }))), at, SEEN_EVERY_MS],
    ),
  );
}

/** See `DeviceStore.lastSeen`. */
export async function readLastSeen(sql: Sql, app: string, ids: readonly string[]): Promise<Map<string, EpochMs>> {
  if (ids.length === 0) return new Map();
  const found = await sql.query<{ id: string; last_seen_at: string | number }>(
    `SELECT id, last_seen_at FROM pealbell.devices WHERE app = $1 AND id = ANY($2::text[]) AND last_seen_at IS NOT NULL`,
    [app, ids],
  );
  return new Map(found.rows.map((row) => [row.id, Number(row.last_seen_at)]));
}

/** See `DeviceStore.ofUsers`. */
export async function readOfUsers(
  sql: Sql,
  app: string,
  users: readonly string[],
  createdBefore: EpochMs,
): Promise<(AudienceCandidate & { readonly lastSeenAt?: EpochMs })[]> {
  if (users.length === 0) return [];
  const found = await sql.query<CandidateRow & { last_seen_at: string | number | null }>(
    `SELECT d.*, ARRAY(
         SELECT s.topic FROM pealbell.subscriptions s
         WHERE s.app = d.app AND s.device = d.id AND s.subscribed_at < $3 ORDER BY s.topic
       ) AS topics, ARRAY(SELECT DISTINCT r.provider ${ROADS_OF_D}) AS providers,
       u.attributes AS user_attributes, u.tags AS user_tags, u.locale AS user_locale, u.timezone AS user_timezone
     FROM unnest($2::text[]) AS n(user_id) CROSS JOIN LATERAL (
       SELECT v.* FROM pealbell.devices v WHERE v.app = $1 AND v.user_id = n.user_id AND v.created_at < $3
       ORDER BY v.id LIMIT ${OF_USER_MAX}
     ) d ${USER_OF_D}`,
    [app, users, createdBefore],
  );
  return found.rows.map((row) => ({
    ...toCandidate(row),
    ...(row.last_seen_at === null ? {} : { lastSeenAt: Number(row.last_seen_at) }),
  }));
}
