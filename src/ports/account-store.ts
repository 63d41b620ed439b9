import type { MessageClass } from '../domain/message.js';
import type { Reason } from '../domain/reason.js';
import type { EpochMs } from '../domain/time.js';

/** An account: one app at one provider. What is paced, broken or blocked. */
export interface AccountPause {
  readonly app: string;
  readonly provider: string;
  /** Only messages of this class are meant; all when absent. Pauses of the account and of its classes stand beside each other. */
  readonly class?: MessageClass;
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
  /** Of what it took: a class that was in trouble before and is paused no more is well again by that. */
  readonly class?: MessageClass;
}

/** A credential that ends within so many days. */
export interface ExpiringCredential {
  readonly app: string;
  readonly provider: string;
  readonly credential: string;
  readonly endsAt: EpochMs;
  readonly days: number;
}

/**
 * Pauses and last acceptances of accounts, shared by all workers and kept across restarts. Events tell when an account
 * gets into trouble (`provider.degraded`; `credential.rejected` where its credentials are refused) or from one trouble into
 * the other, and when something passed again (`provider.recovered`): once each, however often it is paused in between. Those
 * of one class of messages name it.
 */
export interface AccountStore {
  pauses(): Promise<readonly AccountPause[]>;
  pause(pause: AccountPause, now: EpochMs): Promise<void>;
  /** Something passed: forgets the pause of the account, or of the class that is named. */
  resume(app: string, provider: string, now: EpochMs, of?: MessageClass): Promise<void>;
  /** Forgets that pause without a proof that anything passes: its credentials, or its quotas, may be others by now. */
  forget(app: string, provider: string, of?: MessageClass): Promise<void>;
  /** Keeps the latest time of each account, whatever the order of the calls; an empty list does nothing. */
  accepted(these: readonly AccountAcceptance[], now: EpochMs): Promise<void>;
  /**
   * Tells of credentials that end soon (`credential.expiring`): of each end once for each number of days before it,
   * whoever says so and however often.
   */
  expiring(these: readonly ExpiringCredential[], now: EpochMs): Promise<void>;
  /** Those of one app, whatever the class, in the order of the providers' names. An account that nothing was ever accepted of has none. */
  acceptances(app: string): Promise<readonly AccountAcceptance[]>;
}
