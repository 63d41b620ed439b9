import { setTimeout as pause } from 'node:timers/promises';

export interface SteadyLoad {
  /** Calls that have ended, however. */
  done(): number;
  /** Begins no more, waits for those under way. `answers`: status by number, or why there was none. */
  stop(): Promise<{ readonly answers: readonly (number | string)[] }>;
}

/** Calls at an even pace until it is told to stop; where the other side is slow, as many at once as it may. */
export function steadyLoad(
  call: (n: number) => Promise<{ readonly status: number }>,
  { perSecond, inFlightMax }: { readonly perSecond: number; readonly inFlightMax: number },
): SteadyLoad {
  const answers: (number | string)[] = [];
  const running = new Set<Promise<void>>();
  let isOver = false;
  let done = 0;
  const pacing = (async () => {
    for (let n = 0; !isOver; n++) {
      const one = call(n)
        .then(
          ({ status }) => status,
          (error: unknown) => {
            const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
            return String(cause);
          },
        )
        .then((answer) => {
          answers[n] = answer;
          done++;
          running.delete(one);
        });
      running.add(one);
      await pause(1_000 / perSecond);
      if (running.size >= inFlightMax) await Promise.race(running);
    }
  })();
  return {
    done: () => done,
    async stop() {
      isOver = true;
      await pacing;
      await Promise.all(running);
      return { answers };
    },
  };
}
