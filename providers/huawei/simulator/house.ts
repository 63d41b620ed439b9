import type { FaultSource } from '../../simulation.js';
import type { HuaweiAccount } from './account.js';
import type { Manner } from './answers.js';
import type { Bearers } from './bearers.js';
import type { DayCounts } from './day-counts.js';
import type { ReceiptDesk } from './receipts.js';

/** What the doors of the simulated Huawei share. */
export interface House {
  readonly account: HuaweiAccount;
  readonly bearers: Bearers;
  readonly counts: DayCounts;
  readonly receipts: ReceiptDesk;
  readonly faults: FaultSource;
  readonly manner: Manner;
  /** Whether the app may send with urgency HIGH. */
  readonly mayHurry: boolean;
  nextId(): string;
}
