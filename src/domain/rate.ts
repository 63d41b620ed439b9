/** So many units within so many seconds, such as 2,000 per second. */
export interface Rate {
  /** A whole number, at least 1: how many can be used at once, after a window of rest. */
  readonly units: number;
  /** A whole number, at least 1. */
  readonly windowSeconds: number;
}
