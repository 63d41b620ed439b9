import type { PageRequest } from '../ports/page.js';
import { requireScopes } from './authenticate.js';
import { devicePages } from './device-pages.js';
import { everyItem } from './every-item.js';
import type { ApiHouse } from './house.js';
import { deliveryToJson } from './message-json.js';
import { streamLines } from './ndjson-answer.js';
import type { KeyedOperation } from './operation.js';
import { userIdParameter } from './parameters.js';
import { userExportLine } from './schemas/timeline-answer.js';
import { NDJSON } from './schemas/words.js';
import { userToJson } from './user-json.js';
import { isUserId, noUser } from './user-record.js';

/** Devices, or deliveries, held at a time. */
const PAGE_ITEMS = 200;

/** Everything that is kept of a user, as a stream. */
export function userExportOperation(
  house: Pick<ApiHouse, 'users' | 'devices' | 'history' | 'explain' | 'bus'>,
): KeyedOperation {
  return {
    method: 'get',
    path: '/v1/users/{id}/export',
    operationId: 'exportUser',
    summary: 'Everything that is kept of a user, as an NDJSON stream: the record, the devices, the deliveries',
    description:
      'The record comes first, then devices in the order of their ids, then deliveries, newest message first. Push tokens ' +
      'are not in it, only their hashes. Needs the scope messages:read as well. A stream that breaks off is not complete.',
    tag: 'users',
    scopes: ['devices:read'],
    parameters: [userIdParameter],
    body: 'none',
    answers: [{ status: 200, description: 'One line for each', schema: userExportLine, type: NDJSON }],
    problems: ['user_not_found', 'store_unavailable'],
    handle(call) {
      requireScopes(call.caller, ['messages:read']);
      return streamLines(call, linesOf(house, call.caller.app, call.path.id ?? ''));
    },
  };
}

/** @throws Refusal 404 before its first line */
async function* linesOf(
  house: Pick<ApiHouse, 'users' | 'devices' | 'history' | 'explain' | 'bus'>,
  app: string,
  id: string,
) {
  if (!isUserId(id)) throw noUser();
  let isKnown = false;
  const user = await house.users.get(app, id);
  if (user !== undefined) {
    isKnown = true;
    yield { type: 'user', data: userToJson(user) };
  }
  const devices = devicePages(house, (page) => house.devices.list(app, page, id));
  for await (const device of everyItem(devices.fetch, PAGE_ITEMS)) {
    isKnown = true;
    yield { type: 'device', data: devices.toJson(device) };
  }
  const deliveries = (page: PageRequest) => house.history.ofUser(app, id, page);
  for await (const { delivery } of everyItem(deliveries, PAGE_ITEMS)) {
    isKnown = true;
    yield { type: 'delivery', data: deliveryToJson(house.explain, app, delivery) };
  }
  // Of whom nothing else is kept, deliveries may be.
  if (!isKnown) throw noUser();
}
