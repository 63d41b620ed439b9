import type { FieldFault } from '../domain/errors.js';
import type { Json } from '../domain/json.js';
import type { EpochMs } from '../domain/time.js';
import type { Receipt, Recorded } from '../ports/receipt-store.js';
import { faultsOf } from './faults.js';
import { given } from './given.js';
import type { ApiHouse } from './house.js';
import { isMessageId, noMessage } from './message-id.js';
import { json, type KeyedOperation, type Reply } from './operation.js';
import { invalid, problemAnswer, type Refusal } from './refusal.js';
import {
  EVENTS_MAX,
  type EventItem,
  type EventResult,
  eventItem,
  eventsAnswer,
  eventsBody,
  eventsRequest,
  ownEventItem,
} from './schemas/event-request.js';

/** Clocks of devices are seldom right. */
const AHEAD_MS_MAX = 5 * 60_000;
const OLD_MS_MAX = 30 * 86_400_000;

/** Who tells: a server anything of its app, a device of itself alone. */
interface Teller {
  readonly app: string;
  readonly device?: string;
  readonly requestId: string;
}

/** What people did with notifications, told by devices and by the app's server. */
export function eventOperations(house: ApiHouse): readonly KeyedOperation[] {
  async function record(teller: Teller, body: Json | undefined): Promise<Reply> {
    const parsed = eventsRequest.safeParse(body);
    if (!parsed.success) throw invalid(faultsOf(eventsRequest, parsed.error.issues, body));
    const now = house.clock.now();
    const read = parsed.data.events.map((event) => readEvent(teller, event, now));
    const receipts = read.flatMap(({ receipt }) => receipt ?? []);
    house.assertRoom();
    const recorded = await house.recordReceipts(receipts);
    let next = 0;
    const results = read.map(({ id, receipt, refusal }): EventResult => {
      const why = refusal ?? (receipt === undefined ? undefined : refusalOf(recorded[next++]));
      if (why === undefined) return { ...given({ id }), status: 200, result: wordOf(recorded[next - 1]) };
      const { problem } = problemAnswer(why, teller.requestId);
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
        'Repeating is harmless: the first time told of each message, device and event stays. `opened` on one device clears the screens of the same person’s others, unless the app’s `realtime.clear_on_open` is false.',
      tag: 'messages',
      scopes: ['messages:send'],
      body: { schema: eventsBody },
      units: countEvents,
      answers: [{ status: 200, description: 'One result per event, in order', schema: eventsAnswer }],
      problems: ['disk_full', 'store_unavailable'],
      handle: ({ caller: { app }, requestId, body }) => record({ app, requestId }, body),
      devices: {
        access: 'events',
        handle: ({ access: { app, device }, requestId, body }) => record({ app, device, requestId }, body),
      },
    },
  ];
}

/** A list that is refused anyway counts as one call. */
function countEvents(body: Json | undefined): number {
  const events: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'events') : undefined;
  return Array.isArray(events) && events.length <= EVENTS_MAX ? Math.max(1, events.length) : 1;
}

interface Read {
  readonly id?: string;
  readonly receipt?: Receipt;
  readonly refusal?: Refusal;
}

function readEvent(teller: Teller, event: unknown, now: EpochMs): Read {
  const schema = teller.device === undefined ? eventItem : ownEventItem;
  const parsed = schema.safeParse(event);
  if (!parsed.success) return { ...idOf(event), refusal: invalid(faultsOf(schema, parsed.error.issues, event)) };
  const item: EventItem = parsed.data;
  const at = item.at === undefined ? now : Date.parse(item.at);
  const faults = [...faultsOfTime(at, now), ...faultsOfPerson(teller, item)];
  const base = given({ id: item.id });
  if (faults.length > 0) return { ...base, refusal: invalid(faults) };
  // What no message can be called is not asked for.
  if (!isMessageId(item.message)) return { ...base, refusal: noMessage() };
  return {
    ...base,
    receipt: {
      app: teller.app,
      message: item.message,
      key: teller.device ?? item.device ?? '',
      state: item.event === 'opened' ? 'opened' : 'displayed',
      at: Math.min(at, now),
      ...given({ action: item.action }),
    },
  };
}

/** Also of an event that cannot be read, where it has one. */
function idOf(event: unknown): { readonly id?: string } {
  const id: unknown = typeof event === 'object' && event !== null ? Reflect.get(event, 'id') : undefined;
  return typeof id === 'string' && id.length <= 128 ? { id } : {};
}

function faultsOfTime(at: EpochMs, now: EpochMs): FieldFault[] {
  if (at > now + AHEAD_MS_MAX) {
    return [{ pointer: '/at', code: 'in_the_future', detail: 'is more than 5 minutes ahead of the clock here' }];
  }
  if (at < now - OLD_MS_MAX) {
    return [{ pointer: '/at', code: 'too_old', detail: 'is more than 30 days ago; events are taken for 30 days' }];
  }
  return [];
}

function faultsOfPerson(teller: Teller, item: EventItem): FieldFault[] {
  const faults: FieldFault[] = [];
  if (item.action !== undefined && item.event !== 'opened') {
    faults.push({ pointer: '/action', code: 'not_allowed', detail: "belongs to 'opened' alone; leave it out" });
  }
  if (teller.device !== undefined && item.device !== undefined && item.device !== teller.device) {
    const detail = 'a device tells of itself alone; leave it out, or name the device of the access token';
    faults.push({ pointer: '/device', code: 'not_allowed', detail });
  }
  return faults;
}

function refusalOf(recorded: Recorded | undefined): Refusal | undefined {
  return recorded === undefined || recorded === 'unknown'
    ? noMessage('this app has sent no message with this id to this device')
    : undefined;
}

function wordOf(recorded: Recorded | undefined): 'recorded' | 'known' {
  return recorded === 'known' ? 'known' : 'recorded';
}
