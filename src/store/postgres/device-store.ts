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
import { countMembers, readMembers, readMembersOf } from './audience-members.js';
import { conflict, retryConflicts } from './conflict.js';
import { decodeCursor, pageOf } from './cursor.js';
import type { Sql } from './engine/sql.js';
import { readHolders } from './token-holders.js';

const DAY_MS = 86_400_000;
/** Answers of "not this app's token" on so many different days retire a registration. */
const STRIKES_MAX = 3;

/**
 * The CTE `locked`: the registrations that the CTE `i` names. Every statement that touches several locks them in this
 * order first, or two of them wait for each other.
 */
const LOCKED_OF_I = `locked AS (
  SELECT r.app, r.provider, r.token_hash FROM pealbell.registrations r
  WHERE (r.app, r.provider, r.token_hash) IN (SELECT app, provider, token_hash FROM i)
  ORDER BY r.app, r.provider, r.token_hash FOR UPDATE
)`;

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
        const applyRound = async (tx: Tx) => {
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
        };
        await retryConflicts(() => sql.transaction(applyRound));
      }
      return results;
    },

    async get(app, id) {
      return (await readDevices(sql, [{ app, id }])).get(`${app}|${id}`);
    },

    async remove(app, id) {
      const removeWith = async (tx: Tx) => {
        // The device first, as `change` does, or the two wait for each other.
        const gone = await tx.query('DELETE FROM pealbell.devices WHERE app = $1 AND id = $2 RETURNING id', [app, id]);
        await tx.query(
          `DELETE FROM pealbell.registrations r USING (
             SELECT app, provider, token_hash FROM pealbell.registrations WHERE app = $1 AND device = $2
             ORDER BY app, provider, token_hash FOR UPDATE
           ) l WHERE r.app = l.app AND r.provider = l.provider AND r.token_hash = l.token_hash AND r.device = $2`,
          [app, id],
        );
        return gone.rows.length > 0;
      };
      return retryConflicts(() => sql.transaction(removeWith));
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

    members: (app, audience, page) => readMembers(sql, app, audience, page),
    membersOf: (queries, limit) => readMembersOf(sql, queries, limit),
    holders: (tokens) => readHolders(sql, tokens),
    count: (app, audience, cap) => countMembers(sql, app, audience, cap),

    async addresses(devices) {
      const found = await sql.query<
        DeviceRow & { registrations: null } & Partial<RegistrationRow> & { r_provider: string | null }
      >(
        `SELECT d.app, d.id, d.user_id, d.fields, r.provider AS r_provider, r.token_hash, r.environment, r.purpose, r.token,
           r.bundle_id, r.region, r.registered_at, r.confirmed_at
         FROM (SELECT DISTINCT app, device FROM json_to_recordset($1::json) AS i(app text, device text)) n
         JOIN pealbell.devices d ON d.app = n.app AND d.id = n.device
         LEFT JOIN pealbell.registrations r ON r.app = d.app AND r.device = d.id AND r.retired_at IS NULL
         ORDER BY d.app, d.id, r.confirmed_at DESC, r.provider, r.token_hash`,
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
        `WITH i AS (
           SELECT * FROM json_to_recordset($1::json) AS i(app text, provider text, token_hash text, reason text, as_of bigint)
         ), ${LOCKED_OF_I}
         UPDATE pealbell.registrations r SET retired_at = $2, retired_reason = i.reason
         FROM i JOIN locked l USING (app, provider, token_hash)
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
        `WITH i AS (
           SELECT * FROM json_to_recordset($1::json) AS i(app text, provider text, token_hash text, reason text)
         ), ${LOCKED_OF_I}
         UPDATE pealbell.registrations r
         SET strikes = r.strikes + 1, strike_day = $3,
             retired_at = CASE WHEN r.strikes + 1 >= ${STRIKES_MAX} THEN $2::bigint END,
             retired_reason = CASE WHEN r.strikes + 1 >= ${STRIKES_MAX} THEN i.reason END
         FROM i JOIN locked l USING (app, provider, token_hash)
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
           SELECT app, provider, token_hash FROM pealbell.registrations WHERE retired_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED
         ) RETURNING app`,
        [before, limit],
      );
      return swept.rows.length;
    },
  };
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
  for (const row of (await writeDeviceRows(tx, rows, now)).rows) outcome[row.n] = row.created ? 'created' : 'updated';
  // Neither made nor found: another process made or removed it in between. Waiting for that one here, with rows in
  // hand, could wait for ever; with empty hands it cannot.
  const isTorn = rows.some((row) => outcome[row.n] === 'platform_required' && row.platform !== null);
  if (isTorn) throw conflict('a device was made or removed by somebody else meanwhile');
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
     ), locked AS (
       SELECT d.app, d.id FROM pealbell.devices d JOIN input i ON i.app = d.app AND i.id = d.id
       ORDER BY d.app, d.id FOR UPDATE OF d
     ), changed AS (
       UPDATE pealbell.devices d
       SET user_id = CASE WHEN i.has_user THEN i.user_id ELSE d.user_id END, platform = coalesce(i.platform, d.platform),
           fields = jsonb_strip_nulls(d.fields || i.patch), updated_at = $2
       FROM input i JOIN locked l ON l.app = i.app AND l.id = i.id
       WHERE d.app = i.app AND d.id = i.id RETURNING d.app, d.id
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
  const rows = changes.flatMap((change) =>
    lastWords(change.registrations).map((registration) => toRegistrationInput(change, registration, atRest)),
  );
  if (rows.length === 0) return;
  // All that the two statements below may touch, in order: devices that swap push tokens would wait for each other.
  await tx.query(
    `WITH i AS (
       SELECT app, device, provider, token_hash
       FROM json_to_recordset($1::json) AS i(app text, device text, provider text, token_hash text)
     )
     SELECT r.token_hash FROM pealbell.registrations r
     WHERE (r.app, r.provider, r.token_hash) IN (
       SELECT app, provider, token_hash FROM i WHERE token_hash IS NOT NULL
       UNION
       SELECT o.app, o.provider, o.token_hash FROM i JOIN pealbell.registrations o ON o.app = i.app AND o.device = i.device
     )
     ORDER BY r.app, r.provider, r.token_hash FOR UPDATE`,
    [JSON.stringify(rows)],
  );
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

/** A slot, or a push token, that one change names more than once: the last word counts. */
function lastWords(registrations: readonly RegistrationChange[]): RegistrationChange[] {
  const bySlot = new Map<string, RegistrationChange>();
  const slotOfToken = new Map<string, string>();
  for (const registration of registrations) {
    const { provider, environment, purpose, tokenHash } = registration;
    const slot = `${provider}|${environment}|${purpose}`;
    if (tokenHash !== undefined) {
      const before = bySlot.get(slotOfToken.get(`${provider}|${tokenHash}`) ?? '');
      if (before?.tokenHash === tokenHash) {
        const left = { provider, environment: before.environment, purpose: before.purpose };
        bySlot.set(`${provider}|${left.environment}|${left.purpose}`, { ...left, token: null });
      }
      slotOfToken.set(`${provider}|${tokenHash}`, slot);
    }
    bySlot.set(slot, registration);
  }
  return [...bySlot.values()];
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
