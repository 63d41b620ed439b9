import type { Json, JsonObject } from '../domain/json.js';
import { faultsOf } from './faults.js';
import type { ApiHouse } from './house.js';
import { acceptedToJson } from './message-json.js';
import { json, type KeyedCall, type KeyedOperation, type Reply } from './operation.js';
import { describeError, invalid, problemAnswer } from './refusal.js';
import { BATCH_MESSAGES_MAX, type BatchResult, batchAnswer, batchBody, batchRequest } from './schemas/message-batch.js';
import { IDEMPOTENCY_KEY_RULE, isIdempotencyKey, MESSAGES_PATH, type Send } from './sending.js';

const PATH = `${MESSAGES_PATH}/batch`;

/** Many messages in one call; what is wrong with one concerns no other. */
export function messageBatchOperation(house: Pick<ApiHouse, 'log'>, send: Send): KeyedOperation {
  async function sendBatch(call: KeyedCall): Promise<Reply> {
    if (call.header('idempotency-key') !== undefined) {
      const detail = 'a batch has no key of its own; give each message its idempotency_key';
      throw invalid([{ parameter: 'Idempotency-Key', code: 'not_allowed', detail }]);
    }
    const parsed = batchRequest.safeParse(call.body);
    if (!parsed.success) throw invalid(faultsOf(batchRequest, parsed.error.issues, call.body));
    const { messages } = parsed.data as { readonly messages: readonly Json[] }; // They came out of JSON.parse.
    // All at once: the messages of a batch then share store calls.
    return json(200, { results: await Promise.all(messages.map((message) => sendOne(call, message))) });
  }

  async function sendOne(call: KeyedCall, message: Json): Promise<BatchResult> {
    try {
      const { body, key } = takeKey(message);
      const { replayed, accepted } = await send(call.caller, body, key);
      return {
        status: 202,
        message: acceptedToJson(accepted),
        ...(replayed ? { idempotency_replayed: true as const } : {}),
      };
    } catch (error) {
      const { problem } = problemAnswer(error, call.requestId);
      if (problem.status === 500) {
        const fields = { error: describeError(error), request_id: call.requestId, route: PATH };
        house.log.error(fields, 'http.failed');
      }
      return { status: problem.status, problem: { ...problem, errors: problem.errors && [...problem.errors] } };
    }
  }

  return {
    method: 'post',
    path: PATH,
    operationId: 'sendMessageBatch',
    summary: 'Send up to 500 messages; each is accepted or refused by itself',
    tag: 'messages',
    scopes: ['messages:send', 'messages:broadcast'],
    body: { schema: batchBody },
    units: countMessages,
    answers: [{ status: 200, description: 'One result per message, in order', schema: batchAnswer }],
    problems: [],
    handle: sendBatch,
  };
}

/** A list that is refused anyway counts as one call. */
function countMessages(body: Json | undefined): number {
  const messages = body !== undefined && isObject(body) ? body.messages : undefined;
  return Array.isArray(messages) && messages.length <= BATCH_MESSAGES_MAX ? Math.max(1, messages.length) : 1;
}

/** The fingerprint is taken without the key, so that a message may be repeated by a single call. */
function takeKey(message: Json): { readonly body: Json; readonly key: string | undefined } {
  if (!isObject(message) || !Object.hasOwn(message, 'idempotency_key')) return { body: message, key: undefined };
  const { idempotency_key: key, ...body } = message;
  if (isIdempotencyKey(key)) return { body, key };
  throw invalid([{ pointer: '/idempotency_key', code: 'invalid_format', detail: IDEMPOTENCY_KEY_RULE }]);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
