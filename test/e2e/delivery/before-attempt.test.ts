import assert from 'node:assert/strict';
import { until } from '../../support/world.js';
import { newToken, openScene, type Scene, VISIBLE } from './scene.js';

const HOUR_MS = 3_600_000;
const WAIT_SECONDS = 600;

/** What changes between accept and attempt is looked at right before the attempt. */
describe('delivery: what is looked at again before an attempt', function () {
  this.timeout(60_000);
  let scene: Scene;
  before(async () => {
    scene = await openScene();
  });
  after(() => scene?.world.close());

  /** Sends to a device whose first attempt is put off, and waits until that attempt has been made. */
  async function putOff(
    device: string,
    token: string,
    more: Record<string, unknown> = VISIBLE,
    seconds = WAIT_SECONDS,
  ) {
    scene.fault(token, { kind: 'answer', status: 429, retryAfterSeconds: seconds }, 1);
    const id = await scene.send({ devices: [device] }, more);
    await until(
      () => scene.delivery(id),
      (delivery) => delivery.attempts.length === 1,
    );
    return id;
  }

  /** The time of the next attempt has come. */
  const waited = () => scene.clock.forward(WAIT_SECONDS * 1_000);

  it('never shows to the next user of a device what was meant for the one before', async () => {
    const token = await scene.device('handed-on', { user: 'alice' });
    const id = await putOff('handed-on', token);
    await scene.device('handed-on', { user: 'bob', registrations: [] });
    waited();
    assert.deepEqual((await scene.reaches(id)).reasons, { user_changed: 1 });
    const delivery = await scene.delivery(id);
    assert.deepEqual([delivery.state, delivery.user], ['suppressed', 'alice']);
    assert.equal(scene.arrivals(token).length, 1);
  });

  it('counts a log-out as a change of user', async () => {
    const token = await scene.device('logged-out', { user: 'alice' });
    const id = await putOff('logged-out', token);
    await scene.device('logged-out', { user: null, registrations: [] });
    waited();
    assert.deepEqual((await scene.reaches(id)).reasons, { user_changed: 1 });
    assert.equal(scene.arrivals(token).length, 1);
  });

  it('sends nothing to a device that was deleted', async () => {
    const token = await scene.device('deleted', { user: 'alice' });
    const id = await putOff('deleted', token);
    assert.equal((await scene.call('DELETE', '/v1/devices/deleted')).status, 204);
    waited();
    assert.deepEqual((await scene.reaches(id)).reasons, { no_device: 1 });
    assert.equal((await scene.delivery(id)).state, 'suppressed');
    assert.equal(scene.arrivals(token).length, 1);
  });

  it('sends to the push token a device has now', async () => {
    const old = await scene.device('renewed', { user: 'alice' });
    const id = await putOff('renewed', old);
    const fresh = await scene.device('renewed', { user: 'alice' });
    waited();
    assert.equal((await scene.reaches(id)).counts.sent, 1);
    assert.deepEqual([scene.arrivals(old).length, scene.arrivals(fresh).length], [1, 1]);
    assert.equal(scene.arrivals(old)[0]?.id, scene.arrivals(fresh)[0]?.id);
  });

  it('shows nothing where notifications are off, but carries data', async () => {
    const token = await scene.device('quiet', { notifications: 'off' });
    const visible = await scene.send({ devices: ['quiet'] });
    assert.deepEqual((await scene.reaches(visible)).reasons, { opted_out: 1 });
    assert.equal((await scene.delivery(visible)).state, 'suppressed');
    assert.equal(scene.arrivals(token).length, 0);
    const silent = await scene.send({ devices: ['quiet'] }, { data: { order: '1' } });
    assert.equal((await scene.reaches(silent)).counts.sent, 1);
    assert.equal(scene.arrivals(token).length, 1);
  });

  it('cancels what waits for its next attempt at once', async () => {
    const token = await scene.device('waiting');
    const id = await putOff('waiting', token, VISIBLE, 3_600);
    const canceled = await scene.call<{ status: string }>('POST', `/v1/messages/${id}/cancel`);
    assert.deepEqual([canceled.status, canceled.body.status], [200, 'canceled']);
    const ended = await scene.reaches(id, (message) => message.counts.canceled === 1);
    assert.deepEqual([ended.status, ended.settled, ended.reasons], ['canceled', 1, { canceled: 1 }]);
    assert.equal((await scene.delivery(id)).state, 'canceled');
    assert.equal(scene.arrivals(token).length, 1);
  });

  it('gives the vendor the TTL that is left', async () => {
    const token = await scene.device('ageing');
    const id = await putOff('ageing', token, { ...VISIBLE, delivery: { ttl: '2h' } }, 1_800);
    scene.clock.forward(HOUR_MS);
    assert.equal((await scene.reaches(id)).counts.sent, 1);
    const [first, second] = scene.arrivals(token);
    const expires = Number(first?.headers['apns-expiration']);
    assert.ok(Math.abs(expires * 1_000 - ((first?.at ?? 0) + 2 * HOUR_MS)) < 3_000, String(expires));
    assert.ok(Math.abs(Number(second?.headers['apns-expiration']) - expires) <= 1);
    assert.ok((second?.at ?? 0) - (first?.at ?? 0) >= HOUR_MS);
  });

  it('expires what waited longer than its TTL, and never sends it', async () => {
    const token = await scene.device('late');
    const id = await putOff('late', token, { ...VISIBLE, delivery: { ttl: '2h' } }, 3_600);
    scene.clock.forward(3 * HOUR_MS);
    assert.deepEqual((await scene.reaches(id)).reasons, { expired: 1 });
    assert.equal((await scene.delivery(id)).state, 'expired');
    assert.equal(scene.arrivals(token).length, 1);
  });

  it('expires what could not be sent while its account was away', async () => {
    const token = await scene.device('away');
    scene.fault(token, { kind: 'answer', status: 503, retryAfterSeconds: 3_600 }, 1);
    const id = await scene.send({ devices: ['away'] }, { ...VISIBLE, delivery: { ttl: '2h' } });
    await scene.reaches(id, () => scene.arrivals(token).length === 1);
    const waits = newToken();
    await scene.device('waits', { registrations: [{ provider: 'apns', token: waits }] });
    const other = await scene.send({ devices: ['waits'] }, { ...VISIBLE, delivery: { ttl: '30m' } });
    // The pause outlasts the shorter TTL: that end is known at once.
    assert.deepEqual((await scene.reaches(other)).reasons, { expired: 1 });
    scene.clock.forward(3 * HOUR_MS);
    assert.deepEqual((await scene.reaches(id)).reasons, { expired: 1 });
    assert.deepEqual([scene.arrivals(token).length, scene.arrivals(waits).length], [1, 0]);
  });
});
