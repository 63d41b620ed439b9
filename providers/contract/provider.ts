/** What sends: a provider, and what it is given. */
import type { Platform } from '../../src/domain/device.js';
import type { Message } from '../../src/domain/message.js';
import type { Outcome, PushToken } from '../../src/domain/outcome.js';
import type { EpochMs } from '../../src/domain/time.js';

export interface Provider {
  /** The provider's name in this app's file; used in logs only. */
  readonly name: string;
  readonly limits: ProviderLimits;
  /** Sending the same message to the same target again does no harm, however far the first time came. */
  readonly isRepeatable?: true;
  /**
   * Sends one message to many targets, at most `limits.batchTargetsMax`.
   *
   * Resolves with exactly one outcome per target, in target order, and does so too when `signal`
   * aborts: a target never written is `deferred`, one written but unanswered is `uncertain`.
   * Whatever the vendor or the network does is an outcome. Many small sends in flight are normal;
   * the bound on concurrency is the provider's.
   *
   * @throws only for a caller's mistake: an empty or oversized batch, use after `close`.
   */
  send(batch: Batch, signal: AbortSignal): Promise<readonly Outcome[]>;
  /** Lets requests in flight finish, then frees connections. Calling it twice is harmless. */
  close(): Promise<void>;
}

export interface ProviderLimits {
  readonly batchTargetsMax: number;
  /** Targets that one request to the vendor may name, all with the same content; 1 when absent. */
  readonly requestTargetsMax?: number;
  readonly payloadBytesMax: number;
  readonly ttlSecondsMax: number;
}

export interface Batch {
  /** Rendered for this batch; its `ttlSeconds` is what remains at this attempt. */
  readonly message: Message;
  readonly targets: readonly Target[];
  /** Of all targets; absent for bare push tokens, of which nobody knows it. */
  readonly platform?: Platform;
}

export interface Target {
  readonly pushToken: PushToken;
  /** A UUID, the same for every attempt of this (message, device): apns-id, tag, notify id. */
  readonly notificationId: string;
  /** `production` when absent. */
  readonly environment?: 'sandbox' | 'production';
  /** alert, voip, live_activity …; `alert` when absent. */
  readonly purpose?: string;
  readonly bundleId?: string;
  readonly region?: string;
  /** Whom the message is meant for; `null`: nobody in particular. Absent for a bare push token. No vendor is told. */
  readonly user?: string | null;
  /** Set where an earlier attempt was `awaited`: since when. */
  readonly handedAt?: EpochMs;
  /** It had said then that it has it. */
  readonly got?: true;
  /** Of a recall: what the vendor called this when it took it (`Outcome` `accepted`), where that is known. */
  readonly vendorId?: string;
}
