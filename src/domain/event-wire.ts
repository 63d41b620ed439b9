import type { EventType, LoggedEvent } from './event.js';
import type { Json, JsonObject } from './json.js';
import type { EpochMs } from './time.js';

/** Of an event's own data: times, which the log keeps as milliseconds. What callers gave lies deeper and is left as it is. */
const TIME = /^(?:at|since|until|.+_at)$/;

/** An event as everybody outside sees it: its times are RFC 3339. */
export interface WireEvent {
  readonly id: string;
  readonly seq: number;
  readonly type: EventType;
  readonly at: string;
  readonly app: string;
  readonly data: JsonObject;
}

export function toWireEvent({ id, seq, type, at, app, data }: LoggedEvent): WireEvent {
  return { id, seq, type, at: timeText(at), app, data: withTimes(data) };
}

export function timeText(ms: EpochMs): string {
  return new Date(ms).toISOString();
}

function withTimes(data: JsonObject): JsonObject {
  const shown: [string, Json][] = Object.entries(data).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, typeof value === 'number' && TIME.test(key) ? timeText(value) : value]],
  );
  return Object.fromEntries(shown);
}
