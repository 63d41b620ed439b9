/** What a vendor tells afterwards, of deliveries and of addresses. */
import type { PushToken, VendorDetail } from '../../src/domain/outcome.js';
import type { EpochMs } from '../../src/domain/time.js';
import type { ProviderKind } from './kind.js';

/** A call of a vendor that tells of receipts, as it came. */
export interface CallbackRequest {
  /** Names in lower case; of one that came more than once the values, joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** What follows the `?`, as it came; empty without one. */
  readonly query: string;
  /** The bytes that were sent: what a vendor signs. At most 1 MB. */
  readonly body: Uint8Array;
  readonly receivedAt: EpochMs;
}

export type CallbackReading =
  | {
      readonly kind: 'receipts';
      readonly receipts: readonly VendorReceipt[];
      readonly notices?: readonly AddressNotice[];
      readonly answer: CallbackAnswer;
    }
  /** Not the vendor's: a signature that is missing or wrong, or signed too long ago. Nothing is changed. */
  | { readonly kind: 'forged' }
  /** The vendor's, for all that is known, but in no form that this kind understands; a sentence about it. */
  | { readonly kind: 'unreadable'; readonly detail: string };

/** An answer in the form that the vendor expects, or it calls again and again. */
export interface CallbackAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * What a vendor says of one delivery. It names the delivery by its own id, by our `notificationId`, or, where its ids are
 * of a whole request, by the message's id and the push token.
 */
export interface VendorReceipt {
  readonly vendorId?: string;
  readonly notificationId?: string;
  readonly target?: { readonly message: string; readonly pushToken: PushToken };
  /** `failed`: the vendor had taken it, and never showed it. */
  readonly state: 'delivered' | 'displayed' | 'opened' | 'failed';
  /** Of `failed`. */
  readonly reason?: LateEnd;
  /** The vendor's own word for it, of `failed`. */
  readonly vendor?: VendorDetail;
  /** When the vendor says it was; when it was told, when absent. */
  readonly at?: EpochMs;
  /** The vendor's own name of this receipt: one that comes again says nothing new. At most 128 characters. */
  readonly id?: string;
}

/** How a delivery ended that the vendor had taken. */
export type LateEnd =
  | 'token_invalid'
  | 'quota_exceeded'
  | 'superseded'
  | 'expired'
  | 'payload_rejected'
  | 'rate_limited';

/** What a vendor says of an address, whichever message it learnt that by. */
export type AddressNotice = { readonly pushToken: PushToken; readonly at?: EpochMs } & (
  | { readonly kind: 'unregistered'; readonly replacedBy?: PushToken; readonly code?: string }
  /** The person let the app show nothing (any more), or something again. The address is fine. */
  | { readonly kind: 'notifications'; readonly state: 'on' | 'off' }
);

/** Receipts in one call: more than a body of 1 MB holds in most vendors' forms. */
export const RECEIPTS_MAX = 20_000;

/**
 * The ability of kinds whose vendor tells what became of deliveries, at `/callbacks/{provider}/{app}/{secret}`. Whoever
 * calls there knows a secret already; where the vendor signs, that is judged here as well.
 */
export interface ReceiptReading<Options> {
  /**
   * `targets`: receipts name deliveries by their `target` alone, so that nothing need be remembered of each delivery.
   * Absent: they may name them by `vendorId` and `notificationId` as well.
   */
  readonly receiptsName?: 'targets';
  /**
   * Pure, and never throws for what was sent. At most {@link RECEIPTS_MAX} receipts, and as many notices; a vendor that sends more is
   * `unreadable`.
   */
  readReceipts(request: CallbackRequest, options: Options): CallbackReading;
}

export function isReceiptReading<Options>(
  kind: ProviderKind<Options>,
): kind is ProviderKind<Options> & ReceiptReading<Options> {
  return 'readReceipts' in kind && typeof kind.readReceipts === 'function';
}

/** The ability of some providers to ask their vendor which addresses have died, apart from any send. */
export interface DeadAddressFeed {
  /** How often it is worth asking, in milliseconds. */
  readonly feedEveryMs: number;
  /** Those that died since somebody last asked. @throws Error with a sentence where the vendor does not tell */
  fetchDeadAddresses(signal: AbortSignal): Promise<readonly PushToken[]>;
}

export function hasDeadAddressFeed(provider: object): provider is DeadAddressFeed {
  return 'fetchDeadAddresses' in provider && typeof provider.fetchDeadAddresses === 'function';
}
