import type { LoggedEvent } from '../domain/event.js';
import type { Json, JsonObject } from '../domain/json.js';

/** Of an event's own data: times, which the log keeps as milliseconds. What callers gave lies deeper and is left as it is. */
const TIME = /^(?:at|since|until|.+_at)$/;

/** An event as receivers see it, in JSON. */
export function eventJson({ id, seq, type, at, app, data }: LoggedEvent): string {
  return JSON.stringify({ id, seq, type, at: timeText(at), app, data: withTimes(data) });
}

export function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

function withTimes(data: JsonObject): JsonObject {
  const shown: [string, Json][] = Object.entries(data).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, typeof value === 'number' && TIME.test(key) ? timeText(value) : value]],
  );
  return Object.fromEntries(shown);
}
