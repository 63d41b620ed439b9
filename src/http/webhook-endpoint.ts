import type { WebhookEndpoint, WebhookStore } from '../ports/webhook-store.js';
import type { KeyedCall, Parameter } from './operation.js';
import { invalid, Refusal } from './refusal.js';
import { createdWebhookAnswer, webhookDeliveryAnswer } from './schemas/webhook-answer.js';
import { IDEMPOTENCY_KEY_RULE, isIdempotencyKey } from './sending.js';

export const WEBHOOKS_PATH = '/v1/webhook-endpoints';

export const endpointParameter: Parameter = {
  name: 'id',
  in: 'path',
  description: 'Id of the endpoint',
  schema: createdWebhookAnswer.shape.id,
};
export const callParameter: Parameter = {
  name: 'delivery',
  in: 'path',
  description: 'Id of the delivery',
  schema: webhookDeliveryAnswer.shape.id,
};

const ENDPOINT_ID = /^whe_[0-9a-z]{1,40}$/;

/** What no endpoint can be called is not asked for. @throws Refusal 404 */
export function readEndpointId({ path }: Pick<KeyedCall, 'path'>): string {
  const { id = '' } = path;
  if (!ENDPOINT_ID.test(id)) throw noEndpoint();
  return id;
}

/** @throws Refusal 404 */
export async function findEndpoint(store: WebhookStore, call: KeyedCall): Promise<WebhookEndpoint> {
  return orMissing(await store.find(call.caller.app, readEndpointId(call)));
}

/** @throws Refusal 404 where there is none, 409 where it stands in the app's file */
export async function findOwnEndpoint(store: WebhookStore, call: KeyedCall): Promise<WebhookEndpoint> {
  const endpoint = await findEndpoint(store, call);
  if (endpoint.source === 'api') return endpoint;
  const { app, name } = endpoint;
  const detail = `this endpoint stands in the file of the app, apps/${app}.yaml, under webhooks.${name}: change it there`;
  throw new Refusal('webhook_in_file', detail);
}

/** @throws Refusal 404 */
export function orMissing<T>(found: T | undefined): T {
  if (found === undefined) throw noEndpoint();
  return found;
}

export function noEndpoint(): Refusal {
  return new Refusal('webhook_not_found', 'this app has no webhook endpoint with this id');
}

/** @throws Refusal 422 */
export function readRepeatKey(call: KeyedCall): string | undefined {
  const key = call.header('idempotency-key');
  if (key === undefined || isIdempotencyKey(key)) return key;
  throw invalid([{ parameter: 'Idempotency-Key', code: 'invalid_format', detail: IDEMPOTENCY_KEY_RULE }]);
}
