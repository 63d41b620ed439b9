import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { config } from '../../../src/cli/config.js';
import { makeDataKey, parseDataKey } from '../../../src/domain/data-key.js';
import { KINDS, openWorkspace, type Workspace } from '../config/workspace.js';

describe('pealbell config', () => {
  let space: Workspace;
  beforeEach(async () => {
    space = await openWorkspace();
  });
  afterEach(() => space.remove());

  async function run(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
    let stdout = '';
    let stderr = '';
    const io = {
      stdout: { write: (text: string) => (stdout += text) },
      stderr: { write: (text: string) => (stderr += text) },
      env,
      cwd: space.dir,
    };
    const code = await config(argv, io, KINDS);
    return { code, stdout, stderr };
  }

  it('check shows what was resolved and read, and exits 0', async () => {
    const key = makeDataKey((size) => randomBytes(size));
    await space.write('etc/data.key', key, 0o600);
    await space.write(
      'etc/gateway.yaml',
      'store: { url: "postgres://u:hunter2@db/x" }\nsecurity: { data_key: "${file:data.key}" }\n',
    );
    await space.write('etc/apps/a.yaml', '');
    const { code, stdout, stderr } = await run(['check', '--config', 'etc', '--set', 'log.level=warn']);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^# read ${space.dir}/etc/gateway.yaml\n`));
    assert.match(stdout, /# read --set log\.level\n/);
    assert.match(stdout, /\n {2}url: postgres:\/\/u:\*\*\*@db\/x\n/);
    assert.match(stdout, /\nlog:\n {2}level: warn\n/);
    assert.match(stdout, /# ok\n$/);
    assert.equal(stderr, 'warning: etc/apps/a.yaml: the app has no providers, so nothing can be sent to it.\n');
    assert.doesNotMatch(stdout, /hunter2/);
  });

  it('check refuses settings with which no process could start, and says what to set', async () => {
    await space.write('config/gateway.yaml', 'store: { url: "mongodb://u:hunter2@a:1,b:2/x" }\n');
    const { code, stdout, stderr } = await run(['check']);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^A store on MongoDB cannot hold the queue: set queue\.url to a Redis server/);
    assert.match(stderr, /\nA store on a server is shared, .* set security\.data_key .*\n\n2 faults\n$/);
    const json = await run(['check', '--json', '--set', 'queue.url=redis://h']);
    assert.equal(json.code, 1);
    const { ok, faults } = JSON.parse(json.stdout) as { ok: boolean; faults: { what: string }[] };
    assert.deepEqual([ok, faults.length], [false, 1]);
    assert.doesNotMatch(json.stdout + stderr, /hunter2/);
  });

  it('print tells of every setting where its value comes from', async () => {
    await space.write('config/gateway.yaml', 'log: { level: warn }\nretry:\n  cap: 5m\nsimulators: embedded\n');
    await space.write('config/apps/a.yaml', 'providers:\n  apns: { key: HIDDEN, key_id: ABC }\n');
    const env = { PEALBELL_RETRY__BASE: '2s', PEALBELL_LOG__LEVEL: 'error' };
    const { code, stdout } = await run(['print', '--set', 'log.level=debug', '--json'], env);
    assert.equal(code, 0);
    const { settings } = JSON.parse(stdout) as { settings: { key: string; value: unknown; from: string }[] };
    const told = (key: string) => settings.find((one) => one.key === key);
    assert.deepEqual(told('log.level'), { key: 'log.level', value: 'debug', from: '--set log.level' });
    assert.deepEqual(told('retry.base'), { key: 'retry.base', value: '2s', from: '$PEALBELL_RETRY__BASE' });
    assert.deepEqual(told('retry.cap'), { key: 'retry.cap', value: '5m', from: 'config/gateway.yaml:3:8' });
    assert.deepEqual(told('retry.attempts'), { key: 'retry.attempts', value: 10, from: 'default' });
    assert.deepEqual(told('simulators'), { key: 'simulators', value: 'embedded', from: 'config/gateway.yaml:4:13' });
    const key = { key: 'apps.a.providers.apns.key', value: '***', from: 'config/apps/a.yaml:2:16' };
    assert.deepEqual(told(key.key), key);
    assert.doesNotMatch(stdout, /HIDDEN/);
    const table = await run(['print'], env);
    assert.match(table.stdout, /^SETTING +VALUE +FROM\nserver\.listen +127\.0\.0\.1:8080 +default\n/);
    await space.write('config/gateway.yaml', 'log: { level: loud }\n');
    const faulty = await run(['print']);
    assert.deepEqual([faulty.code, faulty.stdout], [1, '']);
    assert.match(faulty.stderr, /config\/gateway\.yaml:1:15 log\.level: must be one of/);
  });

  it('diff says how to name a gateway where none runs, and is strict about its flags', async () => {
    const nobody = await run(['diff', '--config', await space.write('config/gateway.yaml', '').then(() => 'config')]);
    assert.deepEqual([nobody.code, nobody.stdout], [1, '']);
    assert.match(nobody.stderr, /no gateway runs on .*; start it, or name one with --url and --key/);
    const server = await run(['diff', '--set', 'store.url=postgres://db/x']);
    assert.match(server.stderr, /--url http/);
    for (const flags of [
      ['--url', 'x', '--key', 'k'],
      ['--url', 'http://x'],
      ['--url', 'http://x', '--config', 'config'],
    ]) {
      assert.equal((await run(['diff', ...flags])).code, 2, flags.join(' '));
    }
    assert.equal((await run(['check', '--url', 'http://x'])).code, 2);
  });

  it('check names every fault on standard error, and exits 1', async () => {
    await space.write('config/gateway.yaml', 'log: { level: loud }\nbus: { url: x }\n');
    const { code, stdout, stderr } = await run(['check'], { PEALBELL_RETRY__CAP: 'x' });
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^config\/gateway\.yaml:1:15 log\.level: must be one of/);
    assert.match(stderr, /\n\$PEALBELL_RETRY__CAP retry\.cap: must be a duration/);
    assert.match(stderr, /\n\n3 faults\n$/);
  });

  it('check --json answers with one object either way', async () => {
    const good = await run(['check', '--json']);
    assert.equal(good.code, 0);
    const answer = JSON.parse(good.stdout);
    assert.deepEqual([answer.ok, answer.sources, answer.config.retry.base], [true, [], '1s']);
    const bad = await run(['check', '--json', '--config', 'none', '--set', 'log.level=x']);
    assert.deepEqual([bad.code, bad.stderr], [1, '']);
    const { ok, faults } = JSON.parse(bad.stdout);
    assert.equal(ok, false);
    assert.deepEqual(
      faults.map((fault: { file?: string; at?: string; key: string }) => [fault.file ?? fault.at, fault.key]),
      [
        ['none', ''],
        ['--set log.level', 'log.level'],
      ],
    );
  });

  it('data-key prints a key file that can be read', async () => {
    const { code, stdout } = await run(['data-key']);
    assert.equal(code, 0);
    assert.equal(parseDataKey(stdout).current, 'k1');
  });

  it('prints examples, the schema and its help', async () => {
    assert.match((await run(['example', 'gateway'])).stdout, /^server:$/m);
    assert.match((await run(['example', 'app'])).stdout, /^ {2}webpush:$/m);
    assert.equal(JSON.parse((await run(['schema'])).stdout).type, 'object');
    assert.match((await run(['--help'])).stdout, /^Usage: pealbell config/);
  });

  for (const argv of [
    [],
    ['chekc'],
    ['check', 'more'],
    ['example'],
    ['check', '--confg', 'x'],
    ['check', '--set', 'log.level'],
    ['data-key', '--json'],
  ]) {
    it(`refuses the command line "${argv.join(' ')}" with exit code 2`, async () => {
      const { code, stdout, stderr } = await run(argv);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /^pealbell: .+; see pealbell config --help\n$/);
    });
  }
});
