import type { JsonObject } from '../domain/json.js';
import { CONVERSION_VALUE_MAX, CURRENCY, feedbackFault, REACTION_NAME } from '../domain/reaction.js';
import type { EpochMs } from '../domain/time.js';
import type { ReceiptState } from '../ports/receipt-store.js';

/** What the person did; `id` is the message. */
export type EventFrame = { readonly t: 'event'; readonly n: number; readonly at: EpochMs } & (
  | { readonly event: Exclude<ReceiptState, 'delivered'>; readonly id: string; readonly action?: string }
  | { readonly event: 'dismissed'; readonly id: string }
  | {
      readonly event: 'converted';
      readonly id: string;
      readonly name: string;
      readonly value?: number;
      readonly currency?: string;
    }
  | { readonly event: 'feedback'; readonly id?: string; readonly data: JsonObject }
);

const ID_CHARS_MAX = 64;
const ACTION_CHARS_MAX = 200;
const EVENTS = ['displayed', 'opened', 'dismissed', 'converted', 'feedback'] as const;

interface Fault {
  readonly code: 'invalid_event' | 'unknown_event';
  readonly detail: string;
}
type Fields = Readonly<Record<string, unknown>>;

/** Fields that belong to one kind of event alone. */
const OWN_FIELDS: Readonly<Record<string, (typeof EVENTS)[number]>> = {
  ...{ action: 'opened', name: 'converted', value: 'converted', currency: 'converted', data: 'feedback' },
};

/** Reads what the person did. Pure; nothing that comes in is trusted. */
export function readEventFrame(n: number, fields: Fields): EventFrame | Fault {
  const event = EVENTS.find((each) => each === fields.event);
  if (event === undefined) {
    const detail = `event is one of ${EVENTS.map((each) => `'${each}'`).join(', ')}; 'done' says that it was delivered`;
    return { code: 'unknown_event', detail };
  }
  const foreign = Object.keys(OWN_FIELDS).find((field) => fields[field] !== undefined && OWN_FIELDS[field] !== event);
  if (foreign !== undefined) return invalid(`${foreign} is for '${OWN_FIELDS[foreign]}'`);
  const { id } = fields;
  if (id === undefined && event !== 'feedback') return invalid('id is the id of a message');
  if (id !== undefined && !isText(id, ID_CHARS_MAX)) return invalid('id is the id of a message');
  const at = timeOf(fields.at);
  if (at === undefined) return invalid('at is a time of RFC 3339');
  const base = { t: 'event', n, at } as const;
  if (event === 'feedback') return readFeedback({ ...base, ...(id === undefined ? {} : { id }) }, fields);
  // Only feedback goes without a message.
  const ofMessage = { ...base, id: id ?? '' };
  if (event === 'converted') return readConversion(ofMessage, fields);
  const { action } = fields;
  if (action === undefined || event !== 'opened') return { ...ofMessage, event };
  return isText(action, ACTION_CHARS_MAX)
    ? { ...ofMessage, event, action }
    : invalid(`action is for 'opened', at most ${ACTION_CHARS_MAX} characters`);
}

type Base = { readonly t: 'event'; readonly n: number; readonly at: EpochMs };

function readConversion(base: Base & { readonly id: string }, { name, value, currency }: Fields): EventFrame | Fault {
  if (typeof name !== 'string' || !REACTION_NAME.test(name)) {
    return invalid('name is 1 to 64 of the characters A-Z a-z 0-9 . _ -');
  }
  if (value !== undefined && !(typeof value === 'number' && Math.abs(value) <= CONVERSION_VALUE_MAX)) {
    return invalid(`value is a number up to ${CONVERSION_VALUE_MAX}`);
  }
  if (currency !== undefined && (value === undefined || typeof currency !== 'string' || !CURRENCY.test(currency))) {
    return invalid('currency is three letters, such as EUR, beside a value');
  }
  return {
    ...{ ...base, event: 'converted', name },
    ...(value === undefined ? {} : { value }),
    ...(currency === undefined ? {} : { currency }),
  };
}

function readFeedback(base: Base & { readonly id?: string }, { data }: Fields): EventFrame | Fault {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return invalid('data is an object');
  const feedback = data as JsonObject; // an object of JSON
  const fault = feedbackFault(feedback);
  return fault === undefined ? { ...base, event: 'feedback', data: feedback } : invalid(`data ${fault}`);
}

function timeOf(at: unknown): EpochMs | undefined {
  const time = typeof at === 'string' && at.length <= 40 && /^\d{4}-\d\d-\d\dT/.test(at) ? Date.parse(at) : Number.NaN;
  return Number.isFinite(time) ? time : undefined;
}

function isText(value: unknown, charsMax: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= charsMax;
}

function invalid(detail: string): Fault {
  return { code: 'invalid_event', detail };
}
