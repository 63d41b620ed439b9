import { setMaxListeners } from 'node:events';
import type { Worker } from '../ports/lifecycle.js';
import type { Log } from '../ports/log.js';

/** Runs workers, and knows when one of them is gone. */
export interface Supervisor {
  start(workers: readonly Worker[]): void;
  /** Resolves with a sentence when a worker ended without being asked: the process should stop. */
  readonly failed: Promise<string>;
  /** Names of workers that ended without being asked. */
  dead(): readonly string[];
  /** Asks all to end and waits, at most `graceMs`. @returns names of those that did not end in time. */
  stop(graceMs: number): Promise<readonly string[]>;
}

export function createSupervisor(log: Log): Supervisor {
  const ending = new AbortController();
  // Each worker listens, and there are more than the ten after which Node suspects a leak.
  setMaxListeners(0, ending.signal);
  const running = new Map<string, Promise<void>>();
  const dead: string[] = [];
  let tellFailed: (sentence: string) => void = () => undefined;
  const failed = new Promise<string>((resolve) => {
    tellFailed = resolve;
  });

  function ended(name: string, error?: unknown): void {
    running.delete(name);
    if (ending.signal.aborted) return;
    dead.push(name);
    log.error(
      { worker: name, error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
      'worker.ended',
    );
    const why = error instanceof Error ? error.message : 'it ended by itself';
    tellFailed(`the worker '${name}' ended: ${why}`);
  }

  return {
    failed,
    dead: () => dead,
    start(workers) {
      for (const { name, run } of workers) {
        running.set(
          name,
          run(ending.signal).then(
            () => ended(name),
            (error: unknown) => ended(name, error),
          ),
        );
      }
    },
    async stop(graceMs) {
      ending.abort();
      let timer: NodeJS.Timeout | undefined;
      const grace = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, graceMs);
      });
      await Promise.race([Promise.all(running.values()), grace]);
      clearTimeout(timer);
      return [...running.keys()];
    },
  };
}
