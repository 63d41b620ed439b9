/** Receipts as Xiaomi posts them: a form whose field `data` is a JSON object by message id, so of one kind in one call. */
import { createReceiptPoster } from '../../simulation/receipt-poster.js';
import type { DeviceReceipt } from './devices.js';

/** What a message said of receipts. */
export interface Subscription {
  readonly id: string;
  readonly url: string;
  readonly param?: string;
  /** The sum of the types that are wanted. */
  readonly types: number;
  readonly jobkey?: string;
}

interface Told extends DeviceReceipt {
  readonly of: Subscription;
  readonly regId: string;
}

export interface Receipts {
  tell(of: Subscription, regId: string, receipts: readonly DeviceReceipt[]): void;
  counts(): { readonly taken: number; readonly failed: number };
  close(): Promise<void>;
}

const TARGETS_MAX = 1_000;

export function createReceipts(delayMs: number, now: () => number): Receipts {
  const poster = createReceiptPoster<Told>({
    ...{ delayMs, callMax: TARGETS_MAX },
    callOf: (url, told) => ({
      url: url.replace(/#.*$/, ''),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ data: JSON.stringify(dataOf(told, now())) }).toString(),
    }),
  });
  return {
    tell(of, regId, receipts) {
      for (const receipt of receipts) {
        // Under one id there is one entry, so what differs goes into another call.
        const kind = `#${receipt.type}-${receipt.barStatus ?? ''}`;
        if ((of.types & receipt.type) !== 0) poster.tell(`${of.url}${kind}`, [{ ...receipt, of, regId }]);
      }
    },
    counts: poster.counts,
    close: poster.close,
  };
}

function dataOf(told: readonly Told[], timestamp: number): Record<string, object> {
  const byId = new Map<string, Told[]>();
  for (const one of told) byId.set(one.of.id, [...(byId.get(one.of.id) ?? []), one]);
  return Object.fromEntries(
    [...byId].map(([id, [first, ...others]]) => [
      id,
      first === undefined ? {} : entryOf([first, ...others], timestamp),
    ]),
  );
}

function entryOf(told: readonly [Told, ...Told[]], timestamp: number): object {
  const [{ of, type, barStatus, errorCode }] = told;
  const replaced = told.flatMap(({ regId, replacedBy }) => (replacedBy === undefined ? [] : [[regId, replacedBy]]));
  return {
    ...(of.param === undefined ? {} : { param: of.param }),
    ...{ type, targets: told.map(({ regId }) => regId).join(','), timestamp },
    ...(of.jobkey === undefined ? {} : { jobkey: of.jobkey }),
    ...(barStatus === undefined ? {} : { barStatus }),
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(replaced.length === 0 ? {} : { replaceTarget: Object.fromEntries(replaced) }),
    ...(type === 128 ? { extra: { ack: '1', quota: '1' } } : {}),
  };
}
