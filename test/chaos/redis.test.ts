import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { freshDatabase } from '../support/postgres-server.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { judge, readLedger } from '../support/verdict.js';
import { createCaller, importDevices, openWorld, pushTokenOf, until, type World } from '../support/world.js';

const DEVICES = 6_000;
/** What a worker may have under way when it dies. */
const UNDER_WAY_MAX = 800;
const AWAY_MS = 3_000;

describe('the queue on Redis, in the middle of a send', function () {
  this.timeout(180_000);
  let world: World | undefined;
  let redis: RedisServer | undefined;

  afterEach(async () => {
    await world?.close();
    await redis?.close();
  });

  it('loses nothing when Redis dies and comes back empty, and a worker is killed meanwhile', async function () {
    const storeUrl = await freshDatabase(this);
    redis = await startRedis(this);
    world = await openWorld({ roads: 'apns', storeUrl, latencyMs: 100 });
    const settings = { 'queue.url': redis.url };
    const key = await world.key();
    const api = await world.spawn({ roles: ['api'], settings });
    const doomed = await world.spawn({ roles: ['worker'], settings });
    await world.spawn({ roles: ['worker'], settings });
    const call = createCaller(api.url, key);
    await importDevices(api.url, key, DEVICES);
    const send = (body: object) => call<{ id: string }>('POST', '/v1/messages', body);
    const { id } = (await send({ to: 'everyone', notification: { title: 'Everyone' } })).body;
    const look = async () =>
      (await call<{ status: string; settled: number; counts: { sent: number } }>('GET', `/v1/messages/${id}`)).body;
    await until(look, ({ settled }) => settled > DEVICES / 6);

    await redis.stop('SIGKILL');
    // What is accepted meanwhile is in the store, and reaches its device once there are hands again.
    const late = await send({ to: { devices: ['d0000007'] }, notification: { title: 'Meanwhile' } });
    assert.equal(late.status, 202);
    await doomed.end('SIGKILL');
    await wait(AWAY_MS);
    await redis.start();

    const done = await until(look, ({ status }) => status === 'completed');
    assert.equal(done.counts.sent, DEVICES);
    const wanted = new Set(Array.from({ length: DEVICES }, (_, n) => pushTokenOf(n)));
    const verdict = judge(readLedger(world.simulators.ledger), wanted);
    assert.equal(verdict.lost, 0);
    assert.equal(verdict.unexpected, 0);
    assert.ok(verdict.repeated <= UNDER_WAY_MAX, `${verdict.repeated} repeated`);
    const { ledger } = world.simulators;
    const twice = () => readLedger(ledger).filter(({ token, accepted }) => accepted && token === pushTokenOf(7));
    const single = async () => (await call<{ status: string }>('GET', `/v1/messages/${late.body.id}`)).body;
    await until(single, ({ status }) => status === 'completed');
    assert.equal(new Set(twice().map((line) => line.id)).size, 2, 'both messages came to the device');
  });
});
