import type { EpochMs } from '../domain/time.js';

/** RFC 3339 in UTC, with milliseconds. */
export function toTime(ms: EpochMs): string {
  return new Date(ms).toISOString();
}
