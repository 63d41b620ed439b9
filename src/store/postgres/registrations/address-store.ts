import type { EpochMs } from '../../../domain/time.js';
import type { AddressStore, NotificationsWord, Replaced, Replacement } from '../../../ports/address-store.js';
import type { AtRest } from '../../at-rest.js';
import { tokenPlace } from '../../shared/device-changes.js';
import { writeDeviceEvents } from '../devices/device-events.js';
import type { Sql } from '../engine/sql.js';
import type { TellingTx } from '../events/telling-transaction.js';
import { retryConflicts } from '../writing/conflict.js';
import { applyInRounds } from '../writing/rounds.js';

/** The reason that stands at the tombstone. */
const REPLACED = 'replaced';

/** What a vendor said last of each device, where nobody has said anything since. */
const NOTIFICATIONS = `WITH i AS (
  SELECT * FROM json_to_recordset($1::json) AS i(app text, provider text, token_hash text, state text, at bigint)
), words AS (
  SELECT DISTINCT ON (r.app, r.device) r.app, r.device, i.state, i.at
  FROM i JOIN pealbell.registrations r ON r.app = i.app AND r.provider = i.provider AND r.token_hash = i.token_hash
  WHERE r.retired_at IS NULL ORDER BY r.app, r.device, i.at DESC, i.state
), locked AS MATERIALIZED (
  SELECT d.app, d.id, w.state, w.at, d.fields->>'notifications' IS DISTINCT FROM w.state AS differs
  FROM pealbell.devices d JOIN words w ON w.app = d.app AND w.device = d.id
  WHERE d.notifications_at IS NULL OR d.notifications_at < w.at
  ORDER BY d.app, d.id FOR UPDATE OF d
), changed AS (
  UPDATE pealbell.devices d SET fields = d.fields || jsonb_build_object('notifications', l.state), notifications_at = l.at,
    updated_at = CASE WHEN l.differs THEN $2::bigint ELSE d.updated_at END
  FROM locked l WHERE d.app = l.app AND d.id = l.id
  RETURNING d.app, d.id AS device, l.differs
), differing AS MATERIALIZED (
  SELECT app, device FROM changed WHERE differs
), ${writeDeviceEvents('differing', 'device.updated', '$2::bigint')}
SELECT device FROM differing`;

export function createAddressStore(sql: Sql, atRest: AtRest): AddressStore {
  return {
    async replace(these, now) {
      const results = await applyInRounds<Replacement, { readonly kind: Replaced }>(
        sql,
        these,
        ({ app, provider, tokenHash, to }) => [tokenHash, to.tokenHash].map((hash) => `${app}|${provider}|${hash}`),
        (tx, round) => replaceRound(tx, atRest, round, now),
        now,
      );
      return results.map(({ kind }) => (kind === 'too_many' ? 'kept' : kind));
    },

    async notifications(these, now) {
      if (these.length === 0) return 0;
      const rows = these.map(({ tokenHash, ...word }: NotificationsWord) => ({ ...word, token_hash: tokenHash }));
      const { rows: changed } = await retryConflicts(() => sql.query(NOTIFICATIONS, [JSON.stringify(rows), now]));
      return changed.length;
    },
  };
}

interface Found {
  readonly app: string;
  readonly provider: string;
  readonly token_hash: string;
  readonly device: string;
  readonly confirmed_at: string | number;
  readonly is_live: boolean;
}

/** SQL: the registrations `r` that the first parameter names. */
const NAMED = `(r.app, r.provider, r.token_hash) IN (
  SELECT app, provider, token_hash FROM json_to_recordset($1::json) AS i(app text, provider text, token_hash text))`;

