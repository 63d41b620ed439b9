import assert from 'node:assert/strict';
import { postgresBackend } from '../../src/queue/bullmq/postgres.js';
import { openWorkQueue } from '../../src/queue/bullmq/work-queue.js';
import { killOneConsumer } from '../support/kill-consumer.js';
import { openRedisQueue, openTestQueue, silentLog, type TestQueue } from '../support/open-queue.js';
import { migratedDataDirectory } from '../support/pglite-template.js';
import { freshDatabase } from '../support/postgres-server.js';
import { startRedis } from '../support/redis-server.js';
import { type OpenedQueue, workQueueSuite } from './work-queue.suite.js';

function another({ sql }: TestQueue) {
  return openWorkQueue({ backend: postgresBackend(sql.poolForQueue(), { exclusive: false }), log: silentLog });
}

workQueueSuite('BullMQ on PGlite', async (): Promise<OpenedQueue> => {
  const url = `pglite:${await migratedDataDirectory()}`;
  let now = await openTestQueue(url);
  return {
    queue: now.queue,
    another: () => another(now),
    async killConsumer() {
      // The directory has one process at a time: this one makes room, and takes over from the dead.
      await now.close();
      await killOneConsumer(url);
      now = await openTestQueue(url);
      return now.queue;
    },
    close: () => now.close(),
  };
});

workQueueSuite('BullMQ on a Postgres server', async (context): Promise<OpenedQueue> => {
  const url = await freshDatabase(context);
  const opened = await openTestQueue(url);
  return {
    queue: opened.queue,
    another: () => another(opened),
    async killConsumer() {
      await killOneConsumer(url);
      return opened.queue;
    },
    close: () => opened.close(),
  };
});

workQueueSuite('BullMQ on a Redis server', async (context): Promise<OpenedQueue> => {
  const server = await startRedis(context);
  const opened = await openRedisQueue(server.url);
  return {
    queue: opened.queue,
    async another() {
      const { queue, close } = await openRedisQueue(server.url);
      return { ...queue, close };
    },
    async killConsumer() {
      await killOneConsumer(server.url);
      return opened.queue;
    },
    async close() {
      await opened.close();
      await server.close();
    },
  };
});

describe('a queue on Redis', function () {
  this.timeout(60_000);

  it('is refused on a server that may drop jobs', async function () {
    const server = await startRedis(this, ['--maxmemory-policy', 'allkeys-lru']);
    await assert.rejects(openRedisQueue(server.url), /maxmemory-policy allkeys-lru.*set it to noeviction/);
    await server.close();
  });

  it('is refused with a sentence where nobody answers', async () => {
    await assert.rejects(openRedisQueue('redis://127.0.0.1:1'), /The queue's Redis does not answer \(.*ECONNREFUSED/);
  });

  it('goes on by itself when its server was away, and came back empty', async function () {
    const server = await startRedis(this);
    const { queue, close } = await openRedisQueue(server.url);
    const seen: string[] = [];
    let onJob: () => void = () => undefined;
    const stop = new AbortController();
    const consuming = queue.consume(
      async (job) => {
        if (job.kind === 'plan.v1') seen.push(job.message);
        onJob();
        return { kind: 'done' };
      },
      { lane: 'transactional', concurrency: 2 },
      stop.signal,
    );
    const job = (message: string) => ({
      id: message,
      lane: 'transactional' as const,
      job: { kind: 'plan.v1' as const, message },
    });
    const arrived = (message: string) =>
      new Promise<void>((resolve) => {
        onJob = () => {
          if (seen.includes(message)) resolve();
        };
        onJob();
      });
    await queue.add([job('before')]);
    await arrived('before');
    await server.stop('SIGKILL');
    await assert.rejects(queue.add([job('meanwhile')]), /The queue does not answer/);
    await server.start();
    const deadline = Date.now() + 10_000;
    for (;;) {
      try {
        await queue.add([job('after')]);
        break;
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
    await arrived('after');
    stop.abort();
    await consuming;
    await close();
    await server.close();
  });
});
