import type { Lane } from '../ports/work-queue.js';

/** A lane that brought nothing back for so long is taken for stuck. */
const STUCK_AFTER_MS = 30_000;

/**
 * Watches that jobs of a lane still come back. A queue client may believe that it runs and take nothing; only a job
 * that went all the way round proves the contrary.
 */
export class Canary {
  readonly #lane: Lane;
  readonly #holder: string;
  readonly #nowMs: () => number;
  #lastSeen: number;
  #sent = 0;

  /** @param nowMs monotonic milliseconds */
  constructor(lane: Lane, holder: string, nowMs: () => number) {
    this.#lane = lane;
    this.#holder = holder;
    this.#nowMs = nowMs;
    this.#lastSeen = nowMs();
  }

  /** The next canary; one a lane waits at a time. */
  nextJob() {
    const id = `canary.${this.#lane}.${this.#holder}`;
    return { id, lane: this.#lane, job: { kind: 'canary.v1', token: String(++this.#sent) } } as const;
  }

  /** A job of this lane, canary or not, was taken. */
  seen(): void {
    this.#lastSeen = this.#nowMs();
  }

  get isStuck(): boolean {
    return this.#nowMs() - this.#lastSeen > STUCK_AFTER_MS;
  }
}
