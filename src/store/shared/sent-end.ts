import type { Attempt, DeliveryState } from '../../domain/delivery.js';
import type { Reason } from '../../domain/reason.js';
import type { EpochMs } from '../../domain/time.js';
import type { GivenUp, GivenUpRecorded } from '../../ports/receipt-store.js';
import type { DeliveryName } from './rowless-delivery.js';

/** The end of a delivery that was sent, because what the provider took has not arrived and never will. */
export interface SentEnd extends DeliveryName {
  /** Over which it was sent; one that another provider took is left as it is. */
  readonly provider: string;
  readonly state: Extract<DeliveryState, 'failed' | 'expired' | 'suppressed' | 'recalled'>;
  readonly reason: Reason | null;
  /** When the provider took it; written where no record was kept. */
  readonly sentAt: EpochMs;
  /** What the attempt that the provider took is to say from now on. */
  readonly word?: Pick<Attempt, 'reason' | 'detail' | 'vendor'>;
}

/** What a delivery was found as. `queued`: nobody has recorded yet that it was sent. `other`: it was left as it is. */
export type SentEnded = 'ended' | 'queued' | 'other';

/** What a vendor's word that it gave up means for the delivery; see `ReceiptStore.giveUp`. */
export function endOfGivenUp({ at, reason, vendor, ...delivery }: GivenUp): SentEnd {
  const detail = `taken, and given up by the vendor at ${new Date(at).toISOString()}`;
  return {
    ...delivery,
    ...{ state: 'failed', reason, sentAt: at },
    word: { reason, detail, ...(vendor === undefined ? {} : { vendor }) },
  };
}

const ANSWERS = { ended: 'changed', queued: 'early', other: 'known' } as const satisfies Record<
  SentEnded,
  GivenUpRecorded
>;

/** @param ended what was found of it; undefined where there is none */
export function answerToGivenUp(ended: SentEnded | undefined): GivenUpRecorded {
  return ended === undefined ? 'unknown' : ANSWERS[ended];
}
