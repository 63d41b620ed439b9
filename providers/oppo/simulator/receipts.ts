/** Receipts as OPPO posts them: a JSON array; those of one message and event together. OPPO, “Receipts”. */
import type { ReceiptCall } from '../../simulation/receipt-poster.js';

export interface OppoReceipt {
  readonly eventType: string;
  readonly messageId: string;
  readonly registrationId: string;
  readonly param: string;
  readonly at: number;
}

export const RECEIPTS_OF_CALL = 500;
const APP_ID = '30001';

export function receiptCall(url: string, receipts: readonly OppoReceipt[]): ReceiptCall {
  const groups = new Map<string, OppoReceipt[]>();
  for (const receipt of receipts) {
    const key = JSON.stringify([receipt.eventType, receipt.messageId, receipt.param, receipt.at]);
    groups.set(key, [...(groups.get(key) ?? []), receipt]);
  }
  const body = [...groups.values()].flatMap((group) => {
    const [one] = group;
    if (one === undefined) return [];
    const { eventType, messageId, param, at } = one;
    const registrationIds = group.map(({ registrationId }) => registrationId).join(',');
    return [{ messageId, appId: APP_ID, taskId: messageId, registrationIds, eventTime: String(at), param, eventType }];
  });
  return { url, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
