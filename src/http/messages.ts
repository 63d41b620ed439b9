import type { PageRequest } from '../ports/page.js';
import type { ApiHouse } from './house.js';
import { messageBatchOperation } from './message-batch.js';
import { noMessage, readMessageId } from './message-id.js';
import { deliveryToJson, messageToJson, recalledToJson } from './message-json.js';
import { messageTimelineOperation } from './message-timeline.js';
import { messageValidateOperation } from './message-validate.js';
import { answerSend } from './message-wait.js';
import type { HttpMetrics } from './metrics.js';
import { json, type KeyedCall, type KeyedOperation, type Reply } from './operation.js';
import { answerPage, readPage } from './paging.js';
import { idempotencyKeyParameter, messageIdParameter, pageParameters, preferParameter } from './parameters.js';
import { invalid } from './refusal.js';
import { pageOf } from './schemas/common-answers.js';
import {
  acceptedAnswer,
  deliveryAnswer,
  messageAnswer,
  recalledAnswer,
  settledAnswer,
} from './schemas/message-answer.js';
import { messageBody } from './schemas/message-request.js';
import { createSend, IDEMPOTENCY_KEY_RULE, isIdempotencyKey, MESSAGES_PATH } from './sending.js';

const PATH = MESSAGES_PATH;
const SEND_HEADERS = {
  Location: 'Where to ask what became of it',
  'Idempotency-Replayed': '`true` when this is the message of an earlier call with the same key',
  'Preference-Applied': '`wait=N` when the answer was held back for it',
};

/** Sending, and asking what became of it. */
export function messageOperations(house: ApiHouse, metrics: HttpMetrics): readonly KeyedOperation[] {
  const send = createSend(house, metrics);

  async function sendOne(call: KeyedCall): Promise<Reply> {
    const key = readIdempotencyKey(call.header('idempotency-key'));
    const { replayed, accepted } = await send(call.caller, call.body, key);
    const headers = { Location: `${PATH}/${accepted.id}`, ...(replayed ? { 'Idempotency-Replayed': 'true' } : {}) };
    return answerSend(house, call, accepted, headers);
  }

  async function view(call: KeyedCall): Promise<Reply> {
    const message = await house.messages.view(call.caller.app, readMessageId(call));
    if (message === undefined) throw noMessage();
    return json(200, messageToJson(message));
  }

  async function list(call: KeyedCall): Promise<Reply> {
    const fetch = (page: PageRequest) => house.messages.list(call.caller.app, page);
    return json(200, await answerPage(call.query, fetch, messageToJson));
  }

  async function deliveries(call: KeyedCall): Promise<Reply> {
    const id = readMessageId(call);
    readPage(call.query); // A fault of the query is told before the message is looked for.
    if ((await house.messages.view(call.caller.app, id)) === undefined) throw noMessage();
    const fetch = (page: PageRequest) => house.messages.deliveries(call.caller.app, id, page);
    return json(
      200,
      await answerPage(call.query, fetch, (item) => deliveryToJson(house.explain, call.caller.app, item)),
    );
  }

  async function cancel(call: KeyedCall): Promise<Reply> {
    const id = readMessageId(call);
    if (!(await house.messages.cancel(call.caller.app, id, house.clock.now()))) throw noMessage();
    return view(call);
  }

  async function recall(call: KeyedCall): Promise<Reply> {
    const recalled = await house.recallMessage.recall(call.caller.app, readMessageId(call));
    if (recalled === undefined) throw noMessage();
    return json(200, recalledToJson(recalled));
  }

  return [
    {
      method: 'post',
      path: PATH,
      operationId: 'sendMessage',
      summary: 'Send a message',
      tag: 'messages',
      scopes: ['messages:send', 'messages:broadcast'],
      parameters: [idempotencyKeyParameter, preferParameter],
      body: { schema: messageBody },
      answers: [
        {
          status: 200,
          description: 'All of it settled within the preferred wait',
          schema: settledAnswer,
          headers: SEND_HEADERS,
        },
        {
          status: 202,
          description: 'Accepted: durable, and on its way',
          schema: acceptedAnswer,
          headers: SEND_HEADERS,
        },
      ],
      problems: [
        'idempotency_in_progress',
        'idempotency_mismatch',
        'audience_too_large',
        'overloaded',
        'disk_full',
        'store_unavailable',
      ],
      handle: sendOne,
    },
    messageBatchOperation(house, send),
    messageValidateOperation(house),
    {
      method: 'get',
      path: PATH,
      operationId: 'listMessages',
      summary: 'List messages, newest first',
      tag: 'messages',
      scopes: ['messages:read'],
      parameters: pageParameters,
      body: 'none',
      answers: [{ status: 200, description: 'A page of messages', schema: pageOf(messageAnswer) }],
      problems: ['validation_failed', 'store_unavailable'],
      handle: list,
    },
    {
      method: 'get',
      path: `${PATH}/{id}`,
      operationId: 'getMessage',
      summary: 'What became of a message',
      tag: 'messages',
      scopes: ['messages:read'],
      parameters: [messageIdParameter],
      body: 'none',
      answers: [{ status: 200, description: 'The message with its exact counts', schema: messageAnswer }],
      problems: ['message_not_found', 'store_unavailable'],
      handle: view,
    },
    {
      method: 'get',
      path: `${PATH}/{id}/deliveries`,
      operationId: 'listDeliveries',
      summary: 'What became of a message on each device, in device order',
      tag: 'messages',
      scopes: ['messages:read'],
      parameters: [messageIdParameter, ...pageParameters],
      body: 'none',
      answers: [{ status: 200, description: 'A page of deliveries', schema: pageOf(deliveryAnswer) }],
      problems: ['validation_failed', 'message_not_found', 'store_unavailable'],
      handle: deliveries,
    },
    messageTimelineOperation(house),
    {
      method: 'post',
      path: `${PATH}/{id}/cancel`,
      operationId: 'cancelMessage',
      summary: 'Cancel what has not left yet',
      tag: 'messages',
      scopes: ['messages:send'],
      parameters: [messageIdParameter],
      body: 'none',
      answers: [{ status: 200, description: 'The message; its counts tell what had left', schema: messageAnswer }],
      problems: ['message_not_found', 'store_unavailable'],
      handle: cancel,
    },
    {
      method: 'post',
      path: `${PATH}/{id}/recall`,
      operationId: 'recallMessage',
      summary: 'Call a message back',
      description:
        'Cancels what has not left, takes out of mailboxes what no device has fetched (`recalled`), and has devices with the realtime client take it off their screens: those that are connected at once, the others when they connect. A vendor that can is asked to take back what it took (`recalled`, unless it was seen); what the others have taken they keep. The warnings tell how much. Works after the message has completed, too, and repeating it is harmless.',
      tag: 'messages',
      scopes: ['messages:send'],
      parameters: [messageIdParameter],
      body: 'none',
      answers: [{ status: 200, description: 'The message, and what could not be called back', schema: recalledAnswer }],
      problems: ['message_not_found', 'store_unavailable'],
      handle: recall,
    },
  ];
}

function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined || isIdempotencyKey(header)) return header;
  throw invalid([{ parameter: 'Idempotency-Key', code: 'invalid_format', detail: IDEMPOTENCY_KEY_RULE }]);
}
