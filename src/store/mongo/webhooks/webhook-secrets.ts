import type { EpochMs } from '../../../domain/time.js';
import type { WebhookSecret } from '../../../domain/webhook.js';
import { WEBHOOK_SECRETS_MAX, type WebhookStore } from '../../../ports/webhook-store.js';
import type { AtRest } from '../../at-rest.js';
import { ENDPOINTS, type EndpointDoc } from '../documents/webhooks.js';
import { bytesOf } from '../engine/bytes.js';
import type { Ground } from '../ground.js';
import { changeEach } from '../writing/change.js';

/** Secrets of an endpoint, newest first, as they lie in its document. */
export function sealSecrets(atRest: AtRest, endpoint: string, secrets: readonly WebhookSecret[]): Buffer {
  return atRest.seal(JSON.stringify(secrets), placeOf(endpoint));
}

/** Secrets that sign at `now`. */
export function openSecrets(
  atRest: AtRest,
  { _id, secrets: sealed }: Pick<EndpointDoc, '_id' | 'secrets'>,
  now: EpochMs,
): readonly WebhookSecret[] {
  // What was sealed here is what `sealSecrets` wrote.
  const secrets = JSON.parse(atRest.open(bytesOf(sealed), placeOf(_id))) as readonly WebhookSecret[];
  return secrets.filter(({ until }) => until === undefined || until > now);
}

function placeOf(endpoint: string): string {
  return `webhooks|${endpoint}|secrets`;
}

export function createWebhookSecrets({ db, atRest, outbox }: Ground): Pick<WebhookStore, 'secrets' | 'rotate'> {
  const model = db.of(ENDPOINTS);
  return {
    async secrets(app, id, now) {
      const found = await db.run(() => model.findOne({ _id: id, app, isRemoved: false }).lean());
      return found === null ? undefined : openSecrets(atRest, found, now);
    },

    async rotate(app, id, secret, overlapUntil, now) {
      let answer: boolean | 'full' = false;
      await changeEach<EndpointDoc>(db, model, [id], outbox.begin(), () => (document) => {
        answer = document.app === app && !document.isRemoved;
        if (!answer) return undefined;
        const kept = openSecrets(atRest, document, now)
          .map((old) => ({ ...old, until: Math.min(old.until ?? overlapUntil, overlapUntil) }))
          .filter(({ until }) => until > now);
        if (kept.length >= WEBHOOK_SECRETS_MAX) {
          answer = 'full';
          return undefined;
        }
        return { set: { secrets: sealSecrets(atRest, id, [secret, ...kept]), updatedAt: now } };
      });
      return answer;
    },
  };
}
