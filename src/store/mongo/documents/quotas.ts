import type { MessageClass } from '../../../domain/message.js';
import type { EpochMs } from '../../../domain/time.js';
import { collection } from '../engine/collection.js';
import { AGGREGATE, type Aggregate, OUT_INDEX } from './aggregate.js';

/** Messages that have a place of a device's day, first come first; `_id` is `app|provider|class|day|key`. */
export interface DeviceQuotaDoc extends Aggregate {
  readonly dayEndsAt: EpochMs;
  readonly messages: readonly string[];
}

export const DEVICE_QUOTAS = collection<DeviceQuotaDoc>(
  'device_quotas',
  { ...AGGREGATE, dayEndsAt: Number, messages: [String] },
  [{ name: 'by_age', keys: { dayEndsAt: 1 } }],
);

/** What was taken of an account's day; `_id` is `app|provider|class|day`. */
export interface AccountQuotaDoc extends Aggregate {
  readonly app: string;
  readonly provider: string;
  readonly class: MessageClass;
  readonly dayEndsAt: EpochMs;
  readonly used: number;
  /** Shares of which people were told. */
  readonly told: readonly number[];
}

export const ACCOUNT_QUOTAS = collection<AccountQuotaDoc>(
  'account_quotas',
  { ...AGGREGATE, app: String, provider: String, class: String, dayEndsAt: Number, used: Number, told: [Number] },
  [{ name: 'by_age', keys: { dayEndsAt: 1 } }, OUT_INDEX],
);
