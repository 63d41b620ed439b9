/** What Huawei counts in a day of its own. */

const DAY_MS = 86_400_000;
/** 00:00 in Beijing. */
const DAY_STARTS_MS = 16 * 3_600_000;

export interface DayQuota {
  /** Marketing messages that one device is shown; as many as there are when absent. */
  readonly marketingPerDevice?: number;
  /** Test messages of the app; as many as there are when absent. */
  readonly testMessages?: number;
}

export class DayCounts {
  #quota: DayQuota = {};
  #day = Number.NaN;
  #tests = 0;
  readonly #marketing = new Map<string, number>();

  setQuota(quota: DayQuota): void {
    this.#quota = quota;
  }

  /** Counts so many test messages, where the day has room for all of them. */
  takeTests(count: number, now: number): boolean {
    this.#turn(now);
    if (this.#tests + count > (this.#quota.testMessages ?? Number.POSITIVE_INFINITY)) return false;
    this.#tests += count;
    return true;
  }

  /** Counts a marketing message to a device; false where it has had all of its day's. */
  takeMarketing(token: string, now: number): boolean {
    this.#turn(now);
    const { marketingPerDevice } = this.#quota;
    if (marketingPerDevice === undefined) return true;
    const had = this.#marketing.get(token) ?? 0;
    if (had >= marketingPerDevice) return false;
    this.#marketing.set(token, had + 1);
    return true;
  }

  #turn(now: number): void {
    const day = Math.floor((now - DAY_STARTS_MS) / DAY_MS);
    if (day === this.#day) return;
    this.#day = day;
    this.#tests = 0;
    this.#marketing.clear();
  }
}
