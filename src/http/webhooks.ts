import type { PageRequest } from '../ports/page.js';
import { WEBHOOK_ENDPOINTS_MAX, WEBHOOK_SECRETS_MAX } from '../ports/webhook-store.js';
import type { ApiHouse } from './house.js';
import { json, type KeyedCall, type KeyedOperation, type Reply } from './operation.js';
import { answerPage } from './paging.js';
import { idempotencyKeyParameter, pageParameters } from './parameters.js';
import { Refusal } from './refusal.js';
import { pageOf } from './schemas/common-answers.js';
import { createdWebhookAnswer, rotatedAnswer, webhookAnswer } from './schemas/webhook-answer.js';
import { rotateRequest, webhookChange, webhookRequest } from './schemas/webhook-request.js';
import { toTime } from './times.js';
import { readOverlap, readWebhook, readWebhookChange } from './webhook-draft.js';
import {
  endpointParameter,
  findEndpoint,
  findOwnEndpoint,
  noEndpoint,
  orMissing,
  readEndpointId,
  readRepeatKey,
  WEBHOOKS_PATH,
} from './webhook-endpoint.js';
import { webhookToJson } from './webhook-json.js';

const PATH = WEBHOOKS_PATH;

/** Who is told what happens in an app. */
export function webhookOperations(
  house: Pick<ApiHouse, 'webhooks' | 'clock' | 'assertRoom'>,
): readonly KeyedOperation[] {
  const { webhooks } = house;

  async function create(call: KeyedCall): Promise<Reply> {
    const settings = readWebhook(call.body, webhooks.urls);
    const key = readRepeatKey(call);
    house.assertRoom();
    const made = await webhooks.desk.create(call.caller.app, settings, key);
    switch (made.kind) {
      case 'made': {
        const headers = {
          Location: `${PATH}/${made.endpoint.id}`,
          ...(made.replayed ? { 'Idempotency-Replayed': 'true' } : {}),
        };
        return json(201, { ...webhookToJson(made.endpoint), secret: made.secret }, headers);
      }
      case 'full': {
        const detail = `an app has at most ${WEBHOOK_ENDPOINTS_MAX} endpoints: delete one, or have one told of more events`;
        throw new Refusal('too_many_webhooks', detail);
      }
      case 'mismatch': {
        const detail = 'an earlier call with this key made another endpoint, or it has changed since; use a new key';
        throw new Refusal('idempotency_mismatch', detail);
      }
      default:
        throw new Error(`unknown result ${made satisfies never}`);
    }
  }

  async function list(call: KeyedCall): Promise<Reply> {
    const fetch = (page: PageRequest) => webhooks.store.list(call.caller.app, page);
    return json(200, await answerPage(call.query, fetch, webhookToJson));
  }

  async function update(call: KeyedCall): Promise<Reply> {
    const change = readWebhookChange(call.body, webhooks.urls);
    const { id } = await findOwnEndpoint(webhooks.store, call);
    const changed = await webhooks.store.update(call.caller.app, id, change, house.clock.now());
    return json(200, webhookToJson(orMissing(changed)));
  }

  async function remove(call: KeyedCall): Promise<Reply> {
    const { id } = await findOwnEndpoint(webhooks.store, call);
    if (!(await webhooks.store.remove(call.caller.app, id))) throw noEndpoint();
    return { kind: 'empty', status: 204 };
  }

  async function rotate(call: KeyedCall): Promise<Reply> {
    const overlapMs = readOverlap(call.body);
    const { id } = await findOwnEndpoint(webhooks.store, call);
    const rotated = await webhooks.desk.rotate(call.caller.app, id, overlapMs);
    switch (rotated.kind) {
      case 'rotated': {
        const { endpoint, secret, overlapUntil } = rotated;
        return json(200, { ...webhookToJson(endpoint), secret, overlap_until: toTime(overlapUntil) });
      }
      case 'full': {
        const detail = `${WEBHOOK_SECRETS_MAX} secrets sign already: wait until one of them has ended, or rotate with overlap "0s"`;
        throw new Refusal('too_many_secrets', detail);
      }
      case 'unknown':
        throw noEndpoint();
      default:
        throw new Error(`unknown result ${rotated satisfies never}`);
    }
  }

  const common = { tag: 'webhooks', scopes: ['webhooks:write'] } as const;
  const one = { ...common, parameters: [endpointParameter] };
  const problems = ['webhook_not_found', 'store_unavailable'] as const;
  return [
    {
      ...{ ...common, method: 'post', path: PATH, operationId: 'createWebhookEndpoint', handle: create },
      summary: 'Have a server told what happens from now on',
      description:
        'Calls are signed as Standard Webhooks 1.0 says. `docs/webhooks.md` tells what is in them, and what is promised.',
      parameters: [idempotencyKeyParameter],
      body: { schema: webhookRequest },
      answers: [
        {
          status: 201,
          description: 'The endpoint, and the secret that signs its calls: shown now and never again',
          schema: createdWebhookAnswer,
          headers: {
            Location: 'Where to ask about it',
            'Idempotency-Replayed': '`true` when an earlier call with the same key made it',
          },
        },
      ],
      problems: ['too_many_webhooks', 'idempotency_mismatch', 'disk_full', 'store_unavailable'],
    },
    {
      ...{ ...common, method: 'get', path: PATH, operationId: 'listWebhookEndpoints', handle: list },
      summary: "List the app's webhook endpoints, those of its file too, in the order of their ids",
      parameters: pageParameters,
      body: 'none',
      answers: [{ status: 200, description: 'A page of endpoints', schema: pageOf(webhookAnswer) }],
      problems: ['validation_failed', 'store_unavailable'],
    },
    {
      ...{ ...one, method: 'get', path: `${PATH}/{id}`, operationId: 'getWebhookEndpoint' },
      summary: 'A webhook endpoint, and how it fares',
      body: 'none',
      answers: [{ status: 200, description: 'The endpoint', schema: webhookAnswer }],
      problems,
      handle: async (call) => json(200, webhookToJson(await findEndpoint(webhooks.store, call))),
    },
    {
      ...{ ...one, method: 'patch', path: `${PATH}/{id}`, operationId: 'updateWebhookEndpoint', handle: update },
      summary: 'Change what is given of a webhook endpoint; calls that are made already stay as they are',
      body: { schema: webhookChange },
      answers: [{ status: 200, description: 'The endpoint as it is now', schema: webhookAnswer }],
      problems: [...problems, 'webhook_in_file'],
    },
    {
      ...{ ...one, method: 'delete', path: `${PATH}/{id}`, operationId: 'deleteWebhookEndpoint', handle: remove },
      summary: 'Delete a webhook endpoint, with all calls that were made or wait',
      body: 'none',
      answers: [{ status: 204, description: 'It is gone' }],
      problems: [...problems, 'webhook_in_file'],
    },
    {
      ...{ ...one, method: 'post', path: `${PATH}/{id}/pause`, operationId: 'pauseWebhookEndpoint' },
      summary: 'Pause a webhook endpoint; what happens meanwhile waits',
      body: 'none',
      answers: [{ status: 200, description: 'The endpoint', schema: webhookAnswer }],
      problems,
      handle: async (call) =>
        json(200, webhookToJson(orMissing(await webhooks.desk.pause(call.caller.app, readEndpointId(call))))),
    },
    {
      ...{ ...one, method: 'post', path: `${PATH}/{id}/resume`, operationId: 'resumeWebhookEndpoint' },
      summary: 'Go on with a webhook endpoint that is paused or disabled, from where it stood',
      body: 'none',
      answers: [{ status: 200, description: 'The endpoint', schema: webhookAnswer }],
      problems,
      handle: async (call) =>
        json(200, webhookToJson(orMissing(await webhooks.desk.resume(call.caller.app, readEndpointId(call))))),
    },
    {
      ...{
        ...one,
        method: 'post',
        path: `${PATH}/{id}/rotate-secret`,
        operationId: 'rotateWebhookSecret',
        handle: rotate,
      },
      summary: 'Make a new secret; what signed before signs as well for a while',
      body: { schema: rotateRequest },
      answers: [
        {
          status: 200,
          description: 'The endpoint, and its new secret: shown now and never again',
          schema: rotatedAnswer,
        },
      ],
      problems: [...problems, 'webhook_in_file', 'too_many_secrets'],
    },
  ];
}
