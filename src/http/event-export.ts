import { z } from 'zod';
import { EVENT_TYPES, type EventType, eventTypesOf } from '../domain/event.js';
import { toWireEvent } from '../domain/event-wire.js';
import type { ApiHouse } from './house.js';
import { streamLines } from './ndjson-answer.js';
import type { KeyedOperation } from './operation.js';
import { type Query, refuseParameters } from './paging.js';
import type { RequestFault } from './problem.js';
import { invalid } from './refusal.js';
import { NDJSON, time } from './schemas/words.js';

/** Events held at a time. */
const PAGE_EVENTS = 200;

const eventAnswer = z.object({
  id: z.string(),
  seq: z.int().min(1),
  type: z.enum(EVENT_TYPES),
  at: time,
  app: z.string(),
  data: z.record(z.string(), z.unknown()),
});

/** The log of what happened, as a stream. */
export function eventExportOperation(house: Pick<ApiHouse, 'eventLog'>): KeyedOperation {
  return {
    method: 'get',
    path: '/v1/events/export',
    operationId: 'exportEvents',
    summary: 'The log of events as an NDJSON stream, oldest first',
    description:
      'The same events, with the same ids, that webhooks tell; written only of types that an endpoint of the app wants, and kept as ' +
      'long as `retention.events` says. Who keeps the last `seq` and asks with it as `after` misses nothing and gets nothing twice.',
    tag: 'events',
    scopes: ['messages:read'],
    parameters: [
      {
        name: 'after',
        in: 'query',
        description: '`seq` of the last event that is known; from the oldest kept without it',
        schema: z.int().min(0).meta({ default: 0 }).optional(),
      },
      {
        name: 'types',
        in: 'query',
        description: 'Only these, with commas between: `delivery.failed`, `message.*`. All without it',
        schema: z.string().optional(),
      },
    ],
    body: 'none',
    answers: [{ status: 200, description: 'One event per line', schema: eventAnswer, type: NDJSON }],
    problems: ['validation_failed', 'store_unavailable'],
    handle(call) {
      const { after, types } = readQuery(call.query);
      return streamLines(call, linesOf(house.eventLog, call.caller.app, after, types));
    },
  };
}

/** Up to where the log stood when it was begun: a log that grows as fast as it is read has an end. */
async function* linesOf(log: ApiHouse['eventLog'], app: string, after: number, types: readonly EventType[]) {
  const head = (await log.heads()).find((each) => each.app === app)?.seq ?? 0;
  for (let from = after; from < head; ) {
    const { events, scanned } = await log.read(app, { after: from, through: head }, types, PAGE_EVENTS);
    for (const event of events) yield toWireEvent(event);
    if (scanned <= from) return;
    from = scanned;
  }
}

/** @throws Refusal 422 with every fault */
function readQuery(query: Query): { readonly after: number; readonly types: readonly EventType[] } {
  refuseParameters(query, ['after', 'types']);
  const faults: RequestFault[] = [];
  const { after = '0', types = '*' } = query;
  if (typeof after !== 'string' || !/^\d{1,15}$/.test(after)) {
    faults.push({ parameter: 'after', code: 'invalid_value', detail: 'must be the seq of an event, such as 5501' });
  }
  const wanted = eventTypesOf(typeof types === 'string' ? types.split(',') : ['']);
  for (const { detail } of wanted.faults.slice(0, 10))
    faults.push({ parameter: 'types', code: 'invalid_value', detail });
  if (faults.length > 0) throw invalid(faults);
  return { after: Number(after), types: wanted.types };
}
