import type { EpochMs } from '../../domain/time.js';
import type { Receipt, Recorded } from '../../ports/receipt-store.js';

/** When a delivery came how far, as far as is known. */
export interface Times {
  readonly deliveredAt?: EpochMs;
  readonly displayedAt?: EpochMs;
  readonly openedAt?: EpochMs;
}

/** What receipts of one call say of one delivery. */
export interface ToldTimes extends Times, Pick<Receipt, 'app' | 'message' | 'key'> {
  /** Of `openedAt`. */
  readonly action?: string;
}

export const NO_TIMES: Times = {};

export function receiptName({ app, message, key }: Pick<Receipt, 'app' | 'message' | 'key'>): string {
  return `${app}|${message}|${key}`;
}

/** By name. The first word on each state is kept. */
export function timesTold(receipts: readonly Receipt[]): Map<string, ToldTimes> {
  const told = new Map<string, ToldTimes>();
  for (const receipt of receipts) {
    const { app, message, key, state, at, action } = receipt;
    const name = receiptName(receipt);
    const times = told.get(name) ?? { app, message, key };
    if (times[`${state}At`] !== undefined) continue;
    told.set(name, {
      ...times,
      [`${state}At`]: at,
      ...(state === 'opened' && action !== undefined ? { action } : {}),
    });
  }
  return told;
}

/**
 * One answer per receipt, in order.
 *
 * @param before what was known, by name; of deliveries that there are
 */
export function answerReceipts(receipts: readonly Receipt[], before: ReadonlyMap<string, Times>): Recorded[] {
  const told = new Set<string>();
  return receipts.map((receipt) => {
    const known = before.get(receiptName(receipt));
    if (known === undefined) return 'unknown';
    const said = `${receiptName(receipt)}|${receipt.state}`;
    if (known[`${receipt.state}At`] !== undefined || told.has(said)) return 'known';
    told.add(said);
    return 'changed';
  });
}
