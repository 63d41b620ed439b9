import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '../../config/load.js';
import { createApnsCredentials } from '../../providers/apns/simulator.js';
import { config } from '../../src/cli/config.js';
import type { Gateway } from '../../src/compose.js';
import { callCommand } from '../support/call-command.js';
import { freshDataDirectory } from '../support/pglite-template.js';
import { openWorld, type World } from '../support/world.js';

interface Answer {
  readonly same: boolean;
  readonly differences: readonly {
    readonly key: string;
    readonly in_force?: unknown;
    readonly written?: unknown;
    readonly takes_effect: string;
  }[];
  readonly faults: readonly string[];
}

/** `pealbell config diff`: what the files say beside what the running gateway has in force. */
describe('pealbell config diff', function () {
  this.timeout(60_000);
  let world: World;
  let gateway: Gateway;
  let key: string;
  let storeUrl: string;
  const file = (name: string) => join(world.configDir, name);

  before(async () => {
    world = await openWorld({ roads: 'apns' });
    storeUrl = `pglite:${await freshDataDirectory()}`;
    const flags = { 'server.listen': '127.0.0.1:0', 'server.admin': '127.0.0.1:0', 'store.url': storeUrl };
    gateway = await world.open({
      settings: flags,
      // Nothing watches the files here: what is written stays pending until somebody asks for a reload.
      variations: { readConfig: () => readConfig({ dir: world.configDir, env: {}, flags }) },
    });
    key = await world.key(gateway);
  });
  after(() => world.close());

  const throughApi = async () => {
    const said = await callCommand(config, ['diff', '--url', gateway.api?.url ?? '', '--json'], { PEALBELL_KEY: key });
    assert.equal(said.code, 0, said.stderr);
    return JSON.parse(said.stdout) as Answer;
  };
  const onThisMachine = (...more: string[]) =>
    callCommand(config, ['diff', '--config', world.configDir, '--set', `store.url=${storeUrl}`, ...more]);

  it('finds nothing where nothing was written', async () => {
    assert.deepEqual(await throughApi(), { same: true, differences: [], faults: [] });
    assert.equal((await onThisMachine()).stdout, 'What the files say is in force.\n');
  });

  it('tells each setting with both values, and when it takes effect; the same over the socket', async () => {
    await writeFile(file('gateway.yaml'), 'retry: { attempts: 3 }\nlimits: { per_key: 100/s }\n', { mode: 0o600 });
    const app = await readFile(file('apps/demo.yaml'), 'utf8');
    await writeFile(file('apps/fresh.yaml'), app.replace(/bundle_id: .*/, 'bundle_id: com.example.fresh'), {
      mode: 0o600,
    });
    await writeFile(
      world.simulators.endpoints.providers.apns.key_file,
      createApnsCredentials({ bundleIds: [] }).privateKey,
      { mode: 0o600 },
    );
    const { same, differences } = await throughApi();
    assert.equal(same, false);
    const told = (wanted: string) => differences.find((one) => one.key === wanted);
    assert.deepEqual(told('retry.attempts'), {
      key: 'retry.attempts',
      in_force: 10,
      written: 3,
      takes_effect: 'when the gateway starts anew',
    });
    assert.deepEqual(told('limits.per_key'), {
      key: 'limits.per_key',
      in_force: '2000/s',
      written: '100/s',
      takes_effect: 'with the next reload',
    });
    assert.deepEqual(told('apps.fresh.providers.apns.bundle_id'), {
      key: 'apps.fresh.providers.apns.bundle_id',
      written: 'com.example.fresh',
      takes_effect: 'with the next reload',
    });
    assert.deepEqual(told('apps.demo.providers.apns'), {
      key: 'apps.demo.providers.apns',
      in_force: '(a secret)',
      written: '(another one)',
      takes_effect: 'with the next reload',
    });
    const { code, stdout } = await onThisMachine();
    assert.equal(code, 0);
    assert.match(stdout, /^SETTING +IN FORCE +IN THE FILES +TAKES EFFECT\n/);
    assert.match(stdout, /\nretry\.attempts +10 +3 +when the gateway starts anew\n/);
    assert.match(stdout, /\napps\.demo\.providers\.apns +\(a secret\) +\(another one\) +with the next reload\n/);
  });

  it('tells after a reload what still waits for a restart, and nothing else', async () => {
    await gateway.liveConfig?.reload('api');
    const { differences } = await throughApi();
    assert.deepEqual(
      differences.map(({ key: name, takes_effect: when }) => [name, when]),
      [['retry.attempts', 'when the gateway starts anew']],
    );
  });

  it('tells the faults of files that cannot take effect', async () => {
    await writeFile(file('gateway.yaml'), 'retry: { attempts: many }\n', { mode: 0o600 });
    const { same, differences, faults } = await throughApi();
    assert.deepEqual([same, differences], [false, []]);
    assert.match(faults.join(), /gateway\.yaml:1:20 retry\.attempts: must be/);
    const said = await onThisMachine('--set', 'retry.attempts=5');
    assert.equal(said.code, 0, said.stderr);
    assert.match(
      said.stdout,
      /^fault +\S+gateway\.yaml:1:20.*\nThe files have faults, and change nothing until they are mended\.\n$/,
    );
  });
});
