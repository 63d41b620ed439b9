/** `POST` of `{"statuses": […]}` to the address of the console, as far as receivers of others know it. */
import { createReceiptPoster } from '../../simulation/receipt-poster.js';

interface Status {
  readonly token: string;
  readonly biTag?: string;
  readonly status: number;
  readonly timestamp: number;
  readonly requestId: string;
}

export interface Receipts {
  setUrl(url: string | undefined): void;
  setStatus(pushToken: string, status: number): void;
  tell(
    targets: readonly string[],
    of: { readonly requestId: string; readonly biTag: string | undefined; readonly isData: boolean },
    nowMs: number,
  ): void;
  counts(): { readonly taken: number; readonly failed: number };
  close(): Promise<void>;
}

export function createReceipts(delayMs: number): Receipts {
  let callback: string | undefined;
  const scripted = new Map<string, number>();
  const poster = createReceiptPoster<Status>({
    delayMs,
    callMax: 100,
    callOf: (url, statuses) => ({
      url,
      headers: { 'content-type': 'application/json; charset=UTF-8' },
      body: JSON.stringify({ statuses }),
    }),
  });
  return {
    setUrl(url) {
      callback = url;
    },
    setStatus: (pushToken, status) => void scripted.set(pushToken, status),
    tell(targets, { requestId, biTag, isData }, nowMs) {
      if (callback === undefined) return;
      const statuses = targets.map((token) => ({
        ...{ token, requestId, timestamp: nowMs, status: scripted.get(token) ?? (isData ? 1 : 2) },
        ...(biTag === undefined ? {} : { biTag }),
      }));
      poster.tell(callback, statuses);
    },
    counts: () => poster.counts(),
    close: () => poster.close(),
  };
}
