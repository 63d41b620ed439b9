import type { EpochMs } from './time.js';

/** An address issued by a provider, in that provider's canonical form. Never logged. */
export type PushToken = string & { readonly __brand: 'PushToken' };

export type RejectReason = 'payload_rejected' | 'payload_too_large' | 'token_wrong_app';
export type DeferReason = 'provider_unavailable' | 'rate_limited' | 'quota_exceeded' | 'timeout';

export type AwayReason = 'offline' | 'no_ack';
export type ObsoleteReason = 'superseded' | 'canceled' | 'user_changed';

/** The vendor's own answer, kept for people. Logged and shown, never branched on. */
export interface VendorDetail {
  readonly status?: number;
  readonly code?: string;
  /** At most 256 characters. */
  readonly text?: string;
}

/** What came of one attempt at one target. The provider reports facts; `settle` decides consequences. */
export type Outcome =
  /** `delivered`: the device itself said so. */
  (
    | { readonly kind: 'accepted'; readonly vendorId?: string; readonly delivered?: true }
    /**
     * The address is dead since `asOf`, or moved to `replacedBy`. `isDoubtful`: the vendor would say the same of every
     * address if the credentials were another app's, and nothing has passed lately that shows that they are not.
     */
    | {
        readonly kind: 'unregistered';
        readonly asOf?: EpochMs;
        readonly replacedBy?: PushToken;
        readonly isDoubtful?: true;
      }
    /** This message will never pass here; the address is fine. */
    | { readonly kind: 'rejected'; readonly reason: RejectReason }
    /**
     * Not now. `account`: nothing of this app passes at this provider until `retryAfterMs` from now; `class`: nothing of
     * the app that is of the message's class.
     */
    | {
        readonly kind: 'deferred';
        readonly scope: 'target' | 'class' | 'account';
        readonly reason: DeferReason;
        readonly retryAfterMs?: number;
      }
    /** Credentials, certificate, permission. Never retires a registration. */
    | { readonly kind: 'misconfigured'; readonly what: string }
    /** Bytes left, no answer was seen. */
    | { readonly kind: 'uncertain' }
    /**
     * Handed over at `since`, and the device's word is awaited: to be asked again at `askAgainAt`. Uses up no attempt.
     * `got`: the device has said that it has it, its app not yet.
     */
    | { readonly kind: 'awaited'; readonly since: EpochMs; readonly askAgainAt: EpochMs; readonly got?: true }
    /** The device is not there, or did not answer in time. `kept`: it waits for the device all the same, until its TTL ends. */
    | { readonly kind: 'away'; readonly reason: AwayReason; readonly kept: boolean }
    /** The device must not get it any more: a newer one took its place, it was recalled, or the device is somebody else's. */
    | { readonly kind: 'obsolete'; readonly reason: ObsoleteReason }
  ) & { readonly detail?: VendorDetail };
