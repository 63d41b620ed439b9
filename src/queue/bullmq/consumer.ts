import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { DelayedError, type Job as QueuedJob } from 'bullmq';
import type { Log } from '../../ports/log.js';
import type { ConsumeOptions, Job, Verdict } from '../../ports/work-queue.js';
import type { LaneProcessor, LaneWorker, QueueBackend, WorkerSettings } from './backend.js';

export type Handle = (job: Job, signal: AbortSignal) => Promise<Verdict>;

/** A handler that threw, a worker that could not start: again after this long. */
const RETRY_MS = 1_000;
/** How long the queue is told what became of jobs whose handlers have ended; one that is away learns it by locks that run out. */
const FAREWELL_MS = 2_000;
/** A job that only a newer process knows waits for that process. */
const UNKNOWN_KIND_MS = 5_000;
const KINDS: ReadonlySet<string> = new Set<Job['kind']>(['plan.v1', 'deliver.v1', 'canary.v1']);

const SETTINGS: Omit<WorkerSettings, 'concurrency'> = {
  autorun: false,
  // A killed worker's job runs again about 12 s later; BullMQ's own 30 s and 30 s make that a minute.
  lockDuration: 10_000,
  stalledInterval: 3_000,
  // Crashes are counted on the chunk, which knows what to do about them; here a job is never given up.
  maxStalledCount: 1_000_000_000,
  runRetryDelay: RETRY_MS,
  // Seconds an idle worker sleeps without being woken.
  drainDelay: 5,
};

/**
 * Takes jobs of one queue until `signal` aborts, then waits for those running. A BullMQ worker that cannot start
 * or ends by itself is replaced by a new one.
 *
 * The signal given to the handler aborts with `signal`, and when the job's lock is lost: somebody else may have
 * begun it again.
 */
export async function runConsumer(
  backend: QueueBackend,
  queue: string,
  handle: Handle,
  options: ConsumeOptions,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const running = new RunningJobs();
  const onAbort = () => running.abortAll();
  signal.addEventListener('abort', onAbort);
  const settings = { ...SETTINGS, concurrency: options.concurrency };
  try {
    while (!signal.aborted) {
      const worker = backend.worker(queue, processor(handle, running, log), settings);
      report(worker, queue, running, log);
      await runWorker(worker, running, signal).catch((error: unknown) => {
        log.warn({ queue, error: textOf(error) }, 'queue.worker_restarted');
      });
      if (!signal.aborted) await wait(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

async function runWorker(worker: LaneWorker, running: RunningJobs, signal: AbortSignal): Promise<void> {
  let onAbort = () => {};
  const aborted = new Promise<void>((resolve) => {
    onAbort = resolve;
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) resolve();
  });
  try {
    // Awaited even when stopped meanwhile: a BullMQ worker closed while it starts keeps a connection for ever.
    await worker.waitUntilReady();
    // run ends by itself only when something is wrong.
    if (!signal.aborted) await Promise.race([worker.run(), aborted]);
    if (!signal.aborted) throw new Error('the worker ended by itself');
  } finally {
    signal.removeEventListener('abort', onAbort);
    await close(worker, running);
  }
}

/** Stops taking and waits for what runs. BullMQ would also wait for a queue that is away, however long. */
async function close(worker: LaneWorker, running: RunningJobs): Promise<void> {
  const closed = worker.close();
  const farewell = new AbortController();
  const isLong = running.ended().then(() => wait(FAREWELL_MS, undefined, { signal: farewell.signal }));
  try {
    await Promise.race([closed, isLong]);
  } finally {
    farewell.abort();
    closed.catch(() => undefined); // left to itself, it ends with its connection
    isLong.catch(() => undefined);
  }
}

function processor(handle: Handle, running: RunningJobs, log: Log): LaneProcessor {
  return async (queued, token) => {
    const verdict = KINDS.has(queued.data.kind)
      ? await judge(handle, queued, running, log)
      : { kind: 'again' as const, delayMs: UNKNOWN_KIND_MS };
    if (verdict.kind === 'done') return;
    // The only way to run the same id again: adding it from inside its own processor loses it without a word.
    await queued.moveToDelayed(Date.now() + Math.max(0, verdict.delayMs), token);
    throw new DelayedError();
  };
}

async function judge(handle: Handle, queued: QueuedJob<Job>, running: RunningJobs, log: Log): Promise<Verdict> {
  const id = queued.id ?? '';
  const controller = running.start(id);
  try {
    return await handle(queued.data, controller.signal);
  } catch (error) {
    log.error({ job: id, kind: queued.data.kind, error: textOf(error) }, 'job.threw');
    return { kind: 'again', delayMs: RETRY_MS };
  } finally {
    running.end(id, controller);
  }
}

function report(worker: LaneWorker, queue: string, running: RunningJobs, log: Log): void {
  worker.on('error', (error) => log.warn({ queue, error: textOf(error) }, 'queue.error'));
  worker.on('stalled', (job) => log.warn({ queue, job }, 'job.came_back'));
  worker.on('lockRenewalFailed', (jobs) => {
    for (const job of jobs) running.abort(job);
  });
}

/** Abort controllers of running jobs. Not `AbortSignal.any`: in Node 20 it keeps memory for as long as its source. */
class RunningJobs {
  readonly #controllers = new Map<string, AbortController>();
  #stopping = false;
  #onEnd: () => void = () => undefined;

  start(id: string): AbortController {
    const controller = new AbortController();
    // A job has many sends under way at once, and each of them listens.
    setMaxListeners(0, controller.signal);
    if (this.#stopping) controller.abort();
    this.#controllers.set(id, controller);
    return controller;
  }

  end(id: string, controller: AbortController): void {
    if (this.#controllers.get(id) === controller) this.#controllers.delete(id);
    if (this.#controllers.size === 0) this.#onEnd();
  }

  /** Resolves when none runs. */
  ended(): Promise<void> {
    return new Promise((resolve) => {
      this.#onEnd = resolve;
      if (this.#controllers.size === 0) resolve();
    });
  }

  abort(id: string): void {
    this.#controllers.get(id)?.abort();
  }

  abortAll(): void {
    this.#stopping = true;
    for (const controller of this.#controllers.values()) controller.abort();
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
