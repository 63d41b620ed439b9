/** Something that is done again and again. */
export interface Round {
  readonly everyMs: number;
  run(): Promise<unknown>;
}

/** Runs rounds until they are stopped; one that fails is told of and comes again. */
export function startRounds(rounds: readonly Round[], onTrouble: (error: unknown) => void): { stop(): Promise<void> } {
  const timers = new Set<NodeJS.Timeout>();
  const running = new Set<Promise<void>>();
  let isStopped = false;

  const plan = (round: Round) => {
    if (isStopped) return;
    // Processes that were started together do not look together.
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        const run = round
          .run()
          .then(() => undefined, onTrouble)
          .finally(() => {
            running.delete(run);
            plan(round);
          });
        running.add(run);
      },
      round.everyMs * (0.75 + Math.random() / 2),
    );
    timer.unref();
    timers.add(timer);
  };

  for (const round of rounds) plan(round);
  return {
    async stop() {
      isStopped = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(running);
    },
  };
}
