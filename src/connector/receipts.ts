/** What the store is told once the client has surely seen it. */
export interface Receipt {
  /** Number of the ping, or of the push, whose answer says so. */
  readonly mark: number;
  /** Positions of `clear` entries in the mailbox. */
  readonly clears: readonly number[];
  /** Lost letters that were announced. */
  readonly lost: number;
}

/** What was sent on one connection without an answer of its own: a later frame's answer says that it has arrived. */
export class Receipts {
  #waiting: readonly Receipt[] = [];

  add(receipt: Receipt): void {
    this.#waiting = [...this.#waiting, receipt];
  }

  /** `clear` entries that the store does not know of yet, and that need not be read again. */
  clears(): readonly number[] {
    return this.#waiting.flatMap(({ clears }) => clears);
  }

  /** Everything up to this mark has arrived. @returns what the store is to be told, in order; each once */
  arrived(mark: number): readonly Receipt[] {
    if (this.#waiting.length === 0) return [];
    const told = this.#waiting.filter((receipt) => receipt.mark <= mark);
    this.#waiting = this.#waiting.filter((receipt) => receipt.mark > mark);
    return told;
  }
}
