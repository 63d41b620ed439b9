import type { Clock } from '../domain/time.js';
import type { ChunkStore } from '../ports/chunk-store.js';
import type { Lane, WorkQueue } from '../ports/work-queue.js';
import { deliverJobs } from './deliver-jobs.js';

/** At most so many jobs of a lane are in the queue; the rest waits in the store, where apps take turns. */
const LANE_JOBS_MAX = 32;
/** A job not taken within this time is looked for in the store again. */
export const HANDED_FOR_MS = 15_000;
const CHUNKS_PER_FEED = 256;
/** Accept may add jobs of one app directly only up to this share of a lane. */
const APP_SHARE = LANE_JOBS_MAX / 4;

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
  readonly queue: WorkQueue;
  readonly clock: Clock;
}): Feeder {
  const lanes = new Map<Lane, { depth: number; added: Map<string, number> }>();

  async function look(lane: Lane): Promise<number> {
    const depth = await house.queue.depth(lane);
    lanes.set(lane, { depth, added: new Map() });
    return depth;
  }

  return {
    look: async (lane) => void (await look(lane)),
    async feed(lane) {
      const depth = await look(lane);
      let room = LANE_JOBS_MAX - depth;
      let handed = 0;
      while (room > 0) {
        const now = house.clock.now();
        const fed = await house.chunks.feed(lane, CHUNKS_PER_FEED, now, now + HANDED_FOR_MS);
        if (fed.length === 0) break;
        const jobs = deliverJobs(lane, fed);
        await house.queue.add(jobs);
        handed += fed.length;
        room -= jobs.length;
        if (fed.length < CHUNKS_PER_FEED) break;
      }
      return handed;
    },
    mayAddDirectly(lane, app) {
      const known = lanes.get(lane);
      if (known === undefined) return true;
      const added = known.added.get(app) ?? 0;
      if (known.depth + added >= LANE_JOBS_MAX / 2 || added >= APP_SHARE) return false;
      known.added.set(app, added + 1);
      return true;
    },
  };
}
