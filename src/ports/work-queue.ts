/** Urgent work never waits behind campaigns; the house's own work waits for nobody. */
export type Lane = 'transactional' | 'marketing' | 'system';
export const LANES: readonly Lane[] = ['transactional', 'marketing', 'system'];

/** A claim ticket for one chunk: its id and the fence its finder saw. */
export interface ChunkRef {
  readonly id: string;
  readonly fence: number;
}

/** Jobs carry ids and a version, never payloads, push tokens or credentials. */
export type Job =
  | { readonly kind: 'plan.v1'; readonly message: string }
  | { readonly kind: 'deliver.v1'; readonly chunks: readonly ChunkRef[] }
  | { readonly kind: 'canary.v1'; readonly token: string };

export interface NewJob {
  /**
   * Deterministic: built from what the job does, parts joined with `.`; never holds `:` and is never a
   * bare number. `[A-Za-z0-9._-]`, at most 128 characters.
   */
  readonly id: string;
  readonly lane: Lane;
  readonly job: Job;
  /** At least this long until it may run; 0 when absent. */
  readonly delayMs?: number;
}

export type Verdict = { readonly kind: 'done' } | { readonly kind: 'again'; readonly delayMs: number };

export interface ConsumeOptions {
  readonly lane: Lane;
  /** Jobs handled at the same time by this consumer. */
  readonly concurrency: number;
}

/**
 * Work that waits. Delivers at least once; promises no order between jobs. It is a hint only: the
 * store is the truth, and whatever is lost here is re-created from there.
 */
export interface WorkQueue {
  /**
   * Adds jobs; one whose id is waiting, delayed or running already is left as it is. One whose id was
   * done is added anew. After an error any part may be in: repeating is harmless.
   */
  add(jobs: readonly NewJob[]): Promise<void>;
  /**
   * Runs `handle` for jobs of one lane as they come until `signal` aborts, then waits for those running.
   * A handler that throws makes the job run again after a short delay; a handler whose process dies makes
   * it run again within about 15 s. A job of an unknown kind is left for a newer process (again, later).
   */
  consume(
    handle: (job: Job, signal: AbortSignal) => Promise<Verdict>,
    options: ConsumeOptions,
    signal: AbortSignal,
  ): Promise<void>;
  /** Jobs waiting or delayed in a lane (not those running). A little late is allowed. */
  depth(lane: Lane): Promise<number>;
  /** Removes every job that does not run. Harmless by contract of the caller, who can re-create them. */
  empty(): Promise<void>;
}
