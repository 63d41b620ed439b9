/** Something that writes what it has gathered. */
export interface Flushing {
  flush(): void;
}

/** Calls everything that asked for it once, when what runs now has ended: many small writes become one. */
export class TurnEnd {
  #waiting: Flushing[] = [];

  /** Asking again before it was called is not looked for: whoever asks knows. */
  add(item: Flushing): void {
    if (this.#waiting.push(item) === 1) setImmediate(this.#run);
  }

  readonly #run = (): void => {
    const items = this.#waiting;
    this.#waiting = [];
    for (const item of items) item.flush();
  };
}
