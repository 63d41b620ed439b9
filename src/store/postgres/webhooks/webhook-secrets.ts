import type { EpochMs } from '../../../domain/time.js';
import type { WebhookSecret } from '../../../domain/webhook.js';
import { WEBHOOK_SECRETS_MAX, type WebhookStore } from '../../../ports/webhook-store.js';
import type { AtRest } from '../../at-rest.js';
import type { Sql } from '../engine/sql.js';

/** Secrets of an endpoint, newest first, as they lie in its row. */
export function sealSecrets(atRest: AtRest, endpoint: string, secrets: readonly WebhookSecret[]): string {
  return atRest.seal(JSON.stringify(secrets), placeOf(endpoint)).toString('base64');
}

/** Secrets that sign at `now`. */
export function openSecrets(
  atRest: AtRest,
  endpoint: string,
  sealed: Uint8Array,
  now: EpochMs,
): readonly WebhookSecret[] {
  // What was sealed here is what `sealSecrets` wrote.
  const secrets = JSON.parse(atRest.open(sealed, placeOf(endpoint))) as readonly WebhookSecret[];
  return secrets.filter(({ until }) => until === undefined || until > now);
}

function placeOf(endpoint: string): string {
  return `webhooks|${endpoint}|secrets`;
}

export function createWebhookSecrets(sql: Sql, atRest: AtRest): Pick<WebhookStore, 'secrets' | 'rotate'> {
  const READ = 'SELECT secrets FROM pealbell.webhook_endpoints WHERE app = $1 AND id = $2';
  return {
    async secrets(app, id, now) {
      const { rows } = await sql.query<{ secrets: Uint8Array }>(READ, [app, id]);
      return rows[0] === undefined ? undefined : openSecrets(atRest, id, rows[0].secrets, now);
    },

    rotate: (app, id, secret, overlapUntil, now) =>
      sql.transaction(async (tx) => {
        const { rows } = await tx.query<{ secrets: Uint8Array }>(`${READ} FOR UPDATE`, [app, id]);
        if (rows[0] === undefined) return false;
        const kept = openSecrets(atRest, id, rows[0].secrets, now)
          .map((old) => ({ ...old, until: Math.min(old.until ?? overlapUntil, overlapUntil) }))
          .filter(({ until }) => until > now);
        if (kept.length >= WEBHOOK_SECRETS_MAX) return 'full';
        await tx.query(
          `UPDATE pealbell.webhook_endpoints SET secrets = decode($2, 'base64'), updated_at = $3 WHERE id = $1`,
          [id, sealSecrets(atRest, id, [secret, ...kept]), now],
        );
        return true;
      }),
  };
}
