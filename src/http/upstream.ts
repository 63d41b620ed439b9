import type { PageRequest } from '../ports/page.js';
import type { UpstreamMessage } from '../ports/upstream-store.js';
import type { ApiHouse } from './house.js';
import { json, type KeyedOperation } from './operation.js';
import { answerPage } from './paging.js';
import { pageParameters } from './parameters.js';
import { upstreamAnswer } from './schemas/access-answer.js';
import { pageOf } from './schemas/common-answers.js';
import { toTime } from './times.js';

/** What devices say to their app's server. */
export function upstreamOperations(house: Pick<ApiHouse, 'upstream'>): readonly KeyedOperation[] {
  return [
    {
      method: 'get',
      path: '/v1/upstream',
      operationId: 'listUpstreamMessages',
      summary: "List what devices have said to the app's server, in the order in which it was taken",
      description:
        'Kept for 7 days; a device that sends more than anybody fetches is refused the rest. Who keeps the last `next_cursor` and reads on from it later misses nothing and gets nothing twice.',
      tag: 'realtime',
      scopes: ['messages:read'],
      parameters: [...pageParameters],
      body: 'none',
      answers: [{ status: 200, description: 'A page of messages', schema: pageOf(upstreamAnswer) }],
      problems: ['validation_failed', 'store_unavailable'],
      async handle({ caller, query }) {
        const fetch = (page: PageRequest) => house.upstream.list(caller.app, page);
        return json(200, await answerPage(query, fetch, upstreamToJson));
      },
    },
  ];
}

function upstreamToJson({ id, device, user, topic, data, at, receivedAt }: UpstreamMessage) {
  return {
    id,
    object: 'upstream_message',
    device,
    user,
    topic,
    data,
    at: toTime(at),
    received_at: toTime(receivedAt),
  };
}
