import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../ports/log.js';

/** The store may be away for a moment: connections keep what they have to say for about half a minute. */
const PAUSES_MS: readonly number[] = [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000];

/**
 * Repeats what may be repeated until it works.
 *
 * @throws what it threw the last time
 */
export async function persist<T>(what: string, log: Log, run: () => Promise<T>): Promise<T> {
  for (const ms of PAUSES_MS) {
    try {
      return await run();
    } catch (error) {
      log.warn({ what, again_in_ms: ms, error: messageOf(error) }, 'realtime.store_failed');
    }
    await pause(ms);
  }
  return run();
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
