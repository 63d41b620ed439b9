import type { Clock, EpochMs } from '../domain/time.js';
import type { ChunkStore } from '../ports/chunk-store.js';
import type { Lane } from '../ports/work-queue.js';
import { deliverJobs } from './deliver-jobs.js';
import type { HandOut } from './hand-out.js';

/** At most so many jobs of a lane are in the queue; the rest waits in the store, where apps take turns. */
const LANE_JOBS_MAX = 32;
/** A job not taken within this time is looked for in the store again. */
export const HANDED_FOR_MS = 15_000;
const CHUNKS_PER_FEED = 256;
/** Accept may add jobs of one app directly only up to this share of a lane. */
const APP_SHARE = LANE_JOBS_MAX / 4;
/** A lane that was empty, and to which nothing was added here, is looked at so often: other processes may have. */
const LOOK_AT_EMPTY_EVERY_MS = 1_000;

/** Hands due chunks to the queue, fairly over apps, and knows how full each lane is. */
export interface Feeder {
  /** Learns how full the lane is, without filling it: for a process that only accepts. */
  look(lane: Lane): Promise<void>;
  /** Fills the lane as far as there is room. @returns chunks handed over. */
  feed(lane: Lane): Promise<number>;
  /** Whether a job of this app may go straight into the queue, past the other apps' waiting chunks. */
  mayAddDirectly(lane: Lane, app: string): boolean;
}

export function createFeeder(house: {
  readonly chunks: ChunkStore;
  readonly queue: Omit<HandOut, 'lend'>;
  readonly clock: Clock;
}): Feeder {
  const lanes = new Map<Lane, { depth: number; readonly at: EpochMs; readonly added: Map<string, number> }>();

  async function look(lane: Lane): Promise<number> {
    const at = house.clock.now();
    const depth = await house.queue.depth(lane);
    lanes.set(lane, { depth, at, added: new Map() });
    return depth;
  }

  function isEmptyStill(lane: Lane): boolean {
    const known = lanes.get(lane);
    if (known === undefined || known.depth > 0 || known.added.size > 0) return false;
    const since = house.clock.now() - known.at;
    return since >= 0 && since < LOOK_AT_EMPTY_EVERY_MS;
  }

  return {
    look: async (lane) => void (await look(lane)),
    async feed(lane) {
      let room = LANE_JOBS_MAX - (isEmptyStill(lane) ? 0 : await look(lane));
      let handed = 0;
      while (room > 0) {
        const now = house.clock.now();
        const fed = await house.chunks.feed(lane, CHUNKS_PER_FEED, now, now + HANDED_FOR_MS);
        if (fed.length === 0) break;
        const jobs = deliverJobs(lane, fed);
        const known = lanes.get(lane);
        if (known !== undefined) known.depth += jobs.length;
        await house.queue.add(jobs);
        handed += fed.length;
        room -= jobs.length;
        if (fed.length < CHUNKS_PER_FEED) break;
      }
      return handed;
    },
    mayAddDirectly(lane, app) {
      const known = lanes.get(lane);
      if (known === undefined || house.queue.hasFreeHand(lane)) return true;
      const added = known.added.get(app) ?? 0;
      if (known.depth + added >= LANE_JOBS_MAX / 2 || added >= APP_SHARE) return false;
      known.added.set(app, added + 1);
      return true;
    },
  };
}
