import type { UserDelivery } from '../ports/history-store.js';
import type { Page, PageRequest } from '../ports/page.js';
import type { ApiHouse } from './house.js';
import { json, type KeyedOperation } from './operation.js';
import { answerPage } from './paging.js';
import { pageParameters, userIdParameter } from './parameters.js';
import { pageOf } from './schemas/common-answers.js';
import { userDeliveryAnswer } from './schemas/timeline-answer.js';
import { userDeliveryToJson } from './timeline-json.js';
import { isUserId } from './user-record.js';

/** What was meant for a user, and what became of it. */
export function userTimelineOperation(house: ApiHouse): KeyedOperation {
  return {
    method: 'get',
    path: '/v1/users/{id}/timeline',
    operationId: 'getUserTimeline',
    summary: 'What was meant for a user and what became of it on each device, newest message first',
    description:
      'Deliveries are the user’s to whom they were planned. What was not tried yet is looked for in a bounded number of ' +
      'open chunks for each page: where much waits, a page may have fewer entries than asked for, or none, and still a ' +
      '`next_cursor` that goes on.',
    tag: 'users',
    scopes: ['messages:read'],
    parameters: [userIdParameter, ...pageParameters],
    body: 'none',
    answers: [
      {
        status: 200,
        description: 'A page of deliveries, explained; empty for an unknown user',
        schema: pageOf(userDeliveryAnswer),
      },
    ],
    problems: ['validation_failed', 'store_unavailable'],
    async handle(call) {
      const { app } = call.caller;
      const user = call.path.id ?? '';
      const fetch = async (page: PageRequest): Promise<Page<UserDelivery>> =>
        isUserId(user) ? house.history.ofUser(app, user, page) : { items: [] };
      return json(200, await answerPage(call.query, fetch, (item) => userDeliveryToJson(house.explain, app, item)));
    },
  };
}
