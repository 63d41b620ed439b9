import { GatewayError } from '../domain/errors.js';
import type { Log } from '../ports/log.js';

/** A process of the same program that was started by this one. */
export interface Child {
  readonly pid: number | undefined;
  /** Resolves when it does its work. Never, where it ends before. */
  readonly started: Promise<void>;
  /** Resolves with how it ended, such as `exit code 1` or `SIGKILL`. */
  readonly ended: Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

/** Keeps a number of processes running, each in a place of its own, counted from 1. */
export interface Fleet {
  /** Starts them, the first one alone: what only one may do, such as bringing tables up to date, is done then. @throws GatewayError when one ends before it works */
  start(): Promise<void>;
  /** What runs in each place and has started; undefined where nothing does. */
  running(): readonly (Child | undefined)[];
  /** Puts a new process into each place, one after the other: the old one is told to stop when the new one works. */
  replace(): Promise<void>;
  /** To every process that has started. */
  tell(signal: NodeJS.Signals): void;
  /** Tells all to stop, and kills what is left after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

export interface FleetOptions {
  readonly count: number;
  readonly spawn: (place: number) => Child;
  readonly log: Log;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  readonly firstWaitMs?: number;
}

/** Waits before a place is filled again: doubled each time, as long as no process lasts. */
const FIRST_WAIT_MS = 250;
const WAIT_MS_MAX = 30_000;
/** Whoever ran for so long did not end because it cannot run. */
const LASTING_MS = 60_000;
const START_MS_MAX = 120_000;
const REPLACED_GRACE_MS = 25_000;

export function createFleet({ count, spawn, log, now = () => performance.now(), ...options }: FleetOptions): Fleet {
  const places: (Child | undefined)[] = Array.from({ length: count }, () => undefined);
  /** Also those that have not started, or are about to end. */
  const alive = new Set<Child>();
  const timers = new Set<NodeJS.Timeout>();
  let isStopping = false;

  function open(place: number): Child {
    const child = spawn(place);
    alive.add(child);
    void child.ended.then(() => alive.delete(child));
    return child;
  }

  /** @throws GatewayError where it ends first, or takes too long */
  async function startIn(place: number): Promise<Child> {
    const child = open(place);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(`it did not start within ${START_MS_MAX / 1_000} s`), START_MS_MAX);
    });
    const why = await Promise.race([child.started.then(() => undefined), child.ended, late]);
    clearTimeout(timer);
    if (why === undefined) return child;
    child.kill('SIGKILL');
    throw new GatewayError(
      'config_invalid',
      `process ${place} ended before it worked (${why}); what it said stands above.`,
    );
  }

  /** From here on somebody is always in that place, or is about to be. */
  function keep(place: number, child: Child, triesBefore: number): void {
    places[place - 1] = child;
    const since = now();
    void child.ended.then((how) => {
      if (places[place - 1] !== child) return;
      places[place - 1] = undefined;
      if (isStopping) return;
      again(place, now() - since >= LASTING_MS ? 0 : triesBefore, `process ${place} (pid ${child.pid}) ended: ${how}`);
    });
  }

  function again(place: number, tries: number, why: string): void {
    if (isStopping) return;
    const waitMs = Math.min((options.firstWaitMs ?? FIRST_WAIT_MS) * 2 ** Math.min(tries, 20), WAIT_MS_MAX);
    log.error({ process: place, why, again_in_ms: waitMs }, 'process.ended');
    const timer = setTimeout(() => {
      timers.delete(timer);
      startIn(place).then(
        (child) => {
          log.info({ process: place, pid: child.pid }, 'process.back');
          keep(place, child, tries + 1);
        },
        (error: unknown) => again(place, tries + 1, error instanceof Error ? error.message : String(error)),
      );
    }, waitMs);
    timers.add(timer);
  }

  async function end(child: Child, graceMs: number): Promise<void> {
    child.kill('SIGTERM');
    const cut = setTimeout(() => child.kill('SIGKILL'), graceMs);
    await child.ended;
    clearTimeout(cut);
  }

  return {
    async start() {
      const places = Array.from({ length: count }, (_, n) => n + 1);
      const fill = async (place: number) => keep(place, await startIn(place), 0);
      const [first = 1, ...others] = places;
      await fill(first);
      await Promise.all(others.map(fill));
    },

    running: () => [...places],

    async replace() {
      for (const [index, old] of places.entries()) {
        // A place that is empty is being filled anyway.
        if (old === undefined || isStopping) continue;
        const fresh = await startIn(index + 1);
        if (isStopping) return;
        keep(index + 1, fresh, 0);
        await end(old, REPLACED_GRACE_MS);
        log.info({ process: index + 1, pid: fresh.pid, before: old.pid }, 'process.replaced');
      }
    },

    tell(signal) {
      for (const child of places) child?.kill(signal);
    },

    async stop(graceMs) {
      isStopping = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.all([...alive].map((child) => end(child, graceMs)));
    },
  };
}
