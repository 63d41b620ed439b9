const DAY_MS = 86_400_000;
/** 00:00 in Beijing is 16:00 UTC. */
const DAY_STARTS_MS = 57_600_000;

/** What the app has sent and saved on OPPO's day. */
export class DayCounts {
  #day = -1;
  #sent = 0;
  #saved = 0;
  sentMax = Number.POSITIVE_INFINITY;
  savedMax = Number.POSITIVE_INFINITY;

  /** @returns whether so many more may be sent */
  take(count: number, now: number): boolean {
    this.#turn(now);
    if (this.#sent + count > this.sentMax) return false;
    this.#sent += count;
    return true;
  }

  takeSave(now: number): boolean {
    this.#turn(now);
    if (this.#saved + 1 > this.savedMax) return false;
    this.#saved += 1;
    return true;
  }

  #turn(now: number): void {
    const day = Math.floor((now - DAY_STARTS_MS) / DAY_MS);
    if (day === this.#day) return;
    this.#day = day;
    this.#sent = 0;
    this.#saved = 0;
  }
}
