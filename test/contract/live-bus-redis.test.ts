import assert from 'node:assert/strict';
import { Redis } from 'ioredis';
import { openRedisBus } from '../../src/bus/redis/bus.js';
import { isGatewayError } from '../../src/domain/errors.js';
import { startRedis } from '../support/redis-server.js';
import { openTcpSwitch, type TcpSwitch } from '../support/tcp-switch.js';
import { silentLog } from '../support/world.js';
import { createPlace, liveBusSuite, until } from './live-bus.suite.js';
import { liveBusFaultsSuite } from './live-bus-faults.suite.js';

const LEASE_MS = 1_000;

/** Every end is a bus of its own on one server, as in processes of their own. */
async function openOn(context: Mocha.Context) {
  const redis = await startRedis(context);
  const ends: { close(): Promise<void> }[] = [];
  const ways = new Map<object, TcpSwitch>();
  return {
    async end() {
      const way = await openTcpSwitch(redis.port);
      const bus = await openRedisBus({ url: `redis://127.0.0.1:${way.port}`, log: silentLog, leaseMs: LEASE_MS });
      ways.set(bus, way);
      ends.push(bus);
      return bus;
    },
    off: (end: object) => ways.get(end)?.off(),
    on: (end: object) => ways.get(end)?.on(),
    stop: () => redis.stop('SIGKILL'),
    start: () => redis.start(),
    async empty() {
      const client = new Redis(redis.url);
      await client.flushall();
      client.disconnect();
    },
    async close() {
      await Promise.all(ends.map((end) => end.close()));
      await Promise.all([...ways.values()].map((way) => way.close()));
      await redis.close();
    },
  };
}

liveBusSuite('redis', openOn);
liveBusFaultsSuite('redis', openOn, LEASE_MS);

describe('a Redis that cannot be the bus', function () {
  this.timeout(20_000);
  const refuses = (url: string, sentence: RegExp) =>
    assert.rejects(
      openRedisBus({ url, log: silentLog }),
      (error) => isGatewayError(error, 'bus_unavailable') && sentence.test(error.message),
    );

  it('is refused where it does not answer, and where it would forget who is there', async function () {
    const forgetful = await startRedis(this, ['--maxmemory-policy', 'allkeys-lru']);
    await refuses(forgetful.url, /maxmemory-policy allkeys-lru, .* set it to noeviction\.$/);
    await forgetful.close();
    await refuses(forgetful.url, /^The bus's Redis does not answer \(.*ECONNREFUSED/);
  });
});

describe('what a stranger publishes on the channels of the bus', function () {
  this.timeout(20_000);

  it('is passed over', async function () {
    const redis = await startRedis(this);
    const told: string[] = [];
    const log = { ...silentLog, warn: (_: unknown, event: string) => void told.push(event) };
    const bus = await openRedisBus({ url: redis.url, log });
    const place = createPlace();
    const stranger = new Redis(redis.url);
    try {
      const seat = await bus.join(place.node);
      await seat.here('shop', 'a');
      const channels = (await stranger.pubsub('CHANNELS', '*')) as string[]; // as Redis documents it
      assert.equal(channels.length, 3);
      for (const channel of channels) {
        for (const text of ['{', 'null', '7', '{"kind":"of a newer version"}', '{"id":1}'])
          await stranger.publish(channel, text);
      }
      await bus.tell('shop', ['a'], { kind: 'mail' });
      await until(() => place.told.length === 1);
      assert.deepEqual([place.asked, place.cleared, place.announced, place.replaced], [[], [], [], []]);
      assert.deepEqual(new Set(told), new Set(['bus.not_understood']));
    } finally {
      stranger.disconnect();
      await bus.close();
      await redis.close();
    }
  });
});
