import type { ApiHouse } from './house.js';
import { json, type KeyedCall, type KeyedOperation, type Reply } from './operation.js';
import { userIdParameter } from './parameters.js';
import { invalid, Refusal } from './refusal.js';
import { userAnswer } from './schemas/user-answer.js';
import { userRequest } from './schemas/user-request.js';
import { userId } from './schemas/words.js';
import { readUserChange } from './user-draft.js';
import { userToJson } from './user-json.js';

/** What an app says of a user. */
export function userRecordOperations(
  house: Pick<ApiHouse, 'changeUser' | 'users' | 'clock'>,
): readonly KeyedOperation[] {
  async function put(call: KeyedCall): Promise<Reply> {
    const id = call.path.id ?? '';
    if (!isUserId(id)) {
      const detail = 'must have 1 to 256 characters, and no NUL';
      throw invalid([{ parameter: 'id', code: 'invalid_format', detail }]);
    }
    const target = { app: call.caller.app, id };
    const result = await house.changeUser.change(readUserChange(call.body, target, house.clock.now()));
    switch (result.kind) {
      case 'created':
        return json(201, userToJson(result.user), { Location: `/v1/users/${encodeURIComponent(id)}` });
      case 'updated':
        return json(200, userToJson(result.user));
      case 'invalid':
        throw invalid(result.faults);
      default:
        throw new Error(`unknown result ${result satisfies never}`);
    }
  }

  async function get(call: KeyedCall): Promise<Reply> {
    const id = call.path.id ?? '';
    const user = isUserId(id) ? await house.users.get(call.caller.app, id) : undefined;
    if (user === undefined) throw noUser();
    return json(200, userToJson(user));
  }

  return [
    {
      method: 'put',
      path: '/v1/users/{id}',
      operationId: 'putUser',
      summary: 'Say something of a user, or change what is given; their devices stay as they are',
      tag: 'users',
      scopes: ['devices:write'],
      parameters: [userIdParameter],
      body: { schema: userRequest },
      answers: [
        { status: 201, description: 'Made', schema: userAnswer, headers: { Location: 'Where the user is' } },
        { status: 200, description: 'Changed', schema: userAnswer },
      ],
      problems: ['disk_full', 'store_unavailable'],
      handle: put,
    },
    {
      method: 'get',
      path: '/v1/users/{id}',
      operationId: 'getUser',
      summary: 'What was said of a user; an empty record for one who is known by devices only',
      tag: 'users',
      scopes: ['devices:read'],
      parameters: [userIdParameter],
      body: 'none',
      answers: [{ status: 200, description: 'The user', schema: userAnswer }],
      problems: ['user_not_found', 'store_unavailable'],
      handle: get,
    },
  ];
}

/** What no user can be called never reaches the store. */
export function isUserId(id: string): boolean {
  return userId.safeParse(id).success && !id.includes('\0');
}

export function noUser(): Refusal {
  return new Refusal('user_not_found', 'this app knows no user with this id, by record or by device');
}
