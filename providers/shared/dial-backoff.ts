/** Connections in a row that were let in, then ended before they answered anything: the host is as good as down. */
const USELESS_MAX = 3;

/**
 * When a host may be dialled again after it failed, so that a dead one is not hammered: the pause
 * doubles from `baseMs` to `capMs`, half of it jitter.
 */
export class DialBackoff {
  readonly #baseMs: number;
  readonly #capMs: number;
  readonly #random: () => number;
  #failures = 0;
  #useless = 0;
  #dialAt = 0;
  #downCause: string | undefined;

  constructor(baseMs: number, capMs: number, random: () => number) {
    this.#baseMs = baseMs;
    this.#capMs = capMs;
    this.#random = random;
  }

  /**
   * A connection ended without a single answer. `wasReady`: it had been established. Returns the pause
   * in milliseconds.
   */
  failed(nowMs: number, cause: string, wasReady: boolean): number {
    const full = Math.min(this.#capMs, this.#baseMs * 2 ** Math.min(this.#failures, 20));
    const pauseMs = full / 2 + (full / 2) * this.#random();
    this.#failures += 1;
    this.#useless = wasReady ? this.#useless + 1 : 0;
    this.#dialAt = nowMs + pauseMs;
    if (!wasReady || this.#useless >= USELESS_MAX) this.#downCause = cause;
    return pauseMs;
  }

  /** The host answered. */
  clear(): void {
    this.#failures = 0;
    this.#useless = 0;
    this.#dialAt = 0;
    this.#downCause = undefined;
  }

  mayDial(nowMs: number): boolean {
    return nowMs >= this.#dialAt;
  }

  /** Why asking now is in vain; nothing when it may be tried, or tried again. */
  downCause(nowMs: number): string | undefined {
    return this.mayDial(nowMs) ? undefined : this.#downCause;
  }
}
