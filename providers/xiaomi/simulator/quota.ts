/** The app's messages of a day, as Xiaomi counts them: from midnight in Beijing. */

const DAY_MS = 86_400_000;
const BEIJING_MS = 8 * 3_600_000;

export class Quota {
  #max: number | undefined;
  #day = 0;
  #used = 0;

  set(max: number | undefined): void {
    this.#max = max;
  }

  /** Takes the messages, or none of them; then it says how many there may be, and have been. */
  take(messages: number, now: number): { readonly max: number; readonly used: number } | undefined {
    const day = Math.floor((now + BEIJING_MS) / DAY_MS);
    if (day !== this.#day) {
      this.#day = day;
      this.#used = 0;
    }
    const max = this.#max;
    if (max !== undefined && this.#used + messages > max) return { max, used: this.#used };
    this.#used += messages;
    return undefined;
  }
}
