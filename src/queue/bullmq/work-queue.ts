import { GatewayError, isGatewayError } from '../../domain/errors.js';
import type { Closeable, Healthy } from '../../ports/lifecycle.js';
import type { Log } from '../../ports/log.js';
import { LANES, type Lane, type NewJob, type WorkQueue } from '../../ports/work-queue.js';
import type { LaneQueue, QueueBackend, QueueSettings } from './backend.js';
import { runConsumer } from './consumer.js';

export interface OpenWorkQueueOptions {
  /** `postgresBackend(pool, …)`; its schema is migrated (`migrateQueue`). */
  readonly backend: QueueBackend;
  readonly log: Log;
}

export interface BullWorkQueue extends WorkQueue, Closeable, Healthy {
  /** Removes what BullMQ notes about past jobs; for housekeeping, now and then. */
  trim(): Promise<void>;
}

/** Above this many a bulk add is quicker than single adds (measured on PGlite: 2 ms each, 7 ms for any few). */
const SINGLE_ADDS_MAX = 3;
/** About 50 ms in one statement on PGlite. */
const BULK_ADD_MAX = 1_000;
const CHECK_TIMEOUT_MS = 2_000;
const JOB_ID = /^(?![0-9]+$)[A-Za-z0-9._-]{1,128}$/;

const SETTINGS: QueueSettings = {
  defaultJobOptions: {
    // A kept job blocks its id.
    removeOnComplete: true,
    removeOnFail: true,
    // Only when even moving a job to "later" failed: then BullMQ fails it, and this brings it back.
    attempts: 1_000_000,
    backoff: { type: 'fixed', delay: 1_000 },
  },
  // Nobody reads BullMQ's events; it cannot be told to write none.
  streams: { events: { maxLen: 256 } },
};

/**
 * Opens the work queue: one BullMQ queue per lane, so that lanes never wait for each other.
 *
 * Closing stops consumers that still run (and waits for their jobs), then the queues; the database is the caller's.
 *
 * @throws GatewayError `queue_unavailable` when the database does not answer or has no queue tables.
 */
export async function openWorkQueue({ backend, log }: OpenWorkQueueOptions): Promise<BullWorkQueue> {
  const names = LANES.map(queueName);
  await named('open', () => backend.prepare(names));
  const queues = new Map<Lane, LaneQueue>();
  try {
    for (const lane of LANES) {
      const queue = backend.queue(queueName(lane), SETTINGS);
      queue.on('error', (error) => log.warn({ queue: queueName(lane), error: error.message }, 'queue.error'));
      queues.set(lane, queue);
    }
    await named('open', () => Promise.all([...queues.values()].map((queue) => queue.waitUntilReady())));
  } catch (error) {
    await Promise.allSettled([...queues.values()].map((queue) => queue.close()));
    throw error;
  }
  const of = (lane: Lane): LaneQueue => {
    const queue = queues.get(lane);
    if (queue === undefined) throw new TypeError(`no such lane: ${lane}`);
    return queue;
  };
  const closing = new AbortController();
  const consumers = new Set<Promise<void>>();
  let closed: Promise<void> | undefined;

  return {
    async add(jobs) {
      if (closing.signal.aborted) throw shuttingDown();
      for (const { id } of jobs) {
        if (!JOB_ID.test(id)) throw new TypeError(`not a job id: ${JSON.stringify(id)}`);
      }
      await named('add', () => Promise.all(LANES.map((lane) => addTo(of(lane), lane, jobs))));
    },

    async consume(handle, options, signal) {
      if (closing.signal.aborted) throw shuttingDown();
      const stop = new AbortController();
      const onStop = () => stop.abort();
      signal.addEventListener('abort', onStop, { once: true });
      closing.signal.addEventListener('abort', onStop, { once: true });
      if (signal.aborted) onStop();
      const consumer = runConsumer(backend, queueName(options.lane), handle, options, log, stop.signal);
      consumers.add(consumer);
      try {
        await consumer;
      } finally {
        consumers.delete(consumer);
        signal.removeEventListener('abort', onStop);
        closing.signal.removeEventListener('abort', onStop);
      }
    },

    depth: (lane) => named('count', () => of(lane).getJobCountByTypes('waiting', 'prioritized', 'delayed')),
    empty: () => named('empty', () => backend.empty(names)),
    trim: () => named('trim', () => backend.trim(names)),

    async check() {
      let timer: NodeJS.Timeout | undefined;
      const tooLong = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS);
      });
      try {
        await named('check', () => Promise.race([of('system').getJobCountByTypes('active'), tooLong]));
      } finally {
        clearTimeout(timer);
      }
    },

    close() {
      closed ??= (async () => {
        closing.abort();
        await Promise.allSettled(consumers);
        await Promise.all([...queues.values()].map((queue) => queue.close()));
      })();
      return closed;
    },
  };
}

function queueName(lane: Lane): string {
  return `pealbell-${lane}`;
}

async function addTo(queue: LaneQueue, lane: Lane, all: readonly NewJob[]): Promise<void> {
  // The first of several with one id counts; sent at once over several connections, any could come first.
  const distinct = new Map<string, NewJob>();
  for (const job of all) if (job.lane === lane && !distinct.has(job.id)) distinct.set(job.id, job);
  const jobs = [...distinct.values()].map(({ id, job, delayMs }) => ({
    name: job.kind,
    data: job,
    opts: { jobId: id, delay: delayMs ?? 0 },
  }));
  if (jobs.length <= SINGLE_ADDS_MAX) {
    await Promise.all(jobs.map(({ name, data, opts }) => queue.add(name, data, opts)));
    return;
  }
  for (let from = 0; from < jobs.length; from += BULK_ADD_MAX) {
    await queue.addBulk(jobs.slice(from, from + BULK_ADD_MAX));
  }
}

async function named<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (isGatewayError(cause)) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GatewayError('queue_unavailable', `The queue does not answer (${what}: ${why}).`, {
      cause,
      retryAfterSeconds: 1,
    });
  }
}

function shuttingDown(): GatewayError {
  return new GatewayError('shutting_down', 'The queue is closed.');
}
