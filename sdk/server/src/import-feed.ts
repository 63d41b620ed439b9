import type { DeviceLine } from './openapi.js';

/** Where the devices of an import come from. */
export type DeviceSource = AsyncIterable<DeviceLine> | Iterable<DeviceLine>;

/** A device that was taken from the source and has no answer yet. */
export interface Pending {
  /** Its place in the source, from 1 on. */
  readonly line: number;
  readonly device: DeviceLine;
  /** With the newline. */
  readonly text: string;
}

/** Devices that may be without an answer at a time: what is kept in memory, and repeated after a failure. */
export const UNANSWERED_MAX = 2_000;
const FOREVER_MS = 2 ** 31 - 1;

/** The source of an import, with a memory of what has no answer yet. */
export interface ImportFeed {
  readonly answered: number;
  /**
   * Whether there is a device without an answer; waits for the source when there is none.
   *
   * @throws what the source threw, once everything before is answered; the signal's reason on abort
   */
  hasSome(): Promise<boolean>;
  /**
   * The device after the `line`-th, from memory or from the source; `undefined` when there is none within `patienceMs`,
   * or no more, or `isStopped`.
   */
  next(line: number, patienceMs: number, isStopped: () => boolean): Promise<Pending | undefined>;
  /** Takes the oldest device without an answer out of memory. */
  settle(): Pending | undefined;
  /** Lets everybody who waits look again. */
  wake(): void;
  close(): void;
}

export function openFeed(source: DeviceSource, signal: AbortSignal | undefined): ImportFeed {
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const unanswered: Pending[] = [];
  const waiting = new Set<() => void>();
  let taken = 0;
  let isAsking = false;
  let isEnded = false;
  let failure: { readonly error: unknown } | undefined;

  function wake(): void {
    for (const look of [...waiting]) look();
  }

  function changed(withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => done(false), withinMs);
      const look = () => done(true);
      function done(isChanged: boolean): void {
        clearTimeout(timer);
        waiting.delete(look);
        resolve(isChanged);
      }
      waiting.add(look);
    });
  }

  /** Asks the source for one more, unless it is being asked. What comes is remembered, whoever asked for it. */
  async function ask(): Promise<void> {
    if (isAsking || isEnded) return;
    isAsking = true;
    try {
      const { done, value } = await iterator.next();
      if (done === true) isEnded = true;
      else {
        taken++;
        unanswered.push({ line: taken, device: value, text: `${JSON.stringify(value)}\n` });
      }
    } catch (error) {
      isEnded = true;
      failure = { error };
    }
    isAsking = false;
    wake();
  }

  signal?.addEventListener('abort', wake);
  return {
    get answered() {
      return taken - unanswered.length;
    },
    async hasSome() {
      for (;;) {
        signal?.throwIfAborted();
        if (unanswered.length > 0) return true;
        if (failure !== undefined) throw failure.error;
        if (isEnded) return false;
        void ask();
        await changed(FOREVER_MS);
      }
    },
    async next(line, patienceMs, isStopped) {
      for (;;) {
        if (isStopped()) return undefined;
        const found = unanswered[Math.max(0, line + 1 - (unanswered[0]?.line ?? 0))];
        if (found !== undefined) return found;
        if (isEnded) return undefined;
        if (unanswered.length < UNANSWERED_MAX) void ask();
        if (!(await changed(patienceMs))) return undefined;
      }
    },
    settle() {
      const settled = unanswered.shift();
      wake();
      return settled;
    },
    wake,
    close() {
      signal?.removeEventListener('abort', wake);
      const isOpen = !isEnded;
      isEnded = true;
      wake();
      // The source may have something to close. It is not waited for: it may never come to an end.
      if (isOpen) Promise.resolve(iterator.return?.()).catch(() => {});
    },
  };
}
