import assert from 'node:assert/strict';
import { postgresBackend } from '../../src/queue/bullmq/postgres.js';
import { openWorkQueue } from '../../src/queue/bullmq/work-queue.js';
import { killOneConsumer } from '../support/kill-consumer.js';
import { openRedisQueue, openTestQueue, silentLog, type TestQueue } from '../support/open-queue.js';
import { migratedDataDirectory } from '../support/pglite-template.js';
import { freshDatabase } from '../support/postgres-server.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
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

  /** A queue, what its consumers were handed, and how to hand them something. */
  async function openWatched(server: RedisServer) {
    let lost = 0;
    let onLost: () => void = () => undefined;
    const warn = (_: object, event: string) => {
      if (event === 'queue.connection_lost') lost += 1;
      onLost();
    };
    const opened = await openRedisQueue(server.url, { ...silentLog, warn });
    const seen: string[] = [];
    let onJob: () => void = () => undefined;
    return {
      ...opened,
      consume: (signal: AbortSignal) =>
        opened.queue.consume(
          async (job) => {
            if (job.kind === 'plan.v1') seen.push(job.message);
            onJob();
            return { kind: 'done' };
          },
          { lane: 'transactional', concurrency: 2 },
          signal,
        ),
      add: (message: string) =>
        opened.queue.add([{ id: message, lane: 'transactional', job: { kind: 'plan.v1', message } }]),
      /** Tries to connect have failed so often that by now most of the time is between two of them. */
      isAway: () =>
        new Promise<void>((resolve) => {
          onLost = () => {
            if (lost >= 8) resolve();
          };
        }),
      arrived: (message: string) =>
        new Promise<void>((resolve) => {
          onJob = () => {
            if (seen.includes(message)) resolve();
          };
          onJob();
        }),
    };
  }

  /** Until its connection is there again. */
  async function eventually(add: () => Promise<void>): Promise<void> {
    for (const deadline = Date.now() + 10_000; ; ) {
      try {
        return await add();
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
  }

  it('goes on by itself when its server was away, and came back empty', async function () {
    const server = await startRedis(this);
    const { consume, add, arrived, close } = await openWatched(server);
    const stop = new AbortController();
    const consuming = consume(stop.signal);
    await add('before');
    await arrived('before');
    await server.stop('SIGKILL');
    await assert.rejects(add('meanwhile'), /The queue does not answer/);
    await server.start();
    await eventually(() => add('after'));
    await arrived('after');
    stop.abort();
    await consuming;
    await close();
    await server.close();
  });

  it('lets a consumer end while its server is away, and another take its place', async function () {
    const server = await startRedis(this);
    const { consume, add, arrived, isAway, close } = await openWatched(server);
    const first = new AbortController();
    const consuming = consume(first.signal);
    await add('before');
    await arrived('before');
    await server.stop('SIGKILL');
    await isAway();
    first.abort();
    await consuming;
    const second = new AbortController();
    const goingOn = consume(second.signal);
    await server.start();
    await eventually(() => add('after'));
    await arrived('after');
    second.abort();
    await goingOn;
    await close();
    await server.close();
  });
});
