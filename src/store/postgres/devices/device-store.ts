import type { DeviceStore } from '../../../ports/device-store.js';
import type { AtRest } from '../../at-rest.js';
import { decodeCursor, pageOf } from '../../shared/cursor.js';
import { countMembers, readMembers, readMembersOf } from '../audience/audience-members.js';
import type { Sql } from '../engine/sql.js';
import { type TellingTx, tellingTransaction } from '../events/telling-transaction.js';
import { endDeliveries } from '../mailbox/mailbox-deliveries.js';
import { dropMail } from '../mailbox/mailbox-emptying.js';
import { readAddresses } from './device-addresses.js';
import { changeDevices } from './device-changes.js';
import { writeDeviceEvents, writeTokenEvents } from './device-events.js';
import { readLastSeen, readOfUsers, writeSeen } from './device-presence.js';
import { readDevices } from './device-rows.js';
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

/** Of the devices `$2`, of which `$3` were removed; tells of these. */
export const REMOVE_REGISTRATIONS = `WITH locked AS MATERIALIZED (
  SELECT app, provider, token_hash FROM pealbell.registrations WHERE app = $1 AND device = ANY($2::text[])
  ORDER BY app, provider, token_hash FOR UPDATE
), gone AS (
  DELETE FROM pealbell.registrations r USING locked l
  WHERE r.app = l.app AND r.provider = l.provider AND r.token_hash = l.token_hash AND r.device = ANY($2::text[]) RETURNING 1
), removed AS MATERIALIZED (
  SELECT $1::text AS app, unnest($3::text[]) AS device WHERE (SELECT count(*) FROM gone) >= 0
), ${writeDeviceEvents('removed', 'device.removed', '$4::bigint')}
SELECT 1`;

const RETIRE = `WITH i AS (
  SELECT * FROM json_to_recordset($1::json) AS i(app text, provider text, token_hash text, reason text, as_of bigint)
), ${LOCKED_OF_I}, retired AS (
  UPDATE pealbell.registrations r SET retired_at = $2::bigint, retired_reason = i.reason
  FROM i JOIN locked l USING (app, provider, token_hash)
  WHERE r.app = i.app AND r.provider = i.provider AND r.token_hash = i.token_hash AND r.retired_at IS NULL
    AND (i.as_of IS NULL OR r.confirmed_at <= i.as_of)
  RETURNING r.app, r.device, r.provider, r.token_hash, i.reason
), ${writeTokenEvents('retired', '$2::bigint')}
SELECT 1 FROM retired`;

const STRIKE = `WITH i AS (
  SELECT * FROM json_to_recordset($1::json) AS i(app text, provider text, token_hash text, reason text)
), ${LOCKED_OF_I}, struck AS (
  UPDATE pealbell.registrations r
  SET strikes = r.strikes + 1, strike_day = $3,
      retired_at = CASE WHEN r.strikes + 1 >= ${STRIKES_MAX} THEN $2::bigint END,
      retired_reason = CASE WHEN r.strikes + 1 >= ${STRIKES_MAX} THEN i.reason END
  FROM i JOIN locked l USING (app, provider, token_hash)
  WHERE r.app = i.app AND r.provider = i.provider AND r.token_hash = i.token_hash AND r.retired_at IS NULL
    AND (r.strike_day IS NULL OR r.strike_day < $3)
  RETURNING r.app, r.device, r.provider, r.token_hash, i.reason, r.retired_at
), retired AS (
  SELECT * FROM struck WHERE retired_at IS NOT NULL
), ${writeTokenEvents('retired', '$2::bigint')}
SELECT 1 FROM retired`;

export function createDeviceStore(sql: Sql, atRest: AtRest): DeviceStore {
  return {
    change: (changes, now) => changeDevices(sql, atRest, changes, now),

    seen: (devices, at) => writeSeen(sql, devices, at),
    lastSeen: (app, ids) => readLastSeen(sql, app, ids),
    ofUsers: (app, users, createdBefore) => readOfUsers(sql, app, users, createdBefore),

    async owners(devices) {
      if (devices.length === 0) return new Map();
      const { rows } = await sql.query<{ app: string; id: string; user_id: string | null }>(
        `SELECT d.app, d.id, d.user_id FROM unnest($1::text[], $2::text[]) AS i (app, id)
         JOIN pealbell.devices d ON d.app = i.app AND d.id = i.id`,
        [devices.map(({ app }) => app), devices.map(({ device }) => device)],
      );
      return new Map(rows.map(({ app, id, user_id }) => [`${app}|${id}`, user_id]));
    },

    async get(app, id) {
      return (await readDevices(sql, [{ app, id }])).get(`${app}|${id}`);
    },

    async remove(app, id, now) {
      const removeWith = async (tx: TellingTx) => {
        // The device first, as `change` does, or the two wait for each other.
        await tx.query('SELECT id FROM pealbell.devices WHERE app = $1 AND id = $2 FOR UPDATE', [app, id]);
        await endDeliveries(tx, atRest, await dropMail(tx, app, [id]), 'removed', now);
        const gone = await tx.query<{ id: string }>(
          'DELETE FROM pealbell.devices WHERE app = $1 AND id = $2 RETURNING id',
          [app, id],
        );
        await tx.query(REMOVE_REGISTRATIONS, [app, [id], gone.rows.map((row) => row.id), now]);
        return gone.rows.length > 0;
      };
      return tellingTransaction(sql, now, removeWith);
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

    addresses: (devices) => readAddresses(sql, atRest, devices),

    async locales(devices) {
      if (devices.length === 0) return new Map();
      const found = await sql.query<{ app: string; id: string; device: string | null; user: string | null }>(
        `SELECT d.app, d.id, d.fields->>'locale' AS device, u.locale AS user
         FROM (SELECT DISTINCT app, device FROM json_to_recordset($1::json) AS i(app text, device text)) n
         JOIN pealbell.devices d ON d.app = n.app AND d.id = n.device
         LEFT JOIN pealbell.users u ON u.app = d.app AND u.id = d.user_id
         WHERE d.fields->>'locale' IS NOT NULL OR u.locale IS NOT NULL`,
        [JSON.stringify(devices)],
      );
      return new Map(
        found.rows.map(({ app, id, device, user }) => [
          `${app}|${id}`,
          { ...(device === null ? {} : { device }), ...(user === null ? {} : { user }) },
        ]),
      );
    },

    async retire(retirements, now) {
      if (retirements.length === 0) return 0;
      const retired = await sql.query(RETIRE, [
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
      ]);
      return retired.rows.length;
    },

    async strike(strikes, now) {
      if (strikes.length === 0) return 0;
      const struck = await sql.query(STRIKE, [
        JSON.stringify(
          strikes.map((s) => ({ app: s.app, provider: s.provider, token_hash: s.tokenHash, reason: s.reason })),
        ),
        now,
        Math.floor(now / DAY_MS),
      ]);
      return struck.rows.length;
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
