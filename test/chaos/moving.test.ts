import assert from 'node:assert/strict';
import { readLedger } from '../support/verdict.js';
import { createCaller, openWorld, pushTokenOf, until, type World } from '../support/world.js';

const DEVICES = 2_000;
/** 16 windows of 50 targets: what is under way in one worker process, and so all that its death may double. */
const REPEATS_MAX = 800;
const fcmTokenOf = (n: number) => `${String(n).padStart(22, 'f')}:${'A'.repeat(120)}`;

interface Body {
  readonly status: string;
  readonly devices: number;
  readonly counts: Readonly<Record<string, number>>;
}

describe('a gateway killed with SIGKILL while devices move from one road to the next', function () {
  this.timeout(120_000);
  let world: World;

  before(async () => {
    world = await openWorld({ latencyMs: 15 });
  });
  after(() => world.close());

  it(`reaches all ${DEVICES} over the second road, repeats at most ${REPEATS_MAX}, and counts each once`, async () => {
    const { ledger, faults } = world.simulators;
    faults.add({
      provider: 'apns',
      match: { rate: 1 },
      fault: { kind: 'answer', status: 410, reason: 'Unregistered' },
    });
    const key = await world.key();
    const first = await world.spawn();
    const lines = Array.from({ length: DEVICES }, (_, n) => {
      const registrations = [
        { provider: 'apns', token: pushTokenOf(n) },
        { provider: 'fcm', token: fcmTokenOf(n) },
      ];
      return JSON.stringify({ id: `d${n}`, platform: 'ios', registrations });
    });
    const imported = await fetch(`${first.url}/v1/devices/import`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
      body: `${lines.join('\n')}\n`,
    });
    assert.equal((await imported.text()).match(/"status":201/g)?.length, DEVICES);
    const sent = await createCaller(first.url, key)<{ id: string }>('POST', '/v1/messages', {
      to: 'everyone',
      notification: { title: 'Kill' },
    });

    const reached = () => readLedger(ledger).filter(({ accepted, token }) => accepted && token.includes(':'));
    const atKill = await until(
      async () => reached().length,
      (count) => count >= DEVICES / 5,
      60_000,
    );
    await first.end('SIGKILL');
    assert.ok(atKill < DEVICES, `all of them had arrived before the kill`);

    const second = await world.spawn();
    const call = createCaller(second.url, key);
    const done = await until(
      async () => {
        const { body } = await call<Body>('GET', `/v1/messages/${sent.body.id}`);
        assert.equal(
          Object.values(body.counts).reduce((sum, n) => sum + n, 0),
          body.devices,
          'counts sum to devices',
        );
        return body;
      },
      ({ status }) => status === 'completed',
      60_000,
    );
    assert.deepEqual([done.devices, done.counts.sent], [DEVICES, DEVICES]);
    const tokens = reached().map(({ token }) => token);
    assert.equal(new Set(tokens).size, DEVICES, 'somebody was lost');
    assert.ok(tokens.length - DEVICES <= REPEATS_MAX, `${tokens.length - DEVICES} repeated`);
    assert.equal(await second.end('SIGTERM'), 0);
  });
});
