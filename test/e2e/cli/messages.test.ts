import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { message } from '../../../src/cli/message.js';
import { send } from '../../../src/cli/send.js';
import { openWorld } from '../../support/world.js';
import { openScene, type Scene } from '../delivery/scene.js';
import { openDesk } from './desk.js';

const MAIN = fileURLToPath(new URL('../../../src/main.js', import.meta.url));

/** `pealbell send` and `pealbell message` against a gateway that sends to a simulator. */
describe('pealbell send and message', function () {
  this.timeout(40_000);
  let scene: Scene;
  let run: ReturnType<typeof openDesk>;
  let dir: string;
  let url: string;

  before(async () => {
    scene = await openScene({ world: await openWorld({ roads: 'apns' }) });
    url = scene.gateway.api?.url ?? '';
    run = openDesk(url, scene.key);
    dir = await mkdtemp(join(tmpdir(), 'pealbell-cli-'));
    await scene.device('phone1', { user: 'alice' });
    const dead = await scene.device('phone2', { user: 'alice' });
    scene.fault(dead, { kind: 'answer', status: 410 });
  });
  after(async () => {
    await scene?.world.close();
    await rm(dir, { recursive: true, force: true });
  });

  it('follows a message to its end, a line per device, and exits with 3 where one was not reached', async () => {
    const { code, stdout, stderr } = await run(send, [
      '--user',
      'alice',
      '--user',
      'bob',
      '--title',
      'Hello',
      '--follow',
    ]);
    assert.equal(code, 3, stderr);
    assert.match(stdout, /^message +msg_\w+\n/);
    assert.match(stdout, /audience +2 devices: ios 2\n/);
    assert.match(stdout, /nobody at +bob\n/);
    assert.match(stdout, /^phone1 +sent +apns +accepted \(\d+ ms\)$/m);
    assert.match(stdout, /^phone2 +failed +apns +410 Unregistered, token_invalid \(\d+ ms\)$/m);
    assert.match(stdout, /^sent +1 +50\.0 %$/m);
    assert.match(stdout, /^token_invalid +1$/m);
    const id = /msg_\w+/.exec(stdout)?.[0] ?? '';
    const shown = await run(message, [id]);
    assert.equal(shown.code, 0);
    assert.match(shown.stdout, /^status +completed$/m);
    assert.match(shown.stdout, /^phone2 +alice +failed +apns +1 +410 Unregistered/m);
  });

  it('exits with 0 where all were reached, and waits when it is to', async () => {
    const { code, stdout } = await run(send, ['--device', 'phone1', '--data', 'order=8812', '--wait', '20']);
    assert.equal(code, 0);
    assert.match(stdout, /^phone1 +alice +sent +apns +1/m);
    const payload = scene.arrivals().at(-1)?.payload;
    assert.equal(payload?.order, '8812');
  });

  it('calls a message back, and says what the vendor keeps', async () => {
    const { stdout: sent } = await run(send, ['--device', 'phone1', '--title', 'Oops', '--wait', '20']);
    const id = /msg_\w+/.exec(sent)?.[0] ?? '';
    const { code, stdout } = await run(message, ['recall', id]);
    assert.equal(code, 0);
    assert.match(stdout, /^not recalled +apns has taken 1/m);
    const { stdout: told } = await run(message, ['recall', id, '--json']);
    assert.equal(JSON.parse(told).warnings[0].code, 'not_recallable');
    assert.equal((await run(message, ['recall', id, '--follow'])).code, 2);
    assert.equal((await run(message, ['recall'])).code, 2);
    assert.equal((await run(message, ['recall', 'msg_00000000000000000000000000'])).code, 1);
  });

  it('has reached nobody where there is nobody', async () => {
    const { code, stdout } = await run(send, ['--user', 'nobody', '--title', 'Hello', '--follow']);
    assert.equal(code, 3);
    assert.match(stdout, /warning +no_device/);
  });

  it('takes a file with flags on top, and sends once under one key', async () => {
    const file = join(dir, 'message.json');
    const body = { to: { devices: ['phone1'] }, notification: { title: 'From the file', body: 'as it is' } };
    await writeFile(file, JSON.stringify(body));
    const argv = ['--file', file, '--title', 'From the flag', '--idempotency-key', 'once', '--json', '--wait', '20'];
    const first = JSON.parse((await run(send, argv)).stdout) as { id: string; idempotency_replayed: boolean };
    const second = JSON.parse((await run(send, argv)).stdout) as typeof first;
    assert.deepEqual([first.id, first.idempotency_replayed], [second.id, false]);
    assert.equal(second.idempotency_replayed, true);
    const aps = scene.arrivals().at(-1)?.payload.aps as { alert: object } | undefined;
    assert.deepEqual(aps?.alert, { title: 'From the flag', body: 'as it is' });
  });

  it('says what it would do without doing it', async () => {
    const before = scene.arrivals().length;
    const { code, stdout } = await run(send, ['--user', 'alice', '--title', 'Hello', '--dry-run']);
    assert.equal(code, 0);
    assert.match(stdout, /^would send +to \d devices?$/m);
    assert.match(stdout, /^apns +\d +phone1$/m);
    assert.match(stdout, /"title": "Hello"/);
    assert.equal(scene.arrivals().length, before);
  });

  it('writes lines of JSON for programs: the message each time it changed', async () => {
    const { code, stdout } = await run(send, ['--device', 'phone1', '--title', 'Hello', '--json', '--follow']);
    assert.equal(code, 0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { status: string; settled: number });
    assert.deepEqual([lines.at(-1)?.status, lines.at(-1)?.settled], ['completed', 1]);
  });

  it('shows a bar for many devices, on a terminal only', async () => {
    await scene.devices('many', 60);
    const argv = ['--everyone', '--title', 'Hello', '--follow'];
    const seen = await run(send, argv, { isTTY: true });
    assert.match(seen.stderr, /█+ 100 % 6\d of 6\d/);
    assert.match(seen.stdout, /^sent +6\d/m);
    const piped = await run(send, argv);
    assert.equal(piped.stderr, '');
  });

  it('names every fault of a request with its place, for people and for programs', async () => {
    const argv = ['--user', '', '--title', 'Hello', '--ttl', '8x'];
    const told = await run(send, argv);
    assert.equal(told.code, 1);
    assert.match(
      told.stderr,
      /^validation_failed: 2 fields are wrong\n {2}\/to\/users\/0 .*\n {2}\/delivery\/ttl .*\n\(request req_/,
    );
    const { problem } = JSON.parse((await run(send, [...argv, '--json'])).stdout) as { problem: { errors: object[] } };
    assert.equal(problem.errors.length, 2);
  });

  it('says what to do about a wrong command line, a wrong key and a gateway that is not there', async () => {
    const planted: readonly (readonly [readonly string[], Record<string, string>, number, RegExp])[] = [
      [['--title', 'Hello'], {}, 2, /say whom it is for: --user/],
      [['--user', 'alice'], {}, 2, /say what to send: --title/],
      [['--user', 'alice', '--data', 'x'], {}, 2, /--data takes NAME=VALUE/],
      [['--user', 'a', '--title', 'x', '--wait', '31'], {}, 2, /--wait takes whole seconds from 1 to 30, not '31'/],
      [['--file', join(dir, 'nothing.json')], {}, 2, /cannot read .*nothing\.json/],
      [['--user', 'a', '--title', 'x'], { PEALBELL_KEY: '' }, 2, /PEALBELL_KEY.*\n.*pealbell keys create/],
      [['--user', 'a', '--title', 'x'], { PEALBELL_URL: 'localhost' }, 2, /'url' must be such as https:/],
      [['--user', 'a', '--title', 'x'], { PEALBELL_KEY: 'nonsense' }, 1, /401 unauthorized[\s\S]*pealbell keys list/],
    ];
    for (const [argv, env, code, sentence] of planted) {
      const told = await run(send, argv, { env });
      assert.equal(told.code, code, told.stderr);
      assert.match(told.stderr, sentence);
      assert.equal(told.stdout, '');
    }
  });

  it('cancels, and tells what had left', async () => {
    const slow = await scene.device('slow');
    scene.fault(slow, { kind: 'answer', status: 429, retryAfterSeconds: 60 });
    const id = await scene.send({ devices: ['slow'] });
    await scene.reaches(id, () => scene.arrivals(slow).length > 0);
    const { code, stdout } = await run(message, [id, '--cancel']);
    assert.equal(code, 0);
    assert.match(stdout, /^canceled +1 +100 %$/m);
    assert.equal((await run(message, ['msg_00000000000000000000000000'])).code, 1);
    assert.equal((await run(message, [])).code, 2);
  });

  it('lets Ctrl-C end the looking and not the message', async () => {
    const held = await scene.device('held');
    scene.fault(held, { kind: 'answer', status: 429, retryAfterSeconds: 60 });
    const id = await scene.send({ devices: ['held'] });
    await scene.reaches(id, () => scene.arrivals(held).length > 0);
    const env = { ...process.env, PEALBELL_URL: url, PEALBELL_KEY: scene.key };
    const child = spawn(process.execPath, [MAIN, 'message', id, '--follow', '--json'], { env });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    await once(child.stdout, 'data'); // It has looked at least once.
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    assert.equal(code, 130);
    assert.match(stderr, new RegExp(`the message goes on. Look again: pealbell message ${id} --follow`));
    assert.notEqual((await scene.message(id)).status, 'canceled');
    await scene.call('POST', `/v1/messages/${id}/cancel`);
  });
});
