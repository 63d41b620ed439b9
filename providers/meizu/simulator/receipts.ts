/** Forms with `cb`, a JSON map by message id and type, and `access_token`, the token of the console. */
import { createReceiptPoster } from '../../simulation/receipt-poster.js';

interface Receipt {
  readonly msgId: string;
  readonly param: string;
  readonly type: 1 | 2;
  readonly target: string;
}

export interface Receipts {
  setClicked(pushToken: string): void;
  tell(url: string, of: { readonly msgId: string; readonly param: string }, targets: readonly string[]): void;
  counts(): { readonly taken: number; readonly failed: number };
  close(): Promise<void>;
}

export function createReceipts(delayMs: number, receiptToken: string): Receipts {
  const clicked = new Set<string>();
  const poster = createReceiptPoster<Receipt>({
    delayMs,
    callMax: 500,
    callOf: (url, receipts) => ({
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
      body: new URLSearchParams({ cb: JSON.stringify(mapOf(receipts)), access_token: receiptToken }).toString(),
    }),
  });
  return {
    setClicked: (pushToken) => void clicked.add(pushToken),
    tell(url, { msgId, param }, targets) {
      const told = (type: 1 | 2, tokens: readonly string[]) => tokens.map((target) => ({ msgId, param, type, target }));
      poster.tell(url, [
        ...told(1, targets),
        ...told(
          2,
          targets.filter((target) => clicked.has(target)),
        ),
      ]);
    },
    counts: () => poster.counts(),
    close: () => poster.close(),
  };
}

function mapOf(receipts: readonly Receipt[]): Readonly<Record<string, unknown>> {
  const map: Record<string, { param: string; type: number; targets: string[] }> = {};
  for (const { msgId, param, type, target } of receipts) {
    const entry = map[`${msgId}-${type}`] ?? { param, type, targets: [] };
    map[`${msgId}-${type}`] = entry;
    entry.targets.push(target);
  }
  return map;
}
