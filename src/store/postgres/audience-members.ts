import type { Audience, AudienceMember } from '../../domain/audience.js';
import type { Platform } from '../../domain/device.js';
import type { EpochMs } from '../../domain/time.js';
import type { Sql } from './engine/sql.js';

/** Providers of a device's live alert registrations, newest first. */
const PROVIDERS_OF_D = `ARRAY(
  SELECT r.provider FROM pealbell.registrations r
  WHERE r.app = d.app AND r.device = d.id AND r.retired_at IS NULL AND r.purpose = 'alert'
  ORDER BY r.confirmed_at DESC, r.provider)`;

interface MemberRow {
  id: string;
  user_id: string | null;
  platform: Platform;
  providers: string[];
}

/** One page of an audience, in device order. */
export async function readMembers(
  sql: Sql,
  app: string,
  audience: Audience,
  page: { readonly limit: number; readonly after: string; readonly createdBefore?: EpochMs },
): Promise<AudienceMember[]> {
  const { from, where, params } = audienceClause(app, audience);
  const extra = [page.after, page.limit, page.createdBefore ?? null];
  const found = await sql.query<MemberRow>(
    `SELECT d.id, d.user_id, d.platform, ${PROVIDERS_OF_D} AS providers FROM ${from}
     WHERE ${where} AND d.id > $${params.length + 1} AND ($${params.length + 3}::bigint IS NULL OR d.created_at < $${params.length + 3})
     ORDER BY d.id LIMIT $${params.length + 2}`,
    [...params, ...extra],
  );
  return found.rows.map(toMember);
}

/** Counts an audience, but never past `cap + 1`. */
export async function countMembers(sql: Sql, app: string, audience: Audience, cap: number): Promise<number> {
  const { from, where, params } = audienceClause(app, audience);
  const counted = await sql.query<{ n: string | number }>(
    `SELECT count(*) AS n FROM (SELECT 1 FROM ${from} WHERE ${where} LIMIT $${params.length + 1}) capped`,
    [...params, cap + 1],
  );
  return Number(counted.rows[0]?.n ?? 0);
}

/** What of the query `f` (absent: all) leaves the device `d` in. */
const PASSES_F = `(f.only_platforms IS NULL OR d.platform = ANY(f.only_platforms))
  AND (f.except_users IS NULL OR d.user_id IS NULL OR d.user_id <> ALL(f.except_users))
  AND (f.except_devices IS NULL OR d.id <> ALL(f.except_devices))`;

/** The first members of several audiences in one statement: at most `limit + 1` each. */
export async function readMembersOf(
  sql: Sql,
  queries: readonly { readonly app: string; readonly audience: Audience }[],
  limit: number,
): Promise<AudienceMember[][]> {
  const names = queries.flatMap(({ app, audience }, q) =>
    audience.everyone
      ? [{ q, app, kind: 'e', name: '' }]
      : [
          ...audience.users.map((name) => ({ q, app, kind: 'u', name })),
          ...audience.devices.map((name) => ({ q, app, kind: 'd', name })),
        ],
  );
  const members: AudienceMember[][] = queries.map(() => []);
  if (names.length === 0) return members;
  const found = await sql.query<MemberRow & { q: number }>(
    `WITH names AS (SELECT * FROM json_to_recordset($1::json) AS n(q integer, app text, kind text, name text)),
     filters AS (SELECT * FROM json_to_recordset($2::json)
       AS f(q integer, only_platforms text[], except_users text[], except_devices text[])),
     hits AS (
       SELECT n.q, d.app, d.id FROM names n JOIN pealbell.devices d ON d.app = n.app AND d.id = n.name
       LEFT JOIN filters f ON f.q = n.q WHERE n.kind = 'd' AND ${PASSES_F}
       UNION
       SELECT n.q, n.app, d.id FROM names n LEFT JOIN filters f ON f.q = n.q CROSS JOIN LATERAL (
         SELECT d.id FROM pealbell.devices d WHERE d.app = n.app AND d.user_id = n.name AND ${PASSES_F}
         ORDER BY d.id LIMIT $3
       ) d WHERE n.kind = 'u'
       UNION
       SELECT n.q, n.app, d.id FROM names n LEFT JOIN filters f ON f.q = n.q CROSS JOIN LATERAL (
         SELECT d.id FROM pealbell.devices d WHERE d.app = n.app AND ${PASSES_F} ORDER BY d.id LIMIT $3
       ) d WHERE n.kind = 'e'
     ), first AS (
       SELECT q, app, id FROM (SELECT hits.*, row_number() OVER (PARTITION BY q ORDER BY id) AS place FROM hits) ranked
       WHERE place <= $3
     )
     SELECT first.q, d.id, d.user_id, d.platform, ${PROVIDERS_OF_D} AS providers
     FROM first JOIN pealbell.devices d ON d.app = first.app AND d.id = first.id ORDER BY first.q, d.id`,
    [JSON.stringify(names), JSON.stringify(queries.flatMap(({ audience }, q) => toFilter(audience, q))), limit + 1],
  );
  for (const row of found.rows) members[row.q]?.push(toMember(row));
  return members;
}

/** Absent where an audience is neither narrowed nor lessened, as most are. */
function toFilter(audience: Audience, q: number) {
  const { onlyPlatforms, exceptUsers, exceptDevices } = audience;
  if (onlyPlatforms === undefined && exceptUsers.length === 0 && exceptDevices.length === 0) return [];
  return [{ q, only_platforms: onlyPlatforms ?? null, except_users: exceptUsers, except_devices: exceptDevices }];
}

function toMember(row: MemberRow): AudienceMember {
  return { device: row.id, user: row.user_id, platform: row.platform, providers: [...new Set(row.providers)] };
}

/** FROM and WHERE for an audience, alias `d`; named targets by their own indexes, everyone by the primary key. */
function audienceClause(app: string, audience: Audience) {
  const params: unknown[] = [app];
  const add = (value: unknown) => `$${params.push(value)}`;
  const conditions = ['d.app = $1'];
  let from = 'pealbell.devices d';
  if (!audience.everyone) {
    const users = add(audience.users);
    const devices = add(audience.devices);
    from = `(SELECT id AS hit FROM pealbell.devices WHERE app = $1 AND user_id = ANY(${users}::text[])
             UNION SELECT id FROM pealbell.devices WHERE app = $1 AND id = ANY(${devices}::text[])) hits
            JOIN pealbell.devices d ON d.app = $1 AND d.id = hits.hit`;
  }
  if (audience.onlyPlatforms !== undefined) conditions.push(`d.platform = ANY(${add(audience.onlyPlatforms)}::text[])`);
  if (audience.exceptUsers.length > 0)
    conditions.push(`(d.user_id IS NULL OR d.user_id <> ALL(${add(audience.exceptUsers)}::text[]))`);
  if (audience.exceptDevices.length > 0) conditions.push(`d.id <> ALL(${add(audience.exceptDevices)}::text[])`);
  return { from, where: conditions.join(' AND '), params };
}
