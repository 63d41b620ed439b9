import type { Page, PageRequest } from '../ports/page.js';
import { TIMELINE_SORTED_MAX, type TimelineEntry } from '../usecases/message-timeline.js';
import type { ApiHouse } from './house.js';
import { noMessage, readMessageId } from './message-id.js';
import { json, type KeyedOperation } from './operation.js';
import { answerPage, type Query } from './paging.js';
import { deviceFilterParameter, messageIdParameter, pageParameters } from './parameters.js';
import { invalid } from './refusal.js';
import { pageOf } from './schemas/common-answers.js';
import { messageEventAnswer } from './schemas/timeline-answer.js';
import { DEVICE_ID } from './schemas/words.js';
import { timelineEntryToJson } from './timeline-json.js';

const SORTED_MAX = TIMELINE_SORTED_MAX.toLocaleString('en-US');

/** What happened to a message, step by step. */
export function messageTimelineOperation(house: ApiHouse): KeyedOperation {
  return {
    method: 'get',
    path: '/v1/messages/{id}/timeline',
    operationId: 'getMessageTimeline',
    summary: 'What happened to a message and to its deliveries, step by step',
    description:
      `In order of time for a message to at most ${SORTED_MAX} devices, and for one \`device\`. A larger message, or one ` +
      'still being planned, is told device by device in the order of their ids, each device by time, what ended the ' +
      'message itself after all of them. With `track` `failures` or `none` only what is kept is there.',
    tag: 'messages',
    scopes: ['messages:read'],
    parameters: [messageIdParameter, ...pageParameters, deviceFilterParameter],
    body: 'none',
    answers: [{ status: 200, description: 'A page of events', schema: pageOf(messageEventAnswer) }],
    problems: ['validation_failed', 'message_not_found', 'store_unavailable'],
    async handle(call) {
      const { app } = call.caller;
      const id = readMessageId(call);
      const device = readDeviceFilter(call.query);
      const fetch = async (page: PageRequest): Promise<Page<TimelineEntry>> => {
        const found = await house.messageTimeline.page(app, id, {
          ...page,
          ...(device === undefined ? {} : { device }),
        });
        if (found === undefined) throw noMessage();
        return found;
      };
      const toJson = (entry: TimelineEntry) => timelineEntryToJson(house.explain, app, entry);
      return json(200, await answerPage(call.query, fetch, toJson, ['device']));
    },
  };
}

/** @throws Refusal 422 for what no device can be called */
function readDeviceFilter({ device }: Query): string | undefined {
  if (device === undefined || (typeof device === 'string' && DEVICE_ID.test(device))) return device;
  throw invalid([{ parameter: 'device', code: 'invalid_value', detail: 'must be the id of one device' }]);
}
