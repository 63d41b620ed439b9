import { requireScopes } from './authenticate.js';
import type { ApiHouse } from './house.js';
import { readMessage } from './message-draft.js';
import { planToJson } from './message-json.js';
import { json, type KeyedCall, type KeyedOperation, type Reply } from './operation.js';
import { readFlag } from './paging.js';
import { providersParameter } from './parameters.js';
import { planAnswer } from './schemas/message-answer.js';
import { messageBody } from './schemas/message-request.js';
import { MESSAGES_PATH, scopesFor } from './sending.js';

/** The same body as a send, with the same faults; only, nothing comes of it. */
export function messageValidateOperation(house: Pick<ApiHouse, 'planMessage'>): KeyedOperation {
  async function validate({ caller, body, query }: KeyedCall): Promise<Reply> {
    const asksVendors = readFlag(query, 'providers');
    const draft = readMessage(body, { app: caller.app });
    requireScopes(caller, scopesFor(draft));
    return json(200, planToJson(await house.planMessage.plan(draft, asksVendors)));
  }

  return {
    method: 'post',
    path: `${MESSAGES_PATH}/validate`,
    operationId: 'validateMessage',
    summary: 'What a send would do; sends and stores nothing',
    tag: 'messages',
    scopes: ['messages:send', 'messages:broadcast'],
    parameters: [providersParameter],
    body: { schema: messageBody },
    answers: [{ status: 200, description: 'The plan of a message that a send would take', schema: planAnswer }],
    problems: ['audience_too_large', 'store_unavailable'],
    handle: validate,
  };
}
