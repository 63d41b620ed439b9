import type { EpochMs } from '../../../domain/time.js';
import type { Receipt } from '../../../ports/receipt-store.js';
import { timesTold } from '../../shared/told-times.js';
import type { Ground } from '../ground.js';
import { raiseRecorded, recordRowless } from './record-receipts.js';

/**
 * As `ReceiptStore.record`, of deliveries that were sent: one that its chunk has yet to record is left to that chunk, which
 * asks the provider again.
 */
export async function recordSent(ground: Ground, receipts: readonly Receipt[], at: EpochMs): Promise<void> {
  const told = timesTold(receipts);
  const { before } = await raiseRecorded(ground, told, at);
  const rowless = new Map([...told].filter(([name]) => !before.has(name)));
  if (rowless.size === 0) return;
  const made = await recordRowless(ground, rowless, at, ({ state }) => state === 'sent');
  // A record may have appeared since the first look.
  await raiseRecorded(ground, new Map([...rowless].filter(([name]) => !made.has(name))), at);
}

/** As `ReceiptStore.record`, but of deliveries only that are recorded. */
export async function recordKept(ground: Ground, receipts: readonly Receipt[], at: EpochMs): Promise<void> {
  await raiseRecorded(ground, timesTold(receipts), at);
}
