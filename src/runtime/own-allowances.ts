import type { Rate } from '../domain/rate.js';
import type { Clock, EpochMs } from '../domain/time.js';
import type { Allowances, Taken } from '../ports/allowances.js';

/** Names that are remembered before those that have rested are forgotten: a rested one has its whole window anyway. */
const NAMES_BEFORE_SWEEP = 1_000;

interface Used {
  readonly units: number;
  readonly at: EpochMs;
  readonly rate: Rate;
}

/** {@link Allowances} of this process alone: a bucket for each name. */
export function createOwnAllowances(clock: Clock): Allowances & { takeNow: OwnTake } {
  const used = new Map<string, Used>();
  let sweepAt = NAMES_BEFORE_SWEEP;

  function sweep(now: EpochMs): void {
    for (const [name, last] of used) if (usedNow(last, last.rate, now) === 0) used.delete(name);
    sweepAt = Math.max(NAMES_BEFORE_SWEEP, used.size * 2);
  }

  function takeNow(name: string, rate: Rate, units: number, how: 'all' | 'some'): Taken {
    const now = clock.now();
    const last = used.get(name);
    const before = last === undefined ? 0 : usedNow(last, rate, now);
    const free = tidy(rate.units - before);
    const granted = free >= units ? units : how === 'some' ? Math.max(0, Math.floor(free)) : 0;
    used.set(name, { units: before + granted, at: now, rate });
    if (used.size > sweepAt) sweep(now);
    return { granted, left: tidy(free - granted) };
  }

  return {
    takeNow,
    take: (name, rate, units, how) => Promise.resolve(takeNow(name, rate, units, how)),
    forget(start) {
      for (const name of used.keys()) if (name.startsWith(start)) used.delete(name);
      return Promise.resolve();
    },
  };
}

/** As `Allowances.take`, at once. */
export type OwnTake = (name: string, rate: Rate, units: number, how: 'all' | 'some') => Taken;

/** Units that have not flowed back yet. A clock that was set back gives nothing and takes nothing. */
function usedNow({ units, at }: Used, rate: Rate, now: EpochMs): number {
  return Math.max(0, units - (Math.max(0, now - at) * rate.units) / (rate.windowSeconds * 1_000));
}

/** Sums of parts miss whole numbers by a hair. */
function tidy(value: number): number {
  const whole = Math.round(value);
  return Math.abs(value - whole) < 1e-6 ? whole : value;
}
