import type { VendorDetail } from './outcome.js';
import type { Reason } from './reason.js';
import type { EpochMs } from './time.js';

/** A delivery's state never goes back; `delivered`, `displayed`, `opened` and `recalled` come from receipts. */
export type DeliveryState =
  | 'queued'
  | 'sent'
  | 'delivered'
  | 'displayed'
  | 'opened'
  | 'failed'
  | 'expired'
  | 'suppressed'
  | 'canceled'
  | 'recalled';

export const DELIVERY_STATES: readonly DeliveryState[] = [
  'queued',
  'sent',
  'delivered',
  'displayed',
  'opened',
  'failed',
  'expired',
  'suppressed',
  'canceled',
  'recalled',
];

/** States beyond `queued` that a delivery passes on its way to being opened; the others are ends. */
export const RISING_STATES = ['sent', 'delivered', 'displayed', 'opened'] as const;
export type RisingState = (typeof RISING_STATES)[number];

/** Whether a delivery in this state never moves on; receipts only fill in their times. */
export function isEnd(state: DeliveryState): state is Exclude<DeliveryState, 'queued' | RisingState> {
  return state !== 'queued' && !RISING_STATES.some((rising) => rising === state);
}

/** States in which the gateway itself ends a delivery; receipts may still move `sent` and `delivered` on. */
export type SettledState = 'sent' | 'delivered' | 'failed' | 'expired' | 'suppressed' | 'canceled';

/** One try of one delivery over one road. */
export interface Attempt {
  readonly provider: string;
  readonly at: EpochMs;
  /** `accepted`, or what kept it from being so; `away`: the device was not connected, or did not answer. */
  readonly outcome:
    | 'accepted'
    | 'unregistered'
    | 'rejected'
    | 'deferred'
    | 'misconfigured'
    | 'uncertain'
    | 'awaited'
    | 'away'
    | 'obsolete';
  readonly reason?: Reason;
  /** A short sentence for people, such as `Retry-After 2 s kept`. */
  readonly detail?: string;
  readonly vendorId?: string;
  /** Whole milliseconds from handing over to the answer. */
  readonly ms?: number;
  readonly vendor?: VendorDetail;
  /** Of `away`: it waits for the device all the same. */
  readonly isKept?: true;
}

/** One message to one device (or one bare push token). */
export interface Delivery {
  readonly message: string;
  /** Orders deliveries: the device id, or `~` and the hash for a bare push token. */
  readonly key: string;
  /** `null` for a bare push token. */
  readonly device: string | null;
  /** Set for a bare push token only. */
  readonly tokenHash?: string;
  readonly user: string | null;
  readonly state: DeliveryState;
  readonly reason: Reason | null;
  readonly provider: string | null;
  readonly attempts: readonly Attempt[];
  readonly queuedAt: EpochMs;
  /** When a provider took it. */
  readonly sentAt?: EpochMs;
  /** When the device said that it has it. */
  readonly deliveredAt?: EpochMs;
  /** When the person saw it, and opened it, as far as somebody told. */
  readonly displayedAt?: EpochMs;
  readonly openedAt?: EpochMs;
  /** What the person chose on opening it; absent for the notification itself. */
  readonly action?: string;
  /** When the gateway ended it. */
  readonly settledAt?: EpochMs;
  /** When the next attempt is due, while it waits for one. */
  readonly nextAttemptAt?: EpochMs;
}

/** Keys of bare push tokens sort behind every device id, because `~` follows all their characters. */
export const BARE_KEY_PREFIX = '~';

export type Counts = Readonly<Record<DeliveryState, number>>;

/** How many deliveries ever came at least so far; whoever came further came past the places before it. */
export type Reached = Readonly<Record<RisingState, number>>;

export function emptyCounts(): Record<DeliveryState, number> {
  return {
    queued: 0,
    sent: 0,
    delivered: 0,
    displayed: 0,
    opened: 0,
    failed: 0,
    expired: 0,
    suppressed: 0,
    canceled: 0,
    recalled: 0,
  };
}
