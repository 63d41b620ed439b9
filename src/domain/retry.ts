/** How long to wait before trying again where the vendor names no time. */
export interface RetryPolicy {
  /** Milliseconds: upper bound of the first wait. */
  readonly baseMs: number;
  /** Milliseconds: upper bound of every wait. */
  readonly capMs: number;
  /** Attempts that count, in all. */
  readonly attemptsMax: number;
}

/** A number in [0, 1). */
export type RandomFraction = () => number;

const WAIT_MIN_MS = 50;

/**
 * Exponential back-off with full jitter: anywhere between nothing and the bound, so that what failed together does
 * not come back together.
 *
 * @param failures how often it failed in a row, 1 or more
 */
export function backoffMs(policy: RetryPolicy, failures: number, random: RandomFraction): number {
  const bound = Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(failures - 1, 30));
  return Math.max(Math.min(WAIT_MIN_MS, bound), Math.round(random() * bound));
}