/** No push token stands twice in a round. */
async function replaceRound(
  tx: TellingTx,
  atRest: AtRest,
  round: readonly Replacement[],
  now: EpochMs,
): Promise<{ readonly kind: Replaced }[]> {
  const found = await lockNamed(tx, round);
  const results = round.map(({ app, provider, tokenHash, to, asOf }): { kind: Replaced } => {
    const old = found.get(`${app}|${provider}|${tokenHash}`);
    if (old === undefined || tokenHash === to.tokenHash) return { kind: 'kept' };
    const next = liveAt(found, app, provider, to.tokenHash);
    // Another send to the old one was told the same.
    if (!old.is_live) return { kind: next?.device === old.device ? 'replaced' : 'kept' };
    if (Number(old.confirmed_at) > asOf) return { kind: 'kept' };
    return { kind: next === undefined ? 'replaced' : 'taken' };
  });
  const rows = round.flatMap(({ app, provider, tokenHash, to }, n) =>
    results[n]?.kind !== 'replaced' || liveAt(found, app, provider, tokenHash) === undefined
      ? []
      : {
          ...{ app, provider, old_hash: tokenHash, token_hash: to.tokenHash },
          token: atRest.seal(to.token, tokenPlace(app, provider, to.tokenHash)).toString('base64'),
        },
  );
  if (rows.length > 0) await tx.queryTelling(REPLACE, [JSON.stringify(rows), now]);
  return results;
}

function liveAt(
  found: ReadonlyMap<string, Found>,
  app: string,
  provider: string,
  tokenHash: string,
): Found | undefined {
  const one = found.get(`${app}|${provider}|${tokenHash}`);
  return one?.is_live === true ? one : undefined;
}

/** Locks the devices first, then all registrations that are named, in the order of everybody who changes them. */
async function lockNamed(tx: TellingTx, round: readonly Replacement[]): Promise<ReadonlyMap<string, Found>> {
  const names = round.flatMap(({ app, provider, tokenHash, to }) =>
    [tokenHash, to.tokenHash].map((token_hash) => ({ app, provider, token_hash })),
  );
  const json = JSON.stringify(names);
  const devices = await tx.query<{ app: string; id: string }>(
    `SELECT d.app, d.id FROM pealbell.devices d
     WHERE (d.app, d.id) IN (SELECT r.app, r.device FROM pealbell.registrations r WHERE ${NAMED})
     ORDER BY d.app, d.id FOR UPDATE`,
    [json],
  );
  const locked = new Set(devices.rows.map(({ app, id }) => `${app}|${id}`));
  const found = await tx.query<Found>(
    `SELECT r.app, r.provider, r.token_hash, r.device, r.confirmed_at, r.retired_at IS NULL AS is_live
     FROM pealbell.registrations r WHERE ${NAMED} ORDER BY r.app, r.provider, r.token_hash FOR UPDATE`,
    [json],
  );
  // One that has moved in between is its new device's own word, which is newer than the vendor's.
  const known = found.rows.filter(({ app, device }) => locked.has(`${app}|${device}`));
  return new Map(known.map((row) => [`${row.app}|${row.provider}|${row.token_hash}`, row]));
}

const REPLACE = `WITH i AS (
  SELECT * FROM json_to_recordset($1::json) AS i(app text, provider text, old_hash text, token_hash text, token text)
), old AS (
  UPDATE pealbell.registrations r SET retired_at = $2::bigint, retired_reason = '${REPLACED}'
  FROM i WHERE r.app = i.app AND r.provider = i.provider AND r.token_hash = i.old_hash
  RETURNING r.*, i.token_hash AS new_hash, i.token AS new_token
), made AS (
  INSERT INTO pealbell.registrations AS r (app, provider, token_hash, device, environment, purpose, token, bundle_id, region,
    registered_at, confirmed_at)
  SELECT app, provider, new_hash, device, environment, purpose, decode(new_token, 'base64'), bundle_id, region, $2::bigint, $2::bigint
  FROM old ORDER BY app, provider, new_hash
  ON CONFLICT (app, provider, token_hash) DO UPDATE SET device = excluded.device, environment = excluded.environment,
    purpose = excluded.purpose, token = excluded.token, bundle_id = excluded.bundle_id, region = excluded.region,
    registered_at = excluded.registered_at, confirmed_at = excluded.confirmed_at, retired_at = NULL, retired_reason = NULL,
    strikes = 0, strike_day = NULL
  WHERE r.retired_at IS NOT NULL
  RETURNING r.app, r.device
), tellings AS (
  SELECT DISTINCT app, 'device.updated' AS type, '{}'::jsonb AS common, jsonb_build_object('device', device) AS entry FROM made
)
SELECT NULL::text AS app, NULL::json AS telling WHERE false UNION ALL SELECT NULL, row_to_json(t) FROM tellings t`;
