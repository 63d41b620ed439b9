import type { ServerResponse } from 'node:http';
import type { Rate } from '../domain/rate.js';
import type { Clock, EpochMs } from '../domain/time.js';
import { invalid, Refusal } from './refusal.js';

/** Keys that are remembered before those that have rested are forgotten: a rested key has its whole quota anyway. */
const KEYS_BEFORE_SWEEP = 1_000;
const POLICY = '"per_key"';

/** What a key may still do, after it took units or was refused them. */
export interface Quota {
  /** Undefined when the units were taken; else the seconds after which they could be, or `never`. */
  readonly refusedFor?: number | 'never';
  /** Whole units that are left. */
  readonly remaining: number;
  /** Whole seconds until there is at least one more; 0 when all are there. */
  readonly moreInSeconds: number;
}

/** How much each server key may ask for, counted by this process alone. */
export interface KeyLimit {
  /** Undefined: no limit. */
  rate(): Rate | undefined;
  /** From now on. What keys have used is forgotten. */
  setRate(rate: Rate | undefined): void;
  /** Takes all of `units` or, when they are not there, none. Undefined without a limit. */
  take(keyId: string, units: number): Quota | undefined;
}

interface Used {
  readonly units: number;
  readonly at: EpochMs;
}

/** A bucket of tokens per key, filled evenly over time: a burst of a whole window, then as many as flow in. */
export function createKeyLimit(clock: Clock, initial: Rate | undefined): KeyLimit {
  let rate = initial;
  let used = new Map<string, Used>();
  let sweepAt = KEYS_BEFORE_SWEEP;

  /** Units of a key that have not flowed back yet. A clock that was set back gives nothing and takes nothing. */
  function usedNow(keyId: string, now: EpochMs, { units, windowSeconds }: Rate): number {
    const last = used.get(keyId);
    if (last === undefined) return 0;
    return Math.max(0, last.units - (Math.max(0, now - last.at) * units) / (windowSeconds * 1_000));
  }

  function sweep(now: EpochMs, by: Rate): void {
    for (const keyId of used.keys()) if (usedNow(keyId, now, by) === 0) used.delete(keyId);
    sweepAt = Math.max(KEYS_BEFORE_SWEEP, used.size * 2);
  }

  return {
    rate: () => rate,
    setRate(next) {
      rate = next;
      used = new Map();
    },
    take(keyId, units) {
      if (rate === undefined) return undefined;
      const now = clock.now();
      const secondsPerUnit = rate.windowSeconds / rate.units;
      const before = usedNow(keyId, now, rate);
      const missing = tidy(before + units - rate.units);
      const after = missing > 0 ? before : before + units;
      used.set(keyId, { units: after, at: now });
      if (used.size > sweepAt) sweep(now, rate);
      const quota = { remaining: Math.floor(tidy(rate.units - after)), moreInSeconds: moreIn(after, secondsPerUnit) };
      if (missing <= 0) return quota;
      const seconds = Math.max(1, Math.ceil(tidy(missing * secondsPerUnit)));
      return { ...quota, refusedFor: units > rate.units ? 'never' : seconds };
    },
  };
}

/** Until the part of a unit that is missing has flowed in. */
function moreIn(used: number, secondsPerUnit: number): number {
  if (used === 0) return 0;
  const part = used % 1;
  return Math.max(1, Math.ceil(tidy((part === 0 ? 1 : part) * secondsPerUnit)));
}

/** Sums of parts miss whole numbers by a hair. */
function tidy(value: number): number {
  const whole = Math.round(value);
  return Math.abs(value - whole) < 1e-6 ? whole : value;
}

/**
 * Takes units for a call and says in its headers what is left (draft-ietf-httpapi-ratelimit-headers-10). Does nothing
 * without a limit.
 *
 * @param before units that the same call has taken already
 * @throws Refusal 429 with `Retry-After`; 422 for more than the key can ever have at once
 */
export function charge(limit: KeyLimit, res: ServerResponse, keyId: string, units: number, before = 0): void {
  const rate = limit.rate();
  const quota = limit.take(keyId, units);
  if (rate === undefined || quota === undefined) return;
  res.setHeader('RateLimit-Policy', `${POLICY};q=${rate.units};w=${rate.windowSeconds}`);
  res.setHeader('RateLimit', `${POLICY};r=${quota.remaining};t=${quota.moreInSeconds}`);
  if (quota.refusedFor === undefined) return;
  const allowed = `${rate.units} within ${rate.windowSeconds} s`;
  if (quota.refusedFor === 'never' || units + before > rate.units) {
    const detail = `asks for more than this key may have at once (${allowed}); split it`;
    throw invalid([{ pointer: '', code: 'over_rate_limit', detail }]);
  }
  throw new Refusal('rate_limited', `this key has used what it may (${allowed}); nothing of this call was done`, {
    headers: { 'Retry-After': String(quota.refusedFor) },
  });
}
