import assert from 'node:assert/strict';
import { config } from '../../../src/cli/config.js';
import { parseDataKey } from '../../../src/domain/data-key.js';
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
    await space.write('etc/gateway.yaml', 'store: { url: "postgres://u:hunter2@db/x" }\n');
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

  it('check names every fault on standard error, and exits 1', async () => {
    await space.write('config/gateway.yaml', 'log: { level: loud }\nbus: {}\n');
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
