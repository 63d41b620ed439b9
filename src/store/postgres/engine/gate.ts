import { GatewayError } from '../../../domain/errors.js';

interface Waiter {
  readonly start: () => void;
  readonly refuse: (reason: unknown) => void;
}

/**
 * One at a time, in order of arrival. PGlite has a single session, so everything that is not one statement
 * must have it alone; the gate is also where nothing passes any more once the engine is lost.
 */
export class Gate {
  readonly #waitersMax: number;
  readonly #waiters: Waiter[] = [];
  /** Index of the first waiter still waiting: shifting an array of thousands costs more than a query. */
  #head = 0;
  #busy = false;
  #closed: { readonly reason: unknown } | undefined;

  constructor(waitersMax = 10_000) {
    this.#waitersMax = waitersMax;
  }

  /** @throws GatewayError `overloaded` with too many waiting; the reason of {@link close} once closed. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await task();
    } finally {
      this.#leave();
    }
  }

  /** Refuses all who wait and all who come, with `reason`. Whoever is inside is left alone. */
  close(reason: unknown): void {
    this.#closed = { reason };
    for (const waiter of this.#waiters.splice(0).slice(this.#head)) waiter.refuse(reason);
    this.#head = 0;
  }

  /** Runs `task` after all who wait already; who comes later is refused with `reason`. */
  finish<T>(task: () => Promise<T>, reason: unknown): Promise<T> {
    const done = this.run(task);
    this.#closed ??= { reason };
    return done;
  }

  #enter(): Promise<void> {
    if (this.#closed) return Promise.reject(this.#closed.reason);
    if (!this.#busy) {
      this.#busy = true;
      return Promise.resolve();
    }
    if (this.#waiters.length - this.#head >= this.#waitersMax) {
      return Promise.reject(
        new GatewayError('overloaded', 'Too many statements wait for the embedded database; slow down.', {
          retryAfterSeconds: 1,
        }),
      );
    }
    return new Promise((start, refuse) => this.#waiters.push({ start, refuse }));
  }

  #leave(): void {
    const next = this.#waiters[this.#head];
    if (next === undefined) {
      this.#busy = false;
      return;
    }
    this.#head++;
    if (this.#head === this.#waiters.length || this.#head > 1024) {
      this.#waiters.splice(0, this.#head);
      this.#head = 0;
    }
    next.start();
  }
}
