import type { ServerResponse } from 'node:http';
import type { Rate } from '../domain/rate.js';
import type { Allowances } from '../ports/allowances.js';
import { invalid, Refusal } from './refusal.js';

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

/** How much each of many may ask for: server keys, devices. */
export interface KeyLimit {
  /** Undefined: no limit. */
  rate(): Rate | undefined;
  /** From now on. What this process counted of them is forgotten. */
  setRate(rate: Rate | undefined): void;
  /** Takes all of `units` or, when they are not there, none. Undefined without a limit. */
  take(keyId: string, units: number): Promise<Quota | undefined>;
}

/** @param whose start of the names of its allowances, such as `key` */
export function createKeyLimit(allowances: Allowances, whose: string, initial: Rate | undefined): KeyLimit {
  let rate = initial;
  return {
    rate: () => rate,
    setRate(next) {
      rate = next;
      void allowances.forget(`${whose}|`);
    },
    async take(keyId, units) {
      if (rate === undefined) return undefined;
      const { units: max, windowSeconds } = rate;
      const { granted, left } = await allowances.take(`${whose}|${keyId}`, rate, units, 'all');
      const secondsPerUnit = windowSeconds / max;
      const quota = { remaining: Math.floor(left), moreInSeconds: moreIn(tidy(max - left), secondsPerUnit) };
      if (granted === units) return quota;
      const seconds = Math.max(1, Math.ceil(tidy((units - left) * secondsPerUnit)));
      return { ...quota, refusedFor: units > max ? 'never' : seconds };
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
export async function charge(
  limit: KeyLimit,
  res: ServerResponse,
  keyId: string,
  units: number,
  before = 0,
): Promise<void> {
  const rate = limit.rate();
  const quota = await limit.take(keyId, units);
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
