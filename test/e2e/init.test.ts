import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { config } from '../../src/cli/config.js';
import { init } from '../../src/cli/init.js';
import { callCommand } from '../support/call-command.js';
import { emptyDataDirectory, freshDataDirectory } from '../support/pglite-template.js';
import { type CommandResult, runCommand } from '../support/run-command.js';
import { createCaller, startGateway } from '../support/world.js';

interface Made {
  readonly dir: string;
  readonly files: readonly string[];
  readonly app: string;
  readonly vapid_public_key: string;
  readonly key: string | null;
}

/** `pealbell init`, as whoever has just heard of Pealbell runs it. */
describe('pealbell init', function () {
  this.timeout(90_000);

  const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

  it('writes what serve starts with as it is, with a key that opens it', async () => {
    const dir = join(await emptyDataDirectory(), 'config');
    const data = await freshDataDirectory(); // a first start makes one by itself; that takes seconds
    const made = await runCommand(['init', dir, '--app', 'bell', '--store', `pglite:${data}`, '--json']);
    assert.equal(made.code, 0, made.stderr);
    const answer = JSON.parse(made.stdout) as Made;
    assert.equal(answer.app, 'bell');
    assert.match(answer.key ?? '', /^pealbell_key_/);
    assert.deepEqual(
      [await modeOf(join(dir, 'secrets')), await modeOf(join(dir, 'secrets/vapid.json'))],
      ['700', '600'],
    );

    const checked = await runCommand([
      'doctor',
      '--config',
      dir,
      '--offline',
      '--set',
      'server.listen=127.0.0.1:0',
      '--set',
      'server.admin=127.0.0.1:0',
    ]);
    assert.match(checked.stdout, /\n\n\d+ ok, 3 skipped\n$/, 'no fault and no warning');

    const ports = ['--set', 'server.listen=127.0.0.1:0', '--set', 'server.admin=127.0.0.1:0'];
    const gateway = await startGateway(['serve', '--config', dir, ...ports]);
    try {
      const { status, body } = await createCaller(gateway.url, answer.key ?? '')<{ data: { name: string }[] }>(
        'GET',
        '/v1/providers',
      );
      assert.equal(status, 200);
      assert.deepEqual(
        body.data.map(({ name }) => name),
        ['webpush', 'realtime'],
      );
    } finally {
      assert.equal(await gateway.end(), 0);
    }
  });

  it('writes every setting and provider as a comment that can be taken up', async () => {
    const dir = join(await emptyDataDirectory(), 'config');
    assert.equal((await callCommand(init, [dir, '--no-key'])).code, 0);
    const example = await readFile('config/gateway.example.yaml', 'utf8');
    const gateway = await readFile(join(dir, 'gateway.yaml'), 'utf8');
    for (const [, key] of example.matchAll(/^ {2}(?:# )?([a-z_]+): /gm))
      assert.match(gateway, new RegExp(`^ {2}(# )?${key}: `, 'm'));
    const active = gateway.split('\n').filter((line) => /^ {2}[a-z]/.test(line));
    assert.deepEqual(active, ['  url: pglite:./data']);
    // What is taken up is valid: every setting of the gateway at once.
    await writeFile(
      join(dir, 'gateway.yaml'),
      gateway.replaceAll(/^( {0,2})# ([a-z_]+: )(?!.*\/run\/secrets)/gm, '$1$2'),
    );
    const checked = await callCommand(config, ['check', '--config', dir]);
    assert.equal(checked.code, 0, checked.stderr);
    const app = await readFile(join(dir, 'apps/shop.yaml'), 'utf8');
    assert.match(app, /^# channels:/m);
    assert.match(app, /^# routes:\n# +default: /m);
    for (const kind of ['apns', 'fcm']) assert.match(app, new RegExp(`^  # ${kind}:$`, 'm'));
  });

  it('writes over nothing, and then writes nothing', async () => {
    for (const there of ['gateway.yaml', 'apps/shop.yaml', 'secrets/x', 'data/pg']) {
      const dir = await emptyDataDirectory();
      await mkdir(join(dir, there, '..'), { recursive: true });
      await writeFile(join(dir, there), 'mine');
      const before = await readdir(dir, { recursive: true });
      const refused: CommandResult = await callCommand(init, [dir]);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /nothing is written over, and there is \S+ already/);
      assert.deepEqual(await readdir(dir, { recursive: true }), before);
      assert.equal(await readFile(join(dir, there), 'utf8'), 'mine');
    }
  });

  it('makes the key that a Postgres store needs, and says what is left to do where it cannot be reached', async () => {
    const dir = await emptyDataDirectory();
    const url = 'postgres://nobody:secret@127.0.0.1:1/none';
    const { code, stderr } = await callCommand(init, [dir, '--store', url]);
    assert.equal(code, 1);
    assert.match(stderr, /The files are written, but there is no server key yet.*\n.*pealbell keys create --config/);
    assert.doesNotMatch(stderr, /:secret@/);
    assert.deepEqual(
      [await modeOf(join(dir, 'secrets/data.key')), await modeOf(join(dir, 'gateway.yaml'))],
      ['600', '600'],
    );
    assert.equal((await callCommand(config, ['check', '--config', dir])).code, 0);
  });

  it('writes what MongoDB needs beside it', async () => {
    const dir = await emptyDataDirectory();
    const urls = ['--store', 'mongodb://u:secret@a:1,b:2/d?replicaSet=rs', '--queue', 'redis://r'];
    const { code, stderr } = await callCommand(init, [dir, ...urls, '--no-key']);
    assert.deepEqual([code, stderr], [0, '']);
    assert.equal(await modeOf(join(dir, 'gateway.yaml')), '600');
    const checked = await callCommand(config, ['check', '--config', dir]);
    assert.equal(checked.code, 0);
    assert.match(checked.stdout, /queue:\n {2}url: redis:\/\/r\n/);
    assert.match(checked.stdout, /bus:\n {2}url: redis:\/\/r\n/);
    assert.doesNotMatch(checked.stdout, /:secret@/);
  });

  it('refuses what it cannot make sense of, before it writes', async () => {
    const dir = await emptyDataDirectory();
    for (const flags of [
      ['--app', 'My App'],
      ['--store', 'mysql://x'],
      ['--store', 'mongodb://h/d'],
      ['--store', 'mongodb://h/d', '--queue', 'store'],
      ['--queue', 'redis://h'],
      ['--contact', 'me'],
      ['other'],
      ['--nonsense'],
    ]) {
      assert.equal((await callCommand(init, [dir, ...flags])).code, 2, flags.join(' '));
    }
    assert.deepEqual(await readdir(dir), []);
  });
});
