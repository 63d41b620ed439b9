import { z } from 'zod';
import type { PageRequest } from '../ports/page.js';
import { everyItem } from './every-item.js';
import type { ApiHouse } from './house.js';
import { noMessage, readMessageId } from './message-id.js';
import { deliveryToJson } from './message-json.js';
import { streamLines } from './ndjson-answer.js';
import type { KeyedOperation } from './operation.js';
import { refuseParameters } from './paging.js';
import { messageIdParameter } from './parameters.js';
import type { RequestFault } from './problem.js';
import { invalid } from './refusal.js';
import { deliveryAnswer } from './schemas/message-answer.js';
import { NDJSON } from './schemas/words.js';
import { readSpan } from './span.js';

/** Deliveries, or ids of messages, held at a time. */
const PAGE_ITEMS = 200;
const DAY_MS = 86_400_000;

/** What became of messages on each device, as streams of any length. */
export function deliveryExportOperations(
  house: Pick<ApiHouse, 'messages' | 'explain' | 'clock'>,
): readonly KeyedOperation[] {
  async function* ofMessage(app: string, id: string) {
    const fetch = (page: PageRequest) => house.messages.deliveries(app, id, page);
    for await (const delivery of everyItem(fetch, PAGE_ITEMS)) yield deliveryToJson(house.explain, app, delivery);
  }

  return [
    {
      method: 'get',
      path: '/v1/messages/{id}/deliveries/export',
      operationId: 'exportMessageDeliveries',
      summary: 'What became of a message on each device, as an NDJSON stream in device order',
      description:
        'As the pages of its deliveries, of any number; what settles meanwhile may be in it as it was or as it is. A stream that ' +
        'breaks off is not complete: it ends without the end of the answer.',
      tag: 'messages',
      scopes: ['messages:read'],
      parameters: [messageIdParameter],
      body: 'none',
      answers: [{ status: 200, description: 'One delivery per line', schema: deliveryAnswer, type: NDJSON }],
      problems: ['message_not_found', 'store_unavailable'],
      handle(call) {
        const { app } = call.caller;
        const id = readMessageId(call);
        refuseParameters(call.query);
        async function* lines() {
          if ((await house.messages.view(app, id)) === undefined) throw noMessage();
          yield* ofMessage(app, id);
        }
        return streamLines(call, lines());
      },
    },
    {
      method: 'get',
      path: '/v1/deliveries/export',
      operationId: 'exportDeliveries',
      summary: 'Deliveries of all messages that were accepted in a span of time, as an NDJSON stream',
      description:
        'Oldest message first, the deliveries of each in device order; as far as `track` and retention keep them. Who keeps where a ' +
        'stream broke off goes on with `from` at that message’s time. It ends without the end of the answer where it broke off.',
      tag: 'messages',
      scopes: ['messages:read'],
      parameters: [
        {
          name: 'from',
          in: 'query',
          description: 'Messages accepted from then on (RFC 3339); without it the last 24 hours',
          schema: z.string().optional(),
        },
        {
          name: 'to',
          in: 'query',
          description: 'Messages accepted before then (RFC 3339); now without it',
          schema: z.string().optional(),
        },
      ],
      body: 'none',
      answers: [{ status: 200, description: 'One delivery per line', schema: deliveryAnswer, type: NDJSON }],
      problems: ['validation_failed', 'store_unavailable'],
      handle(call) {
        const { app } = call.caller;
        refuseParameters(call.query, ['from', 'to']);
        const faults: RequestFault[] = [];
        const span = readSpan(call.query, { now: house.clock.now(), step: 1, defaultMs: DAY_MS }, faults);
        if (span === undefined) throw invalid(faults);
        async function* lines(within: typeof span & object) {
          const fetch = (page: PageRequest) => house.messages.acceptedIn(app, within, page);
          for await (const id of everyItem(fetch, PAGE_ITEMS)) yield* ofMessage(app, id);
        }
        return streamLines(call, lines(span));
      },
    },
  ];
}
