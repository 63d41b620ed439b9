/** Pushes of one connection that are not finished: what was sent, what has arrived, what is dealt with. */
interface Pushed {
  readonly seq: number;
  /** In the mailbox, or in the log. */
  readonly position: number;
  readonly isLog: boolean;
  /** Monotonic ms. */
  readonly sentAt: number;
  /** The device has said `done`, and the store does not know it yet. */
  isFinishing: boolean;
  /** It has not said `done` for so long that nothing waits for it any more. */
  isLate: boolean;
}

/** Until something is pushed: most connections are idle, and an empty map of its own would be a third of what each costs. */
const NONE = new Map<string, Pushed>();

export class PushWindow {
  #pushed = NONE;
  #lastSeq = 0;
  #gotSeq = 0;
  #finishing = 0;
  #late = 0;
  #logSent: number;
  #logTold: number;
  #mailSent: number;

  /**
   * @param logPosition of the newest entry of the log that the device need not be sent
   * @param newest no position of a mailbox was above this when the connection began
   */
  constructor(logPosition: number, newest: number) {
    this.#mailSent = newest;
    this.#logSent = logPosition;
    this.#logTold = logPosition;
  }

  /** How many are sent and not `done`, without those that are late. */
  get open(): number {
    return this.#pushed.size - this.#finishing - this.#late;
  }

  /**
   * Those sent at `before` or earlier hold up no other any more: their `done` may be lost on its way, as with a request
   * that carried it.
   *
   * @returns whether there is more room than before
   */
  giveUpOn(before: number): boolean {
    const late = this.#late;
    for (const pushed of this.#pushed.values()) {
      if (pushed.sentAt > before) break; // in the order in which they were sent
      if (pushed.isFinishing || pushed.isLate) continue;
      pushed.isLate = true;
      this.#late++;
    }
    return this.#late > late;
  }

  /** Newest entry of the log that was sent, or need not be. */
  get logSent(): number {
    return this.#logSent;
  }

  /** Newest position of the mailbox that was sent, or was there before. */
  get mailSent(): number {
    return this.#mailSent;
  }

  /** It was sent, and the store does not know yet that it is finished. */
  has(message: string): boolean {
    return this.#pushed.has(message);
  }

  hasArrived(message: string): boolean {
    const pushed = this.#pushed.get(message);
    return pushed !== undefined && (pushed.isFinishing || pushed.seq <= this.#gotSeq);
  }

  /** @returns the push's number on this connection */
  add(message: string, position: number, isLog: boolean, sentAt: number): number {
    const seq = ++this.#lastSeq;
    if (this.#pushed === NONE) this.#pushed = new Map();
    this.#pushed.set(message, { seq, position, isLog, sentAt, isFinishing: false, isLate: false });
    if (isLog) this.#logSent = Math.max(this.#logSent, position);
    else this.#mailSent = Math.max(this.#mailSent, position);
    return seq;
  }

  /** Entries of the log up to here need not be sent: they have expired, or were withdrawn. */
  passOver(logPosition: number): void {
    this.#logSent = Math.max(this.#logSent, logPosition);
  }

  /** All pushes up to `seq` have arrived. @returns false where that says nothing new, or was never sent */
  got(seq: number): boolean {
    if (seq <= this.#gotSeq || seq > this.#lastSeq) return false;
    this.#gotSeq = seq;
    return true;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** @returns false for what is not open */
  done(message: string): boolean {
    const pushed = this.#pushed.get(message);
    if (pushed === undefined || pushed.isFinishing) return false;
    if (pushed.isLate) this.#late--;
    pushed.isLate = false;
    pushed.isFinishing = true;
    this.#finishing++;
    return true;
  }

  /** The store knows that it is finished, or never will. */
  forget(message: string): void {
    const pushed = this.#pushed.get(message);
    if (pushed?.isFinishing === true) this.#finishing--;
    if (pushed?.isLate === true) this.#late--;
    this.#pushed.delete(message);
  }

  /** How far the device is done with the log without a hole; `undefined` where that was told before. */
  newLogPosition(): number | undefined {
    let position = this.#logSent;
    for (const pushed of this.#pushed.values()) {
      if (pushed.isLog && !pushed.isFinishing) position = Math.min(position, pushed.position - 1);
    }
    if (position <= this.#logTold) return undefined;
    this.#logTold = position;
    return position;
  }

  /** Positions in the mailbox that need not be read again. */
  mailPositions(): number[] {
    const positions: number[] = [];
    for (const { position, isLog } of this.#pushed.values()) if (!isLog) positions.push(position);
    return positions;
  }

  /** Messages that have arrived and are not `done`. */
  unfinished(): string[] {
    const messages: string[] = [];
    for (const [message, { seq, isFinishing }] of this.#pushed)
      if (!isFinishing && seq <= this.#gotSeq) messages.push(message);
    return messages;
  }
}
