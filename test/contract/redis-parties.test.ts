import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { openRedisBus } from '../../src/bus/redis/bus.js';
import type { NewJob } from '../../src/ports/work-queue.js';
import { openRedisBackend } from '../../src/queue/bullmq/redis.js';
import { openWorkQueue } from '../../src/queue/bullmq/work-queue.js';
import type { RedisTls } from '../../src/redis/connect.js';
import { killOneConsumer } from '../support/kill-consumer.js';
import { silentLog } from '../support/open-queue.js';
import { startRedisCluster, startRedisSentinel, startRedisTls } from '../support/redis-parties.js';
import { createPlace, liveBusSuite, until } from './live-bus.suite.js';
import { type OpenedQueue, workQueueSuite } from './work-queue.suite.js';

async function openQueue(url: string, tls?: RedisTls) {
  const backend = await openRedisBackend({ url, tls, log: silentLog });
  const queue = await openWorkQueue({ backend, log: silentLog });
  return {
    queue,
    async close() {
      await queue.close();
      await backend.close();
    },
  };
}

function planJob(message: string): NewJob {
  return { id: message, lane: 'transactional', job: { kind: 'plan.v1', message } };
}

/** Everything that is added arrives, until it is stopped. */
function collect(queue: Awaited<ReturnType<typeof openQueue>>['queue']) {
  const seen = new Set<string>();
  const stop = new AbortController();
  const consuming = queue.consume(
    async (job) => {
      if (job.kind === 'plan.v1') seen.add(job.message);
      return { kind: 'done' };
    },
    { lane: 'transactional', concurrency: 2 },
    stop.signal,
  );
  return {
    seen,
    async stop() {
      stop.abort();
      await consuming;
    },
  };
}

workQueueSuite('BullMQ on a Redis Cluster', async (context): Promise<OpenedQueue> => {
  const party = await startRedisCluster(context);
  const opened = await openQueue(party.url);
  return {
    queue: opened.queue,
    async another() {
      const { queue, close } = await openQueue(party.url);
      return { ...queue, close };
    },
    async killConsumer() {
      await killOneConsumer(party.url);
      return opened.queue;
    },
    async close() {
      await opened.close();
      await party.close();
    },
  };
});

liveBusSuite('a Redis Cluster', async (context) => {
  const party = await startRedisCluster(context);
  const ends: { close(): Promise<void> }[] = [];
  return {
    async end() {
      const bus = await openRedisBus({ url: party.url, log: silentLog, leaseMs: 1_000 });
      ends.push(bus);
      return bus;
    },
    async close() {
      await Promise.all(ends.map((end) => end.close()));
      await party.close();
    },
  };
});

describe('Redis over TLS', function () {
  this.timeout(60_000);

  it('carries the queue and the bus, and is refused where either side does not know the other', async function () {
    const party = await startRedisTls(this);
    const { queue, close } = await openQueue(party.url, party.tls);
    const bus = await openRedisBus({ url: party.url, tls: party.tls, log: silentLog });
    try {
      const arrived = collect(queue);
      await queue.add([planJob('over-tls')]);
      await until(() => arrived.seen.has('over-tls'));
      await arrived.stop();
      const place = createPlace();
      const seat = await bus.join(place.node);
      await seat.here('shop', 'a');
      assert.deepEqual(await bus.online('shop', ['a', 'b']), new Set(['a']));
      await assert.rejects(openQueue(party.url), /does not answer \(.*self.signed certificate/i);
      await assert.rejects(openQueue(party.url, { ca: party.tls.ca }), /The queue's Redis does not answer/);
    } finally {
      await bus.close();
      await close();
      await party.close();
    }
  });
});

describe('Redis behind a Sentinel', function () {
  this.timeout(60_000);

  it('goes on at the replica when the primary has died', async function () {
    const party = await startRedisSentinel(this);
    const [primary] = party.servers;
    const { queue, close } = await openQueue(party.url);
    const bus = await openRedisBus({ url: party.url, log: silentLog, leaseMs: 1_000 });
    const place = createPlace();
    const seat = await bus.join(place.node);
    const arrived = collect(queue);
    try {
      await seat.here('shop', 'a');
      await queue.add([planJob('before')]);
      await until(() => arrived.seen.has('before'));
      await primary?.stop('SIGKILL');
      const again = async () => {
        await queue.add([planJob('after')]).catch(() => undefined);
        return arrived.seen.has('after');
      };
      const deadline = Date.now() + 30_000;
      while (!(await again())) assert.ok(Date.now() < deadline, 'the queue does not find the new primary');
      // Whoever is there says so again by itself, with the next lease at the latest.
      while (!(await bus.online('shop', ['a'])).has('a')) {
        assert.ok(Date.now() < deadline, 'the bus does not find the new primary');
        await wait(20);
      }
      await bus.tell('shop', ['a'], { kind: 'mail' });
      await until(() => place.told.length > 0);
    } finally {
      await arrived.stop();
      await bus.close();
      await close();
      await party.close();
    }
  });
});
