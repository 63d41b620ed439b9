import type { Closeable } from '../ports/lifecycle.js';
import type { Log } from '../ports/log.js';
import type { MessageStore } from '../ports/message-store.js';

const LOOK_EVERY_MS = 100;
const WAITERS_MAX = 200;

/** Lets callers wait until a message is settled, wherever it is delivered: only the store is asked. */
export interface SettledWatch extends Closeable {
  /**
   * Resolves with true as soon as everything of the message is settled, with false when `withinMs` have passed,
   * `signal` aborts or the watch closes. Never rejects: a store that is away is asked again.
   *
   * @returns undefined at once when as many wait as may, or the watch is closed
   */
  wait(message: string, withinMs: number, signal: AbortSignal): Promise<boolean> | undefined;
}

/**
 * One question to the store for all who wait, `everyMs` after the last was answered, and none while nobody waits.
 */
export function createSettledWatch(house: {
  readonly messages: Pick<MessageStore, 'completed'>;
  readonly log: Log;
  /** 100 when absent. */
  readonly everyMs?: number;
  /** 200 when absent: each holds a connection and one of the requests answered at the same time. */
  readonly waitersMax?: number;
}): SettledWatch {
  const everyMs = house.everyMs ?? LOOK_EVERY_MS;
  const waitersMax = house.waitersMax ?? WAITERS_MAX;
  const waiting = new Set<{ readonly message: string; readonly end: (settled: boolean) => void }>();
  let timer: NodeJS.Timeout | undefined;
  let looking = false;
  let failing = false;
  let closed = false;

  function lookSoon(): void {
    if (looking || timer !== undefined || waiting.size === 0) return;
    timer = setTimeout(() => {
      timer = undefined;
      void look();
    }, everyMs);
  }

  async function look(): Promise<void> {
    looking = true;
    try {
      const settled = await house.messages.completed([...new Set([...waiting].map(({ message }) => message))]);
      for (const waiter of waiting) if (settled.has(waiter.message)) waiter.end(true);
      failing = false;
    } catch (error) {
      // Told once: the callers get their answer in time anyway, only without deliveries.
      if (!failing) house.log.warn({ waiting: waiting.size, error: String(error) }, 'settled_watch.failed');
      failing = true;
    }
    looking = false;
    lookSoon();
  }

  return {
    wait(message, withinMs, signal) {
      if (closed || waiting.size >= waitersMax) return undefined;
      if (signal.aborted) return Promise.resolve(false);
      return new Promise((resolve) => {
        const end = (settled: boolean) => {
          clearTimeout(late);
          signal.removeEventListener('abort', gone);
          waiting.delete(waiter);
          if (waiting.size === 0) {
            clearTimeout(timer);
            timer = undefined;
          }
          resolve(settled);
        };
        const gone = () => end(false);
        const late = setTimeout(gone, withinMs);
        const waiter = { message, end };
        signal.addEventListener('abort', gone, { once: true });
        waiting.add(waiter);
        lookSoon();
      });
    },
    async close() {
      closed = true;
      for (const waiter of waiting) waiter.end(false);
    },
  };
}
