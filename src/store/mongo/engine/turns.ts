/** Lets what touches the same things happen one after the other, in this process. */
export interface Turns {
  /** Runs `work` once all who took one of these keys before have ended. Inside of it none of them may be taken again. */
  take<T>(keys: Iterable<string>, work: () => Promise<T>): Promise<T>;
}

/**
 * Of those who change the same documents at once, all but one would find that they have to look again. This spares the work where
 * they are of one process; it is no lock, others do not know of it.
 */
export function createTurns(): Turns {
  const last = new Map<string, Promise<void>>();
  return {
    async take(keys, work) {
      const mine = new Set(keys);
      const before = [...mine].flatMap((key) => last.get(key) ?? []);
      let end = () => {};
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      // All at once: nobody waits for somebody who waits for him.
      for (const key of mine) last.set(key, ended);
      try {
        await Promise.all(before);
        return await work();
      } finally {
        end();
        for (const key of mine) if (last.get(key) === ended) last.delete(key);
      }
    },
  };
}
