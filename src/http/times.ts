import type { EpochMs } from '../domain/time.js';

/** The shortest duration of the API that says so many seconds, such as `28d`. */
export function toDuration(seconds: number): string {
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
  ] as const) {
    if (seconds > 0 && seconds % size === 0) return `${seconds / size}${unit}`;
  }
  return `${seconds}s`;
}

/** RFC 3339 in UTC, with milliseconds. */
export function toTime(ms: EpochMs): string {
  return new Date(ms).toISOString();
}
