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

/** When a vendor last took a message of an account. */
export interface AccountAcceptance {
  readonly app: string;
  readonly provider: string;
  readonly at: EpochMs;
}

/** Pauses and last acceptances of accounts, shared by all workers and kept across restarts. */
export interface AccountStore {
  pauses(): Promise<readonly AccountPause[]>;
  pause(pause: AccountPause): Promise<void>;
  /** Something passed: forgets the pause. */
  resume(app: string, provider: string): Promise<void>;
  /** Keeps the latest time of each account, whatever the order of the calls; an empty list does nothing. */
  accepted(these: readonly AccountAcceptance[]): Promise<void>;
  /** Those of one app, in the order of the providers' names. An account that nothing was ever accepted of has none. */
  acceptances(app: string): Promise<readonly AccountAcceptance[]>;
}
