import type { Environment } from '../../../domain/device.js';
import type { EpochMs } from '../../../domain/time.js';
import { collection } from '../engine/collection.js';
import { AGGREGATE, type Aggregate, OUT_INDEX } from './aggregate.js';

/**
 * Whose a push token is. What is needed to reach it stands at the device, which lists it; a push token is live where both say
 * so. So a token moves by one change of this document, and whatever a device lists beside is nothing.
 */
export interface RegistrationDoc extends Aggregate {
  readonly app: string;
  readonly provider: string;
  readonly tokenHash: string;
  /** The `_id` of its device. */
  readonly owner: string;
  /** Of the device, when it said so. */
  readonly life: number;
  readonly environment: Environment;
  readonly purpose: string;
  readonly confirmedAt: EpochMs;
  /** 0 while it is live. */
  readonly retiredAt: EpochMs;
  readonly retiredReason?: string;
  readonly strikes: number;
  /** The UTC day of the last one. */
  readonly strikeDay?: number;
}

export const REGISTRATIONS = collection<RegistrationDoc>(
  'registrations',
  {
    ...AGGREGATE,
    app: String,
    provider: String,
    tokenHash: String,
    owner: String,
    life: Number,
    environment: String,
    purpose: String,
    confirmedAt: Number,
    retiredAt: Number,
    retiredReason: String,
    strikes: Number,
    strikeDay: Number,
  },
  [
    { name: 'by_device', keys: { owner: 1 } },
    { name: 'live_and_retired', keys: { app: 1, retiredAt: 1 } },
    { name: 'by_age', keys: { retiredAt: 1 } },
    OUT_INDEX,
  ],
);

export function registrationKey(app: string, provider: string, tokenHash: string): string {
  return `${app}|${provider}|${tokenHash}`;
}
