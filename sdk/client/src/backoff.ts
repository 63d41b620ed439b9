const BASE_MS = 1_000;
const CAP_MS = 60_000;
/** The gateway's own hints are at most minutes; a longer one is a mistake that must not silence a device for good. */
const HINT_MAX_MS = 10 * 60_000;

/**
 * Milliseconds before the next try: what the gateway asked for, else evenly at random between 0 and
 * min(60 s, 1 s × 2^failures), so that those who were cut together do not come back together.
 */
export function retryDelayMs(failures: number, hintMs: number | undefined, random: () => number): number {
  if (hintMs !== undefined && hintMs >= 0) return Math.min(hintMs, HINT_MAX_MS);
  return Math.floor(random() * Math.min(CAP_MS, BASE_MS * 2 ** Math.min(failures, 16)));
}
