/** Milliseconds since 1970-01-01T00:00:00Z, from the injected clock. */
export type EpochMs = number;

/**
 * The only source of the time of day. Timeouts inside one process use the monotonic timers of Node;
 * everything that is stored or compared between processes comes from here.
 */
export interface Clock {
  now(): EpochMs;
}
