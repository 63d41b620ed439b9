import type { OutgoingRequest, Reply } from './transport.js';

/**
 * One request on its way through a pool: waiting, then opened on a connection (perhaps on several, one
 * after the other, while peers hand it back), then settled, once.
 */
export class Exchange {
  /** Times a peer handed it back unprocessed. */
  resends = 0;
  /** On the pool's monotonic clock, in milliseconds. */
  openedAt = 0;
  /** Set while it is on a connection: settles it with what is known and closes its stream. May be repeated. */
  cancel: (() => void) | undefined;
  #settled = false;
  readonly #done: (reply: Reply) => void;

  constructor(
    readonly request: OutgoingRequest,
    readonly signal: AbortSignal,
    readonly queuedAt: number,
    done: (reply: Reply) => void,
  ) {
    this.#done = done;
  }

  get isSettled(): boolean {
    return this.#settled;
  }

  /** The first reply counts; later ones are ignored. */
  settle(reply: Reply): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#done(reply);
  }
}

/** First in, first out, except that what a peer handed back goes first. Settled ones are skipped. */
export class ExchangeQueue {
  #back: Exchange[] = [];
  #head = 0;
  readonly #front: Exchange[] = [];

  push(exchange: Exchange): void {
    this.#back.push(exchange);
  }

  pushFront(exchange: Exchange): void {
    this.#front.push(exchange);
  }

  /** The next that is not settled, left in place. */
  peek(): Exchange | undefined {
    for (;;) {
      const next = this.#front.at(-1) ?? this.#back[this.#head];
      if (next === undefined || !next.isSettled) return next;
      this.#drop();
    }
  }

  take(): Exchange | undefined {
    const next = this.peek();
    if (next !== undefined) this.#drop();
    return next;
  }

  #drop(): void {
    if (this.#front.pop() !== undefined) return;
    this.#head += 1;
    if (this.#head === this.#back.length) {
      this.#back = [];
      this.#head = 0;
    } else if (this.#head > 1024 && this.#head * 2 > this.#back.length) {
      this.#back = this.#back.slice(this.#head);
      this.#head = 0;
    }
  }
}
