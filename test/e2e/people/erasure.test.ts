import assert from 'node:assert/strict';
import { openWorld, until } from '../../support/world.js';
import { nameOf, ok, openScene, type Scene, total } from '../delivery/scene.js';

interface Erased {
  readonly id: string;
  readonly devices: number;
  readonly deliveries: number;
}

/** Forgetting a user over HTTP, whatever is under way. */
describe('erasing a user', function () {
  this.timeout(60_000);
  let scene: Scene;
  before(async () => {
    scene = await openScene({ world: await openWorld({ roads: 'apns' }) });
  });
  after(() => scene?.world.close());

  const path = (user: string, more = '') => `/v1/users/${encodeURIComponent(user)}${more}`;
  const erase = async (user: string) => ok(await scene.call<Erased>('DELETE', path(user)), 200);
  async function assertForgotten(user: string) {
    assert.equal((await scene.call('GET', path(user))).status, 404);
    assert.equal((await scene.call('GET', path(user, '/export'))).status, 404);
    assert.deepEqual((await scene.call('GET', path(user, '/timeline'))).body.data, []);
    assert.deepEqual((await scene.call('GET', path(user, '/devices'))).body.data, []);
    assert.equal((await scene.call('DELETE', path(user))).status, 404);
  }

  it('removes record, devices and deliveries, and tells how many; counts of messages stay', async () => {
    const user = 'alice/ü 1';
    await scene.call('PUT', path(user), { tags: ['vip'], consent: { marketing: true } });
    await scene.devices('alice', 2, () => user);
    await scene.device('bystander', { user: 'bob' });
    const id = await scene.send({ users: [user, 'bob'] });
    const before = await scene.reaches(id);
    assert.deepEqual(await erase(user), { id: user, devices: 2, deliveries: 2 });
    await assertForgotten(user);
    assert.deepEqual(await scene.message(id), before);
    assert.deepEqual(
      (await scene.deliveries(id)).map(({ device }) => device),
      ['bystander'],
    );
    assert.equal((await scene.call('GET', `/v1/devices/${nameOf('alice', 0)}`)).status, 404);
  });

  it('of somebody known by a record alone, by a device alone, or by deliveries alone', async () => {
    await scene.call('PUT', path('record'), {});
    await scene.device('alone', { user: 'device' });
    await scene.device('left', { user: 'past' });
    await scene.reaches(await scene.send({ users: ['past'] }));
    await scene.call('PUT', '/v1/devices/left', { user: 'bob' });
    assert.deepEqual(await erase('record'), { id: 'record', devices: 0, deliveries: 0 });
    assert.deepEqual(await erase('device'), { id: 'device', devices: 1, deliveries: 0 });
    assert.deepEqual(await erase('past'), { id: 'past', devices: 0, deliveries: 1 });
    for (const user of ['record', 'device', 'past']) await assertForgotten(user);
    assert.equal((await scene.call('GET', '/v1/devices/left')).status, 200, 'it is bob’s by now');
  });

  it('is 404 for nobody, and for whom no store can hold', async () => {
    for (const user of ['nobody', '\0', 'x'.repeat(257)]) {
      const { status, body } = await scene.call('DELETE', path(user));
      assert.deepEqual([status, body.code], [404, 'user_not_found']);
    }
  });

  it('ends what waits for another attempt as suppressed, counted and not recorded', async () => {
    const token = await scene.device('waits', { user: 'wanda' });
    scene.fault(token, { kind: 'answer', status: 429, retryAfterSeconds: 600 }, 1);
    const id = await scene.send({ users: ['wanda'] });
    await until(
      () => scene.delivery(id),
      ({ attempts }) => attempts.length === 1,
    );
    assert.deepEqual(await erase('wanda'), { id: 'wanda', devices: 1, deliveries: 1 });
    await assertForgotten('wanda');
    scene.clock.forward(601_000);
    const { counts, reasons } = await scene.reaches(id);
    assert.deepEqual([counts.suppressed, reasons], [1, { no_device: 1 }]);
    assert.deepEqual(await scene.deliveries(id), []);
    await assertForgotten('wanda');
    assert.equal(scene.arrivals(token).length, 1);
  });

  it('never shows what was meant for them to whoever has the device next, nor to nobody’s device', async () => {
    for (const next of ['bob', null]) {
      const token = await scene.device('handed-on', { user: 'hans' });
      scene.fault(token, { kind: 'answer', status: 429, retryAfterSeconds: 600 }, 1);
      const id = await scene.send({ users: ['hans'] });
      await until(
        () => scene.delivery(id),
        ({ attempts }) => attempts.length === 1,
      );
      await erase('hans');
      const fresh = await scene.device('handed-on', { user: next });
      scene.clock.forward(601_000);
      assert.deepEqual((await scene.reaches(id)).reasons, { user_changed: 1 });
      assert.deepEqual(scene.arrivals(fresh), []);
      await assertForgotten('hans');
      await scene.call('DELETE', '/v1/devices/handed-on');
    }
  });

  it('while a send is on the wire: it arrives, is counted, and nothing of the user comes back', async () => {
    const token = await scene.device('wired', { user: 'walt' });
    scene.fault(token, { kind: 'answer', latencyMs: 3_000 }, 1);
    const id = await scene.send({ users: ['walt'] });
    // The attempt is marked as started before any byte leaves.
    await until(
      async () => scene.arrivals(token).length,
      (arrived) => arrived === 1,
    );
    assert.equal((await scene.message(id)).settled, 0, 'the answer is still out');
    assert.equal((await erase('walt')).devices, 1);
    await assertForgotten('walt');
    const { counts } = await scene.reaches(id);
    assert.equal(counts.sent, 1);
    assert.deepEqual(await scene.deliveries(id), []);
    await assertForgotten('walt');
  });

  it('while many sends and registrations are under way: no name comes back, and every count is exact', async () => {
    const users = Array.from({ length: 4 }, (_, n) => `racer${n}`);
    for (const [n, user] of users.entries()) await scene.devices(`race${n}x`, 20, () => user);
    const sent: string[] = [];
    const sending = (async () => {
      for (let n = 0; n < 8; n++) sent.push(await scene.send({ users }));
    })();
    const erasing = users.map(async (user) => {
      const [one, other] = await Promise.all([1, 2].map(() => scene.call<Erased>('DELETE', path(user))));
      assert.ok(one && other && (one.status === 200 || other.status === 200));
      const devices = [one, other].map(({ status, body }) => (status === 200 ? body.devices : 0));
      assert.equal(
        devices.reduce((sum, count) => sum + count, 0),
        20,
        'each device is removed once',
      );
    });
    await Promise.all([sending, ...erasing]);
    for (const id of sent) {
      const { counts, devices } = await scene.reaches(id);
      assert.equal(total(counts), devices);
      assert.equal((counts.sent ?? 0) + (counts.suppressed ?? 0), devices);
      const users = (await scene.deliveries(id)).map(({ user }) => user);
      assert.deepEqual(
        users.filter((user) => user !== null),
        [],
        id,
      );
    }
    for (const user of users) await assertForgotten(user);
  });

  it('lets them come back as somebody new', async () => {
    await scene.device('phoenix', { user: 'phoenix' });
    await scene.reaches(await scene.send({ users: ['phoenix'] }));
    await erase('phoenix');
    await scene.device('phoenix', { user: 'phoenix' });
    const id = await scene.send({ users: ['phoenix'] });
    assert.equal((await scene.reaches(id)).counts.sent, 1);
    assert.deepEqual(
      (await scene.deliveries(id)).map(({ user }) => user),
      ['phoenix'],
    );
  });
});
