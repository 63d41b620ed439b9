import { randomBytes } from 'node:crypto';
import { newId } from '../../../domain/ids.js';
import type { EpochMs } from '../../../domain/time.js';
import type { WebhookSecret, WebhookSettings } from '../../../domain/webhook.js';
import {
  type EndpointState,
  WEBHOOK_ENDPOINTS_MAX,
  type WebhookEndpoint,
  type WebhookStore,
} from '../../../ports/webhook-store.js';
import type { AtRest } from '../../at-rest.js';
import { decodeCursor, pageOf } from '../../shared/cursor.js';
import type { Sql, SqlQuery } from '../engine/sql.js';
import { retryConflicts } from '../writing/conflict.js';
import { lockEndpoints, renewInterest } from './webhook-interest.js';
import { ENDPOINT_COLUMNS, type EndpointRow, toEndpoint } from './webhook-rows.js';
import { sealSecrets } from './webhook-secrets.js';

type Endpoints = Pick<WebhookStore, 'create' | 'find' | 'list' | 'update' | 'remove' | 'setState'>;

/** Endpoints as people see them. */
export function createWebhookEndpoints(sql: Sql, atRest: AtRest): Endpoints {
  return {
    create: ({ id, app, settings }, secret, now) =>
      retryConflicts(() =>
        sql.transaction(async (tx) => {
          await lockEndpoints(tx);
          const known = await findEndpoint(tx, app, id);
          if (known !== undefined) return known;
          const { rows } = await tx.query<{ n: number }>(
            'SELECT count(*) AS n FROM pealbell.webhook_endpoints WHERE app = $1',
            [app],
          );
          if ((rows[0]?.n ?? 0) >= WEBHOOK_ENDPOINTS_MAX) return 'full';
          const made = await insertEndpoint(tx, atRest, { id, app, settings, secret }, now);
          await renewInterest(tx, [app]);
          return made;
        }),
      ),

    find: (app, id) => findEndpoint(sql, app, id),

    async list(app, page) {
      const { rows } = await sql.query<EndpointRow>(
        `SELECT ${ENDPOINT_COLUMNS} FROM pealbell.webhook_endpoints e WHERE app = $1 AND id > $2 ORDER BY id LIMIT $3`,
        [app, decodeCursor('webhook-endpoints', page.cursor) ?? '', page.limit + 1],
      );
      return pageOf('webhook-endpoints', rows.map(toEndpoint), page.limit, ({ id }) => id);
    },

    update: (app, id, change, now) =>
      retryConflicts(() =>
        sql.transaction(async (tx) => {
          await lockEndpoints(tx);
          const known = await findEndpoint(tx, app, id);
          if (known === undefined) return undefined;
          const changed = await updateEndpoint(tx, { ...known, ...change }, now);
          await renewInterest(tx, [app]);
          return changed;
        }),
      ),

    remove: (app, id) =>
      retryConflicts(() =>
        sql.transaction(async (tx) => {
          await lockEndpoints(tx);
          const removed = await removeEndpoints(tx, 'app = $1 AND id = $2', [app, id]);
          await renewInterest(tx, [app]);
          return removed > 0;
        }),
      ),

    setState: (app, id, state, reason, now) =>
      retryConflicts(() => setEndpointState(sql, { app, id, state, reason }, now)),
  };
}

export async function findEndpoint(sql: SqlQuery, app: string, id: string): Promise<WebhookEndpoint | undefined> {
  const { rows } = await sql.query<EndpointRow>(
    `SELECT ${ENDPOINT_COLUMNS} FROM pealbell.webhook_endpoints e WHERE app = $1 AND id = $2`,
    [app, id],
  );
  return rows[0] === undefined ? undefined : toEndpoint(rows[0]);
}

