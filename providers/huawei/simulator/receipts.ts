/** Receipts as Huawei tells them to the address of the console, signed where that has a user name and a key. */
import { createHmac, randomUUID } from 'node:crypto';
import { createReceiptPoster, type ReceiptPoster } from '../../simulation/receipt-poster.js';

/** What the console says of receipts. */
export interface ReceiptConfiguration {
  readonly url: string;
  readonly user?: string;
  readonly key?: string;
  /** How Huawei reads the key: its text, as in older configurations, or what it is the Base64 of. `text` when absent. */
  readonly keyForm?: 'text' | 'base64';
}

export interface ToldReceipt {
  readonly generation: 'v1' | 'v3';
  readonly token: string;
  readonly tag: string;
  readonly requestId: string;
  readonly status: number;
  readonly pushType: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface ReceiptDesk {
  configure(configuration: ReceiptConfiguration | undefined): void;
  tell(receipts: readonly ToldReceipt[]): void;
  counts(): { readonly taken: number; readonly failed: number };
  close(): Promise<void>;
}

/** Entries in one call. */
const CALL_MAX = 100;

export function createReceiptDesk(options: {
  readonly appId: string;
  readonly delayMs: number;
  now(): number;
}): ReceiptDesk {
  let configured: ReceiptConfiguration | undefined;
  const poster = (entryOf: (receipt: ToldReceipt) => object): ReceiptPoster<ToldReceipt> =>
    createReceiptPoster({
      delayMs: options.delayMs,
      callMax: CALL_MAX,
      callOf: (url, receipts) => ({
        url,
        headers: { 'content-type': 'application/json; charset=UTF-8', ...signatureOf(configured, options.now()) },
        body: JSON.stringify({ statuses: receipts.map(entryOf) }),
      }),
    });
  const posters = {
    v1: poster(({ token, tag, requestId, status, at }) => ({
      ...{ token, biTag: tag, status, timestamp: at, appid: options.appId, requestId },
    })),
    v3: poster(({ token, tag, requestId, status, pushType, at }) => ({
      ...{ token, pushType: Number(pushType), appPackageName: 'com.example.app', biTag: tag, requestId },
      deliveryStatus: { result: status, timestamp: at },
    })),
  };
  return {
    configure(configuration) {
      configured = configuration;
    },
    tell(receipts) {
      if (configured === undefined) return;
      for (const generation of ['v1', 'v3'] as const) {
        const own = receipts.filter((receipt) => receipt.generation === generation);
        posters[generation].tell(configured.url, own);
      }
    },
    counts() {
      const [one, other] = [posters.v1.counts(), posters.v3.counts()];
      return { taken: one.taken + other.taken, failed: one.failed + other.failed };
    },
    async close() {
      await Promise.all([posters.v1.close(), posters.v3.close()]);
    },
  };
}

function signatureOf(configured: ReceiptConfiguration | undefined, now: number): Record<string, string> {
  const { user, key, keyForm = 'text' } = configured ?? {};
  if (user === undefined || key === undefined) return {};
  const timestamp = String(now);
  const nonce = randomUUID();
  const value = createHmac('sha256', Buffer.from(key, keyForm === 'text' ? 'utf8' : 'base64'))
    .update(timestamp + nonce + user)
    .digest('base64');
  return { 'x-huawei-callback-id': `timestamp=${timestamp}; nonce=${nonce}; value=${value}` };
}
