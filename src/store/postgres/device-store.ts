import type { Audience, AudienceMember } from '../../domain/audience.js';
import type {
  Device,
  DeviceFields,
  Environment,
  Platform,
  Registration,
  RegistrationSummary,
} from '../../domain/device.js';
import type { PushToken } from '../../domain/outcome.js';
import type { EpochMs } from '../../domain/time.js';
import type {
  DeviceAddresses,
  DeviceChange,
  DeviceChangeResult,
  DeviceStore,
  RegistrationChange,
} from '../../ports/device-store.js';
import type { AtRest } from '../at-rest.js';
import { decodeCursor, pageOf } from './cursor.js';
import type { Sql } from './engine/sql.js';
import { readHolders } from './token-holders.js';

const DAY_MS = 86_400_000;
/** Answers of "not this app's token" on so many different days retire a registration. */
const STRIKES_MAX = 3;

/** Providers of a device's live alert registrations, newest first. */
const PROVIDERS_OF_D = `ARRAY(
  SELECT r.provider FROM pealbell.registrations r
  WHERE r.app = d.app AND r.device = d.id AND r.retired_at IS NULL AND r.purpose = 'alert'
  ORDER BY r.confirmed_at DESC, r.provider)`;

type Tx = Pick<Sql, 'query'>;

interface DeviceRow {
  app: string;
  id: string;
  user_id: string | null;
  platform: Platform;
  fields: Partial<Omit<DeviceFields, 'platform' | 'user'>>;
  created_at: string | number;
  updated_at: string | number;
}

interface RegistrationRow {
  app: string;
  provider: string;
  token_hash: string;
  device: string;
  environment: Environment;
  purpose: string;
  token: Uint8Array;
  bundle_id: string | null;
  region: string | null;
  registered_at: string | number;
  confirmed_at: string | number;
  retired_at: string | number | null;
  retired_reason: string | null;
}

