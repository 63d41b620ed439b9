import type { RandomFraction } from '../domain/retry.js';
import type { EpochMs } from '../domain/time.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Between one attempt and the next, as Standard Webhooks 1.0 gives it for an example; 75 h 35 min in all. */
const WAITS_MS: readonly number[] = [
  5_000,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];

/** Attempts at a call before it is parked. */
export const ATTEMPTS_MAX = WAITS_MS.length + 1;

/** Waits are made longer, never shorter: who is away for three days shall be tried after them. */
const JITTER = 0.1;

/**
 * When a call is to be tried again.
 *
 * @param attempts that failed so far, 1 or more
 * @param waitAtLeastMs what the receiver asked for
 * @returns undefined where it has been tried as often as it may be
 */
export function nextAttemptAt(
  attempts: number,
  now: EpochMs,
  random: RandomFraction,
  waitAtLeastMs = 0,
): EpochMs | undefined {
  const wait = WAITS_MS[attempts - 1];
  if (wait === undefined) return undefined;
  return now + Math.round(Math.max(wait, waitAtLeastMs) * (1 + JITTER * random()));
}
