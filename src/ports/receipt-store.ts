import type { VendorDetail } from '../domain/outcome.js';
import type { Reason } from '../domain/reason.js';
import type { EpochMs } from '../domain/time.js';

/** What a device, or somebody who knows, says of a delivery that was sent. In rising order. */
export const RECEIPT_STATES = ['delivered', 'displayed', 'opened'] as const;
export type ReceiptState = (typeof RECEIPT_STATES)[number];

export interface Receipt {
  readonly app: string;
  readonly message: string;
  /** Key of the delivery: a device id. */
  readonly key: string;
  readonly state: ReceiptState;
  readonly at: EpochMs;
  /** What was chosen, of `opened`. */
  readonly action?: string;
}

export type Recorded =
  /** `changed`: its time was not known before. `known`: nothing new. */
  | 'changed'
  | 'known'
  /** No such delivery of this app: the message was never for this device. */
  | 'unknown';

/** A vendor's word that it took a delivery, and that the device will never show it. */
export interface GivenUp {
  readonly app: string;
  readonly message: string;
  /** Key of the delivery. */
  readonly key: string;
  /** Over which it was sent; one that another provider has taken is left as it is. */
  readonly provider: string;
  readonly reason: Reason;
  /** When the vendor says it was. */
  readonly at: EpochMs;
  readonly vendor?: VendorDetail;
}

/**
 * `changed`: it has failed by this. `known`: it had ended, or the device had it. `early`: nobody has recorded yet that it
 * was sent; to be told again soon. `unknown`: as of receipts.
 */
export type GivenUpRecorded = Recorded | 'early';

/** Where else a person may see what one of their devices was sent. */
export interface ElsewhereSeen {
  /** Their other devices to which the message went, at most 100, in id order. */
  readonly devices: readonly string[];
  /** Of the message, where it has one. */
  readonly collapseKey?: string;
}

/**
 * Receipts of deliveries: times, and the state they lead to. A state never goes back; a receipt that comes late or out
 * of order fills in its time, and the first time told of a state stays. A higher one says the lower ones as well in
 * `reached`, without a time of their own.
 *
 * A delivery that has not settled yet keeps the time and gets the state when its chunk records it as sent; until then it
 * counts as queued alone. One that has ended otherwise (`failed`, `expired` …) keeps its state. With `track` `failures`
 * or `none` a receipt makes the record that was not kept, of a delivery that was sent or is under way, while the device
 * has the same user. Of users who were erased nothing is recorded. Counts of the message follow in the same call, exactly.
 */
export interface ReceiptStore {
  /** At most 1,000. One answer per receipt, in order. Repeating is harmless. */
  record(receipts: readonly Receipt[], now: EpochMs): Promise<readonly Recorded[]>;
  /**
   * Ends deliveries that stand at `sent` over the provider named as `failed`, each once, and keeps the vendor's word with
   * the attempt that was taken; all others stay as they are. With `track` `failures` or `none` it makes the record that was
   * not kept, as a receipt does. Counts, reasons and events follow in the same call. At most 1,000, of different deliveries;
   * one answer each, in order. Repeating is harmless.
   */
  giveUp(these: readonly GivenUp[], now: EpochMs): Promise<readonly GivenUpRecorded[]>;
  /**
   * Of deliveries of which a receipt is recorded: the same person's other devices. One answer per delivery, in order;
   * nobody for one of a device without user. With `track` `failures` or `none` all the person's other devices, because
   * nobody knows to which it went.
   */
  elsewhere(deliveries: readonly Pick<Receipt, 'app' | 'message' | 'key'>[]): Promise<readonly ElsewhereSeen[]>;
}
