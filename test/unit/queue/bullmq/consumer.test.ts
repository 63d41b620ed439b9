import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { DelayedError } from 'bullmq';
import type { Log } from '../../../../src/ports/log.js';
import type { Job } from '../../../../src/ports/work-queue.js';
import type { LaneProcessor, LaneWorker, QueueBackend } from '../../../../src/queue/bullmq/backend.js';
import { runConsumer } from '../../../../src/queue/bullmq/consumer.js';
import { silentLog } from '../../../support/open-queue.js';

/** A BullMQ worker that does as told. */
class FakeWorker extends EventEmitter implements LaneWorker {
  closed = 0;
  ready: () => Promise<void> = async () => undefined;
  end: (error?: Error) => void = () => undefined;
  readonly processor: LaneProcessor;

  constructor(processor: LaneProcessor) {
    super();
    this.processor = processor;
  }

  waitUntilReady = () => this.ready();

  run(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.end = (error) => (error ? reject(error) : resolve());
      this.emit('runs');
    });
  }

  async close() {
    this.closed++;
  }
}

function fakeBackend(onWorker: (worker: FakeWorker, nth: number) => void) {
  const workers: FakeWorker[] = [];
  const backend: QueueBackend = {
    queue: () => assert.fail('not asked for'),
    worker: (_name, processor) => {
      const worker = new FakeWorker(processor);
      workers.push(worker);
      onWorker(worker, workers.length);
      return worker;
    },
    prepare: async () => undefined,
    empty: async () => undefined,
    trim: async () => undefined,
  };
  return { backend, workers };
}

const OPTIONS = { lane: 'system', concurrency: 1 } as const;
const JOB: Job = { kind: 'plan.v1', message: 'msg_1' };

function queued(data: unknown = JOB, moved: { at: number; token: string | undefined }[] = []) {
  const job = {
    id: 'msg_1.plan',
    data,
    moveToDelayed: async (at: number, token?: string) => void moved.push({ at, token }),
  };
  return { job: job as unknown as Parameters<LaneProcessor>[0], moved };
}

describe('a consumer of the queue', function () {
  this.timeout(10_000);

  it('replaces a worker that cannot start and one that ends by itself, and says so', async () => {
    const stop = new AbortController();
    const said: string[] = [];
    const log: Log = { ...silentLog, warn: (fields, event) => said.push(`${event}: ${fields.error}`) };
    const { backend, workers } = fakeBackend((worker, nth) => {
      if (nth === 1) worker.ready = async () => Promise.reject(new Error('no database'));
      if (nth === 2) worker.once('runs', () => worker.end());
      if (nth === 3) worker.once('runs', () => stop.abort());
    });
    await runConsumer(backend, 'q', async () => ({ kind: 'done' }), OPTIONS, log, stop.signal);
    assert.deepEqual(
      workers.map(({ closed }) => closed),
      [1, 1, 1],
    );
    assert.deepEqual(said, [
      'queue.worker_restarted: no database',
      'queue.worker_restarted: the worker ended by itself',
    ]);
  });

  it('survives errors of its worker', async () => {
    const stop = new AbortController();
    const { backend } = fakeBackend((worker) => {
      worker.once('runs', () => {
        worker.emit('error', new Error('connection lost'));
        stop.abort();
      });
    });
    await runConsumer(backend, 'q', async () => ({ kind: 'done' }), OPTIONS, silentLog, stop.signal);
  });

  it('moves a job to its later time with the token of its lock, never failing it', async () => {
    const stop = new AbortController();
    let worker: FakeWorker | undefined;
    const { backend } = fakeBackend((made) => {
      worker = made;
    });
    let verdicts = 0;
    const consumer = runConsumer(
      backend,
      'q',
      async () => {
        if (verdicts++ === 0) return { kind: 'again', delayMs: 5_000 };
        throw new Error('planted fault');
      },
      OPTIONS,
      silentLog,
      stop.signal,
    );
    const { job, moved } = queued();
    const at = Date.now();
    await assert.rejects(async () => worker?.processor(job, 'token-1'), DelayedError);
    await assert.rejects(async () => worker?.processor(job, 'token-2'), DelayedError);
    const unknown = queued({ kind: 'plan.v99' });
    await assert.rejects(async () => worker?.processor(unknown.job, 'token-3'), DelayedError);
    assert.equal(verdicts, 2, 'the handler never sees a kind it does not know');
    assert.deepEqual(
      [...moved, ...unknown.moved].map(({ token }) => token),
      ['token-1', 'token-2', 'token-3'],
    );
    const delays = [...moved, ...unknown.moved].map((move) => Math.round((move.at - at) / 1000));
    assert.deepEqual(delays, [5, 1, 5]);
    stop.abort();
    await consumer;
  });

  it('tells a handler whose lock was lost, and no other', async () => {
    const stop = new AbortController();
    let worker: FakeWorker | undefined;
    const { backend } = fakeBackend((made) => {
      worker = made;
    });
    const signals: AbortSignal[] = [];
    let finish = () => {};
    const held = new Promise<void>((resolve) => (finish = resolve));
    const consumer = runConsumer(
      backend,
      'q',
      async (_, signal) => {
        signals.push(signal);
        await held;
        return { kind: 'done' };
      },
      OPTIONS,
      silentLog,
      stop.signal,
    );
    const running = worker?.processor(queued().job, 'token');
    worker?.emit('lockRenewalFailed', ['another.job']);
    assert.equal(signals[0]?.aborted, false);
    worker?.emit('lockRenewalFailed', ['msg_1.plan']);
    assert.equal(signals[0]?.aborted, true);
    finish();
    await running;
    stop.abort();
    await consumer;
  });
});
