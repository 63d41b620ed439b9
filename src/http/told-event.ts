import type { FieldFault } from '../domain/errors.js';
import type { JsonObject } from '../domain/json.js';
import { feedbackFault } from '../domain/reaction.js';
import type { EpochMs } from '../domain/time.js';
import type { ToldEvent } from '../usecases/record-told.js';
import { faultsOf } from './faults.js';
import { given } from './given.js';
import { isMessageId, noMessage } from './message-id.js';
import { invalid, type Refusal } from './refusal.js';
import { type EventItem, eventItem, ownEventItem } from './schemas/event-request.js';

/** Clocks of devices are seldom right. */
const AHEAD_MS_MAX = 5 * 60_000;
const OLD_MS_MAX = 30 * 86_400_000;

/** Who tells: a server anything of its app, a device of itself alone. */
export interface Teller {
  readonly app: string;
  readonly device?: string;
}

export type ReadEvent =
  | { readonly id?: string; readonly told: ToldEvent; readonly refusal?: undefined }
  | { readonly id?: string; readonly told?: undefined; readonly refusal: Refusal };

/** Reads one event of a call; a refusal says what is wrong with it. */
export function readTold(teller: Teller, event: unknown, now: EpochMs): ReadEvent {
  const schema = teller.device === undefined ? eventItem : ownEventItem;
  const parsed = schema.safeParse(event);
  if (!parsed.success) return { ...idOf(event), refusal: invalid(faultsOf(schema, parsed.error.issues, event)) };
  const item: EventItem = parsed.data;
  const at = item.at === undefined ? now : Date.parse(item.at);
  const faults = [...faultsOfTime(at, now), ...faultsOfKind(item), ...faultsOfPerson(teller, item)];
  const base = given({ id: item.id });
  if (faults.length > 0) return { ...base, refusal: invalid(faults) };
  // What no message can be called is not asked for.
  if (item.message !== undefined && !isMessageId(item.message)) return { ...base, refusal: noMessage() };
  return { ...base, told: toldOf(teller, item, Math.min(at, now)) };
}

function toldOf(teller: Teller, item: EventItem, at: EpochMs): ToldEvent {
  const { app } = teller;
  const device = teller.device ?? item.device ?? '';
  // Ids of a server are its app's; those of a device are its own.
  const who = teller.device === undefined ? 'server' : `device|${teller.device}`;
  const told = item.id === undefined ? {} : { told: { app, teller: who, id: item.id } };
  const base = { app, device, at, ...told };
  // That each kind has what it needs was looked at.
  const message = item.message ?? '';
  switch (item.event) {
    case 'feedback':
      return { ...base, event: 'feedback', data: (item.data ?? {}) as JsonObject, ...given({ message: item.message }) };
    case 'converted': {
      const { name = '', value, currency } = item;
      return { ...base, event: 'converted', message, name, ...given({ value, currency }) };
    }
    case 'opened':
      return { ...base, event: 'opened', message, ...given({ action: item.action }) };
    default:
      return { ...base, event: item.event, message };
  }
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

const REQUIRED: Readonly<Partial<Record<EventItem['event'], readonly (keyof EventItem)[]>>> = {
  ...{ delivered: ['message'], displayed: ['message'], opened: ['message'], dismissed: ['message'] },
  ...{ converted: ['message', 'id', 'name'], feedback: ['id', 'data'] },
};
const OWNERS = { action: 'opened', name: 'converted', value: 'converted', currency: 'converted', data: 'feedback' };

/** Fields that this kind of event must have, and those that belong to another. */
function faultsOfKind(item: EventItem): FieldFault[] {
  const faults: FieldFault[] = [];
  for (const field of REQUIRED[item.event] ?? []) {
    if (item[field] !== undefined) continue;
    const detail = field === 'id' ? `is required: '${item.event}' may happen more than once` : 'is required';
    faults.push({ pointer: `/${field}`, code: 'required', detail });
  }
  for (const [field, owner] of Object.entries(OWNERS)) {
    if (owner === item.event || Reflect.get(item, field) === undefined) continue;
    faults.push({ pointer: `/${field}`, code: 'not_allowed', detail: `belongs to '${owner}' alone; leave it out` });
  }
  if (item.event === 'converted' && item.currency !== undefined && item.value === undefined) {
    faults.push({ pointer: '/value', code: 'required', detail: 'is required beside a currency' });
  }
  const tooMuch = item.data === undefined ? undefined : feedbackFault(item.data as JsonObject); // of a JSON body
  if (tooMuch !== undefined) faults.push({ pointer: '/data', code: 'too_large', detail: tooMuch });
  return faults;
}

function faultsOfPerson(teller: Teller, item: EventItem): FieldFault[] {
  if (teller.device === undefined || item.device === undefined || item.device === teller.device) return [];
  const detail = 'a device tells of itself alone; leave it out, or name the device of the access token';
  return [{ pointer: '/device', code: 'not_allowed', detail }];
}
