import type { MessageClass } from '../domain/accepted-message.js';
import { WINDOWS_MAX } from '../domain/chunk.js';

/** Places that marketing leaves free, so that an urgent message never waits for a campaign's answers. */
const RESERVED_FOR_URGENT = 4;

interface Waiting {
  readonly places: number;
  readonly begin: () => void;
}

/**
 * Bounds the windows under way in this process, over all lanes: their targets are what its death may double. A window of
 * many targets takes several places. Urgent windows go first, and within a lane nobody overtakes.
 */
export class WindowPlaces {
  #taken = 0;
  readonly #waiting: Record<MessageClass, Waiting[]> = { transactional: [], marketing: [] };

  /** @param places that the window takes; more than its lane has count as all of these */
  async run<T>(lane: MessageClass, places: number, work: () => Promise<T>): Promise<T> {
    const taken = Math.min(places, placesOf(lane));
    if (this.#waiting[lane].length === 0 && this.#taken + taken <= placesOf(lane)) this.#taken += taken;
    else await new Promise<void>((begin) => this.#waiting[lane].push({ places: taken, begin }));
    try {
      return await work();
    } finally {
      this.#taken -= taken;
      this.#wake();
    }
  }

  #wake(): void {
    for (const lane of ['transactional', 'marketing'] as const) {
      const waiting = this.#waiting[lane];
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        // An urgent window that needs more room keeps campaigns from taking it.
        if (this.#taken + next.places > placesOf(lane)) return;
        waiting.shift();
        this.#taken += next.places;
        next.begin();
      }
    }
  }
}

function placesOf(lane: MessageClass): number {
  return lane === 'transactional' ? WINDOWS_MAX : WINDOWS_MAX - RESERVED_FOR_URGENT;
}
