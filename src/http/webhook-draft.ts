import { decodeCursor, encodeCursor } from '../domain/cursor.js';
import type { FieldFault } from '../domain/errors.js';
import { DEFAULT_EVENTS, eventTypesOf } from '../domain/event.js';
import type { Json, JsonObject } from '../domain/json.js';
import type { EpochMs } from '../domain/time.js';
import { WEBHOOK_DEFAULTS, type WebhookSettings } from '../domain/webhook.js';
import { type WebhookUrlRules, webhookUrlFault } from '../domain/webhook-url.js';
import type { EndpointChange, ReplayChoice } from '../ports/webhook-store.js';
import { faultsOf } from './faults.js';
import { given } from './given.js';
import { invalid } from './refusal.js';
import { replayRequest, rotateRequest, webhookChange, webhookRequest } from './schemas/webhook-request.js';
import { secondsOf } from './schemas/words.js';

const OVERLAP_DEFAULT = '24h';
const REPLAY_CURSOR = 'webhook-replay';

/** @throws Refusal 422 with every fault */
export function readWebhook(body: Json | undefined, rules: WebhookUrlRules): WebhookSettings {
  const parsed = webhookRequest.safeParse(body);
  const faults = [
    ...(parsed.success ? [] : faultsOf(webhookRequest, parsed.error.issues, body)),
    ...rulesOf(body, rules),
  ];
  if (faults.length > 0 || !parsed.success) throw invalid(faults);
  const { url, description, events = [...DEFAULT_EVENTS], level, order, max_events, max_wait } = parsed.data;
  return {
    ...given({ url, description }),
    ...{ events, types: eventTypesOf(events).types },
    level: level ?? WEBHOOK_DEFAULTS.level,
    order: order ?? WEBHOOK_DEFAULTS.order,
    maxEvents: max_events ?? WEBHOOK_DEFAULTS.maxEvents,
    maxWaitMs: toMs(max_wait) ?? WEBHOOK_DEFAULTS.maxWaitMs,
  };
}

/** @throws Refusal 422 with every fault */
export function readWebhookChange(body: Json | undefined, rules: WebhookUrlRules): EndpointChange {
  const parsed = webhookChange.safeParse(body);
  const faults = [
    ...(parsed.success ? [] : faultsOf(webhookChange, parsed.error.issues, body)),
    ...rulesOf(body, rules),
  ];
  if (faults.length > 0 || !parsed.success) throw invalid(faults);
  const { url, description, events, level, order, max_events: maxEvents, max_wait } = parsed.data;
  return given({
    ...{ url, description: description === null ? '' : description, level, order, maxEvents },
    ...{ events, types: events === undefined ? undefined : eventTypesOf(events).types },
    maxWaitMs: toMs(max_wait),
  });
}

/** @returns milliseconds for which old secrets sign as well. @throws Refusal 422 */
export function readOverlap(body: Json | undefined): number {
  const parsed = rotateRequest.safeParse(body);
  if (!parsed.success) throw invalid(faultsOf(rotateRequest, parsed.error.issues, body));
  return toMs(parsed.data.overlap ?? OVERLAP_DEFAULT) ?? 0;
}

/** @throws Refusal 422 with every fault */
export function readReplay(body: Json | undefined, now: EpochMs): ReplayChoice {
  const parsed = replayRequest.safeParse(body);
  if (!parsed.success) throw invalid(faultsOf(replayRequest, parsed.error.issues, body));
  const { deliveries, since, until, state = 'parked', cursor } = parsed.data;
  if (deliveries !== undefined) return { calls: [...new Set(deliveries)] };
  const choice = {
    since: Date.parse(since ?? ''), // the schema sees to it that one of the two is there
    until: until === undefined ? now : Date.parse(until),
    ...(state === 'any' ? {} : { state }),
  };
  return cursor === undefined ? choice : { ...choice, ...readReplayCursor(cursor) };
}

/**
 * Where a replay goes on. Holds the end of its time too: else what the first part made anew would be made anew by the next.
 */
export function replayCursor(after: number, until: EpochMs): string {
  return encodeCursor(REPLAY_CURSOR, `${after}.${until}`);
}

function readReplayCursor(cursor: string): { readonly after: number; readonly until: EpochMs } {
  const [, after, until] = /^(\d{1,15})\.(\d{1,15})$/.exec(decodeCursor(REPLAY_CURSOR, cursor) ?? '') ?? [];
  if (after !== undefined && until !== undefined) return { after: Number(after), until: Number(until) };
  const detail = 'is not a cursor of a replay; start anew without it';
  throw invalid([{ pointer: '/cursor', code: 'invalid_cursor', detail }]);
}

/** What no schema says; asked whatever else is wrong, so it trusts no shape. */
function rulesOf(body: Json | undefined, rules: WebhookUrlRules): FieldFault[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return [];
  const { url, events } = body as JsonObject; // `isArray` does not know arrays that are only read
  const faults: FieldFault[] = [];
  const ofUrl = typeof url === 'string' ? webhookUrlFault(url, rules) : undefined;
  if (ofUrl !== undefined) faults.push({ pointer: '/url', ...ofUrl });
  const patterns = Array.isArray(events) ? events : [];
  for (const [index, pattern] of patterns.entries()) {
    const [fault] = typeof pattern === 'string' && pattern.length <= 64 ? eventTypesOf([pattern]).faults : [];
    if (fault !== undefined) faults.push({ pointer: `/events/${index}`, code: 'unknown_event', detail: fault.detail });
  }
  return faults;
}

function toMs(duration: string | undefined): number | undefined {
  const seconds = duration === undefined ? undefined : secondsOf(duration);
  return seconds === undefined ? undefined : seconds * 1_000;
}
