import assert from 'node:assert/strict';
import pg from 'pg';
import { freshDatabase } from '../support/postgres-server.js';
import { judge, readLedger } from '../support/verdict.js';
import { createCaller, importDevices, openWorld, pushTokenOf, until, type World } from '../support/world.js';

const DEVICES = 40;

describe('a worker stopped (SIGSTOP) past its lease and woken', function () {
  this.timeout(120_000);
  let world: World | undefined;
  let storeUrl = '';

  before(async function () {
    storeUrl = await freshDatabase(this);
    world = await openWorld({ storeUrl, latencyMs: 2_000 });
  });
  after(() => world?.close());

  it('has its settle refused; what the next holder recorded stands', async () => {
    assert.ok(world);
    const key = await world.key();
    const api = await world.spawn({ roles: ['api'] });
    const sleeper = await world.spawn({ roles: ['worker'] });
    const call = createCaller(api.url, key);
    await importDevices(api.url, key, DEVICES);
    const sent = await call<{ id: string }>('POST', '/v1/messages', {
      to: { users: Array.from({ length: DEVICES }, (_, n) => `u${n}`) },
      notification: { title: 'Stop' },
    });
    assert.equal(sent.status, 202);
    // The requests are on the wire, the answers not yet: now it falls asleep with the chunk in its hands.
    const { ledger } = world.simulators;
    await sleepWhenSending(sleeper.child.pid, storeUrl);

    const other = await world.spawn({ roles: ['worker'] });
    const look = async () =>
      (await call<{ status: string; counts: { sent: number } }>('GET', `/v1/messages/${sent.body.id}`)).body;
    const done = await until(look, (message) => message.status === 'completed', 60_000);
    assert.equal(done.counts.sent, DEVICES);
    const before = await call('GET', `/v1/messages/${sent.body.id}/deliveries`);

    sleeper.child.kill('SIGCONT');
    const refused = await sleeper.line('chunk.fenced_off', 20_000);
    assert.match(String(refused.chunk), new RegExp(`^${sent.body.id}\\.`));
    const after = await call('GET', `/v1/messages/${sent.body.id}/deliveries`);
    assert.deepEqual(after.body, before.body);

    const verdict = judge(readLedger(ledger), new Set(Array.from({ length: DEVICES }, (_, n) => pushTokenOf(n))));
    assert.equal(verdict.lost, 0);
    assert.ok(verdict.repeated <= DEVICES, `${verdict.repeated} repeated of the ${DEVICES} under way`);
    assert.equal(await sleeper.end('SIGTERM'), 0);
    assert.equal(await other.end('SIGTERM'), 0);
    assert.equal(await api.end('SIGTERM'), 0);
  });
});

/** Stops the process once its attempts are marked as started; the simulator's answers take two seconds. */
async function sleepWhenSending(pid: number | undefined, storeUrl: string): Promise<void> {
  assert.ok(pid);
  const client = new pg.Client({ connectionString: storeUrl });
  await client.connect();
  try {
    const started = `SELECT count(*)::int AS n FROM pealbell.chunks WHERE progress LIKE '%>%'`;
    await until(
      async () => (await client.query<{ n: number }>(started)).rows[0]?.n ?? 0,
      (count) => count > 0,
    );
    process.kill(pid, 'SIGSTOP');
  } finally {
    await client.end();
  }
}