/** See `WebhookStore.setState`. */
export async function setEndpointState(
  sql: SqlQuery,
  to: { readonly app: string; readonly id: string; readonly state: EndpointState; readonly reason: string | undefined },
  now: EpochMs,
): Promise<WebhookEndpoint | undefined> {
  const { rows } = await sql.query<EndpointRow>(
    `WITH e AS (
       UPDATE pealbell.webhook_endpoints SET state = $3, state_reason = $4,
         updated_at = CASE WHEN state = $3 THEN updated_at ELSE greatest($5::bigint, updated_at + 1) END,
         failing_since = CASE WHEN $3 = 'active' THEN NULL ELSE failing_since END,
         failing_told_at = CASE WHEN $3 = 'active' THEN NULL ELSE failing_told_at END,
         hold_until = CASE WHEN $3 = 'active' THEN NULL ELSE hold_until END
       WHERE app = $1 AND id = $2 RETURNING *
     ), hastened AS (
       UPDATE pealbell.webhook_calls c SET due_at = $5::bigint FROM e
       WHERE c.endpoint = e.key AND c.state = 'waiting' AND c.due_at > $5::bigint AND $3 = 'active'
     ) SELECT ${ENDPOINT_COLUMNS} FROM e`,
    [to.app, to.id, to.state, to.reason ?? null, now],
  );
  return rows[0] === undefined ? undefined : toEndpoint(rows[0]);
}

/**
 * Its cursor is the head as it is now: what commits later has a higher number. The endpoints are locked, and their interest is
 * renewed afterwards.
 */
export async function insertEndpoint(
  tx: SqlQuery,
  atRest: AtRest,
  given: {
    readonly id?: string;
    readonly app: string;
    readonly name?: string;
    readonly settings: WebhookSettings;
    readonly secret: WebhookSecret;
  },
  now: EpochMs,
): Promise<WebhookEndpoint> {
  const { app, name, settings, secret } = given;
  const id = given.id ?? newId('whe', now, randomBytes);
  const { rows } = await tx.query<EndpointRow>(
    `INSERT INTO pealbell.webhook_endpoints AS e (id, app, name, secrets, created_at, updated_at, cursor, ${SETTINGS})
     VALUES ($1, $2, $3, decode($4, 'base64'), $5, $5,
       coalesce((SELECT last FROM pealbell.event_heads WHERE app = $2), 0), $6, $7, $8, $9, $10, $11, $12, $13)
     RETURNING ${ENDPOINT_COLUMNS}`,
    [id, app, name ?? null, sealSecrets(atRest, id, [secret]), now, ...settingValues(settings)],
  );
  if (rows[0] === undefined) throw new Error('an endpoint was not written');
  return toEndpoint(rows[0]);
}

export async function updateEndpoint(
  tx: SqlQuery,
  endpoint: WebhookSettings & { readonly id: string },
  now: EpochMs,
): Promise<WebhookEndpoint | undefined> {
  const { rows } = await tx.query<EndpointRow>(
    `UPDATE pealbell.webhook_endpoints e SET updated_at = greatest($2::bigint, updated_at + 1), (${SETTINGS}) = ROW ($3, $4, $5, $6, $7, $8, $9, $10)
     WHERE id = $1 RETURNING ${ENDPOINT_COLUMNS}`,
    [endpoint.id, now, ...settingValues(endpoint)],
  );
  return rows[0] === undefined ? undefined : toEndpoint(rows[0]);
}

/** Their calls may be many: they go with the next sweeps, and nobody sees them meanwhile. @returns how many there were */
export async function removeEndpoints(tx: SqlQuery, which: string, params: readonly unknown[]): Promise<number> {
  const { rows } = await tx.query(
    `WITH gone AS (DELETE FROM pealbell.webhook_endpoints WHERE ${which} RETURNING key)
     INSERT INTO pealbell.webhook_removed (key) SELECT key FROM gone RETURNING key`,
    params,
  );
  return rows.length;
}

const SETTINGS = 'url, description, events, types, level, ordering, max_events, max_wait_ms';

function settingValues(settings: WebhookSettings): readonly unknown[] {
  return [
    settings.url,
    settings.description || null,
    settings.events,
    settings.types,
    settings.level,
    settings.order,
    settings.maxEvents,
    settings.maxWaitMs,
  ];
}
