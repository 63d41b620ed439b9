import type { DeliveryState } from '../../../domain/delivery.js';
import type { Reason } from '../../../domain/reason.js';
import type { EpochMs } from '../../../domain/time.js';
import { collection, op } from '../engine/collection.js';
import { AGGREGATE, type Aggregate, OUT_INDEX } from './aggregate.js';

/** What was tried, or has ended, of one message to one device; what is absent is unknown. */
export interface DeliveryDoc extends Aggregate {
  readonly message: string;
  readonly key: string;
  readonly app: string;
  readonly device?: string;
  readonly tokenHash?: string;
  readonly user?: string;
  readonly state: DeliveryState;
  readonly reason?: Reason;
  readonly provider?: string;
  readonly platform?: string;
  /** JSON of the attempts. */
  readonly attempts: string;
  readonly queuedAt: EpochMs;
  readonly sentAt?: EpochMs;
  readonly deliveredAt?: EpochMs;
  readonly displayedAt?: EpochMs;
  readonly openedAt?: EpochMs;
  readonly action?: string;
  readonly settledAt?: EpochMs;
  readonly nextAttemptAt?: EpochMs;
}

export const DELIVERIES = collection<DeliveryDoc>(
  'deliveries',
  {
    ...AGGREGATE,
    message: String,
    key: String,
    app: String,
    device: String,
    tokenHash: String,
    user: String,
    state: String,
    reason: String,
    provider: String,
    platform: String,
    attempts: String,
    queuedAt: Number,
    sentAt: Number,
    deliveredAt: Number,
    displayedAt: Number,
    openedAt: Number,
    action: String,
    settledAt: Number,
    nextAttemptAt: Number,
  },
  [{ name: 'by_user', keys: { app: 1, user: 1, message: -1, key: 1 } }, OUT_INDEX],
);

/** Deliveries of a message follow each other by key. */
export function deliveryId(message: string, key: string): string {
  return `${message}|${key}`;
}

/** A filter on `_id`: the deliveries of a message behind the key `after`. */
export function deliveriesAfter(message: string, after: string) {
  return op({ $gt: deliveryId(message, after), $lt: `${message}}` });
}
