import type { EpochMs } from './time.js';

const DAY_MS = 86_400_000;

/**
 * When the day ends that `at` lies in, as a vendor counts days.
 *
 * @param startsMinutes when its days begin, in minutes after midnight UTC
 */
export function dayEndsAt(at: EpochMs, startsMinutes: number): EpochMs {
  const startsMs = startsMinutes * 60_000;
  return (Math.floor((at - startsMs) / DAY_MS) + 1) * DAY_MS + startsMs;
}
