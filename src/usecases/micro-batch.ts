/**
 * Turns calls that arrive close together into one: group commit. A batch leaves when `windowMs` has
 * passed since its first item, when it is full, or as soon as a running batch ends, whichever is
 * first; at most `runningMax` batches run at the same time, so that under load batches grow by themselves.
 */
export class MicroBatch<Item, Result> {
  readonly #run: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #options: { readonly windowMs: number; readonly itemsMax: number; readonly runningMax: number };
  #waiting: { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }[] = [];
  #running = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param run answers with one result per item, in order; what it throws goes to every caller of that batch */
  constructor(
    run: (items: readonly Item[]) => Promise<readonly Result[]>,
    options: { readonly windowMs: number; readonly itemsMax: number; readonly runningMax: number },
  ) {
    this.#run = run;
    this.#options = options;
  }

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#waiting.length >= this.#options.itemsMax) this.#flush();
      else this.#timer ??= setTimeout(() => this.#flush(), this.#options.windowMs);
    });
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0 || this.#running >= this.#options.runningMax) return;
    const batch = this.#waiting.splice(0, this.#options.itemsMax);
    this.#running++;
    // Inside a promise also a `run` that throws at once tells its callers, and gives its place back.
    Promise.resolve()
      .then(() => this.#run(batch.map((entry) => entry.item)))
      .then((results) => {
        if (results.length !== batch.length)
          throw new Error(`a batch of ${batch.length} got ${results.length} results`);
        for (const [i, entry] of batch.entries()) entry.resolve(results[i] as Result);
      })
      .catch((error: unknown) => {
        for (const entry of batch) entry.reject(error);
      })
      .finally(() => {
        this.#running--;
        this.#flush();
      });
    if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => this.#flush(), this.#options.windowMs);
  }
}
