import type { Log } from '../ports/log.js';
import type { Job, Lane, NewJob, Verdict, WorkQueue } from '../ports/work-queue.js';

/** Jobs of a lane that hands of this process hold at the same time, beside those that its consumer takes off the queue. */
const HANDS_PER_LANE = 4;
const RETRY_MS = 1_000;

/** The queue as those see it who make jobs in a process that may have workers too. */
export interface HandOut extends Pick<WorkQueue, 'add' | 'depth'> {
  /** Whether a job of the lane would go straight to a hand. */
  hasFreeHand(lane: Lane): boolean;
  /**
   * Lends the lane's hands until `signal` aborts, then waits for the jobs they hold. A job whose hand throws, or asks for
   * it again, goes into the queue.
   */
  lend(lane: Lane, handle: (job: Job, signal: AbortSignal) => Promise<Verdict>, signal: AbortSignal): Promise<void>;
}

/**
 * Gives deliveries to a worker of this process that has nothing to do, past the queue, whose every job costs a dozen
 * statements. What such a hand holds is lost with its process like the queue's contents, and comes again as they do: the
 * store has handed its chunks over for `HANDED_FOR_MS`, or leased them.
 */
export function createHandOut({ queue, log }: { readonly queue: WorkQueue; readonly log: Log }): HandOut {
  const lent = new Map<Lane, { readonly take: (job: NewJob) => void; readonly held: Map<string, Promise<void>> }>();

  const hasFreeHand = (lane: Lane) => (lent.get(lane)?.held.size ?? HANDS_PER_LANE) < HANDS_PER_LANE;

  return {
    hasFreeHand,
    depth: (lane) => queue.depth(lane),

    async add(jobs) {
      const others: NewJob[] = [];
      for (const job of jobs) {
        const hands = job.job.kind === 'deliver.v1' && job.delayMs === undefined ? lent.get(job.lane) : undefined;
        if (hands?.held.has(job.id)) continue; // runs already
        if (hands !== undefined && hasFreeHand(job.lane)) hands.take(job);
        else others.push(job);
      }
      if (others.length > 0) await queue.add(others);
    },

    async lend(lane, handle, signal) {
      const held = new Map<string, Promise<void>>();

      async function run(job: NewJob): Promise<void> {
        let again: number | undefined;
        try {
          const verdict = await handle(job.job, signal);
          if (verdict.kind === 'again') again = verdict.delayMs;
        } catch (error) {
          log.error({ job: job.id, kind: job.job.kind, error: String(error) }, 'job.threw');
          again = RETRY_MS;
        }
        if (again === undefined) return;
        // Where the queue is away as well the store re-creates the job.
        await queue
          .add([{ ...job, delayMs: again }])
          .catch((error: unknown) => log.warn({ job: job.id, error: String(error) }, 'job.not_queued'));
      }

      lent.set(lane, {
        held,
        take(job) {
          held.set(
            job.id,
            run(job).finally(() => held.delete(job.id)),
          );
        },
      });
      await new Promise<void>((resolve) => {
        const end = () => {
          lent.delete(lane);
          resolve();
        };
        if (signal.aborted) end();
        else signal.addEventListener('abort', end, { once: true });
      });
      await Promise.all(held.values());
    },
  };
}
