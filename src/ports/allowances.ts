import type { Rate } from '../domain/rate.js';

/** What came of asking for units. */
export interface Taken {
  /** Units that were taken now. */
  readonly granted: number;
  /** What is left, parts of a unit included; another process may be quicker. */
  readonly left: number;
}

/**
 * Units that flow in evenly over time: a burst of a whole window after a rest, then as many as flow in. What bears one name is
 * used together, by all processes where the allowances are shared.
 */
export interface Allowances {
  /**
   * Takes `units`, a whole number. `all`: when they are not there, none. `some`: as many whole ones as are there.
   *
   * A name that is asked for with another rate than before has its units by that one from then on. Never rejects: whoever
   * cannot reach what is shared keeps to the rate by itself.
   */
  take(name: string, rate: Rate, units: number, how: 'all' | 'some'): Promise<Taken>;
  /** What was used under names that begin so is forgotten. */
  forget(start: string): Promise<void>;
}
