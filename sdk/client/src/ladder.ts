/** Which transport to try: the best that works, with a memory, and a way back up. */
import type { TransportName } from './options.js';

export interface SavedLadder {
  readonly transport: TransportName;
  readonly at: number;
}

/** So many tries in a row that came to nothing before the next transport is tried. */
const TRIES_PER_RUNG = 2;
/** A memory older than this says nothing about the network of today. */
const REMEMBER_MS = 24 * 3_600_000;
/** The first look up comes soon: while the gateway itself was away, nothing worked. */
const UP_FIRST_MS = 30_000;
const UP_MAX_MS = 4 * 3_600_000;

export interface Ladder {
  readonly current: TransportName;
  /** When to try whether the best transport works by now; only on a lower one that works. */
  readonly upAt: number | undefined;
  /** The transport's fault: no answer, or cut short. What the gateway refuses is not. */
  failed(): void;
  /** A connection has stood for a while. */
  worked(now: number): void;
  /** The network is another one. */
  changed(now: number): void;
  /** The best transport was tried beside the one in use. @returns true when it is to be used from now on */
  tried(works: boolean, now: number): boolean;
  saved(now: number): SavedLadder;
}

/** @param rungs best first, at least one */
export function createLadder(rungs: readonly TransportName[], saved: SavedLadder | undefined, now: number): Ladder {
  const known = saved !== undefined && now - saved.at < REMEMBER_MS ? rungs.indexOf(saved.transport) : 0;
  let rung = Math.max(0, known);
  let lastGood = rung;
  let tries = 0;
  let upAt: number | undefined;
  let upDelayMs = UP_FIRST_MS;
  return {
    get current() {
      return rungs[rung] ?? 'poll';
    },
    get upAt() {
      return upAt;
    },
    failed() {
      upAt = undefined;
      tries += 1;
      if (tries < TRIES_PER_RUNG) return;
      tries = 0;
      rung = (rung + 1) % rungs.length;
    },
    worked(at) {
      tries = 0;
      lastGood = rung;
      upAt = rung === 0 ? undefined : at + upDelayMs;
    },
    changed(at) {
      upDelayMs = UP_FIRST_MS;
      if (upAt !== undefined) upAt = Math.min(upAt, at + UP_FIRST_MS);
      else if (tries > 0 || rung !== lastGood) {
        // What failed did so without a network.
        rung = lastGood;
        tries = 0;
      }
    },
    tried(works, at) {
      upDelayMs = works ? UP_FIRST_MS : Math.min(UP_MAX_MS, upDelayMs * 2);
      upAt = works ? undefined : at + upDelayMs;
      if (works) rung = 0;
      return works;
    },
    saved: (at) => ({ transport: rungs[rung] ?? 'poll', at }),
  };
}
