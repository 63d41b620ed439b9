/** Chance that can be had again: the same seed, the same throws. */
export interface Dice {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** True once in `1 / share` throws. */
  happens(share: number): boolean;
  /** A waiting time of this mean, as of things that happen without memory. */
  wait(meanMs: number): number;
}

/** mulberry32: good enough for choosing when to cut a line. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  return {
    next,
    happens: (share) => next() < share,
    wait: (meanMs) => -Math.log(1 - next()) * meanMs,
  };
}
