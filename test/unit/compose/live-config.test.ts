import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, readConfig } from '../../../config/load.js';
import { createLiveConfig } from '../../../src/compose/live-config.js';
import type { Account } from '../../../src/compose/resume.js';
import type { Rate } from '../../../src/domain/rate.js';
import type { PoolChange, ProviderPool } from '../../../src/routing/provider-pool.js';
import { keptLog, pledge } from '../http/serve.js';

describe('the live configuration', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'pealbell-live-'));
    await mkdir(join(dir, 'apps'));
    await writeFile(join(dir, 'gateway.yaml'), 'retry: { attempts: 5 }\n');
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  async function scene(replace: () => Promise<{ changes: readonly PoolChange[]; drained: Promise<void> }>) {
    const request = { dir, env: {} };
    const log = keptLog();
    const unblocked: (readonly Account[])[] = [];
    const limited: (Rate | undefined)[] = [];
    const calls = { read: 0, replaced: 0 };
    const pool: ProviderPool = {
      hasApp: () => false,
      apps: () => [],
      configured: () => [],
      channels: () => [],
      routes: () => [],
      realtime: () => undefined,
      open: () => undefined,
      close: async () => {},
      replace: () => {
        calls.replaced++;
        return replace();
      },
    };
    const live = createLiveConfig({
      started: await loadConfig(request),
      read: () => {
        calls.read++;
        return readConfig(request);
      },
      providers: pool,
      log,
      limitKeys: (rate) => void limited.push(rate),
      unblock: async (accounts) => void unblocked.push(accounts),
      syncWebhooks: async () => {},
    });
    return { live, log, unblocked, limited, calls };
  }
  const nothing = async () => ({ changes: [], drained: Promise.resolve() });
  const write = (text: string) => writeFile(join(dir, 'gateway.yaml'), text);

  it('names what differs from the start, again each time, until it is put back', async () => {
    const { live, log } = await scene(nothing);
    await write('retry: { attempts: 6 }\nserver: { listen: "127.0.0.1:1" }\n');
    const differs = { kind: 'reloaded', changed: [], needsRestart: ['server.listen', 'retry.attempts'] };
    assert.deepEqual(await live.reload('files'), differs);
    assert.deepEqual(await live.reload('files'), differs);
    await write('retry: { attempts: 5 }\n');
    assert.deepEqual(await live.reload('files'), { kind: 'reloaded', changed: [], needsRestart: [] });
    // Told once for each that was news; a touched file is not.
    assert.deepEqual(
      log.lines.map(({ level, event }) => `${level} ${event}`),
      ['info config.reloaded', 'debug config.reloaded', 'info config.reloaded'],
    );
  });

  it('limits keys anew when their limit is another, and says so once', async () => {
    const { live, limited } = await scene(nothing);
    const texts = ['600/m', '600/m', 'off', '2000/s'];
    const told: unknown[] = [];
    for (const text of texts) {
      await write(`retry: { attempts: 5 }\nlimits: { per_key: ${text} }\n`);
      const done = await live.reload('api');
      told.push(done.kind === 'reloaded' && [done.changed.map(({ key }) => key), done.needsRestart]);
    }
    const changed = [['limits.per_key'], []];
    assert.deepEqual(told, [changed, [[], []], changed, changed]);
    assert.deepEqual(limited, [{ units: 600, windowSeconds: 60 }, undefined, { units: 2_000, windowSeconds: 1 }]);
  });

  it('cannot change the level of a log that has none, and says so', async () => {
    const { live } = await scene(nothing);
    await write('retry: { attempts: 5 }\nlog: { level: debug }\n');
    assert.deepEqual(await live.reload('api'), { kind: 'reloaded', changed: [], needsRestart: ['log.level'] });
  });

  it('touches no provider for a faulty file, and tells once more that it is well again', async () => {
    const { live, log, calls } = await scene(nothing);
    await write('retry: { attempts: none }\n');
    const refused = await live.reload('files');
    assert.equal(refused.kind, 'refused');
    assert.match(String(refused.kind === 'refused' && refused.faults), /gateway\.yaml:1:\d+ retry\.attempts: /);
    assert.equal(calls.replaced, 0);
    await write('retry: { attempts: 5 }\n');
    await live.reload('files');
    assert.deepEqual(
      log.lines.map(({ level, event }) => `${level} ${event}`),
      ['error config.reload_refused', 'info config.reloaded'],
    );
  });

  it('refuses what a provider cannot be opened with, and can be asked again', async () => {
    let isBroken = true;
    const { live, unblocked } = await scene(async () => {
      if (isBroken) throw new Error('the key cannot sign');
      return nothing();
    });
    assert.deepEqual(await live.reload('signal'), { kind: 'refused', faults: ['the key cannot sign'] });
    isBroken = false;
    assert.equal((await live.reload('signal')).kind, 'reloaded');
    assert.deepEqual(unblocked, []);
  });

  it('lets new and changed accounts go on, at once and when their predecessors are closed', async () => {
    const drained = pledge();
    const { live, unblocked } = await scene(async () => ({
      changes: [
        { app: 'shop', change: 'added' },
        { app: 'shop', provider: 'apns', change: 'added' },
        { app: 'old', provider: 'apns', change: 'removed' },
        { app: 'blog', provider: 'apns', change: 'changed' },
      ],
      drained: drained.promise,
    }));
    await live.reload('files');
    const accounts = [
      { app: 'shop', provider: 'apns' },
      { app: 'blog', provider: 'apns' },
    ];
    assert.deepEqual(unblocked, [accounts]);
    drained.resolve();
    await new Promise(setImmediate);
    assert.deepEqual(unblocked, [accounts, accounts]);
  });

  it('reads for each call after it was made, one after the other', async () => {
    const held = pledge();
    const reached = pledge();
    const { live, calls } = await scene(async () => {
      reached.resolve();
      await held.promise;
      return nothing();
    });
    const both = [live.reload('files'), live.reload('api')];
    await reached.promise;
    assert.deepEqual(calls, { read: 1, replaced: 1 });
    held.resolve();
    await Promise.all(both);
    assert.deepEqual(calls, { read: 2, replaced: 2 });
  });
});
