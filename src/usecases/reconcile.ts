import type { Clock } from '../domain/time.js';
import type { ChunkStore } from '../ports/chunk-store.js';
import type { Log } from '../ports/log.js';
import type { MessageStore } from '../ports/message-store.js';
import type { WorkQueue } from '../ports/work-queue.js';
import type { CarryOut } from './carry-out.js';
import { planJob } from './deliver-jobs.js';

/** A message not planned after this long has lost its planner. */
const UNPLANNED_AFTER_MS = 5_000;
const STEP_MAX = 1_000;

/** Re-creates from the store every job that should exist and does not, and repeats every projection still owed. */
export interface Reconcile {
  run(): Promise<void>;
}

export function createReconcile(house: {
  readonly messages: MessageStore;
  readonly chunks: ChunkStore;
  readonly queue: WorkQueue;
  readonly carryOut: CarryOut;
  readonly clock: Clock;
  readonly log: Log;
}): Reconcile {
  return {
    async run() {
      const now = house.clock.now();
      const reclaimed = await house.chunks.reclaim(now, STEP_MAX);
      if (reclaimed > 0) house.log.info({ chunks: reclaimed }, 'reconcile.chunks_freed');

      const unplanned = await house.messages.unplanned(now - UNPLANNED_AFTER_MS, STEP_MAX);
      // Adding a job that waits or runs changes nothing.
      await house.queue.add(unplanned.map((message) => planJob(message.class, message.id)));

      await house.carryOut.run(await house.chunks.owedEffects(STEP_MAX));

      await house.messages.complete(undefined, now);
    },
  };
}
