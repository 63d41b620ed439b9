/** How many calls of an endpoint may be under way, as its receiver has shown it can bear. */
export interface Pace {
  readonly limit: number;
  /** It took long to answer, or did not. */
  readonly isSlow: boolean;
}

/** Of a loose endpoint; a strict one has one. */
export const CALLS_MAX = 8;
const QUICK_MS = 2_000;
const SLOW_MS = 5_000;

export const FIRST_PACE: Pace = { limit: 1, isSlow: false };

/** One more after each quick success, half as many after a slow one, a single one after a failure. */
export function paceAfter(pace: Pace, isSuccess: boolean, ms: number): Pace {
  const isSlow = ms >= SLOW_MS;
  if (!isSuccess) return { limit: 1, isSlow };
  if (isSlow) return { limit: Math.max(1, Math.floor(pace.limit / 2)), isSlow };
  return { limit: ms < QUICK_MS ? Math.min(pace.limit + 1, CALLS_MAX) : pace.limit, isSlow };
}
