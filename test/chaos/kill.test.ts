import assert from 'node:assert/strict';
import { sized } from '../support/full.js';
import { judge, readLedger } from '../support/verdict.js';
import { createCaller, importDevices, openWorld, pushTokenOf, until, type World } from '../support/world.js';

const DEVICES = sized(20_000, 6_000);
/** 16 windows of 50 targets: what is under way in one worker process, and so all that its death may double. */
const REPEATS_MAX = 800;

describe('a gateway killed with SIGKILL in the middle of a send', function () {
  this.timeout(180_000);
  let world: World;

  before(async () => {
    world = await openWorld({ latencyMs: 20 });
  });
  after(() => world.close());

  it(`loses none of ${DEVICES} devices and repeats at most ${REPEATS_MAX}`, async () => {
    const key = await world.key();
    const first = await world.spawn();
    await importDevices(first.url, key, DEVICES);
    const sent = await createCaller(first.url, key)<{ id: string }>('POST', '/v1/messages', {
      to: 'everyone',
      notification: { title: 'Kill' },
    });
    assert.equal(sent.status, 202);

    const { ledger } = world.simulators;
    const atKill = await until(
      async () => ledger.summary().accepted.total,
      (total) => total >= DEVICES / 3,
      60_000,
    );
    await first.end('SIGKILL');
    assert.ok(atKill < DEVICES, `the send was over before the kill (${atKill} had arrived)`);

    const second = await world.spawn();
    const call = createCaller(second.url, key);
    const done = await until(
      async () =>
        (await call<{ status: string; counts: { sent: number } }>('GET', `/v1/messages/${sent.body.id}`)).body,
      (message) => message.status === 'completed',
      120_000,
    );
    assert.equal(done.counts.sent, DEVICES);

    const wanted = new Set(Array.from({ length: DEVICES }, (_, n) => pushTokenOf(n)));
    const verdict = judge(readLedger(ledger), wanted);
    assert.equal(verdict.lost, 0);
    assert.equal(verdict.unexpected, 0);
    assert.ok(verdict.repeated <= REPEATS_MAX, `${verdict.repeated} repeated`);
    assert.equal(await second.end('SIGTERM'), 0);
  });
});
