import type { PageRequest } from '../ports/page.js';
import type { Subscriber, Subscribers } from '../ports/topic-store.js';
import { faultsOf } from './faults.js';
import type { ApiHouse } from './house.js';
import { json, type KeyedCall, type KeyedOperation, type Reply } from './operation.js';
import { answerPage } from './paging.js';
import { pageParameters, topicParameter } from './parameters.js';
import { invalid } from './refusal.js';
import { topicName } from './schemas/attributes-request.js';
import { pageOf } from './schemas/common-answers.js';
import { subscribedAnswer, subscriberAnswer, unsubscribedAnswer } from './schemas/topic-answer.js';
import { subscribersRequest } from './schemas/topic-request.js';
import { toTime } from './times.js';

const PATH = '/v1/topics/{topic}/subscribers';

/** Who is subscribed to a topic. */
export function topicOperations(house: Pick<ApiHouse, 'topics' | 'clock' | 'assertRoom'>): readonly KeyedOperation[] {
  async function list(call: KeyedCall): Promise<Reply> {
    const topic = readTopic(call);
    const fetch = (page: PageRequest) => house.topics.subscribers(call.caller.app, topic, page);
    return json(200, await answerPage(call.query, fetch, subscriberToJson));
  }

  async function subscribe(call: KeyedCall): Promise<Reply> {
    const topic = readTopic(call);
    const who = readSubscribers(call);
    house.assertRoom();
    const result = await house.topics.subscribe(call.caller.app, topic, who, house.clock.now());
    switch (result.kind) {
      case 'subscribed':
        return json(200, { topic, added: result.added, unknown: result.unknown });
      case 'too_many': {
        const detail = `the device '${result.device}' has ${result.max} topics already; nobody was subscribed`;
        throw invalid([{ pointer: '', code: 'too_many_topics', detail }]);
      }
      default:
        throw new Error(`unknown result ${result satisfies never}`);
    }
  }

  async function unsubscribe(call: KeyedCall): Promise<Reply> {
    const topic = readTopic(call);
    const removed = await house.topics.unsubscribe(call.caller.app, topic, readSubscribers(call), house.clock.now());
    return json(200, { topic, removed });
  }

  const common = { path: PATH, tag: 'topics' } as const;
  return [
    {
      ...common,
      method: 'get',
      operationId: 'listTopicSubscribers',
      summary: "List a topic's devices in the order of their ids",
      scopes: ['devices:read'],
      parameters: [topicParameter, ...pageParameters],
      body: 'none',
      answers: [
        {
          status: 200,
          description: 'A page of subscribers; empty for a topic of nobody',
          schema: pageOf(subscriberAnswer),
        },
      ],
      problems: ['validation_failed', 'store_unavailable'],
      handle: list,
    },
    {
      ...common,
      method: 'post',
      operationId: 'subscribeToTopic',
      summary: 'Subscribe devices, and all devices that users have now; those that are subscribed stay so',
      scopes: ['devices:write'],
      parameters: [topicParameter],
      body: { schema: subscribersRequest },
      answers: [{ status: 200, description: 'Subscribed', schema: subscribedAnswer }],
      problems: ['disk_full', 'store_unavailable'],
      handle: subscribe,
    },
    {
      ...common,
      method: 'delete',
      operationId: 'unsubscribeFromTopic',
      summary: 'End subscriptions of devices, and of all devices that users have now; what is not there is not missed',
      scopes: ['devices:write'],
      parameters: [topicParameter],
      body: { schema: subscribersRequest },
      answers: [{ status: 200, description: 'Unsubscribed', schema: unsubscribedAnswer }],
      problems: ['store_unavailable'],
      handle: unsubscribe,
    },
  ];
}

function readTopic(call: KeyedCall): string {
  const parsed = topicName.safeParse(call.path.topic);
  if (parsed.success) return parsed.data;
  const faults = faultsOf(topicName, parsed.error.issues, call.path.topic);
  throw invalid(faults.map(({ code, detail }) => ({ parameter: 'topic', code, detail })));
}

function readSubscribers(call: KeyedCall): Subscribers {
  const parsed = subscribersRequest.safeParse(call.body);
  if (!parsed.success) throw invalid(faultsOf(subscribersRequest, parsed.error.issues, call.body));
  return { devices: parsed.data.devices ?? [], users: parsed.data.users ?? [] };
}

function subscriberToJson({ device, user, subscribedAt }: Subscriber) {
  return { device, user, subscribed_at: toTime(subscribedAt) };
}
