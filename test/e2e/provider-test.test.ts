import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createApnsCredentials } from '../../providers/apns/simulator.js';
import { provider } from '../../src/cli/provider.js';
import { callCommand } from '../support/call-command.js';
import { runCommand } from '../support/run-command.js';
import { openWorld, type World } from '../support/world.js';

interface Told {
  readonly data: readonly {
    readonly app?: string;
    readonly provider: string;
    readonly verdict: string;
    readonly cure?: string;
  }[];
}

/** `pealbell provider test`, from the files and through a running gateway. */
describe('pealbell provider test', function () {
  this.timeout(60_000);
  let world: World;

  before(async () => {
    world = await openWorld();
  });
  after(() => world.close());

  it('asks from the files alone, all providers or one', async () => {
    const all = await runCommand(['provider', 'test', '--config', world.configDir]);
    assert.equal(all.code, 0, all.stderr);
    assert.match(
      all.stdout,
      /^APP +PROVIDER +KIND +VERDICT +TIME +DETAIL\ndemo +apns +apns +accepted +\d+ ms +APNs accepts/,
    );
    assert.match(all.stdout, /\ndemo +webpush +webpush +not_askable/);
    const one = await runCommand(['provider', 'test', 'fcm', '--app', 'demo', '--config', world.configDir, '--json']);
    const { data } = JSON.parse(one.stdout) as Told;
    assert.deepEqual(
      data.map(({ app, provider, verdict }) => [app, provider, verdict]),
      [['demo', 'fcm', 'accepted']],
    );
  });

  it('guesses what was meant, and is strict about its flags', async () => {
    const missing = await callCommand(provider, ['test', 'apsn', '--config', world.configDir]);
    assert.deepEqual([missing.code, missing.stdout], [1, '']);
    assert.match(missing.stderr, /there is no provider 'apsn'; did you mean 'apns'\?/);
    const app = await callCommand(provider, ['test', '--app', 'dem', '--config', world.configDir]);
    assert.match(app.stderr, /there is no app 'dem'; did you mean 'demo'\?/);
    for (const flags of [
      ['tset'],
      ['test', 'a', 'b'],
      ['test', '--url', 'x'],
      ['test', '--url', 'http://x', '--config', 'y'],
    ]) {
      assert.equal((await callCommand(provider, [...flags])).code, 2, flags.join(' '));
    }
  });

  it('asks the running gateway, which goes by what it has in force', async () => {
    const gateway = await world.open();
    const url = gateway.api?.url ?? '';
    const key = await world.key(gateway);
    const { key_file: file } = world.simulators.endpoints.providers.apns;
    await writeFile(file, createApnsCredentials({ bundleIds: ['com.example.demo'] }).privateKey, { mode: 0o600 });
    const fromFiles = await callCommand(provider, ['test', 'apns', '--config', world.configDir]);
    assert.equal(fromFiles.code, 1);
    assert.match(fromFiles.stdout, /refused.*InvalidProviderToken/);
    assert.match(fromFiles.stdout, /\ndemo\/apns → Check that `key`, `key_id` and `team_id`/);
    const inForce = await callCommand(provider, ['test', '--url', url, '--key', key, '--json']);
    assert.equal(inForce.code, 0, inForce.stderr);
    const { data } = JSON.parse(inForce.stdout) as Told;
    assert.deepEqual(
      data.map(({ provider, verdict }) => [provider, verdict]),
      [
        ['apns', 'accepted'],
        ['fcm', 'accepted'],
        ['webpush', 'not_askable'],
      ],
    );
    const stranger = await callCommand(provider, ['test', '--url', url, '--key', `${key}0`]);
    assert.deepEqual([stranger.code, stranger.stdout], [1, '']);
    assert.match(stranger.stderr, /server key/);
    const nobody = await callCommand(provider, ['test', '--url', 'http://127.0.0.1:2', '--key', key]);
    assert.match(nobody.stderr, /no gateway answers at http:\/\/127\.0\.0\.1:2 \(.*ECONNREFUSED/);
  });
});
