import { createHmac } from 'node:crypto';
import type { EpochMs } from '../domain/time.js';
import type { WebhookSecret } from '../domain/webhook.js';
import { webhookSecretKey } from '../domain/webhook-secret.js';

/**
 * The headers that prove where a call comes from (Standard Webhooks 1.0): one signature for each secret that is live at
 * `now`, which is the time of this attempt.
 *
 * @param id without a full stop
 */
export function signatureHeaders(
  id: string,
  body: Buffer,
  secrets: readonly WebhookSecret[],
  now: EpochMs,
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const timestamp = String(Math.floor(now / 1_000));
  const keys = secrets
    .filter(({ until }) => until === undefined || now < until)
    .flatMap(({ value }) => webhookSecretKey(value) ?? []);
  const signatures = keys.map((key) => {
    const mac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body);
    return `v1,${mac.digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
