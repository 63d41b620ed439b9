/** What is opened in the composition root is closed there, last opened first. */
export interface Closeable {
  close(): Promise<void>;
}

export interface Healthy {
  /** Resolves when the thing answers; rejects with a sentence when it does not. Bounded in time. */
  check(): Promise<void>;
}

/** A part of the process that runs until it is asked to end. */
export interface Worker {
  readonly name: string;
  /** Resolves after `signal` aborts, when its work is put down; ending before that is a fault. */
  run(signal: AbortSignal): Promise<void>;
}
