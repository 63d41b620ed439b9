import { createECDH, randomBytes } from 'node:crypto';
import type { Ephemeral } from './encryption.js';

/** Key pairs kept ready; a burst of a few windows. 24 µs each to make, 0.3 KB each to keep. */
const SIZE = 256;
/** Made between two turns of the event loop: under half a millisecond. */
const SLICE = 16;
/** Nobody took one for so long: the process has time on its hands. */
const IDLE_MS = 20;

/**
 * Key pairs and salts for single messages, made ahead while nothing is sent. Each is handed out once and never again
 * (RFC 8291 §3.1: a new pair for every message), and an empty stock makes one on the spot.
 */
export class KeyPairStock {
  readonly #size: number;
  readonly #idleMs: number;
  readonly #made: Ephemeral[] = [];
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #isClosed = false;

  constructor(size = SIZE, idleMs = IDLE_MS) {
    this.#size = size;
    this.#idleMs = idleMs;
    this.#whenIdle();
  }

  get ready(): number {
    return this.#made.length;
  }

  take(): Ephemeral {
    clearImmediate(this.#immediate);
    this.#immediate = undefined;
    const pair = this.#made.pop() ?? make();
    this.#whenIdle();
    return pair;
  }

  /** Makes no more; what was made is forgotten. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#made.length = 0;
  }

  /** Neither timer nor immediate keeps the process alive. */
  #whenIdle(): void {
    if (this.#isClosed) return;
    if (this.#timer === undefined) {
      this.#timer = setTimeout(() => this.#fill(), this.#idleMs).unref();
    } else this.#timer.refresh();
  }

  #fill(): void {
    for (let made = 0; made < SLICE && this.#made.length < this.#size; made += 1) this.#made.push(make());
    if (this.#made.length < this.#size) this.#immediate = setImmediate(() => this.#fill()).unref();
  }
}

function make(): Ephemeral {
  const ecdh = createECDH('prime256v1');
  return { ecdh, publicKey: ecdh.generateKeys(), salt: randomBytes(16) };
}
