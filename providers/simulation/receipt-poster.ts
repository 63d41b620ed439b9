/** Tells receipts as a vendor does: some time after the delivery, several together, once. */

export interface ReceiptCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ReceiptPosterOptions<Receipt> {
  readonly delayMs: number;
  /** Receipts in one call at most. */
  readonly callMax: number;
  /** Calls for these receipts; those of one call have one address. */
  callOf(url: string, receipts: readonly Receipt[]): ReceiptCall;
}

export interface ReceiptPoster<Receipt> {
  tell(url: string, receipts: readonly Receipt[]): void;
  /** How many calls were answered with 2xx, and how many not. */
  counts(): { readonly taken: number; readonly failed: number };
  /** Drops what has not been told. */
  close(): Promise<void>;
}

const ANSWER_WITHIN_MS = 5_000;

export function createReceiptPoster<Receipt>(options: ReceiptPosterOptions<Receipt>): ReceiptPoster<Receipt> {
  const waiting = new Map<string, Receipt[]>();
  const closed = new AbortController();
  const underWay = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let taken = 0;
  let failed = 0;

  async function post({ url, headers, body }: ReceiptCall): Promise<void> {
    try {
      const signal = AbortSignal.any([closed.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
      const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'error', signal });
      await answer.arrayBuffer();
      if (answer.ok) taken += 1;
      else failed += 1;
    } catch {
      failed += 1; // Vendors say nothing of repeating a call: it is told once.
    }
  }

  function flush(): void {
    timer = undefined;
    for (const [url, receipts] of waiting) {
      for (let from = 0; from < receipts.length; from += options.callMax) {
        const call = post(options.callOf(url, receipts.slice(from, from + options.callMax)));
        underWay.add(call);
        void call.finally(() => underWay.delete(call));
      }
    }
    waiting.clear();
  }

  return {
    tell(url, receipts) {
      if (closed.signal.aborted || receipts.length === 0) return;
      const known = waiting.get(url) ?? [];
      waiting.set(url, known);
      known.push(...receipts);
      timer ??= setTimeout(flush, options.delayMs).unref();
    },
    counts: () => ({ taken, failed }),
    async close() {
      clearTimeout(timer);
      waiting.clear();
      closed.abort();
      await Promise.all(underWay);
    },
  };
}
