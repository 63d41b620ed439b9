import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { TestBackend } from '../support/backend.js';
import { BACKEND_VARIABLE } from '../support/backend-kind.js';
import { IS_FULL } from '../support/full.js';
import { type MongoServer, startMongoServer } from '../support/mongo-server.js';
import { freshDatabase } from '../support/postgres-server.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { openTcpWay, type TcpWay } from '../support/tcp-way.js';
import { judge, readLedger } from '../support/verdict.js';
import {
  type Caller,
  createCaller,
  importDevices,
  openWorld,
  pushTokenOf,
  until,
  type World,
} from '../support/world.js';

const STORE = process.env[BACKEND_VARIABLE] === 'postgres+redis' ? 'postgres' : 'mongo';
const DEVICES = 2_000;
/** After a cause has ended work goes on by itself within this. */
const RECOVERY_MS = 10_000;
/** An API answers within this, whatever is the matter. */
const ANSWER_MS = 10_000;

interface Report {
  readonly status: string;
  readonly settled: number;
}

/** What is the matter; `end` ends it. */
interface Trouble {
  readonly what: string;
  begin(): Promise<void>;
  end(): Promise<void>;
  /** How long it lasts. */
  readonly forMs: number;
  /** Only in the full form. */
  readonly isLong?: true;
  /** The store itself is in trouble: nothing can be accepted. */
  readonly isOfStore?: true;
}

/**
 * The same send again and again, each time with something the matter with Redis or the store in the middle of it. Whatever is
 * accepted meanwhile, whatever is under way: nothing is lost, and work goes on by itself.
 */
