import assert from 'node:assert/strict';
import { openBackend, serversOfRun } from '../support/backend.js';
import { type Balancer, startBalancer } from '../support/balancer.js';
import { steadyLoad } from '../support/steady-load.js';
import { judge, readLedger } from '../support/verdict.js';
import { createCaller, type GatewayProcess, openWorld, pushTokenOf, until, type World } from '../support/world.js';

/** Three processes for callers behind a balancer of connections, one that delivers; each is replaced while calls go on. */
describe('a rolling restart', function () {
  this.timeout(180_000);
  let world: World | undefined;
  let balancer: Balancer | undefined;
  after(async () => {
    await balancer?.close();
    await world?.close();
  });

  it('fails no call and loses no message', async function () {
    const opened = await openWorld({ roads: 'apns', backend: await openBackend(serversOfRun('postgres'), this) });
    world = opened;
    balancer = await startBalancer();
    const settings = { 'limits.per_key': 'off' };
    const key = await opened.key();
    const worker = await opened.spawn({ roles: ['worker'], settings });
    const apis: GatewayProcess[] = [];
    for (let n = 0; n < 3; n++) apis.push(await opened.spawn({ roles: ['api'], settings }));
    const leadTo = (those: readonly GatewayProcess[]) => balancer?.lead(those.map(({ url }) => url));
    leadTo(apis);
    const call = createCaller(balancer.url, key);
    const load = steadyLoad(
      (n) =>
        call('POST', '/v1/messages', {
          to: { push_tokens: [{ provider: 'apns', token: pushTokenOf(n) }] },
          notification: { title: `${n}` },
        }),
      { perSecond: 60, inFlightMax: 20 },
    );
    await until(
      async () => load.done(),
      (done) => done >= 40,
    );
    for (const [n, old] of apis.entries()) {
      apis[n] = await opened.spawn({ roles: ['api'], settings });
      // The balancer learns last that the old one goes: whoever comes meanwhile is led on.
      leadTo([...apis, old]);
      assert.equal(await old.end(), 0);
      leadTo(apis);
    }
    await opened.spawn({ roles: ['worker'], settings });
    assert.equal(await worker.end(), 0);
    const { answers } = await load.stop();
    assert.deepEqual(
      answers.filter((answer) => answer !== 202),
      [],
    );
    const wanted = new Set(answers.map((_, n) => pushTokenOf(n)));
    const verdict = () => judge(readLedger(opened.simulators.ledger), wanted);
    await until(
      async () => verdict().lost,
      (lost) => lost === 0,
      60_000,
    );
    assert.equal(verdict().repeated, 0, 'nobody was cut off in the middle of a window');
  });
});
