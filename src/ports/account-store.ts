import type { Reason } from '../domain/reason.js';
import type { EpochMs } from '../domain/time.js';

/** An account: one app at one provider. What is paced, broken or blocked. */
export interface AccountPause {
  readonly app: string;
  readonly provider: string;
  /** Nothing is sent before this time; then one target tries. */
  readonly until: EpochMs;
  readonly reason: Reason;
  /** Pauses in a row without a success between them. */
  readonly failures: number;
  readonly since: EpochMs;
}

/** Pauses of accounts, shared by all workers and kept across restarts. */
export interface AccountStore {
  pauses(): Promise<readonly AccountPause[]>;
  pause(pause: AccountPause): Promise<void>;
  /** Something passed: forgets the pause. */
  resume(app: string, provider: string): Promise<void>;
}
