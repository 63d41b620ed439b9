import { FEEDBACK_BYTES_MAX } from '../domain/reaction.js';
import type { Upward } from './client-frame.js';

/** Above either, the client is not listened to until half of them are safe. */
const FRAMES_MAX = 64;
const BYTES_MAX = 128 * 1024;

/** What of a frame's `n` cannot be. */
export type Misnumbered = { readonly kind: 'hole'; readonly last: number };
/** Where a frame stands: `safe` and `waits`: it was said before. */
export type Numbered = { readonly kind: 'new' | 'safe' | 'waits' };

/**
 * Events and upstream messages of one connection, from their arrival until they are safe: in the order of `n`, one run
 * of one kind at a time, so that what is safe is always everything up to some `n`.
 */
export class UpwardQueue {
  readonly #frames: Upward[] = [];
  #bytes = 0;
  #running = 0;
  #last: number;
  #safe: number;
  #isDeaf = false;

  /** @param safe highest `n` that is safe; 0 where that is not known */
  constructor(safe: number) {
    this.#last = safe;
    this.#safe = safe;
  }

  /** Everything up to this `n` is safe. */
  get safe(): number {
    return this.#safe;
  }

  /** The first `n` that is heard may be any: what was before it is safe. */
  number(n: number): Numbered | Misnumbered {
    if (this.#last > 0 && n > this.#last + 1) return { kind: 'hole', last: this.#last };
    if (n <= this.#safe) return { kind: 'safe' };
    return { kind: n <= this.#last ? 'waits' : 'new' };
  }

  add(frame: Upward): void {
    this.#last = frame.n;
    this.#frames.push(frame);
    this.#bytes += bytesOf(frame);
    if (this.#frames.length >= FRAMES_MAX || this.#bytes >= BYTES_MAX) this.#isDeaf = true;
  }

  /** So much waits that the client is not to be listened to. */
  get isDeaf(): boolean {
    return this.#isDeaf;
  }

  /** @returns true once when the client is to be listened to again */
  hearsAgain(): boolean {
    if (!this.#isDeaf || this.#frames.length > FRAMES_MAX / 2 || this.#bytes > BYTES_MAX / 2) return false;
    this.#isDeaf = false;
    return true;
  }

  /** @returns what comes next, all of one kind; `undefined` where nothing waits or the last run is under way */
  next(): readonly Upward[] | undefined {
    const first = this.#frames[0];
    if (first === undefined || this.#running > 0) return undefined;
    const end = this.#frames.findIndex(({ t }) => t !== first.t);
    this.#running = end === -1 ? this.#frames.length : end;
    return this.#frames.slice(0, this.#running);
  }

  /** The run that `next` gave is safe. */
  settle(): void {
    for (const frame of this.#frames.splice(0, this.#running)) {
      this.#bytes -= bytesOf(frame);
      this.#safe = frame.n;
    }
    this.#running = 0;
  }
}

function bytesOf(frame: Upward): number {
  if (frame.t === 'up') return frame.bytes;
  return frame.t === 'event' && frame.event === 'feedback' ? FEEDBACK_BYTES_MAX : 64;
}
