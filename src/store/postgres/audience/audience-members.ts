import type { Audience, AudienceMember } from '../../../domain/audience.js';
import type { Platform } from '../../../domain/device.js';
import type { EpochMs } from '../../../domain/time.js';
import { isSelective, scansAll } from '../../shared/audience-kinds.js';
import type { Sql } from '../engine/sql.js';
import { candidatesSql, membershipSql, parametersFor, ROADS_OF_D } from './audience-sql.js';

/** Providers of a device's live alert registrations, newest first. */
const PROVIDERS_OF_D = `ARRAY(SELECT r.provider ${ROADS_OF_D} ORDER BY r.confirmed_at DESC, r.provider)`;

const COLUMNS_OF_D = `d.id, d.user_id, d.platform, d.fields->>'manufacturer' AS manufacturer, ${PROVIDERS_OF_D} AS providers`;

/**
 * Candidates that one statement looks through: where few of many are members, the engine of this process must be free
 * for others in between.
 */
const WINDOW = 2_000;

interface MemberRow {
  id: string;
  user_id: string | null;
  platform: Platform;
  manufacturer: string | null;
  providers: string[];
}

interface MembersPage {
  readonly limit: number;
  readonly after: string;
  readonly createdBefore?: EpochMs;
}

/** One page of an audience, in device order. */
export async function readMembers(
  sql: Sql,
  app: string,
  audience: Audience,
  page: MembersPage,
): Promise<AudienceMember[]> {
  if (isSelective(audience)) {
    const members: AudienceMember[] = [];
    for (let { after } = page; ; ) {
      const limit = page.limit - members.length;
      const found = await readWindow<MemberRow>(sql, app, audience, { ...page, after, limit }, COLUMNS_OF_D);
      members.push(...found.rows.map((row) => toMember(row, audience)));
      if (members.length >= page.limit || found.last === undefined) return members;
      after = found.last;
    }
  }
  const { params, add } = parametersFor(app);
  const { join, where } = membershipSql(audience, add, page.createdBefore);
  const after = add(page.after);
  const from = scansAll(audience) ? 'pealbell.devices d' : namedDevices(audience, add, after);
  const found = await sql.query<MemberRow>(
    `SELECT ${COLUMNS_OF_D} FROM ${from} ${join}
     WHERE ${where} AND d.id > ${after} ORDER BY d.id LIMIT ${add(page.limit)}`,
    params,
  );
  return found.rows.map((row) => toMember(row, audience));
}

/** Counts an audience, but never past `cap + 1`. */
export async function countMembers(sql: Sql, app: string, audience: Audience, cap: number): Promise<number> {
  if (isSelective(audience)) {
    let count = 0;
    for (let after = ''; ; ) {
      const found = await readWindow(sql, app, audience, { after, limit: cap + 1 - count }, 'd.id');
      count += found.rows.length;
      if (count > cap || found.last === undefined) return count;
      after = found.last;
    }
  }
  const { params, add } = parametersFor(app);
  const { join, where } = membershipSql(audience, add);
  const from = scansAll(audience) ? 'pealbell.devices d' : namedDevices(audience, add, add(''));
  const counted = await sql.query<{ n: string | number }>(
    `SELECT count(*) AS n FROM (
       SELECT 1 FROM ${from} ${join} WHERE ${where} LIMIT ${add(cap + 1)}) capped`,
    params,
  );
  return Number(counted.rows[0]?.n ?? 0);
}

/** FROM for the devices that names lead to, alias `d`. */
function namedDevices(audience: Audience, add: (value: unknown) => string, after: string): string {
  return `(${candidatesSql(audience, add, { after })}) hits JOIN pealbell.devices d ON d.app = $1 AND d.id = hits.id`;
}

/**
 * Members among the next candidates.
 *
 * @returns `last`: where the next window begins; undefined when there is none
 */
async function readWindow<Row extends { id: string }>(
  sql: Sql,
  app: string,
  audience: Audience,
  page: MembersPage,
  columns: string,
): Promise<{ readonly rows: Row[]; readonly last?: string }> {
  const { params, add } = parametersFor(app);
  const { join, where } = membershipSql(audience, add, page.createdBefore);
  const [after, bound] = [add(page.after), add(WINDOW)];
  const hits = candidatesSql(audience, add, { after, bound, createdBefore: page.createdBefore });
  // All devices between two ids are a piece of the primary key; what names lead to is looked up one by one.
  const from = scansAll(audience)
    ? `pealbell.devices d ${join} WHERE d.id > ${after} AND d.id <= span.last`
    : `hits JOIN pealbell.devices d ON d.app = $1 AND d.id = hits.id ${join} WHERE true`;
  const found = await sql.query<{ last: string | null; size: string | number } & { [K in keyof Row]: Row[K] | null }>(
    `WITH hits AS MATERIALIZED (SELECT * FROM (${hits}) h(id) ORDER BY id LIMIT ${bound}),
       span AS (SELECT max(id) AS last, count(*) AS size FROM hits)
     SELECT span.last, span.size, m.* FROM span LEFT JOIN LATERAL (
       SELECT ${columns} FROM ${from} AND ${where} ORDER BY d.id LIMIT ${add(page.limit)}
     ) m ON true ORDER BY m.id`,
    params,
  );
  const { last, size } = found.rows[0] ?? { last: null, size: 0 };
  // Where the window has no member its one row has nulls.
  const rows = found.rows.filter((row) => row.id !== null) as unknown as Row[];
  return last === null || Number(size) < WINDOW ? { rows } : { rows, last };
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
  const members: AudienceMember[][] = queries.map(() => []);
  const names = queries.flatMap(({ app, audience }, q) => {
    if (isSelective(audience)) return [];
    return audience.everyone
      ? [{ q, app, kind: 'e', name: '' }]
      : [
          ...audience.users.map((name) => ({ q, app, kind: 'u', name })),
          ...audience.devices.map((name) => ({ q, app, kind: 'd', name })),
        ];
  });
  for (const [q, { app, audience }] of queries.entries()) {
    if (isSelective(audience)) members[q] = await readMembers(sql, app, audience, { limit: limit + 1, after: '' });
  }
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
     SELECT first.q, ${COLUMNS_OF_D}
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

function toMember(row: MemberRow, { onlyProviders }: Pick<Audience, 'onlyProviders'> = {}): AudienceMember {
  const providers = [...new Set(row.providers)];
  return {
    device: row.id,
    user: row.user_id,
    platform: row.platform,
    ...(row.manufacturer === null ? {} : { manufacturer: row.manufacturer }),
    providers: onlyProviders === undefined ? providers : providers.filter((name) => onlyProviders.includes(name)),
  };
}