export function createDeviceStore(sql: Sql, atRest: AtRest): DeviceStore {
  return {
    async change(changes, now) {
      const results = new Array<DeviceChangeResult>(changes.length);
      for (const round of rounds(changes)) {
        await sql.transaction(async (tx) => {
          const outcome = await writeDevices(
            tx,
            round.map((i) => changes[i] as DeviceChange),
            now,
          );
          const written = round.filter(
            (_, position) => outcome[position] === 'created' || outcome[position] === 'updated',
          );
          await writeRegistrations(
            tx,
            written.map((i) => changes[i] as DeviceChange),
            now,
            atRest,
          );
          const devices = await readDevices(
            tx,
            written.map((i) => changes[i] as DeviceChange),
          );
          for (const [position, i] of round.entries()) {
            const change = changes[i] as DeviceChange;
            const kind = outcome[position] ?? 'missing';
            const device = devices.get(`${change.app}|${change.id}`);
            results[i] =
              kind === 'missing' || kind === 'platform_required' || device === undefined
                ? { kind: kind === 'platform_required' ? kind : 'missing' }
                : { kind, device };
          }
        });
      }
      return results;
    },

    async get(app, id) {
      return (await readDevices(sql, [{ app, id }])).get(`${app}|${id}`);
    },

    async remove(app, id) {
      return sql.transaction(async (tx) => {
        await tx.query('DELETE FROM pealbell.registrations WHERE app = $1 AND device = $2', [app, id]);
        const gone = await tx.query('DELETE FROM pealbell.devices WHERE app = $1 AND id = $2 RETURNING id', [app, id]);
        return gone.rows.length > 0;
      });
    },

    async list(app, page, user) {
      const after = decodeCursor('devices', page.cursor) ?? '';
      const found = await sql.query<{ id: string }>(
        user === undefined
          ? 'SELECT id FROM pealbell.devices WHERE app = $1 AND id > $2 ORDER BY id LIMIT $3'
          : 'SELECT id FROM pealbell.devices WHERE app = $1 AND id > $2 AND user_id = $4 ORDER BY id LIMIT $3',
        user === undefined ? [app, after, page.limit + 1] : [app, after, page.limit + 1, user],
      );
      const ids = pageOf('devices', found.rows, page.limit, (row) => row.id);
      const devices = await readDevices(
        sql,
        ids.items.map((row) => ({ app, id: row.id })),
      );
      const items = ids.items.flatMap((row) => devices.get(`${app}|${row.id}`) ?? []);
      return ids.nextCursor === undefined ? { items } : { items, nextCursor: ids.nextCursor };
    },

    async members(app, audience, page) {
      const { from, where, params } = audienceClause(app, audience);
      const extra = [page.after, page.limit, page.createdBefore ?? null];
      const found = await sql.query<MemberRow>(
        `SELECT d.id, d.user_id, d.platform, ${PROVIDERS_OF_D} AS providers FROM ${from}
         WHERE ${where} AND d.id > $${params.length + 1} AND ($${params.length + 3}::bigint IS NULL OR d.created_at < $${params.length + 3})
         ORDER BY d.id LIMIT $${params.length + 2}`,
        [...params, ...extra],
      );
      return found.rows.map(toMember);
    },

    async membersOf(queries, limit) {
      const names = queries.flatMap(({ app, audience }, q) => [
        ...audience.users.map((name) => ({ q, app, kind: 'u', name })),
        ...audience.devices.map((name) => ({ q, app, kind: 'd', name })),
      ]);
      if (names.length === 0) return queries.map(() => []);
      const found = await sql.query<MemberRow & { q: number }>(
        `WITH names AS (SELECT * FROM json_to_recordset($1::json) AS n(q integer, app text, kind text, name text)),
         hits AS (
           SELECT n.q, d.app, d.id FROM names n JOIN pealbell.devices d ON d.app = n.app AND d.id = n.name WHERE n.kind = 'd'
           UNION
           SELECT n.q, n.app, d.id FROM names n CROSS JOIN LATERAL (
             SELECT d.id FROM pealbell.devices d WHERE d.app = n.app AND d.user_id = n.name ORDER BY d.id LIMIT $2
           ) d WHERE n.kind = 'u'
         )
         SELECT hits.q, d.id, d.user_id, d.platform, ${PROVIDERS_OF_D} AS providers
         FROM hits JOIN pealbell.devices d ON d.app = hits.app AND d.id = hits.id ORDER BY hits.q, d.id`,
        [JSON.stringify(names), limit + 1],
      );
      const members: AudienceMember[][] = queries.map(() => []);
      for (const row of found.rows) {
        const audience = queries[row.q]?.audience;
        const list = members[row.q];
        if (audience === undefined || list === undefined || list.length > limit) continue;
        if (belongs(row, audience)) list.push(toMember(row));
      }
      return members;
    },

    holders: (tokens) => readHolders(sql, tokens),

    async count(app, audience, cap) {
      const { from, where, params } = audienceClause(app, audience);
      const counted = await sql.query<{ n: string | number }>(
        `SELECT count(*) AS n FROM (SELECT 1 FROM ${from} WHERE ${where} LIMIT $${params.length + 1}) capped`,
        [...params, cap + 1],
      );
      return Number(counted.rows[0]?.n ?? 0);
    },

    async addresses(devices) {
      const found = await sql.query<
        DeviceRow & { registrations: null } & Partial<RegistrationRow> & { r_provider: string | null }
      >(
        `SELECT d.app, d.id, d.user_id, d.fields, r.provider AS r_provider, r.token_hash, r.environment, r.purpose, r.token,
           r.bundle_id, r.region, r.registered_at, r.confirmed_at
         FROM json_to_recordset($1::json) AS n(app text, device text)
         JOIN pealbell.devices d ON d.app = n.app AND d.id = n.device
         LEFT JOIN pealbell.registrations r ON r.app = d.app AND r.device = d.id AND r.retired_at IS NULL
         ORDER BY d.app, d.id, r.confirmed_at DESC`,
        [JSON.stringify(devices)],
      );
      const byDevice = new Map<string, DeviceAddresses & { registrations: Registration[] }>();
      for (const row of found.rows) {
        const key = `${row.app}|${row.id}`;
        let entry = byDevice.get(key);
        if (entry === undefined) {
          const { notifications } = row.fields;
          entry = { user: row.user_id, registrations: [], ...(notifications === undefined ? {} : { notifications }) };
          byDevice.set(key, entry);
        }
        if (row.r_provider !== null) {
          entry.registrations.push(
            toRegistration({ ...(row as unknown as RegistrationRow), provider: row.r_provider }, atRest),
          );
        }
      }
      return byDevice;
    },

    async retire(retirements, now) {
      if (retirements.length === 0) return 0;
      const retired = await sql.query(
        `UPDATE pealbell.registrations r SET retired_at = $2, retired_reason = i.reason
         FROM json_to_recordset($1::json) AS i(app text, provider text, token_hash text, reason text, as_of bigint)
         WHERE r.app = i.app AND r.provider = i.provider AND r.token_hash = i.token_hash AND r.retired_at IS NULL
           AND (i.as_of IS NULL OR r.confirmed_at <= i.as_of)
         RETURNING r.token_hash`,
        [
          JSON.stringify(
            retirements.map((r) => ({
              app: r.app,
              provider: r.provider,
              token_hash: r.tokenHash,
              reason: r.reason,
              as_of: r.asOf ?? null,
            })),
          ),
          now,
        ],
      );
      return retired.rows.length;
    },

    async strike(strikes, now) {
      if (strikes.length === 0) return 0;
      const struck = await sql.query<{ retired: boolean }>(
        `UPDATE pealbell.registrations r
         SET strikes = r.strikes + 1, strike_day = $3,
             retired_at = CASE WHEN r.strikes + 1 >= ${STRIKES_MAX} THEN $2::bigint END,
             retired_reason = CASE WHEN r.strikes + 1 >= ${STRIKES_MAX} THEN i.reason END
         FROM json_to_recordset($1::json) AS i(app text, provider text, token_hash text, reason text)
         WHERE r.app = i.app AND r.provider = i.provider AND r.token_hash = i.token_hash AND r.retired_at IS NULL
           AND (r.strike_day IS NULL OR r.strike_day < $3)
         RETURNING r.retired_at IS NOT NULL AS retired`,
        [
          JSON.stringify(
            strikes.map((s) => ({ app: s.app, provider: s.provider, token_hash: s.tokenHash, reason: s.reason })),
          ),
          now,
          Math.floor(now / DAY_MS),
        ],
      );
      return struck.rows.filter((row) => row.retired).length;
    },

    async retirementPressure(app, since) {
      const counted = await sql.query<{ live: string | number; retired: string | number }>(
        `SELECT (SELECT count(*) FROM pealbell.registrations WHERE app = $1 AND retired_at IS NULL) AS live,
                (SELECT count(*) FROM pealbell.registrations WHERE app = $1 AND retired_at > $2) AS retired`,
        [app, since],
      );
      return { live: Number(counted.rows[0]?.live ?? 0), retired: Number(counted.rows[0]?.retired ?? 0) };
    },

    async sweep(before, limit) {
      const swept = await sql.query(
        `DELETE FROM pealbell.registrations WHERE (app, provider, token_hash) IN (
           SELECT app, provider, token_hash FROM pealbell.registrations WHERE retired_at < $1 LIMIT $2
         ) RETURNING app`,
        [before, limit],
      );
      return swept.rows.length;
    },
  };
}

