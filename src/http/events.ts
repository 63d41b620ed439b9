import type { Json } from '../domain/json.js';
import type { Recorded } from '../ports/receipt-store.js';
import type { ToldEvent } from '../usecases/record-told.js';
import { faultsOf } from './faults.js';
import { given } from './given.js';
import type { ApiHouse } from './house.js';
import { noMessage } from './message-id.js';
import { json, type KeyedOperation, type Reply } from './operation.js';
import { invalid, problemAnswer, Refusal } from './refusal.js';
import { EVENTS_MAX, type EventResult, eventsAnswer, eventsBody, eventsRequest } from './schemas/event-request.js';
import { readTold, type Teller } from './told-event.js';

/** What people did with notifications, told by devices and by the app's server. */
export function eventOperations(house: ApiHouse): readonly KeyedOperation[] {
  async function record(teller: Teller, requestId: string, body: Json | undefined): Promise<Reply> {
    const parsed = eventsRequest.safeParse(body);
    if (!parsed.success) throw invalid(faultsOf(eventsRequest, parsed.error.issues, body));
    const now = house.clock.now();
    const read = parsed.data.events.map((event) => readTold(teller, event, now));
    house.assertRoom();
    const recorded = await house.recordTold(read.flatMap(({ told }) => told ?? []));
    let next = 0;
    const results = read.map(({ id, told, refusal }): EventResult => {
      const why = refusal ?? refusalOf(told, recorded[next++]);
      if (why === undefined) return { ...given({ id }), status: 200, result: wordOf(recorded[next - 1]) };
      const { problem } = problemAnswer(why, requestId);
      return {
        ...given({ id }),
        status: problem.status,
        problem: { ...problem, errors: problem.errors && [...problem.errors] },
      };
    });
    return json(200, { results });
  }

  return [
    {
      method: 'post',
      path: '/v1/events',
      operationId: 'recordEvents',
      summary: 'Tell what people did with messages: up to 1,000 events, each is taken or refused by itself',
      description:
        'Repeating is harmless: the first time told of each message, device and event stays, and one `id` is one event for 30 days. They may come in any order. `dismissed` says that it was displayed; `dismissed`, `converted` and `feedback` go to webhooks as `receipt.*`. `opened` on one device clears the screens of the same person’s others, unless the app’s `realtime.clear_on_open` is false.',
      tag: 'messages',
      scopes: ['messages:send'],
      body: { schema: eventsBody },
      units: countEvents,
      answers: [{ status: 200, description: 'One result per event, in order', schema: eventsAnswer }],
      problems: ['disk_full', 'store_unavailable'],
      handle: ({ caller: { app }, requestId, body }) => record({ app }, requestId, body),
      devices: {
        access: 'events',
        handle: ({ access: { app, device }, requestId, body }) => record({ app, device }, requestId, body),
      },
    },
  ];
}

/** A list that is refused anyway counts as one call. */
function countEvents(body: Json | undefined): number {
  const events: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'events') : undefined;
  return Array.isArray(events) && events.length <= EVENTS_MAX ? Math.max(1, events.length) : 1;
}

function refusalOf(told: ToldEvent | undefined, recorded: Recorded | undefined): Refusal | undefined {
  if (recorded !== undefined && recorded !== 'unknown') return undefined;
  return told?.message === undefined
    ? new Refusal('device_not_found', 'this app has no device with this id')
    : noMessage('this app has sent no message with this id to this device');
}

function wordOf(recorded: Recorded | undefined): 'recorded' | 'known' {
  return recorded === 'known' ? 'known' : 'recorded';
}
