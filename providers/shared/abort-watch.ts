interface Watched {
  readonly waiting: Set<() => void>;
  readonly stop: () => void;
}

/**
 * Tells many when a signal aborts, over one listener on it: hundreds of requests of a batch have one signal, and node takes
 * more than ten listeners for a leak.
 */
export class AbortWatch {
  readonly #watched = new WeakMap<AbortSignal, Watched>();

  /** Tells once; never, where the signal has aborted already. @returns ends it, and may be called at any time */
  add(signal: AbortSignal, onAbort: () => void): () => void {
    const watched = this.#watched.get(signal) ?? this.#watch(signal);
    // Of its own for each, so that the same function may wait twice.
    const tell = () => onAbort();
    watched.waiting.add(tell);
    return () => {
      if (!watched.waiting.delete(tell) || watched.waiting.size > 0) return;
      watched.stop();
      if (this.#watched.get(signal) === watched) this.#watched.delete(signal);
    };
  }

  #watch(signal: AbortSignal): Watched {
    const waiting = new Set<() => void>();
    const onAbort = () => {
      this.#watched.delete(signal);
      for (const tell of waiting) tell();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    const watched = { waiting, stop: () => signal.removeEventListener('abort', onAbort) };
    this.#watched.set(signal, watched);
    return watched;
  }
}
