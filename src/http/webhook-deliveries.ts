import { nearest } from '../domain/suggest.js';
import type { PageRequest } from '../ports/page.js';
import type { CallState } from '../ports/webhook-store.js';
import type { ApiHouse } from './house.js';
import { json, type KeyedCall, type KeyedOperation, type Reply } from './operation.js';
import { answerPage, type Query, readPage } from './paging.js';
import { idempotencyKeyParameter, pageParameters } from './parameters.js';
import { invalid, Refusal } from './refusal.js';
import { pageOf } from './schemas/common-answers.js';
import { CALL_STATES, replayAnswer, webhookDeliveryAnswer, webhookDeliveryDetail } from './schemas/webhook-answer.js';
import { replayRequest } from './schemas/webhook-request.js';
import { readReplay, replayCursor } from './webhook-draft.js';
import {
  callParameter,
  endpointParameter,
  findEndpoint,
  orMissing,
  readEndpointId,
  readRepeatKey,
  WEBHOOKS_PATH,
} from './webhook-endpoint.js';
import { callDetailToJson, callToJson } from './webhook-json.js';

const PATH = `${WEBHOOKS_PATH}/{id}`;
const CALL_ID = /^whc_[0-9a-z]{1,40}$/;

/** What became of the calls to an endpoint, and making them anew. */
export function webhookDeliveryOperations(
  house: Pick<ApiHouse, 'webhooks' | 'clock' | 'assertRoom'>,
): readonly KeyedOperation[] {
  const { webhooks } = house;

  async function test(call: KeyedCall): Promise<Reply> {
    const key = readRepeatKey(call);
    house.assertRoom();
    return json(202, callToJson(orMissing(await webhooks.desk.test(call.caller.app, readEndpointId(call), key))));
  }

  async function list(call: KeyedCall): Promise<Reply> {
    const { app } = call.caller;
    const filter = readState(call.query);
    readPage(call.query, ['state']); // A fault of the query is told before the endpoint is looked for.
    const { id } = await findEndpoint(webhooks.store, call);
    const fetch = (page: PageRequest) => webhooks.store.calls(app, id, filter, page);
    return json(200, await answerPage(call.query, fetch, callToJson, ['state']));
  }

  async function get(call: KeyedCall): Promise<Reply> {
    const endpoint = await findEndpoint(webhooks.store, call);
    const { delivery = '' } = call.path;
    const found = CALL_ID.test(delivery)
      ? await webhooks.store.call(call.caller.app, endpoint.id, delivery)
      : undefined;
    if (found === undefined) {
      const detail = 'this endpoint has no delivery with this id: it never had, or its retention is over';
      throw new Refusal('webhook_delivery_not_found', detail);
    }
    const body = await webhooks.bodyOf(found.call);
    return json(200, callDetailToJson(found.call, found.attempts, endpoint.url, body));
  }

  async function replay(call: KeyedCall): Promise<Reply> {
    const { app } = call.caller;
    const which = readReplay(call.body, house.clock.now());
    const key = readRepeatKey(call);
    house.assertRoom();
    const done = orMissing(await webhooks.desk.replay(app, readEndpointId(call), which, key));
    const passedOver = 'calls' in which ? which.calls.length - done.count - done.gone : 0;
    const next = done.more && done.last !== undefined && 'until' in which ? replayCursor(done.last, which.until) : null;
    return json(202, {
      replayed: done.count,
      passed_over: Math.max(0, passedOver),
      gone: done.gone,
      has_more: next !== null,
      next_cursor: next,
    });
  }

  const common = { tag: 'webhooks', scopes: ['webhooks:write'] } as const;
  const problems = ['webhook_not_found', 'store_unavailable'] as const;
  const answer = { schema: webhookDeliveryAnswer };
  return [
    {
      ...{ ...common, method: 'post', path: `${PATH}/test`, operationId: 'testWebhookEndpoint', handle: test },
      summary: 'Send a `webhook.test` event now, whatever the endpoint is told of, and also while it is paused',
      parameters: [endpointParameter, idempotencyKeyParameter],
      body: 'none',
      answers: [{ status: 202, description: 'The delivery; ask for it to see what the receiver answered', ...answer }],
      problems: [...problems, 'disk_full'],
    },
    {
      ...{ ...common, method: 'get', path: `${PATH}/deliveries`, operationId: 'listWebhookDeliveries', handle: list },
      summary: 'List the calls to an endpoint, newest first',
      parameters: [
        endpointParameter,
        {
          name: 'state',
          in: 'query',
          description: 'Only those in this state',
          schema: webhookDeliveryAnswer.shape.state.optional(),
        },
        ...pageParameters,
      ],
      body: 'none',
      answers: [{ status: 200, description: 'A page of deliveries', schema: pageOf(webhookDeliveryAnswer) }],
      problems: ['validation_failed', ...problems],
    },
    {
      ...{ ...common, method: 'get', path: `${PATH}/deliveries/{delivery}`, operationId: 'getWebhookDelivery' },
      summary: 'One call with all its attempts: what was sent, what was answered, and how long it took',
      parameters: [endpointParameter, callParameter],
      body: 'none',
      answers: [{ status: 200, description: 'The delivery', schema: webhookDeliveryDetail }],
      problems: [...problems, 'webhook_delivery_not_found'],
      handle: get,
    },
    {
      ...{ ...common, method: 'post', path: `${PATH}/replay`, operationId: 'replayWebhookDeliveries', handle: replay },
      summary: 'Make calls anew: some by their ids, or those of a time, by default what was given up',
      description:
        'Up to 1,000 at a time, in order, as new deliveries behind all others; their events keep their ids. Events are kept for `retention.events`.',
      parameters: [endpointParameter, idempotencyKeyParameter],
      body: { schema: replayRequest },
      answers: [{ status: 202, description: 'They are on their way', schema: replayAnswer }],
      problems: [...problems, 'disk_full'],
    },
  ];
}

/** @throws Refusal 422 */
function readState({ state }: Query): { readonly state?: CallState } {
  if (state === undefined) return {};
  const known = CALL_STATES.find((word) => word === state);
  if (known !== undefined) return { state: known };
  const meant = typeof state === 'string' ? nearest(state, CALL_STATES) : undefined;
  const hint = meant === undefined ? '' : `; did you mean '${meant}'?`;
  const detail = `must be one of ${CALL_STATES.join(', ')}${hint}`;
  throw invalid([{ parameter: 'state', code: 'invalid_value', detail }]);
}
