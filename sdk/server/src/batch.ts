import type { BatchMessage, BatchResult } from './openapi.js';
import type { CallOptions } from './options.js';
import { backoffMs, pause } from './pause.js';
import type { Transport } from './transport.js';

/** What became of one message of a batch: `message`, or the `problem` for which it was refused. */
export type SentBatchResult = BatchResult & { readonly idempotency_key: string };

/**
 * Sends a batch, and those of its messages again that were refused for a passing reason, all under the same keys. When
 * that does not help the last results stand.
 */
export async function sendBatch(
  transport: Transport,
  path: string,
  messages: readonly BatchMessage[],
  options: CallOptions | undefined,
): Promise<SentBatchResult[]> {
  const { retries, maxRetryWaitMs } = { ...transport.settings, ...options };
  const keyed = messages.map((message) => ({
    ...message,
    idempotency_key: message.idempotency_key ?? crypto.randomUUID(),
  }));
  const results: SentBatchResult[] = [];
  // Keys may be used twice in a batch: places tell the messages apart.
  let places = [...keyed.keys()];
  for (let tries = 1; ; tries++) {
    const call = { method: 'POST', path, body: { messages: places.map((place) => keyed[place]) } } as const;
    const { body } = await transport.call<{ results: BatchResult[] }>(call, options);
    body.results.forEach((result, at) => {
      const place = places[at] ?? at;
      results[place] = { ...result, idempotency_key: keyed[place]?.idempotency_key ?? '' };
    });
    places = places.filter((place) => isPassing(results[place]));
    const delayMs = backoffMs(tries, undefined);
    if (places.length === 0 || tries > retries || delayMs > maxRetryWaitMs) return results;
    await pause(delayMs, options?.signal);
  }
}

function isPassing(result: BatchResult | undefined): boolean {
  const { problem } = result ?? {};
  return problem?.status === 429 || problem?.status === 503 || problem?.code === 'idempotency_in_progress';
}
