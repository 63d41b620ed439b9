import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MailboxStore } from '../../../src/ports/mailbox-store.js';
import { openWorld } from '../../support/world.js';
import { nameOf, ok, openScene, type Scene, total } from '../delivery/scene.js';

const APP = 'demo';
const DEVICES = 620;
const CONNECTED = 540;

/** A message to everyone over connections alone: one entry of a log, whatever the number of devices. */
describe('a message to everyone, online only', function () {
  this.timeout(60_000);
  let scene: Scene;
  let mailboxes: MailboxStore;
  const seen = new Map<string, number>();

  before(async () => {
    const world = await openWorld({ now: () => scene?.clock.now() ?? Date.now() });
    await appendFile(join(world.configDir, 'apps', 'demo.yaml'), '\nrealtime: {}\n');
    const parts: { mailboxes?: MailboxStore } = {};
    scene = await openScene({
      world,
      variations: {
        observeParts: ({ store }) => {
          parts.mailboxes = store.mailboxes;
        },
      },
    });
    assert.ok(parts.mailboxes);
    mailboxes = parts.mailboxes;
    await scene.devices('e', DEVICES);
    for (let n = 0; n < CONNECTED; n += 50) {
      const some = Array.from({ length: Math.min(50, CONNECTED - n) }, (_, i) => nameOf('e', n + i));
      await mailboxes.open(
        some.map((device) => ({ app: APP, device, user: device })),
        scene.clock.now(),
      );
    }
  });
  after(() => scene?.world.close());

  const sendAll = (delivery: object = {}, more: object = {}) =>
    scene.send(
      { everyone: true },
      { notification: { title: 'Hello' }, delivery: { route: 'online_only', ttl: '1h', ...delivery }, ...more },
    );
  const waits = (device: string) =>
    mailboxes
      .readLog(APP, seen.get(device) ?? 0, 100, scene.clock.now())
      .then((all) => all.map(({ message }) => message));
  const done = (device: string, messages: readonly string[]) =>
    mailboxes.done([{ app: APP, device, messages }], scene.clock.now());
  const sending = (id: string) => scene.reaches(id, (message) => message.status === 'sending');

  it('waits in the log until its TTL ends, and counts each device that has dealt with it once', async () => {
    const id = await sendAll();
    const before = await sending(id);
    assert.equal(before.devices, DEVICES);
    assert.deepEqual([before.counts.queued, before.counts.failed], [CONNECTED, DEVICES - CONNECTED]);
    assert.deepEqual(before.reasons, { no_registration: DEVICES - CONNECTED });
    assert.deepEqual(await waits(nameOf('e', 0)), [id]);

    const [known] = await done(nameOf('e', 0), [id, 'msg_never']);
    assert.deepEqual(known, [id]);
    await Promise.all([1, 1, 2, 0].map((n) => done(nameOf('e', n), [id])));
    await done(nameOf('e', CONNECTED), [id]);
    const during = await scene.message(id);
    assert.deepEqual([during.counts.delivered, during.counts.queued], [3, CONNECTED - 3]);
    assert.equal(total(during.counts), DEVICES);
    const deliveries = await scene.deliveries(id);
    assert.deepEqual(
      deliveries.map(({ device, user, state, provider }) => [device, user, state, provider]),
      [0, 1, 2].map((n) => [nameOf('e', n), nameOf('e', n), 'delivered', 'realtime']),
    );
    assert.equal(scene.arrivals().length, 0, 'no vendor is asked');

    scene.clock.forward(3_600_000);
    const after = await scene.reaches(id);
    assert.deepEqual([after.counts.delivered, after.counts.expired, after.counts.queued], [3, CONNECTED - 3, 0]);
    assert.deepEqual(after.reasons, { no_registration: DEVICES - CONNECTED, expired: CONNECTED - 3 });
    assert.equal(total(after.counts), DEVICES);
    await done(nameOf('e', 5), [id]);
    assert.deepEqual((await scene.message(id)).counts, after.counts, 'too late');
  });

  it('counts in any order, also what the place in the log has passed, with track none', async () => {
    const first = await sendAll({ track: 'none' });
    await sending(first);
    const second = await sendAll({ track: 'none' });
    await sending(second);
    const device = nameOf('e', 7);
    await done(device, [second]);
    const entries = await mailboxes.readLog(APP, 0, 100, scene.clock.now());
    const logPosition = entries.at(-1)?.position ?? 0;
    for (let n = 0; n < 2; n++) {
      await mailboxes.done([{ app: APP, device, messages: [first, second], logPosition }], scene.clock.now());
    }
    for (const id of [first, second]) {
      const message = await scene.message(id);
      assert.deepEqual([message.counts.delivered, message.counts.queued], [1, CONNECTED - 1]);
      assert.deepEqual(await scene.deliveries(id), []);
    }
  });

  it('is taken back by a cancelation: nobody gets it any more', async () => {
    const id = await sendAll();
    await sending(id);
    await done(nameOf('e', 9), [id]);
    ok(await scene.call('POST', `/v1/messages/${id}/cancel`), 200);
    assert.ok(!(await waits(nameOf('e', 0))).includes(id));
    await done(nameOf('e', 10), [id]);
    const canceled = await scene.reaches(id, (message) => message.completed_at !== null);
    assert.deepEqual([canceled.counts.delivered, canceled.counts.canceled], [1, CONNECTED - 1]);
    assert.deepEqual(canceled.reasons, { no_registration: DEVICES - CONNECTED, canceled: CONNECTED - 1 });
  });

  it('takes the place of an older one with its collapse key', async () => {
    const older = await sendAll({ collapse_key: 'score' });
    await sending(older);
    const newer = await sendAll({ collapse_key: 'score' });
    await sending(newer);
    const all = await waits(nameOf('e', 0));
    assert.deepEqual([all.includes(older), all.includes(newer)], [false, true]);
  });

  it('goes the common way where not all devices are meant', async () => {
    const one = await sendAll({ per_user: 'last_active' });
    await scene.reaches(one);
    assert.ok(!(await waits(nameOf('e', 0))).includes(one));
    const only = await sendAll({}, { except: { devices: [nameOf('e', 0)] } });
    const message = await scene.reaches(only);
    assert.deepEqual([message.devices, message.counts.sent], [DEVICES - 1, CONNECTED - 1]);
    assert.ok(!(await waits(nameOf('e', 0))).includes(only));
  });
});
