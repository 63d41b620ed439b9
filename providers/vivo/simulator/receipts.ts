/** What vivo tells of messages that arrived: a JSON object by task id. */
import type { ReceiptCall } from '../../simulation/receipt-poster.js';
import type { Taken } from './message-desk.js';
import type { Fields } from './message-rules.js';

export interface Receipt {
  readonly taskId: string;
  readonly target: string;
  readonly param: string | undefined;
  readonly at: number;
}

/** Only single sends of formal messages have receipts by address; those by id from the console are of lists as well. */
export function receiptsOf(
  { taskId, message, ofList, targets, at }: Taken,
  callbacks: ReadonlyMap<string, string>,
): { readonly url: string | undefined; readonly receipts: readonly Receipt[] } {
  const extra = (message.extra ?? {}) as Fields;
  const id = extra['callback.id'];
  const own = typeof extra.callback === 'string' && !ofList && message.pushMode !== 1 ? extra.callback : undefined;
  const url = id === undefined ? own : callbacks.get(String(id));
  const param = extra['callback.param'];
  return {
    url,
    receipts: targets.map((target) => ({ taskId, target, at, param: param === undefined ? param : String(param) })),
  };
}

export function receiptCall(url: string, receipts: readonly Receipt[]): ReceiptCall {
  const byTask = new Map<string, Receipt[]>();
  for (const receipt of receipts) byTask.set(receipt.taskId, [...(byTask.get(receipt.taskId) ?? []), receipt]);
  const told = Object.fromEntries(
    [...byTask].map(([taskId, [first, ...others]]) => {
      const targets = [first, ...others].map((receipt) => receipt?.target).join(',');
      return [taskId, { targets, param: first?.param, ackTime: String(first?.at), ackType: '0' }];
    }),
  );
  return { url, headers: { 'content-type': 'application/json' }, body: JSON.stringify(told) };
}
