import type { MessageClass } from '../domain/accepted-message.js';
import { WINDOWS_MAX } from '../domain/chunk.js';

/** Places that marketing leaves free, so that an urgent message never waits for a campaign's answers. */
const RESERVED_FOR_URGENT = 4;

/**
 * Bounds the windows under way in this process, over all lanes: their targets are what its death may double. Urgent
 * windows go first.
 */
export class WindowPlaces {
  #taken = 0;
  readonly #waiting: Record<MessageClass, (() => void)[]> = { transactional: [], marketing: [] };

  async run<T>(lane: MessageClass, work: () => Promise<T>): Promise<T> {
    if (this.#taken < this.#places(lane)) this.#taken++;
    else await new Promise<void>((resolve) => this.#waiting[lane].push(resolve));
    try {
      return await work();
    } finally {
      this.#taken--;
      this.#wakeNext();
    }
  }

  #places(lane: MessageClass): number {
    return lane === 'transactional' ? WINDOWS_MAX : WINDOWS_MAX - RESERVED_FOR_URGENT;
  }

  #wakeNext(): void {
    for (const lane of ['transactional', 'marketing'] as const) {
      if (this.#taken >= this.#places(lane)) continue;
      const next = this.#waiting[lane].shift();
      if (next === undefined) continue;
      this.#taken++;
      next();
      return;
    }
  }
}
