import type { EpochMs } from '../../../domain/time.js';
import type { DeviceChange, RegistrationChange } from '../../../ports/device-store.js';
import type { AtRest } from '../../at-rest.js';
import { lastWords, tokenPlace } from '../../shared/device-changes.js';
import type { SqlQuery } from '../engine/sql.js';

/** A device, by whatever else is known of it. */
interface Named {
  readonly app: string;
  readonly id: string;
}

/**
 * Sets and removes what changes name; the devices exist and are locked.
 *
 * @returns devices whose addresses are not as before, also those that lost one to another device
 */
export async function writeRegistrations(
  tx: SqlQuery,
  changes: readonly DeviceChange[],
  now: EpochMs,
  atRest: AtRest,
): Promise<readonly Named[]> {
  const rows = changes.flatMap((change) =>
    lastWords(change.registrations).map((registration) => toRegistrationInput(change, registration, atRest)),
  );
  if (rows.length === 0) return [];
  // All that the two statements below may touch, in order: devices that swap push tokens would wait for each other.
  const before = await tx.query<RegistrationBefore>(
    `WITH i AS (
       SELECT app, device, provider, token_hash
       FROM json_to_recordset($1::json) AS i(app text, device text, provider text, token_hash text)
     )
     SELECT r.app, r.device, r.provider, r.token_hash, r.environment, r.purpose, r.bundle_id, r.region,
       r.retired_at IS NOT NULL AS is_retired
     FROM pealbell.registrations r
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
  return readdressed(rows, before.rows);
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

type RegistrationInput = ReturnType<typeof toRegistrationInput>;

/** A registration that the input names, or of a device that it names. */
interface RegistrationBefore
  extends Pick<RegistrationInput, 'app' | 'device' | 'provider' | 'purpose' | 'bundle_id' | 'region'> {
  readonly token_hash: string;
  readonly environment: string;
  readonly is_retired: boolean;
}

const DESCRIBING = ['device', 'environment', 'purpose', 'bundle_id', 'region'] as const;

/** Naming an address again as it was, or removing one that is not there, changes nothing. */
function readdressed(rows: readonly RegistrationInput[], before: readonly RegistrationBefore[]): Named[] {
  const byToken = new Map(before.map((one) => [`${one.app}|${one.provider}|${one.token_hash}`, one]));
  const liveSlots = new Set(before.filter((one) => !one.is_retired).map(slotOf));
  return rows.flatMap((row) => {
    const here = { app: row.app, id: row.device };
    if (row.token_hash === null) return liveSlots.has(slotOf(row)) ? [here] : [];
    const known = byToken.get(`${row.app}|${row.provider}|${row.token_hash}`);
    if (known === undefined || known.is_retired) return [here];
    if (known.device !== row.device) return [here, { app: known.app, id: known.device }];
    return DESCRIBING.some((field) => known[field] !== row[field]) ? [here] : [];
  });
}

function slotOf(one: Pick<RegistrationBefore, 'app' | 'device' | 'provider' | 'environment' | 'purpose'>): string {
  return [one.app, one.device, one.provider, one.environment, one.purpose].join('|');
}
