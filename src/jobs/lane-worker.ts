import type { Worker } from '../ports/lifecycle.js';
import type { Log } from '../ports/log.js';
import type { Job, Lane, Verdict, WorkQueue } from '../ports/work-queue.js';
import type { Deliver } from '../usecases/deliver.js';
import type { FanOut } from '../usecases/fan-out.js';
import type { HandOut } from '../usecases/hand-out.js';
import { Canary } from './canary.js';

const CANARY_EVERY_MS = 5_000;
const DONE: Verdict = { kind: 'done' };

export interface LaneHouse {
  readonly queue: WorkQueue;
  readonly handOut: Pick<HandOut, 'lend'>;
  readonly deliver: Deliver;
  readonly fanOut: FanOut;
  readonly log: Log;
  /** Names this process's canaries. */
  readonly holder: string;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

/**
 * Takes one lane's jobs off the queue, or straight from whoever makes them, and calls the use case of each kind. When no job comes back any more, not even
 * a canary, the consumer is rebuilt once; if that does not help, the worker ends, and with it the process.
 */
export function laneWorker(lane: Lane, concurrency: number, house: LaneHouse): Worker {
  const canary = new Canary(lane, house.holder, house.nowMs);

  const run = (job: Job, signal: AbortSignal): Promise<Verdict> => {
    switch (job.kind) {
      case 'deliver.v1':
        return house.deliver.deliver(job.chunks, signal);
      case 'plan.v1':
        return house.fanOut.fanOut(job.message, signal);
      case 'canary.v1':
        return Promise.resolve(DONE);
      default:
        return job satisfies never;
    }
  };
  const handle = (job: Job, signal: AbortSignal): Promise<Verdict> => {
    canary.seen();
    return run(job, signal);
  };

  return {
    name: `lane.${lane}`,
    async run(signal) {
      const ending = new AbortController();
      const onEnd = () => ending.abort();
      signal.addEventListener('abort', onEnd, { once: true });
      if (signal.aborted) onEnd();
      const lent = house.handOut.lend(lane, run, ending.signal);
      try {
        await consume(signal);
      } finally {
        signal.removeEventListener('abort', onEnd);
        ending.abort();
        await lent;
      }
    },
  };

  async function consume(signal: AbortSignal): Promise<void> {
    let rebuilt = false;
    while (!signal.aborted) {
      const stop = new AbortController();
      const onAbort = () => stop.abort();
      signal.addEventListener('abort', onAbort, { once: true });
      let stuck = false;
      const watch = setInterval(() => {
        // A queue that is away is not stuck: what comes back is waited for from here on.
        look().catch(() => canary.seen());
      }, CANARY_EVERY_MS);
      const look = async () => {
        await house.queue.add([canary.nextJob()]);
        if (!canary.isStuck) rebuilt = false;
        // An empty lane means that other processes were faster, not that this one is stuck.
        else if ((await house.queue.depth(lane)) === 0) canary.seen();
        else {
          stuck = true;
          stop.abort();
        }
      };
      try {
        await house.queue.consume(handle, { lane, concurrency }, stop.signal);
      } finally {
        clearInterval(watch);
        signal.removeEventListener('abort', onAbort);
      }
      if (signal.aborted) return;
      if (!stuck || rebuilt)
        throw new Error(`no job of the lane ${lane} comes back, also after its consumer was rebuilt`);
      house.log.error({ lane }, 'queue.lane_stuck');
      rebuilt = true;
      canary.seen();
    }
  }
}
