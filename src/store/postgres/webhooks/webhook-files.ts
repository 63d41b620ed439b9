import type { EpochMs } from '../../../domain/time.js';
import type { WebhookSettings } from '../../../domain/webhook.js';
import type { FileEndpoint, WebhookEndpoint } from '../../../ports/webhook-store.js';
import type { AtRest } from '../../at-rest.js';
import type { Sql, SqlQuery } from '../engine/sql.js';
import { retryConflicts } from '../writing/conflict.js';
import { insertEndpoint, removeEndpoints, setEndpointState, updateEndpoint } from './webhook-endpoints.js';
import { lockEndpoints, renewInterest } from './webhook-interest.js';
import { ENDPOINT_COLUMNS, type EndpointRow, toEndpoint } from './webhook-rows.js';
import { openSecrets, sealSecrets } from './webhook-secrets.js';

interface Known {
  readonly endpoint: WebhookEndpoint;
  readonly sealed: Uint8Array;
}

/** See `WebhookStore.syncFiles`. */
export async function syncFiles(sql: Sql, atRest: AtRest, given: readonly FileEndpoint[], now: EpochMs): Promise<void> {
  await retryConflicts(() =>
    sql.transaction(async (tx) => {
      await lockEndpoints(tx);
      const known = await readFileEndpoints(tx);
      const apps = new Set<string>();
      for (const wanted of given) {
        const name = nameOf(wanted.app, wanted.name);
        const there = known.get(name);
        known.delete(name);
        if (there === undefined) await insertEndpoint(tx, atRest, wanted, now);
        else if (!(await bringUp(tx, atRest, there, wanted, now))) continue;
        apps.add(wanted.app);
      }
      const left = [...known.values()].map(({ endpoint }) => endpoint);
      await removeEndpoints(tx, 'id = ANY($1::text[])', [left.map(({ id }) => id)]);
      for (const { app } of left) apps.add(app);
      await renewInterest(tx, [...apps]);
    }),
  );
}

async function readFileEndpoints(tx: SqlQuery): Promise<Map<string, Known>> {
  const { rows } = await tx.query<EndpointRow & { secrets: Uint8Array }>(
    `SELECT ${ENDPOINT_COLUMNS}, e.secrets FROM pealbell.webhook_endpoints e WHERE e.name IS NOT NULL ORDER BY e.id FOR UPDATE`,
  );
  return new Map(
    rows.map((row) => [nameOf(row.app, row.name ?? ''), { endpoint: toEndpoint(row), sealed: row.secrets }]),
  );
}

/** @returns whether there was anything to change */
async function bringUp(
  tx: SqlQuery,
  atRest: AtRest,
  { endpoint, sealed }: Known,
  { settings, secret }: FileEndpoint,
  now: EpochMs,
): Promise<boolean> {
  const [newest] = openSecrets(atRest, endpoint.id, sealed, now);
  const hasOtherSecret = newest?.value !== secret.value;
  const hasOtherSettings = fingerprint(endpoint) !== fingerprint(settings);
  if (hasOtherSecret) {
    await tx.query(
      `UPDATE pealbell.webhook_endpoints SET secrets = decode($2, 'base64'), updated_at = greatest($3::bigint, updated_at + 1) WHERE id = $1`,
      [endpoint.id, sealSecrets(atRest, endpoint.id, [secret]), now],
    );
  }
  if (hasOtherSettings) await updateEndpoint(tx, { ...settings, id: endpoint.id }, now);
  if (endpoint.url !== settings.url && endpoint.state === 'disabled') {
    await setEndpointState(tx, { app: endpoint.app, id: endpoint.id, state: 'active', reason: undefined }, now);
  }
  return hasOtherSecret || hasOtherSettings;
}

function fingerprint(settings: WebhookSettings): string {
  const { url, description, events, types, level, order, maxEvents, maxWaitMs } = settings;
  return JSON.stringify([url, description ?? '', events, types, level, order, maxEvents, maxWaitMs]);
}

function nameOf(app: string, name: string): string {
  return `${app}\n${name}`; // no app has a line end
}
