import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { device } from '../../../src/cli/device.js';
import { message } from '../../../src/cli/message.js';
import { user } from '../../../src/cli/user.js';
import { openWorld } from '../../support/world.js';
import { openScene, type Scene } from '../delivery/scene.js';
import { openDesk } from './desk.js';

/** "Why did alice not get it?", asked on the command line; and what is kept, written out. */
describe('pealbell user, and what is written out', function () {
  this.timeout(40_000);
  let scene: Scene;
  let run: ReturnType<typeof openDesk>;
  let dir: string;
  let sent: string;

  before(async () => {
    scene = await openScene({ world: await openWorld({ roads: 'apns' }) });
    run = openDesk(scene.gateway.api?.url ?? '', scene.key);
    dir = await mkdtemp(join(tmpdir(), 'pealbell-cli-'));
    await scene.call('PUT', '/v1/users/alice', { attributes: { plan: 'pro' }, locale: 'zh-CN' });
    await scene.device('phone1', { user: 'alice' });
    const gone = await scene.device('phone2', { user: 'alice' });
    const wrong = await scene.device('phone3', { user: 'alice', model: 'evil\x1b[2Jmodel\nphone9  sent' });
    await scene.device('phone4', { user: 'alice', notifications: 'off' });
    scene.fault(gone, { kind: 'answer', status: 410 });
    scene.fault(wrong, { kind: 'answer', status: 400, reason: 'BadDeviceToken' });
    sent = await scene.send({ users: ['alice'] });
    await scene.reaches(sent);
  });
  after(async () => {
    await scene?.world.close();
    await rm(dir, { recursive: true, force: true });
  });

  it('explains: who, where they can be reached and where no more, what became of it, and what to do', async () => {
    const { code, stdout, stderr } = await run(user, ['explain', 'alice']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^user +alice\nknown +since .*\nlocale +zh-CN\nattributes +plan="pro"\n/);
    assert.match(stdout, /^phone1 {2}ios\n {2}registration .*\n {2}apns +production/m);
    assert.match(stdout, /^phone2 {2}ios\n {2}No registration/m);
    assert.match(stdout, /^ {2}retired apns \(production\) on .*\n {4}\w.*removed/m);
    assert.match(stdout, new RegExp(`^\\d{4}-.*  ${sent}  transactional\\n  phone1  sent  Apple took it`, 'm'));
    assert.match(stdout, /^phone4 {2}ios, notifications are off in its settings$/m);
    assert.match(stdout, /^ {2}phone4 {2}suppressed {2}\w.*switched off/m);
    assert.match(stdout, /^ {2}phone2 {2}failed {2}\w/m);
    assert.match(stdout, /^ {2}phone3 {2}failed {2}\w.*\n {4}→ .*sandbox.*\n {4}\d{4}-.* apns {2}400 BadDeviceToken/m);
  });

  it('lets nothing that a device says of itself move the cursor or pretend to be a line', async () => {
    const { stdout } = await run(user, ['explain', 'alice'], { isTTY: true });
    assert.match(stdout, /^phone3 {2}ios, evilmodel phone9 {2}sent$/m);
    assert.ok(!stdout.includes('\x1b'));
    assert.doesNotMatch(stdout, /^phone9/m);
  });

  it('gives all of it as one document to programs', async () => {
    const { stdout } = await run(user, ['explain', 'alice', '--json', '--limit', '2']);
    const told = JSON.parse(stdout) as { user: { id: string }; devices: object[]; timeline: object[] };
    assert.deepEqual([told.user.id, told.devices.length, told.timeline.length], ['alice', 4, 2]);
    const { stdout: text } = await run(user, ['explain', 'alice', '--limit', '2']);
    assert.match(text, /the newest 2 deliveries; more: pealbell user explain alice --limit 10\n$/);
  });

  it('tells a message step by step, of one device if asked', async () => {
    const { code, stdout } = await run(message, [sent, '--timeline', '--device', 'phone3']);
    assert.equal(code, 0);
    assert.match(stdout, /delivery\.attempted +phone3 +apns +400 BadDeviceToken.*\n {2}→ /);
    assert.doesNotMatch(stdout, /phone1/);
    const { stdout: lines } = await run(message, [sent, '--timeline', '--json']);
    const steps = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string });
    assert.deepEqual([steps[0]?.event, steps.at(-1)?.event], ['message.accepted', 'message.completed']);
  });

  it('writes out all devices, and all that is kept of a user, into files of its owner only', async () => {
    const file = join(dir, 'devices.ndjson');
    const all = await run(device, ['export', '--out', file]);
    assert.equal(all.code, 0, all.stderr);
    assert.match(all.stderr, /^4 devices in .*, all of them, in /);
    const lines = (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string });
    assert.deepEqual(
      lines.map(({ id }) => id),
      ['phone1', 'phone2', 'phone3', 'phone4'],
    );
    assert.equal((await stat(file)).mode & 0o077, 0);
    const kept = await run(user, ['export', 'alice']);
    const types = kept.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type);
    assert.deepEqual(types, ['user', ...Array(4).fill('device'), ...Array(4).fill('delivery')]);
  });

  it('says what to do about a wrong command line, and about somebody nobody knows', async () => {
    const planted: readonly (readonly [readonly string[], number, RegExp])[] = [
      [[], 2, /say what to do: explain or export/],
      [['explain'], 2, /name one user: pealbell user explain alice/],
      [['explain', 'alice', '--limit', '0'], 2, /--limit takes a number from 1 to 1000, not '0'/],
      [['explain', 'nobody'], 1, /404 user_not_found/],
      [['export', 'nobody'], 1, /404 user_not_found/],
      [['export', 'alice', '--out', join(dir, 'no/such/file')], 2, /cannot write /],
    ];
    for (const [argv, code, sentence] of planted) {
      const told = await run(user, argv);
      assert.equal(told.code, code, told.stderr);
      assert.match(told.stderr, sentence);
      assert.equal(told.stdout, '');
    }
  });
});
