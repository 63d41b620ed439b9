import assert from 'node:assert/strict';
import { bench } from '../../../src/cli/bench.js';
import type { Gateway } from '../../../src/compose.js';
import { type Simulators, startSimulators } from '../../../src/simulators.js';
import { openWorld, type World } from '../../support/world.js';
import { QUICK_RETRY } from '../delivery/scene.js';
import { openDesk } from './desk.js';

/** `pealbell bench` against a gateway. */
describe('pealbell bench', function () {
  this.timeout(60_000);
  const scopes = ['messages:send', 'messages:read'] as const;
  let world: World;
  let simulators: Simulators;
  let gateway: Gateway;

  before(async () => {
    world = await openWorld({ roads: 'apns' });
    simulators = await startSimulators({ controlPort: 0 });
    gateway = await world.open({ settings: { ...QUICK_RETRY, simulators: simulators.controlUrl } });
  });
  after(async () => {
    await world?.close();
    await simulators?.close();
  });
  const deskOf = async (isTest: boolean) =>
    openDesk(gateway.api?.url ?? '', (await gateway.keys.create({ app: 'demo', scopes, isTest })).key);

  it('measures, counts what the simulators took, and reaches nobody else', async () => {
    const run = await deskOf(true);
    const { code, stdout, stderr } = await run(bench, ['--messages', '20', '--devices', '1500', '--json']);
    assert.equal(code, 0, stderr);
    const told = JSON.parse(stdout) as { provider: string; account_holds: boolean; rows: Record<string, number>[] };
    assert.equal(told.provider, 'apns');
    assert.deepEqual(
      told.rows.map(({ messages, devices, sent, failed, lost }) => [messages, devices, sent, failed, lost]),
      [
        [20, 20, 20, 0, 0],
        [2, 2_000, 2_000, 0, 0],
      ],
    );
    assert.equal(simulators.ledger.summary().accepted.distinct, 2_020);
    assert.equal(world.simulators.ledger.summary().accepted.total, 0);
  });

  it('ends with 1 when something was not sent', async () => {
    const run = await deskOf(true);
    simulators.faults.add({ provider: 'apns', match: { rate: 1 }, times: 1, fault: { kind: 'answer', status: 413 } });
    const { code, stdout } = await run(bench, ['--messages', '3', '--devices', '1']);
    assert.equal(code, 1);
    assert.match(stdout, /^ +1 +3 .* 2 +1 +0$/m);
    assert.match(stdout, /Not every device was sent to\./);
  });

  it('refuses a key that reaches real vendors, and sends nothing', async () => {
    const run = await deskOf(false);
    const { code, stderr } = await run(bench, []);
    assert.equal(code, 2);
    assert.match(stderr, /^bench takes a test key \(pealbell_test_…\)/);
  });
});
