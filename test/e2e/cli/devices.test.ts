import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { device } from '../../../src/cli/device.js';
import { openWorld } from '../../support/world.js';
import { newToken, openScene, type Scene } from '../delivery/scene.js';
import { openDesk } from './desk.js';

/** `pealbell device` against a gateway. */
describe('pealbell device', function () {
  this.timeout(40_000);
  let scene: Scene;
  let run: ReturnType<typeof openDesk>;
  let dir: string;

  before(async () => {
    const world = await openWorld({ roads: 'apns' });
    await appendFile(join(world.configDir, 'apps', 'demo.yaml'), '\nrealtime: {}\n');
    scene = await openScene({ world });
    run = openDesk(scene.gateway.api?.url ?? '', scene.key);
    dir = await mkdtemp(join(tmpdir(), 'pealbell-cli-'));
  });
  after(async () => {
    await scene?.world.close();
    await rm(dir, { recursive: true, force: true });
  });

  it('makes an access token for a device, alone on standard output', async () => {
    await run(device, ['put', 'live1', '--platform', 'ios']);
    const made = await run(device, ['token', 'live1', '--ttl', '2h', '--scope', 'receive']);
    assert.equal(made.code, 0, made.stderr);
    const [, claims = ''] = made.stdout.trim().split('.');
    const { device: id, scope, iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString());
    assert.deepEqual([id, scope, Math.round((exp - iat) / 60)], ['live1', 'receive', 120]);
    assert.match(made.stderr, /^good until .*; connect to ws:\/\//);
    const refused = await run(device, ['token', 'nobody']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /no device 'nobody'/);
  });

  it('puts a device by flags or a file, and shows it with what was retired and why', async () => {
    const token = newToken();
    const argv = ['put', 'phone1', '--platform', 'ios', '--user', 'alice', '--token', `apns=${token}`, '--tag', 'beta'];
    const made = await run(device, argv);
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stdout, /^device +phone1\nuser +alice\nplatform +ios\n/);
    assert.match(made.stdout, /^apns +production +alert +[\w-]{20,} /m);
    assert.doesNotMatch(made.stdout, new RegExp(token));

    scene.fault(token, { kind: 'answer', status: 410 });
    await scene.reaches(await scene.send({ devices: ['phone1'] }));
    const file = join(dir, 'device.json');
    await writeFile(file, JSON.stringify({ locale: 'zh-CN', user: 'bob' }));
    const changed = await run(device, ['put', 'phone1', '--file', file, '--user', '']);
    assert.match(changed.stdout, /^user +\(nobody is logged in\)$/m);
    const shown = await run(device, ['get', 'phone1']);
    assert.match(shown.stdout, /^locale +zh-CN$/m);
    assert.match(
      shown.stdout,
      /No registration: no provider reaches it\.\n\nretired apns \(production\) on .*: Unregistered\n {2}\w/,
    );
    const { retired } = JSON.parse((await run(device, ['get', 'phone1', '--json'])).stdout) as { retired: object[] };
    assert.equal(retired.length, 1);
  });

  it('imports a file, tells each bad line with its number and its fault, and keeps it to be mended', async () => {
    const good = (n: number) =>
      JSON.stringify({ id: `i${n}`, platform: 'ios', registrations: [{ provider: 'apns', token: newToken() }] });
    const bad = ['{"id":"bad","platform":"fridge"}', '{"id":', '[1]', '{"id":7,"platform":"ios"}'];
    const file = join(dir, 'devices.ndjson');
    await writeFile(file, [good(0), bad[0], '', good(1), bad[1], bad[2], `${good(2)}\r`, bad[3], good(3)].join('\n'));
    const rejects = join(dir, 'rejects.ndjson');
    const { code, stdout, stderr } = await run(device, ['import', file, '--rejects', rejects]);
    assert.equal(code, 1);
    assert.equal(stdout, '');
    for (const sentence of [
      /^line 2 \(bad\): \/platform must be /m,
      /^line 5: not JSON: /m,
      /^line 6: a line must be one JSON object$/m,
      /^line 8: \/id /m,
      /^4 made, 0 changed, 4 lines refused, in /m,
    ]) {
      assert.match(stderr, sentence);
    }
    assert.deepEqual((await readFile(rejects, 'utf8')).trimEnd().split('\n').sort(), [...bad].sort());
    assert.equal((await scene.show('i3')).registrations.length, 1);
  });

  it('imports for programs: a line of JSON for each line, with the numbers of the file', async () => {
    const file = join(dir, 'few.ndjson');
    await writeFile(file, '{"id":"j0","platform":"ios"}\n\n{"id":"j1","platform":"?"}\n{"id":"j0","platform":"ios"}\n');
    const { code, stdout } = await run(device, ['import', file, '--json']);
    assert.equal(code, 1);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { line: number; id: string; status: number });
    assert.deepEqual(
      lines.map(({ line, id, status }) => [line, id, status]),
      [
        [1, 'j0', 201],
        [3, 'j1', 422],
        [4, 'j0', 200],
      ],
    );
  });

  it('draws how far it is on a terminal', async () => {
    const file = join(dir, 'bar.ndjson');
    await writeFile(file, Array.from({ length: 50 }, (_, n) => `{"id":"b${n}","platform":"ios"}\n`).join(''));
    const { code, stderr } = await run(device, ['import', file], { isTTY: true });
    assert.equal(code, 0);
    assert.match(
      stderr,
      /█+░ +\d+ % 1,489 of 1,490 {2}50 devices, 0 refused|░ +\d % \d+ of 1,490 {2}1 device, 0 refused/,
    );
  });

  it('says what to do about a wrong command line', async () => {
    const planted: readonly (readonly [readonly string[], number, RegExp])[] = [
      [[], 2, /say what to do: get, put/],
      [['show'], 2, /not 'show'/],
      [['get'], 2, /a name is missing: pealbell device get phone1/],
      [['get', 'nobody'], 1, /404 device_not_found/],
      [['get', '..'], 2, /cannot be '\.\.'/],
      [['put', 'x', '--token', 'abc'], 2, /--token takes PROVIDER=TOKEN/],
      [['put', 'x', '--token', 'web={'], 2, /the token of web is not JSON/],
      [['import', join(dir, 'nothing')], 2, /cannot read .*nothing/],
      [['import', dir], 2, /it is a folder/],
      [['import', join(dir, 'few.ndjson'), '--rejects', join(dir, 'no/such/folder')], 2, /cannot write /],
    ];
    for (const [argv, code, sentence] of planted) {
      const told = await run(device, argv);
      assert.equal(told.code, code, told.stderr);
      assert.match(told.stderr, sentence);
    }
  });
});
