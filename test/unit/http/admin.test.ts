import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { createAdmin } from '../../../src/http/app.js';
import { clock, keptLog, random, serving } from './serve.js';

describe('the admin listener', () => {
  let live = true;
  let checks: Record<string, string> = {};
  const house = () => ({
    health: {
      live: () => live,
      ready: async () => ({ ok: Object.values(checks).every((word) => word === 'ok'), checks }),
    },
    metrics: new Registry(),
    clock,
    random,
    log: keptLog(),
    version: '1.2.3',
  });

  it('says whether the process turns', async () => {
    await serving(createAdmin(house()), async ({ url }) => {
      live = true;
      const good = await fetch(`${url}/livez`);
      assert.deepEqual([good.status, await good.json()], [200, { ok: true }]);
      live = false;
      const bad = await fetch(`${url}/livez`);
      assert.deepEqual([bad.status, await bad.json()], [503, { ok: false }]);
    });
  });

  it('says what is not ready', async () => {
    await serving(createAdmin(house()), async ({ url }) => {
      checks = { store: 'ok', queue: 'ok' };
      assert.equal((await fetch(`${url}/readyz`)).status, 200);
      checks = { store: 'ok', queue: 'does not answer' };
      const bad = await fetch(`${url}/readyz`);
      assert.deepEqual([bad.status, await bad.json()], [503, { ok: false, checks }]);
    });
  });

  it('gives metrics in the text format, with the build among them', async () => {
    await serving(createAdmin(house()), async ({ url }) => {
      const answer = await fetch(`${url}/metrics`);
      assert.match(String(answer.headers.get('content-type')), /^text\/plain; version=0\.0\.4/);
      assert.match(await answer.text(), /^pealbell_build_info\{version="1\.2\.3",node="[\d.]+"\} 1$/m);
    });
  });

  it('has nothing of the API', async () => {
    await serving(createAdmin(house()), async ({ url }) => {
      assert.equal((await fetch(`${url}/v1/messages`)).status, 404);
    });
  });

  it('keeps probes out of the log of an ordinary day', async () => {
    const probed = house();
    await serving(createAdmin(probed), async ({ url }) => {
      const logged = probed.log.next('http.request');
      await fetch(`${url}/livez`);
      assert.equal((await logged).level, 'debug');
    });
  });
});
