/** Connections to many push services: a pool for each origin in use, a bounded number of them, idle ones closed. */
import type { OutgoingRequest, Reply, Transport } from '../shared/transport.js';

export interface OriginPoolsOptions {
  /** Opens the pool of an origin. @throws Error, whose text may be told, for an origin that must not be reached */
  readonly open: (origin: string) => Transport;
  /** Told when a pool was closed and counts no more. */
  readonly onClosed?: (origin: string) => void;
  /** Default 128. */
  readonly originsMax?: number;
  /** Without a request for so long, a pool is closed. Default 5 min. */
  readonly idleMs?: number;
  readonly monotonicMs?: () => number;
}

interface Entry {
  readonly transport: Transport;
  inFlight: number;
  usedAt: number;
}

const ORIGINS_MAX = 128;
const IDLE_MS = 5 * 60_000;

export class OriginPools {
  readonly #options: OriginPoolsOptions;
  readonly #originsMax: number;
  readonly #idleMs: number;
  readonly #monotonicMs: () => number;
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>();
  readonly #closing = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: OriginPoolsOptions) {
    this.#options = options;
    this.#originsMax = options.originsMax ?? ORIGINS_MAX;
    this.#idleMs = options.idleMs ?? IDLE_MS;
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
  }

  /** Origins with a pool. */
  get size(): number {
    return this.#entries.size;
  }

  /** Never rejects: an origin that must not be reached, or one too many, is `not_sent`. */
  async request(origin: string, request: OutgoingRequest, signal: AbortSignal): Promise<Reply> {
    let entry: Entry | undefined;
    try {
      entry = this.#entry(origin);
    } catch (error) {
      return { kind: 'not_sent', reason: 'invalid', cause: error instanceof Error ? error.message : String(error) };
    }
    if (entry === undefined) {
      return { kind: 'not_sent', reason: 'queue_full', cause: `${this.#originsMax} push services are busy already` };
    }
    entry.inFlight += 1;
    try {
      return await entry.transport.request(request, signal);
    } finally {
      entry.inFlight -= 1;
      entry.usedAt = this.#monotonicMs();
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const origin of [...this.#entries.keys()]) this.#drop(origin);
    await Promise.all(this.#closing);
  }

  #entry(origin: string): Entry | undefined {
    let entry = this.#entries.get(origin);
    if (entry === undefined) {
      if (!this.#makeRoom()) return undefined;
      entry = { transport: this.#options.open(origin), inFlight: 0, usedAt: this.#monotonicMs() };
      this.#timer ??= setInterval(() => this.#closeIdle(), Math.max(10, this.#idleMs / 4)).unref();
    } else this.#entries.delete(origin);
    this.#entries.set(origin, entry);
    return entry;
  }

  /** The longest unused goes first; one in use stays, so that no host can push out another's requests. */
  #makeRoom(): boolean {
    if (this.#entries.size < this.#originsMax) return true;
    for (const [origin, { inFlight }] of this.#entries) {
      if (inFlight > 0) continue;
      this.#drop(origin);
      return true;
    }
    return false;
  }

  #closeIdle(): void {
    const before = this.#monotonicMs() - this.#idleMs;
    for (const [origin, { inFlight, usedAt }] of this.#entries) {
      if (inFlight === 0 && usedAt <= before) this.#drop(origin);
    }
  }

  #drop(origin: string): void {
    const transport = this.#entries.get(origin)?.transport;
    this.#entries.delete(origin);
    if (transport === undefined) return;
    const closing = transport.close().finally(() => {
      this.#closing.delete(closing);
      this.#options.onClosed?.(origin);
    });
    this.#closing.add(closing);
  }
}
