import type { Attributes } from '../../../domain/attributes.js';
import type {
  Device,
  DeviceFields,
  Environment,
  Platform,
  Registration,
  RegistrationSummary,
} from '../../../domain/device.js';
import type { PushToken } from '../../../domain/outcome.js';
import type { AtRest } from '../../at-rest.js';
import { tokenPlace } from '../../shared/device-changes.js';
import type { SqlQuery } from '../engine/sql.js';

export interface DeviceRow {
  app: string;
  id: string;
  user_id: string | null;
  platform: Platform;
  fields: Partial<Omit<DeviceFields, 'platform' | 'user'>>;
  attributes: Attributes;
  tags: string[];
  created_at: string | number;
  updated_at: string | number;
  last_seen_at: string | number | null;
}

export interface RegistrationRow {
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

/** Topics of the device `d`, sorted. */
export const TOPICS_OF_D = `ARRAY(
  SELECT s.topic FROM pealbell.subscriptions s WHERE s.app = d.app AND s.device = d.id ORDER BY s.topic)`;

/** Devices with their registrations, keyed `<app>|<device>`; no push token is opened. */
export async function readDevices(
  tx: SqlQuery,
  wanted: readonly { readonly app: string; readonly id: string }[],
): Promise<Map<string, Device>> {
  const devices = new Map<
    string,
    Device & { registrations: RegistrationSummary[]; retired: Device['retired'][number][] }
  >();
  if (wanted.length === 0) return devices;
  const input = JSON.stringify(wanted.map(({ app, id }) => ({ app, id })));
  const found = await tx.query<DeviceRow & { topics: string[] }>(
    `SELECT d.*, ${TOPICS_OF_D} AS topics FROM json_to_recordset($1::json) AS w(app text, id text) JOIN pealbell.devices d ON d.app = w.app AND d.id = w.id`,
    [input],
  );
  for (const row of found.rows) {
    devices.set(`${row.app}|${row.id}`, {
      app: row.app,
      id: row.id,
      user: row.user_id,
      platform: row.platform,
      ...row.fields,
      attributes: row.attributes,
      tags: row.tags,
      topics: row.topics,
      createdAt: Number(row.created_at),
      updatedAt: Number(row.updated_at),
      ...(row.last_seen_at === null ? {} : { lastSeenAt: Number(row.last_seen_at) }),
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

function summary(row: Omit<RegistrationRow, 'token' | 'retired_at' | 'retired_reason'>): RegistrationSummary {
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

/** The registration as it is sent to, its push token opened. */
export function toRegistration(
  row: Omit<RegistrationRow, 'retired_at' | 'retired_reason'>,
  atRest: AtRest,
): Registration {
  const token = atRest.open(row.token, tokenPlace(row.app, row.provider, row.token_hash)) as PushToken;
  return { ...summary(row), token };
}