interface MemberRow {
  id: string;
  user_id: string | null;
  platform: Platform;
  providers: string[];
}

function toMember(row: MemberRow): AudienceMember {
  return { device: row.id, user: row.user_id, platform: row.platform, providers: [...new Set(row.providers)] };
}

function belongs(row: MemberRow, audience: Audience): boolean {
  if (audience.onlyPlatforms !== undefined && !audience.onlyPlatforms.includes(row.platform)) return false;
  if (row.user_id !== null && audience.exceptUsers.includes(row.user_id)) return false;
  return !audience.exceptDevices.includes(row.id);
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

/** Splits changes so that no device and no push token stands twice in a round: one statement may touch a row once. */
function rounds(changes: readonly DeviceChange[]): number[][] {
  const result: number[][] = [];
  const lastRoundOf = new Map<string, number>();
  for (const [i, change] of changes.entries()) {
    const keys = [
      `d|${change.app}|${change.id}`,
      ...change.registrations.flatMap((r) =>
        r.tokenHash === undefined ? [] : [`t|${change.app}|${r.provider}|${r.tokenHash}`],
      ),
    ];
    const round = Math.max(-1, ...keys.map((key) => lastRoundOf.get(key) ?? -1)) + 1;
    for (const key of keys) lastRoundOf.set(key, round);
    const indexes = result[round] ?? [];
    indexes.push(i);
    result[round] = indexes;
  }
  return result;
}

/** A device made by another process between two looks is found at the second. */
const LOOKS_MAX = 3;

async function writeDevices(tx: Tx, changes: readonly DeviceChange[], now: EpochMs) {
  const outcome: DeviceChangeResult['kind'][] = changes.map((change) =>
    change.mode === 'upsert' ? 'platform_required' : 'missing',
  );
  const rows = changes.map((change, n) => {
    const { user, platform, ...others } = change.fields;
    return {
      n,
      app: change.app,
      id: change.id,
      has_user: user !== undefined,
      user_id: user ?? null,
      platform: platform ?? null,
      patch: others,
      upsert: change.mode === 'upsert',
    };
  });
  let open = rows;
  for (let look = 0; look < LOOKS_MAX && open.length > 0; look++) {
    for (const row of (await writeDeviceRows(tx, open, now)).rows) outcome[row.n] = row.created ? 'created' : 'updated';
    open = rows.filter((row) => outcome[row.n] === 'platform_required' && row.platform !== null);
  }
  return outcome;
}

function writeDeviceRows(tx: Tx, rows: readonly object[], now: EpochMs) {
  return tx.query<{ n: number; created: boolean }>(
    `WITH input AS (
       SELECT * FROM json_to_recordset($1::json) AS i(n integer, app text, id text, has_user boolean, user_id text, platform text, patch jsonb, upsert boolean)
     ), made AS (
       INSERT INTO pealbell.devices AS d (app, id, user_id, platform, fields, created_at, updated_at)
       SELECT app, id, user_id, platform, jsonb_strip_nulls(patch), $2, $2 FROM input
       WHERE upsert AND platform IS NOT NULL ORDER BY app, id
       ON CONFLICT (app, id) DO NOTHING RETURNING app, id
     ), changed AS (
       UPDATE pealbell.devices d
       SET user_id = CASE WHEN i.has_user THEN i.user_id ELSE d.user_id END, platform = coalesce(i.platform, d.platform),
           fields = jsonb_strip_nulls(d.fields || i.patch), updated_at = $2
       FROM input i WHERE d.app = i.app AND d.id = i.id RETURNING d.app, d.id
     )
     SELECT i.n, true AS created FROM input i JOIN made ON made.app = i.app AND made.id = i.id
     UNION ALL
     SELECT i.n, false FROM input i JOIN changed ON changed.app = i.app AND changed.id = i.id`,
    [JSON.stringify(rows), now],
  );
}

async function writeRegistrations(
  tx: Tx,
  changes: readonly DeviceChange[],
  now: EpochMs,
  atRest: AtRest,
): Promise<void> {
  const all = changes.flatMap((change) => change.registrations.map((registration) => ({ change, registration })));
  if (all.length === 0) return;
  const rows = all.map(({ change, registration }) => toRegistrationInput(change, registration, atRest));
  await tx.query(
    `INSERT INTO pealbell.registrations AS r (app, provider, token_hash, device, environment, purpose, token, bundle_id, region, registered_at, confirmed_at)
     SELECT app, provider, token_hash, device, environment, purpose, decode(token, 'base64'), bundle_id, region, $2, $2
     FROM json_to_recordset($1::json) AS i(app text, provider text, token_hash text, device text, environment text, purpose text, token text, bundle_id text, region text)
     WHERE token_hash IS NOT NULL ORDER BY app, provider, token_hash
     ON CONFLICT (app, provider, token_hash) DO UPDATE SET device = excluded.device, environment = excluded.environment,
       purpose = excluded.purpose, token = excluded.token, bundle_id = excluded.bundle_id, region = excluded.region,
       registered_at = CASE WHEN r.device = excluded.device AND r.retired_at IS NULL THEN r.registered_at ELSE excluded.registered_at END,
       confirmed_at = excluded.confirmed_at, retired_at = NULL, retired_reason = NULL, strikes = 0, strike_day = NULL`,
    [JSON.stringify(rows), now],
  );
  // A slot holds one live registration: the one just named, or none where the token was null.
  await tx.query(
    `DELETE FROM pealbell.registrations r
     USING json_to_recordset($1::json) AS i(app text, provider text, token_hash text, device text, environment text, purpose text)
     WHERE r.app = i.app AND r.device = i.device AND r.provider = i.provider AND r.environment = i.environment
       AND r.purpose = i.purpose AND r.retired_at IS NULL AND r.token_hash IS DISTINCT FROM i.token_hash`,
    [JSON.stringify(rows)],
  );
}

function toRegistrationInput(change: DeviceChange, registration: RegistrationChange, atRest: AtRest) {
  const { provider, tokenHash, token } = registration;
  return {
    app: change.app,
    provider,
    token_hash: tokenHash ?? null,
    device: change.id,
    environment: registration.environment,
    purpose: registration.purpose,
    token:
      token === null ? null : atRest.seal(token, tokenPlace(change.app, provider, tokenHash ?? '')).toString('base64'),
    bundle_id: registration.bundleId ?? null,
    region: registration.region ?? null,
  };
}

function tokenPlace(app: string, provider: string, tokenHash: string): string {
  return `registrations|${app}|${provider}|${tokenHash}`;
}

async function readDevices(
  tx: Tx,
  wanted: readonly { readonly app: string; readonly id: string }[],
): Promise<Map<string, Device>> {
  const devices = new Map<
    string,
    Device & { registrations: RegistrationSummary[]; retired: Device['retired'][number][] }
  >();
  if (wanted.length === 0) return devices;
  const input = JSON.stringify(wanted.map(({ app, id }) => ({ app, id })));
  const found = await tx.query<DeviceRow>(
    `SELECT d.* FROM json_to_recordset($1::json) AS w(app text, id text) JOIN pealbell.devices d ON d.app = w.app AND d.id = w.id`,
    [input],
  );
  for (const row of found.rows) {
    devices.set(`${row.app}|${row.id}`, {
      app: row.app,
      id: row.id,
      user: row.user_id,
      platform: row.platform,
      ...row.fields,
      createdAt: Number(row.created_at),
      updatedAt: Number(row.updated_at),
      registrations: [],
      retired: [],
    });
  }
  const registered = await tx.query<Omit<RegistrationRow, 'token'>>(
    `SELECT r.app, r.device, r.provider, r.token_hash, r.environment, r.purpose, r.bundle_id, r.region, r.registered_at,
       r.confirmed_at, r.retired_at, r.retired_reason
     FROM json_to_recordset($1::json) AS w(app text, id text) JOIN pealbell.registrations r ON r.app = w.app AND r.device = w.id
     ORDER BY r.provider, r.environment, r.purpose, r.confirmed_at DESC`,
    [input],
  );
  for (const row of registered.rows) {
    const device = devices.get(`${row.app}|${row.device}`);
    const { provider, environment, purpose } = row;
    if (row.retired_at === null) device?.registrations.push(summary(row));
    else {
      device?.retired.push({
        provider,
        environment,
        purpose,
        tokenHash: row.token_hash,
        reason: row.retired_reason ?? '',
        retiredAt: Number(row.retired_at),
      });
    }
  }
  return devices;
}

function summary(row: Omit<RegistrationRow, 'token'>): RegistrationSummary {
  return {
    provider: row.provider,
    environment: row.environment,
    purpose: row.purpose,
    tokenHash: row.token_hash,
    registeredAt: Number(row.registered_at),
    confirmedAt: Number(row.confirmed_at),
    ...(row.bundle_id === null ? {} : { bundleId: row.bundle_id }),
    ...(row.region === null ? {} : { region: row.region }),
  };
}

function toRegistration(row: RegistrationRow, atRest: AtRest): Registration {
  const token = atRest.open(row.token, tokenPlace(row.app, row.provider, row.token_hash)) as PushToken;
  return { ...summary(row), token };
}
