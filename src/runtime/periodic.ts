import type { Worker } from '../ports/lifecycle.js';
import type { Log } from '../ports/log.js';

/**
 * A worker that does the same thing again and again, at least `everyMs` after the last time ended. What it throws is
 * told and does not end it: the store may be away for a while.
 *
 * @param wake where given, its function is called to run at once instead of after the wait
 */
export function periodic(
  name: string,
  everyMs: number,
  log: Log,
  work: (signal: AbortSignal) => Promise<void>,
  wake?: { call: () => void },
): Worker {
  return {
    name,
    async run(signal) {
      let wakeUp: () => void = () => undefined;
      let woken = false;
      if (wake !== undefined) {
        wake.call = () => {
          woken = true;
          wakeUp();
        };
      }
      while (!signal.aborted) {
        woken = false;
        try {
          await work(signal);
        } catch (error) {
          log.warn(
            { worker: name, error: error instanceof Error ? error.message : String(error) },
            'worker.failed_once',
          );
        }
        if (woken || signal.aborted) continue;
        await new Promise<void>((resolve) => {
          const end = () => {
            clearTimeout(timer);
            signal.removeEventListener('abort', end);
            resolve();
          };
          const timer = setTimeout(end, everyMs);
          wakeUp = end;
          signal.addEventListener('abort', end, { once: true });
        });
      }
    },
  };
}