describe(`servers in trouble in the middle of a send (${STORE} and Redis)`, function () {
  this.timeout(IS_FULL ? 1_200_000 : 120_000);
  let world: World | undefined;
  /** Where the way to Redis leads. */
  let redis: RedisServer;
  let empty: RedisServer;
  let storePort = 0;
  let mongo: MongoServer | undefined;
  let toRedis: TcpWay;
  let toStore: TcpWay;
  let call: Caller;
  const closing: (() => Promise<unknown>)[] = [];

  before(async function () {
    redis = await startRedis(this);
    empty = await startRedis(this);
    toRedis = await openTcpWay(redis.port);
    const store = await openStoreServer(this);
    storePort = Number(store.port);
    toStore = await openTcpWay(storePort);
    store.port = String(toStore.port);
    const queue = `redis://127.0.0.1:${toRedis.port}`;
    const backend: TestBackend = {
      kind: STORE === 'mongo' ? 'mongo+redis' : 'postgres+redis',
      settings: { 'store.url': store.href, 'queue.url': queue, 'bus.url': queue },
      close: async () => undefined,
    };
    closing.push(
      () => redis.close(),
      () => empty.close(),
    );
    world = await openWorld({ roads: 'apns', backend, latencyMs: 400 });
    const key = await world.key();
    const settings = { 'limits.per_key': 'off' };
    const api = await world.spawn({ roles: ['api'], settings });
    await world.spawn({ roles: ['worker', 'connector'], settings });
    call = createCaller(api.url, key);
    await importDevices(api.url, key, DEVICES);
  });
  after(async () => {
    await world?.close();
    await toRedis?.close();
    await toStore?.close();
    for (const close of closing) await close();
  });

  async function openStoreServer(context: Mocha.Context): Promise<URL> {
    if (STORE === 'postgres') return new URL(await freshDatabase(context));
    mongo = await startMongoServer(context);
    closing.push(() => mongo?.close() ?? Promise.resolve());
    // What is behind the way is found by its own address else.
    return new URL(`${mongo.url}pealbell?directConnection=true`);
  }

  const onRedis = async (work: (client: Redis) => Promise<unknown>) => {
    const client = new Redis(redis.url);
    await work(client);
    client.disconnect();
  };
  const stopped = (forMs: number): Trouble => ({
    what: `Redis is stopped for ${forMs / 1_000} s and comes back empty`,
    begin: () => redis.stop('SIGKILL'),
    end: () => redis.start(),
    forMs,
  });
  const storeAway = (forMs: number): Trouble => ({
    what: `the store is away for ${forMs / 1_000} s`,
    isLong: true,
    begin: async () => toStore.aim(await closedPort()),
    end: async () => toStore.aim(storePort),
    forMs,
    isOfStore: true,
  });
  const nothing = () => Promise.resolve();
  const troubles: readonly Trouble[] = [
    stopped(3_000),
    { ...stopped(60_000), isLong: true },
    { ...stopped(600_000), isLong: true },
    {
      what: 'Redis is emptied',
      isLong: true,
      begin: () => onRedis((client) => client.flushall()),
      end: nothing,
      forMs: 0,
    },
    {
      what: 'Redis is switched to an empty replica, which has become the primary',
      begin: async () => {
        redis = empty;
        toRedis.aim(redis.port);
      },
      end: nothing,
      forMs: 0,
    },
    {
      what: 'Redis answers half a second late',
      isLong: true,
      begin: async () => toRedis.delay(500),
      end: async () => toRedis.delay(0),
      forMs: 5_000,
    },
    {
      what: 'Redis does not move for 5 s (SIGSTOP)',
      isLong: true,
      begin: async () => redis.freeze(),
      end: async () => redis.thaw(),
      forMs: 5_000,
    },
    {
      what: 'Redis is out of memory',
      isLong: true,
      begin: () => onRedis((client) => client.config('SET', 'maxmemory', '1mb')),
      end: () => onRedis((client) => client.config('SET', 'maxmemory', '0')),
      forMs: 3_000,
    },
    {
      what: 'connections to Redis are dead, and nobody says so',
      begin: async () => toRedis.swallow(),
      end: nothing,
      forMs: 0,
    },
    storeAway(3_000),
    storeAway(60_000),
    {
      what: 'the store answers 200 ms late',
      isLong: true,
      begin: async () => toStore.delay(200),
      end: async () => toStore.delay(0),
      forMs: 5_000,
    },
    ...(STORE === 'mongo'
      ? [
          {
            what: 'the store does not move for 8 s (SIGSTOP)',
            begin: async () => mongo?.suspend(),
            end: async () => mongo?.resume(),
            forMs: 8_000,
            isOfStore: true,
          } as const,
          {
            what: 'the store is killed and started again',
            begin: async () => mongo?.kill(),
            end: async () => mongo?.start(),
            forMs: 1_000,
            isOfStore: true,
          } as const,
        ]
      : []),
  ];
  for (const trouble of troubles.filter(({ isLong }) => IS_FULL || isLong !== true)) {
    it(`lose nothing, and are back by themselves: ${trouble.what}`, async () => {
      const { ledger } = opened().simulators;
      const before = readLedger(ledger).length;
      const { body } = await send({ to: 'everyone', notification: { title: trouble.what } });
      const look = async () => (await call<Report>('GET', `/v1/messages/${body.id}`)).body;
      await until(look, ({ settled }) => settled > DEVICES / 8);

      await trouble.begin();
      const endsAt = Date.now() + trouble.forMs;
      const accepted = await sendMeanwhile(trouble, endsAt);
      await wait(Math.max(0, endsAt - Date.now()));
      await trouble.end();

      const endedAt = Date.now();
      const seen = readLedger(ledger).length;
      const goesOn = async () => (readLedger(ledger).length > seen ? 'completed' : (await look()).status);
      await until(goesOn, (status) => status === 'completed', RECOVERY_MS);
      const recoveredMs = Date.now() - endedAt;
      await until(look, ({ status }) => status === 'completed', 60_000);
      for (const id of accepted) {
        const one = async () => (await call<Report>('GET', `/v1/messages/${id}`)).body;
        await until(one, ({ status }) => status === 'completed', 30_000);
      }
      const verdict = judge(readLedger(ledger).slice(before), wanted);
      assert.equal(verdict.lost, 0);
      assert.equal(verdict.distinct, DEVICES + accepted.length, 'what was accepted has arrived');
      if (process.env.CHAOS_SHOW) {
        const { repeated } = verdict;
        console.log(`      back after ${recoveredMs} ms, ${repeated} repeated, ${accepted.length} accepted meanwhile`);
      }
    });
  }

  const wanted = new Set(Array.from({ length: DEVICES }, (_, n) => pushTokenOf(n)));

  function opened(): World {
    if (world === undefined) throw new Error('no world');
    return world;
  }

  async function send(message: object) {
    const answer = await call<{ id: string }>('POST', '/v1/messages', message);
    assert.equal(answer.status, 202, JSON.stringify(answer.body));
    return answer;
  }

  /** Every call is answered in time: with 202, or with 503 where the store is not there. @returns what was accepted */
  async function sendMeanwhile({ isOfStore }: Trouble, endsAt: number): Promise<string[]> {
    const accepted: string[] = [];
    do {
      const startedAt = Date.now();
      const to = { devices: ['d0000007'] };
      const answer = await call<{ id: string }>('POST', '/v1/messages', { to, notification: { title: 'Meanwhile' } });
      assert.ok(Date.now() - startedAt < ANSWER_MS, `answered after ${Date.now() - startedAt} ms`);
      if (answer.status === 202) accepted.push(answer.body.id);
      else assert.ok(isOfStore && answer.status === 503, JSON.stringify(answer.body));
      await wait(100);
    } while (Date.now() < endsAt);
    return accepted;
  }
});

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
