import type { ApiHouse } from './house.js';
import { json, type KeyedOperation } from './operation.js';
import { userIdParameter } from './parameters.js';
import { erasedAnswer } from './schemas/user-answer.js';
import { isUserId, noUser } from './user-record.js';

/** Forgetting a user. */
export function userErasureOperation(house: Pick<ApiHouse, 'eraseUser'>): KeyedOperation {
  return {
    method: 'delete',
    path: '/v1/users/{id}',
    operationId: 'eraseUser',
    summary: 'Erase a user: the record, the devices with all their addresses, the deliveries',
    description:
      'Counts of messages stay exact: what is still pending for the devices ends as suppressed, and is counted but not ' +
      'recorded. A call that fails half-way can be repeated. What is kept a while longer: sealed content of messages that ' +
      'named the user as a target (`retention.content`), the answers to such sends (`retention.messages`), and a keyed ' +
      'hash of the id, by which late deliveries are known (`retention.messages`).',
    tag: 'users',
    scopes: ['devices:write'],
    parameters: [userIdParameter],
    body: 'none',
    answers: [{ status: 200, description: 'What was removed', schema: erasedAnswer }],
    problems: ['user_not_found', 'store_unavailable'],
    async handle(call) {
      const id = call.path.id ?? '';
      const erased = isUserId(id) ? await house.eraseUser.erase(call.caller.app, id) : undefined;
      if (erased === undefined) throw noUser();
      return json(200, { id, ...erased });
    },
  };
}
