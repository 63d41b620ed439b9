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

/**
 * Receipts of deliveries: times, and the state they lead to. A state never goes back; a receipt that comes late or out
 * of order fills in its time. A higher one says the lower ones as well in `reached`, without a time of their own.
 *
 * A delivery that has not settled yet keeps the time and gets the state when its chunk records it as sent. One that has
 * ended otherwise (`failed`, `expired` …) keeps its state. With `track` `failures` or `none` a receipt makes the record
 * that was not kept. Counts of the message follow in the same call, exactly.
 */
export interface ReceiptStore {
  /** One answer per receipt, in order. Repeating is harmless. */
  record(receipts: readonly Receipt[], now: EpochMs): Promise<readonly Recorded[]>;
}
