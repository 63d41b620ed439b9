import { devicePages } from './device-pages.js';
import type { ApiHouse } from './house.js';
import { json, type KeyedOperation } from './operation.js';
import { answerPage } from './paging.js';
import { pageParameters, userIdParameter } from './parameters.js';
import { pageOf } from './schemas/common-answers.js';
import { deviceAnswer } from './schemas/device-answer.js';
import { userErasureOperation } from './user-erasure.js';
import { userExportOperation } from './user-export.js';
import { isUserId } from './user-record.js';
import { userTimelineOperation } from './user-timeline.js';

/** What belongs to a user. */
export function userOperations(house: ApiHouse): readonly KeyedOperation[] {
  return [
    {
      method: 'get',
      path: '/v1/users/{id}/devices',
      operationId: 'listUserDevices',
      summary: "List a user's devices in the order of their ids",
      tag: 'users',
      scopes: ['devices:read'],
      parameters: [userIdParameter, ...pageParameters],
      body: 'none',
      answers: [
        { status: 200, description: 'A page of devices; empty for an unknown user', schema: pageOf(deviceAnswer) },
      ],
      problems: ['validation_failed', 'store_unavailable'],
      async handle(call) {
        const user = call.path.id ?? '';
        const pages = devicePages(house, async (page) =>
          isUserId(user) ? house.devices.list(call.caller.app, page, user) : { items: [] },
        );
        return json(200, await answerPage(call.query, pages.fetch, pages.toJson));
      },
    },
    userTimelineOperation(house),
    userExportOperation(house),
    userErasureOperation(house),
  ];
}
