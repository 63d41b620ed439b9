const HOUR_MS = 3_600_000;

/** Signing anew is dear, and Apple asks senders to do it no more than once an hour. */
export interface JwtCount {
  readonly distinct: number;
  /** The most that were new within any hour. */
  readonly mostPerHour: number;
}

/** Counts new JWTs. One that comes back after 10,000 others counts again. */
export class JwtCensus {
  #distinct = 0;
  #mostPerHour = 0;
  /** When each JWT of the last hour was new, oldest first. */
  #lastHour: number[] = [];

  get count(): JwtCount {
    return { distinct: this.#distinct, mostPerHour: this.#mostPerHour };
  }

  note(nowMs: number): void {
    this.#distinct += 1;
    this.#lastHour.push(nowMs);
    const recent = this.#lastHour.findIndex((at) => nowMs - at < HOUR_MS);
    if (recent > 0) this.#lastHour = this.#lastHour.slice(recent);
    this.#mostPerHour = Math.max(this.#mostPerHour, this.#lastHour.length);
  }
}
