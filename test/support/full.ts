/**
 * How thorough a run is. `PEALBELL_CHAOS=full` (nights, releases) runs everything at its full size; every other run takes
 * less of what is only *more of the same*: fewer devices, fewer random runs. What is looked at is the same in both.
 */
export const IS_FULL = process.env.PEALBELL_CHAOS === 'full';

/** One of two sizes of the same test. */
export function sized(full: number, everyTime: number): number {
  return IS_FULL ? full : everyTime;
}

/**
 * Random runs of a test against a model: a third of them, and at least two, where the run is not a full one. Seeds are
 * drawn anew each time, so that many runs look as far as a full one.
 */
export function runs(full: number): number {
  return sized(full, Math.max(2, Math.ceil(full / 3)));
}
