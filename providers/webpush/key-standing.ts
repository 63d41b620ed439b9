/** Refusals in a row after which it is the key, after all, that a push service does not like. */
const REFUSALS_MAX = 5;
const ORIGINS_MAX = 512;

/**
 * How our key stands with each origin. A 401 or 403 often does not say whether the key is bad or the subscription was made
 * with another one; that other subscriptions of the same origin were just served does.
 */
export class KeyStanding {
  /** Refusals since the last acceptance; absent for an origin that never accepted. */
  readonly #refusals = new Map<string, number>();

  accepted(origin: string): void {
    this.#refusals.delete(origin);
    this.#refusals.set(origin, 0);
    for (const oldest of this.#refusals.keys()) {
      if (this.#refusals.size <= ORIGINS_MAX) break;
      this.#refusals.delete(oldest);
    }
  }

  refused(origin: string): void {
    const refusals = this.#refusals.get(origin);
    if (refusals !== undefined) this.#refusals.set(origin, refusals + 1);
  }

  isProvenAt(origin: string): boolean {
    return (this.#refusals.get(origin) ?? REFUSALS_MAX) < REFUSALS_MAX;
  }

  /** At any origin at all. */
  get isProven(): boolean {
    for (const refusals of this.#refusals.values()) if (refusals < REFUSALS_MAX) return true;
    return false;
  }
}
