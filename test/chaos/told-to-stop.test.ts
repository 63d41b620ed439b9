import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { Role } from '../../config/roles.js';
import type { TestBackend } from '../support/backend.js';
import { IS_FULL } from '../support/full.js';
import { type MongoServer, startMongoServer } from '../support/mongo-server.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { createCaller, type GatewayProcess, importDevices, openWorld, until, type World } from '../support/world.js';

/** What is said of SIGTERM in docs/deploy.md. */
const ENDS_WITHIN_MS = 30_000;
/** Of each process; the last one has them all. */
const ROLES: readonly (readonly Role[])[] = [['api'], ['worker'], ['connector'], ['api', 'worker', 'connector']];

describe('processes that are told to stop while no server is there', function () {
  this.timeout(180_000);
  let mongo: MongoServer;
  let redis: RedisServer;
  let world: World;

  before(async function () {
    mongo = await startMongoServer(this);
    redis = await startRedis(this);
  });
  beforeEach(async () => {
    const settings = { 'store.url': `${mongo.url}stop${Date.now()}`, 'queue.url': redis.url, 'bus.url': redis.url };
    const backend: TestBackend = { kind: 'mongo+redis', settings, close: async () => undefined };
    world = await openWorld({ roads: 'apns', backend, latencyMs: 500 });
  });
  afterEach(async () => {
    await world?.close();
    await mongo.start();
    await redis.start();
  });
  after(async () => {
    await redis?.close();
    await mongo?.close();
  });

  /** The workers in the middle of a send. */
  async function startSending(): Promise<readonly GatewayProcess[]> {
    const key = await world.key();
    const started: GatewayProcess[] = [];
    for (const roles of ROLES) started.push(await world.spawn({ roles }));
    const { url = '' } = started[0] ?? {};
    await importDevices(url, key, 500);
    const sent = await createCaller(url, key)('POST', '/v1/messages', {
      to: { everyone: true },
      notification: { title: 'Stop' },
    });
    assert.equal(sent.status, 202);
    await until(
      async () => world.simulators.ledger.summary().lines,
      (lines) => lines > 0,
    );
    return started;
  }
  const stopServers = () => Promise.all([mongo.kill(), redis.stop('SIGKILL')]);

  async function endAll(processes: readonly GatewayProcess[]): Promise<void> {
    const ends = processes.map(async (one, n) => {
      const last = wait(ENDS_WITHIN_MS, 'still there', { ref: false });
      return `${ROLES[n]?.join()}: ${await Promise.race([one.end(), last])}`;
    });
    assert.deepEqual(
      await Promise.all(ends),
      ROLES.map((roles) => `${roles.join()}: 0`),
    );
  }

  it('end, told at the moment in which the servers go', async () => {
    const processes = await startSending();
    await Promise.all([stopServers(), endAll(processes)]);
  });

  if (IS_FULL) {
    it('end, told when the servers have been away for a while', async () => {
      const processes = await startSending();
      await stopServers();
      await wait(15_000);
      await endAll(processes);
    });
  }
});
