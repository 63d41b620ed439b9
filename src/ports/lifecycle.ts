/** What is opened in the composition root is closed there, last opened first. */
export interface Closeable {
  close(): Promise<void>;
}

export interface Healthy {
  /** Resolves when the thing answers; rejects with a sentence when it does not. Bounded in time. */
  check(): Promise<void>;
}
