/** How many frames a client may say beyond those that answer a push. */
export interface FrameRate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Counts a connection's frames; made when its first frame comes. */
export class FrameBucket {
  #left: number;
  #at: number;

  constructor(rate: FrameRate, atMs: number) {
    this.#left = rate.burst;
    this.#at = atMs;
  }

  /** @returns false for one too many */
  take(rate: FrameRate, atMs: number): boolean {
    this.#left = Math.min(rate.burst, this.#left + ((atMs - this.#at) / 1_000) * rate.perSecond);
    this.#at = atMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
