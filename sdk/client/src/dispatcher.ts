/** Hands messages to the app's handlers: in order, so many at once, again when they reject, each message once. */
import { retryDelayMs } from './backoff.js';
import type { Listener, RealtimeError, RealtimeMessage } from './events.js';
import { IDS_MAX } from './inbox.js';
import type { Clock } from './platform.js';

export interface DispatcherSetup {
  readonly tries: number;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly error: (error: RealtimeError) => void;
}

export interface Dispatcher {
  /** Messages wait until there is a handler. */
  add(handler: Listener<RealtimeMessage>): () => void;
  readonly hasHandlers: boolean;
  /**
   * Resolves when every handler has ended well, or was tried as often as it may: then `error` has told of it. A message
   * that was handed over before is not again: it resolves with the first. `false` when it was dropped instead.
   */
  deliver(message: RealtimeMessage): Promise<boolean>;
  /** Nothing that has not begun is handed over any more. */
  drop(): void;
}

interface Job {
  readonly message: RealtimeMessage;
  readonly end: (handled: boolean) => void;
}

export function createDispatcher(setup: DispatcherSetup): Dispatcher {
  const { tries, concurrency, clock, random } = setup;
  const handlers = new Set<Listener<RealtimeMessage>>();
  const queue: Job[] = [];
  const seen = new Map<string, Promise<boolean>>();
  let running = 0;

  function run(): void {
    while (handlers.size > 0 && running < concurrency) {
      const job = queue.shift();
      if (job === undefined) return;
      running += 1;
      void handle(job.message).then(() => {
        running -= 1;
        job.end(true);
        run();
      });
    }
  }

  async function handle(message: RealtimeMessage): Promise<void> {
    await Promise.all([...handlers].map((handler) => tryHandler(handler, message)));
  }

  async function tryHandler(handler: Listener<RealtimeMessage>, message: RealtimeMessage): Promise<void> {
    for (let failures = 1; ; failures += 1) {
      try {
        await handler(message);
        return;
      } catch (cause) {
        if (failures >= tries) {
          const detail = `a handler rejected ${message.id} ${failures} times; it counts as done`;
          return setup.error({ code: 'handler_failed', detail, message, cause });
        }
        await new Promise<void>((resolve) => void clock.after(retryDelayMs(failures - 1, undefined, random), resolve));
      }
    }
  }

  return {
    add(handler) {
      handlers.add(handler);
      run();
      return () => void handlers.delete(handler);
    },
    get hasHandlers() {
      return handlers.size > 0;
    },
    deliver(message) {
      const before = seen.get(message.id);
      if (before !== undefined) return before;
      const handled = new Promise<boolean>((end) => void queue.push({ message, end }));
      seen.set(message.id, handled);
      for (const oldest of seen.keys()) {
        if (seen.size <= IDS_MAX) break;
        seen.delete(oldest);
      }
      run();
      return handled;
    },
    drop() {
      for (const { message, end } of queue.splice(0)) {
        seen.delete(message.id);
        end(false);
      }
    },
  };
}
