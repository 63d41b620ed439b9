import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LiveBus } from '../../../src/ports/live-bus.js';
import { signAccess } from '../../support/access-token.js';
import { openWorld, until } from '../../support/world.js';
import { type DeliveryBody, openScene, type Scene, VISIBLE } from '../delivery/scene.js';
import { connectDevice, type Manner } from './mannered-device.js';
import { openPlain } from './plain-client.js';

const SECRET = 'a secret of thirty-two bytes or more';
const APP = `
realtime: { issuer: demo, keys: [{ secret: ${SECRET} }] }
routes:
  default: [{ via: realtime, wait: 60s }, { via: native, after: [offline, no_ack] }]
`;
const QUICK = { ack_timeout: '1s' };
/** For devices that answer, however busy the machine is. */
const PATIENT = { ack_timeout: '60s' };

/** Online first, the vendor when no answer came: judged by the vendor's ledger and by what the device was pushed. */
describe('a device with a connection and a vendor', function () {
  this.timeout(60_000);
  let scene: Scene;
  let bus: LiveBus;
  let n = 0;

  before(async () => {
    const world = await openWorld({ roads: 'apns' });
    await appendFile(join(world.configDir, 'apps', 'demo.yaml'), APP);
    scene = await openScene({
      world,
      variations: {
        observeParts: (parts) => {
          bus = parts.bus;
        },
      },
    });
  });
  after(() => scene?.world.close());

  /** Connects the device as this user. */
  const connect = (id: string, user: string, manner: Manner = 'done') =>
    connectDevice(
      {
        async connect(device, hello = {}, claims = {}) {
          const client = await openPlain(scene.gateway.api?.url ?? '');
          const iat = Math.floor(scene.clock.now() / 1_000);
          const token = signAccess(
            { algorithm: 'HS256', secret: SECRET },
            { iss: 'demo', aud: 'demo', device, scope: 'receive events', iat, exp: iat + 3_600, ...claims },
          );
          client.say({ t: 'hello', token, ...hello });
          await client.next('welcome');
          return client;
        },
        isOnline: async (device) => (await bus.online('demo', [device])).size > 0,
      },
      id,
      user,
      manner,
    );

  /** A phone of a user of its own that has connected before. */
  async function phone() {
    const id = `phone${n++}`;
    const token = await scene.device(id, { user: id });
    await (await connect(id, id)).cut();
    return { id, token };
  }
  const send = (device: string, delivery: object = QUICK, more: object = VISIBLE) =>
    scene.send({ devices: [device] }, { ...more, delivery });
  const told = ({ state, reason, provider, attempts }: DeliveryBody) => [
    [state, reason, provider],
    ...attempts.map((attempt) => [
      (attempt as { provider?: string }).provider,
      attempt.outcome ?? null,
      attempt.reason ?? null,
    ]),
  ];
  /** Once it is recorded that the device has it, and is waited for. */
  const handed = (message: string) =>
    until(
      () => scene.delivery(message),
      ({ attempts }) => attempts.length === 1,
    );
  /** Of the vendor, whatever it answered. */
  const calls = (token: string) => scene.arrivals(token).length;

  it('that is there and answers: delivered, and the vendor is not asked', async () => {
    const { id, token } = await phone();
    const device = await connect(id, id);
    const message = await send(id, PATIENT);
    const done = await scene.reaches(message);
    assert.deepEqual([done.counts.delivered, done.reasons], [1, {}]);
    assert.deepEqual(told(await scene.delivery(message)), [
      ['delivered', null, 'realtime'],
      ['realtime', 'accepted', null],
    ]);
    assert.deepEqual(
      device.pushes().map(({ id: of, tag, show, notification }) => [of, tag, show, notification]),
      [[message, message, true, { title: 'Hello' }]],
    );
    assert.equal(calls(token), 0);
  });

  it('that is silent: the vendor is asked when the time to answer is up, not before, and the copy is hushed', async () => {
    const { id, token } = await phone();
    const device = await connect(id, id, 'silent');
    const message = await send(id);
    await scene.reaches(message);
    const [call] = scene.arrivals(token);
    const delivery = await scene.delivery(message);
    assert.deepEqual(told(delivery), [
      ['sent', null, 'apns'],
      ['realtime', null, 'no_ack'],
      ['apns', 'accepted', null],
    ]);
    const [asked] = delivery.attempts;
    const waitedMs = (call?.at ?? 0) - Date.parse(asked?.at ?? '');
    assert.ok(waitedMs >= 1_000 && waitedMs < 5_000, `${waitedMs} ms`);
    assert.match(asked?.detail ?? '', /^waited \d+(\.\d)? s$/);
    await device.cut();
    const again = await connect(id, id);
    const { id: of, show } = await again.push();
    assert.deepEqual([of, show], [message, false], 'a person sees it once');
  });

  it('waits for the answer as long as the route says, where the message does not', async () => {
    const { id, token } = await phone();
    await connect(id, id, 'silent');
    const message = await send(id, {});
    assert.deepEqual(told(await handed(message)), [
      ['queued', null, 'realtime'],
      ['realtime', null, null],
    ]);
    scene.clock.forward(20_000);
    assert.equal(calls(token), 0);
    scene.clock.forward(41_000);
    await scene.reaches(message);
    assert.equal(calls(token), 1);
  });

  it('that is not there: the vendor is asked at once', async () => {
    const { id, token } = await phone();
    const message = await send(id, PATIENT);
    await scene.reaches(message);
    assert.deepEqual(told(await scene.delivery(message)), [
      ['sent', null, 'apns'],
      ['realtime', null, 'offline'],
      ['apns', 'accepted', null],
    ]);
    assert.equal(calls(token), 1);
    const device = await connect(id, id);
    assert.equal((await device.push()).show, false);
  });

  it('that never connected is not there either', async () => {
    const token = await scene.device('stranger', { user: 'stranger' });
    const message = await send('stranger');
    await scene.reaches(message);
    assert.deepEqual(told(await scene.delivery(message)), [
      ['sent', null, 'apns'],
      ['apns', 'accepted', null],
    ]);
    assert.equal(calls(token), 1);
  });

  it('whose app takes its time after `got`: the vendor is not woken, however long ack_timeout is over', async () => {
    const { id, token } = await phone();
    const device = await connect(id, id, 'got');
    const message = await send(id, PATIENT);
    await device.push();
    await handed(message);
    scene.clock.forward(90_000);
    await scene.reaches(await send((await phone()).id)); // The workers have looked around since.
    assert.equal(calls(token), 0);
    device.done(message);
    const done = await scene.reaches(message);
    assert.equal(done.counts.delivered, 1);
    assert.equal(calls(token), 0);
  });

  it('whose app says nothing for a minute after `got`: the vendor is asked', async () => {
    const { id, token } = await phone();
    const device = await connect(id, id, 'got');
    const message = await send(id, PATIENT);
    await device.push();
    await handed(message);
    scene.clock.forward(121_000);
    await scene.reaches(message);
    assert.deepEqual([calls(token), (await scene.delivery(message)).attempts[0]?.reason], [1, 'no_ack']);
  });

  it('whose connection ends between `got` and `done`: the vendor is asked at once', async () => {
    const { id, token } = await phone();
    const device = await connect(id, id, 'got');
    const message = await send(id, PATIENT);
    await handed(message);
    await device.cut();
    await scene.reaches(message);
    assert.deepEqual(told(await scene.delivery(message)), [
      ['sent', null, 'apns'],
      ['realtime', null, 'no_ack'],
      ['apns', 'accepted', null],
    ]);
    assert.equal(calls(token), 1);
  });

  it('that answers while its vendor is paused: delivered, and the vendor is not asked', async () => {
    const other = await phone();
    const { id, token } = await phone();
    const device = await connect(id, id, 'silent');
    scene.fault(other.token, { kind: 'answer', status: 503, reason: 'ServiceUnavailable', retryAfterSeconds: 20 }, 1);
    const paused = await send(other.id);
    await until(
      async () => calls(other.token),
      (made) => made === 1,
    );
    const message = await send(id);
    await until(
      () => scene.delivery(message),
      ({ attempts }) => attempts.length === 1 && attempts[0]?.reason === 'no_ack',
    );
    device.done(message);
    await scene.reaches(message);
    assert.deepEqual(told(await scene.delivery(message)), [
      ['delivered', null, 'realtime'],
      ['realtime', null, 'no_ack'],
    ]);
    scene.clock.forward(20_000);
    await scene.reaches(paused);
    assert.equal(calls(token), 0);
  });

  it('that answers when the vendor has it in hand: sent there, and delivered', async () => {
    const { id, token } = await phone();
    const device = await connect(id, id, 'silent');
    scene.fault(token, { kind: 'answer', status: 200, latencyMs: 700 });
    const message = await send(id);
    await until(
      () => scene.delivery(message),
      ({ attempts }) => attempts[0]?.reason === 'no_ack',
    );
    await until(
      async () => calls(token),
      (made) => made === 1,
    );
    device.done(message);
    const done = await scene.reaches(message, ({ counts }) => counts.delivered === 1);
    assert.deepEqual([done.devices, done.settled], [1, 1]);
    assert.deepEqual(told(await scene.delivery(message)), [
      ['delivered', null, 'apns'],
      ['realtime', null, 'no_ack'],
      ['apns', 'accepted', null],
    ]);
  });

  it('that belongs to somebody else in the middle of it: nobody sees it', async () => {
    const { id, token } = await phone();
    const device = await connect(id, id, 'silent');
    const message = await send(id, PATIENT);
    await device.push();
    await scene.call('PATCH', `/v1/devices/${id}`, { user: 'bob' });
    const bobs = await connect(id, 'bob');
    scene.clock.forward(60_000);
    const done = await scene.reaches(message);
    assert.deepEqual([done.counts.suppressed, done.reasons], [1, { user_changed: 1 }]);
    const own = await send(id);
    assert.equal((await bobs.push()).id, own);
    assert.deepEqual([calls(token), bobs.pushes().length], [0, 1]);
  });

  it('whose vendor calls its address dead: the message waits for it, and is shown when it connects', async () => {
    const { id, token } = await phone();
    scene.fault(token, { kind: 'answer', status: 410, reason: 'Unregistered' });
    const message = await send(id);
    await scene.reaches(message);
    assert.deepEqual(told(await scene.delivery(message)), [
      ['sent', null, 'realtime'],
      ['realtime', null, 'offline'],
      ['apns', 'unregistered', 'token_invalid'],
    ]);
    const device = await connect(id, id);
    const { id: of, show } = await device.push();
    assert.deepEqual([of, show], [message, true]);
    await scene.reaches(message, ({ counts }) => counts.delivered === 1);
  });

  describe('on the route online_only', () => {
    it('gets it when it connects, and no vendor is asked', async () => {
      const { id, token } = await phone();
      const message = await send(id, { route: 'online_only' });
      const kept = await scene.reaches(message);
      assert.equal(kept.counts.sent, 1);
      assert.deepEqual(told(await scene.delivery(message)), [
        ['sent', null, 'realtime'],
        ['realtime', null, 'offline'],
      ]);
      const device = await connect(id, id);
      const { id: of, show } = await device.push();
      assert.deepEqual([of, show], [message, true]);
      await scene.reaches(message, ({ counts }) => counts.delivered === 1);
      assert.equal(calls(token), 0);
    });

    it('gets one without a time to live now or never', async () => {
      const { id } = await phone();
      const missed = await send(id, { route: 'online_only', ttl: '0s' });
      const done = await scene.reaches(missed);
      assert.deepEqual([done.counts.failed, done.reasons], [1, { offline: 1 }]);
      const device = await connect(id, id);
      const met = await send(id, { route: 'online_only', ttl: '0s' });
      assert.equal((await scene.reaches(met)).counts.delivered, 1);
      assert.deepEqual(
        device.pushes().map(({ id: of }) => of),
        [met],
      );
    });
  });

  it('on the route parallel gets it over both at once, under one tag', async () => {
    const { id, token } = await phone();
    const device = await connect(id, id, 'silent');
    const message = await send(id, { route: 'parallel', ack_timeout: '60s' });
    await scene.reaches(message);
    const { id: of, show, tag } = await device.push();
    assert.deepEqual([of, show], [message, true]);
    const [call] = scene.arrivals(token);
    assert.equal(call?.headers['apns-collapse-id'], tag);
  });

  it('on the route push_only gets it over the vendor alone', async () => {
    const { id, token } = await phone();
    const device = await connect(id, id);
    await scene.reaches(await send(id, { route: 'push_only' }));
    assert.deepEqual([calls(token), device.pushes().length], [1, 0]);
  });
});
