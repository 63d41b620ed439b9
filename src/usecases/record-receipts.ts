import type { Clock } from '../domain/time.js';
import type { LiveBus } from '../ports/live-bus.js';
import type { Log } from '../ports/log.js';
import type { MailboxStore } from '../ports/mailbox-store.js';
import type { Receipt, ReceiptStore, Recorded } from '../ports/receipt-store.js';

/**
 * Records what devices, or those who know, say of deliveries. What is opened on one device goes from the screens of the
 * same person's others, where the app wants it so: those that are connected are told at once, the others when they come.
 *
 * @param receipts at most 1,000
 * @returns one answer per receipt, in order; repeating is harmless, and clears no screen again
 */
export type RecordReceipts = (receipts: readonly Receipt[]) => Promise<readonly Recorded[]>;

export function createRecordReceipts(house: {
  readonly receipts: ReceiptStore;
  readonly mailboxes: Pick<MailboxStore, 'putClear'>;
  readonly bus: Pick<LiveBus, 'tell'>;
  /** Whether the app wants what was opened on one device cleared on the others; false for one without realtime. */
  readonly clearsOnOpen: (app: string) => boolean;
  readonly clock: Clock;
  readonly log: Log;
}): RecordReceipts {
  return async (receipts) => {
    if (receipts.length === 0) return [];
    const recorded = await house.receipts.record(receipts, house.clock.now());
    const opened = receipts.filter(
      ({ app, state }, i) => state === 'opened' && recorded[i] === 'changed' && house.clearsOnOpen(app),
    );
    if (opened.length > 0) {
      // What is recorded is recorded: a screen that stays as it is harms less than a receipt told again and again.
      await clearOthers(opened).catch((error: unknown) => {
        house.log.warn({ receipts: opened.length, error: String(error) }, 'receipts.clear_failed');
      });
    }
    return recorded;
  };

  async function clearOthers(opened: readonly Receipt[]): Promise<void> {
    const others = await house.receipts.elsewhere(opened);
    for (const [i, { app, message }] of opened.entries()) {
      const { devices, collapseKey } = others[i] ?? { devices: [] };
      if (devices.length === 0) continue;
      const clear = { messages: [message], tags: [collapseKey ?? message], reason: 'read_elsewhere' as const };
      await house.mailboxes.putClear(app, clear, devices, house.clock.now());
      await house.bus.tell(app, devices, { kind: 'clear', ...clear });
    }
  }
}
