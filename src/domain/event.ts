import type { JsonObject } from './json.js';
import { nearest } from './suggest.js';
import type { EpochMs } from './time.js';

/** Everything that a webhook may tell (docs/webhooks.md, "Events"). */
export const EVENT_TYPES = [
  ...['message.queued', 'message.completed', 'message.canceled', 'message.recalled', 'message.blocked'],
  ...['delivery.sent', 'delivery.delivered', 'delivery.displayed', 'delivery.opened', 'delivery.failed'],
  ...['delivery.expired', 'delivery.suppressed', 'delivery.canceled', 'delivery.recalled'],
  ...['receipt.dismissed', 'receipt.converted', 'receipt.feedback'],
  ...['device.registered', 'device.updated', 'device.removed', 'device.token_invalid'],
  ...['provider.degraded', 'provider.recovered', 'credential.expiring', 'credential.rejected', 'quota.threshold'],
  ...['client.upstream', 'webhook.failing', 'webhook.paused', 'webhook.test'],
] as const satisfies readonly `${string}.${string}`[];
export type EventType = (typeof EVENT_TYPES)[number];

/** What an endpoint hears of that names no events: little, and what somebody should look at. */
export const DEFAULT_EVENTS = ['message.completed', 'delivery.failed', 'device.token_invalid', 'credential.*'] as const;

/** Sent on request alone; no subscription names it. */
const TEST_EVENT: EventType = 'webhook.test';

/** One thing that happened, as the log keeps it. */
export interface LoggedEvent {
  readonly app: string;
  /** Counts the app's events in the order of the changes that they tell; no two have the same. */
  readonly seq: number;
  readonly id: string;
  readonly type: EventType;
  readonly at: EpochMs;
  readonly data: JsonObject;
}

/** Something that happened, before it has its place in the log. */
export interface NewEvent {
  readonly app: string;
  readonly type: EventType;
  /** Names devices, messages and providers; never a user, a push token or content. */
  readonly data: JsonObject;
}

/** A pattern that stands for no event, with a sentence about it. */
export interface PatternFault {
  readonly index: number;
  readonly detail: string;
}

/** The event types that patterns stand for: `delivery.failed`, `delivery.*`, `*`. In the order of {@link EVENT_TYPES}. */
export function eventTypesOf(patterns: readonly string[]): {
  readonly types: readonly EventType[];
  readonly faults: readonly PatternFault[];
} {
  const wanted = new Set<EventType>();
  const faults: PatternFault[] = [];
  for (const [index, pattern] of patterns.entries()) {
    const matching = EVENT_TYPES.filter((type) => type !== TEST_EVENT && matches(pattern, type));
    if (matching.length === 0) faults.push({ index, detail: whyNone(pattern) });
    for (const type of matching) wanted.add(type);
  }
  return { types: EVENT_TYPES.filter((type) => wanted.has(type)), faults };
}

function matches(pattern: string, type: string): boolean {
  if (pattern === '*') return true;
  return pattern.endsWith('.*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type;
}

function whyNone(pattern: string): string {
  const kinds = [...new Set(EVENT_TYPES.map((type) => `${type.split('.')[0]}.*`))].filter(
    (kind) => kind !== 'webhook.*',
  );
  const meant = nearest(pattern, [...EVENT_TYPES.filter((type) => type !== TEST_EVENT), ...kinds]);
  const hint = meant === undefined ? `there are ${kinds.join(', ')} and *` : `did you mean '${meant}'?`;
  return `no event is called '${pattern}'; ${hint}`;
}
