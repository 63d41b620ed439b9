import type { LedgerLine } from '../audit.js';
import { readLine } from '../simulator-client.js';

/** Gives what came to the simulator's ledger since it was asked last. */
export interface LedgerTail {
  /** @throws when the simulator does not answer; nothing is skipped then */
  next(): Promise<readonly LedgerLine[]>;
}

/**
 * @param url of the simulator's control port
 * @param ask as `fetch`
 */
export async function openLedgerTail(url: string, signal: AbortSignal, ask: typeof fetch = fetch): Promise<LedgerTail> {
  const read = async (after: number) => {
    const answer = await ask(`${url}/ledger?after=${after}`, { signal });
    return { lines: Number(answer.headers.get('ledger-lines') ?? 0), text: await answer.text() };
  };
  // What was written before is nobody's concern, and may be much.
  let { lines: seen } = await read(Number.MAX_SAFE_INTEGER);
  return {
    async next() {
      let fresh = await read(seen);
      // Somebody cleared it.
      if (fresh.lines < seen) fresh = await read(0);
      seen = fresh.lines;
      return fresh.text
        .split('\n')
        .filter((line) => line !== '')
        .map(readLine);
    },
  };
}
