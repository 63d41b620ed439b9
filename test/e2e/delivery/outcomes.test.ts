import assert from 'node:assert/strict';
import { openScene, type Scene } from './scene.js';

/** What the vendor answers, and what becomes of the delivery. */
describe('delivery: answers of the vendor', function () {
  this.timeout(60_000);
  let scene: Scene;
  before(async () => {
    scene = await openScene();
  });
  after(() => scene?.world.close());

  it('retires a registration the vendor calls dead, shows it, and sends to it no more', async () => {
    const token = await scene.device('dead');
    scene.fault(token, { kind: 'answer', status: 410 }, 1);
    const first = await scene.send({ devices: ['dead'] });
    const ended = await scene.reaches(first);
    assert.equal(ended.counts.failed, 1);
    assert.deepEqual(ended.reasons, { token_invalid: 1 });
    const delivery = await scene.delivery(first);
    assert.deepEqual([delivery.state, delivery.reason, delivery.attempts.length], ['failed', 'token_invalid', 1]);
    assert.deepEqual(delivery.attempts[0]?.vendor, { status: 410, code: 'Unregistered' });
    assert.equal(delivery.attempts[0]?.cure, undefined, 'nothing is to be mended');

    const device = await scene.show('dead');
    assert.deepEqual(device.registrations, []);
    assert.deepEqual(
      device.retired.map((registration) => registration.reason),
      ['Unregistered'],
    );
    assert.match(device.retired[0]?.explanation ?? '', /^Apple said Unregistered: the app was removed/);
    const second = await scene.send({ devices: ['dead'] });
    assert.deepEqual((await scene.reaches(second)).reasons, { no_registration: 1 });
    assert.equal((await scene.delivery(second)).reason, 'no_registration');
    assert.equal(scene.arrivals(token).length, 1);
  });

  it('keeps a registration that was confirmed after the time the vendor names', async () => {
    const token = await scene.device('renewed');
    scene.fault(token, { kind: 'answer', status: 410, timestampMs: scene.clock.now() - 60_000 }, 1);
    const first = await scene.send({ devices: ['renewed'] });
    assert.deepEqual((await scene.reaches(first)).reasons, { token_invalid: 1 });
    const device = await scene.show('renewed');
    assert.deepEqual([device.registrations.length, device.retired.length], [1, 0]);
    assert.equal((await scene.reaches(await scene.send({ devices: ['renewed'] }))).counts.sent, 1);
  });

  it('brings a retired registration back when the device registers it again', async () => {
    const token = await scene.device('back');
    scene.fault(token, { kind: 'answer', status: 410 }, 1);
    await scene.reaches(await scene.send({ devices: ['back'] }));
    assert.equal((await scene.show('back')).registrations.length, 0);
    await scene.device('back', { registrations: [{ provider: 'apns', token }] });
    const device = await scene.show('back');
    assert.deepEqual([device.registrations.length, device.retired.length], [1, 0]);
    assert.equal((await scene.reaches(await scene.send({ devices: ['back'] }))).counts.sent, 1);
  });

  it('waits as long as Retry-After says, then delivers, and tells of both attempts', async () => {
    const token = await scene.device('throttled');
    scene.fault(token, { kind: 'answer', status: 429, retryAfterSeconds: 2 }, 1);
    const id = await scene.send({ devices: ['throttled'] });
    assert.equal((await scene.reaches(id)).counts.sent, 1);
    const [refused, accepted, ...more] = scene.arrivals(token);
    assert.ok(refused !== undefined && accepted !== undefined && more.length === 0);
    assert.ok(accepted.at - refused.at >= 2_000, `asked again after ${accepted.at - refused.at} ms`);
    assert.equal(accepted.id, refused.id);
    const { attempts, state } = await scene.delivery(id);
    assert.equal(state, 'sent');
    assert.deepEqual(
      attempts.map(({ outcome, reason, vendor }) => [outcome, reason, vendor?.status]),
      [
        ['deferred', 'rate_limited', 429],
        ['accepted', undefined, undefined],
      ],
    );
  });

  it('counts attempts that one device used up, and gives up after ten', async () => {
    const token = await scene.device('tired');
    scene.fault(token, { kind: 'answer', status: 429 });
    const id = await scene.send({ devices: ['tired'] });
    assert.deepEqual((await scene.reaches(id)).reasons, { rate_limited: 1 });
    assert.equal(scene.arrivals(token).length, 10);
    assert.equal((await scene.delivery(id)).attempts.length, 10);
  });

  it('expires at once what may be sent again only after its TTL', async () => {
    const token = await scene.device('too-late');
    scene.fault(token, { kind: 'answer', status: 429, retryAfterSeconds: 600 }, 1);
    const id = await scene.send({ devices: ['too-late'] }, { notification: { title: 'x' }, delivery: { ttl: '1m' } });
    assert.deepEqual((await scene.reaches(id)).reasons, { expired: 1 });
  });

  it('keeps a registration whose token belongs to another app, and retires it at the third day', async () => {
    const token = await scene.device('stranger');
    await scene.device('proof');
    for (const day of [1, 2, 3]) {
      // The account's other sends succeed, which is what makes the token the culprit.
      await scene.reaches(await scene.send({ devices: ['proof'] }));
      scene.fault(token, { kind: 'answer', status: 400, reason: 'BadDeviceToken' }, 2);
      for (const turn of [1, 2]) {
        const ended = await scene.reaches(await scene.send({ devices: ['stranger'] }));
        assert.deepEqual(ended.reasons, day === 3 && turn === 2 ? { no_registration: 1 } : { token_wrong_app: 1 });
      }
      const { registrations, retired } = await scene.show('stranger');
      assert.deepEqual([registrations.length, retired.length], day < 3 ? [1, 0] : [0, 1], `day ${day}`);
      if (day === 3) assert.match(retired[0]?.cure ?? '', /environment: "sandbox"/);
      scene.clock.forward(86_400_000);
    }
  });

  it('fails a payload the vendor will never take, once, and keeps the registration', async () => {
    const token = await scene.device('picky');
    scene.fault(token, { kind: 'answer', status: 413, reason: 'PayloadTooLarge' }, 1);
    const id = await scene.send({ devices: ['picky'] });
    assert.deepEqual((await scene.reaches(id)).reasons, { payload_too_large: 1 });
    assert.equal(scene.arrivals(token).length, 1);
    assert.equal((await scene.show('picky')).registrations.length, 1);
  });

  it('sends what got no answer again under the same id', async () => {
    const token = await scene.device('unsure');
    scene.fault(token, { kind: 'reset' }, 1);
    const id = await scene.send({ devices: ['unsure'] });
    assert.equal((await scene.reaches(id)).counts.sent, 1);
    const arrivals = scene.arrivals(token);
    assert.deepEqual(
      arrivals.map((arrival) => arrival.accepted),
      [false, true],
    );
    assert.equal(arrivals[0]?.id, arrivals[1]?.id);
    assert.equal(arrivals[0]?.headers['apns-id'], arrivals[1]?.headers['apns-id']);
    assert.deepEqual(
      (await scene.delivery(id)).attempts.map(({ outcome }) => outcome),
      ['uncertain', 'accepted'],
    );
  });

  it('drops what got no answer where the message says so', async () => {
    const token = await scene.device('rather-not');
    scene.fault(token, { kind: 'reset' }, 1);
    const more = { notification: { title: 'x' }, delivery: { on_uncertain: 'drop' } };
    const id = await scene.send({ devices: ['rather-not'] }, more);
    assert.deepEqual((await scene.reaches(id)).reasons, { uncertain: 1 });
    assert.equal((await scene.delivery(id)).state, 'failed');
    assert.equal(scene.arrivals(token).length, 1);
  });

  it('tries exactly once with a TTL of zero, whatever the answer', async () => {
    for (const [name, fault] of [
      ['now-429', { kind: 'answer', status: 429, retryAfterSeconds: 0 }],
      ['now-reset', { kind: 'reset' }],
      ['now-500', { kind: 'answer', status: 500 }],
    ] as const) {
      const token = await scene.device(name);
      scene.fault(token, fault);
      const id = await scene.send({ devices: [name] }, { notification: { title: 'x' }, delivery: { ttl: '0s' } });
      assert.equal((await scene.reaches(id)).counts.failed, 1, name);
      assert.equal(scene.arrivals(token).length, 1, name);
      assert.equal(scene.arrivals(token)[0]?.headers['apns-expiration'], '0');
      scene.world.simulators.faults.clear();
    }
  });
});
