import assert from 'node:assert/strict';
import type { PushToken } from '../../../providers/contract.js';
import { notificationId } from '../../../src/domain/ids.js';
import type { Store } from '../../../src/store/store.js';
import { openReceiver, type Receiver } from '../../support/receiver-farm.js';
import { createTellingVendor, type TellingVendor } from '../../support/telling-vendor.js';
import { until } from '../../support/world.js';
import { openScene, QUICK_RETRY, type Scene, VISIBLE } from '../delivery/scene.js';

interface Recalled {
  readonly counts: Readonly<Record<string, number>>;
  readonly warnings: readonly { readonly code: string; readonly provider?: string; readonly detail: string }[];
}

/** All that a vendor tells after it has taken a message, the whole way from its call to what callers see. */
describe('a vendor that tells afterwards', function () {
  this.timeout(60_000);
  const vendor: TellingVendor = createTellingVendor();
  let scene: Scene;
  let store: Store;
  let receiver: Receiver;
  const settings = { ...QUICK_RETRY, 'egress.allow': '127.0.0.0/8' };
  const variations = { kinds: [vendor.kind], observeParts: (parts: { store: Store }) => (store = parts.store) };

  before(async () => {
    receiver = await openReceiver();
    scene = await openScene({ settings, variations });
    const events = ['delivery.failed', 'delivery.delivered', 'device.token_invalid'];
    const hook = { url: receiver.url, events, max_wait: '0s' };
    assert.equal((await scene.call('POST', '/v1/webhook-endpoints', hook)).status, 201);
  });
  after(async () => {
    await scene?.world.close();
    await receiver?.close();
  });

  let made = 0;
  /** A device with a push token of its own. */
  async function device(fields: object = {}) {
    const id = `after${made++}`;
    const token = `tok-${id}`;
    const registrations = [{ provider: 'fcm', token }];
    const answer = await scene.call('PUT', `/v1/devices/${id}`, { platform: 'android', registrations, ...fields });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return { id, token: token as PushToken };
  }
  async function send(to: object, more: object = VISIBLE) {
    const id = await scene.send(to, { ...more });
    await scene.reaches(id);
    return id;
  }
  const sentTo = (message: string) => vendor.sent.filter(([id]) => id === message).map(([, token]) => token);
  const toldOf = (message: string) =>
    receiver.calls
      .flatMap(({ body }) => JSON.parse(body).data.events as { type: string; data: Record<string, unknown> }[])
      .filter(({ data }) => data.message === message);

  it('is lent an address of this machine, as it is on it', () => {
    const url = scene.gateway.api?.url ?? '';
    assert.ok(vendor.callbackUrls[0]?.startsWith(`${url}/callbacks/fcm/demo/`), vendor.callbackUrls[0]);
  });

  it('names deliveries by message and push token, of devices and of bare tokens, and nothing is kept for it', async () => {
    const { id, token } = await device();
    const bare = 'tok-bare' as PushToken;
    const message = await send({ devices: [id], push_tokens: [{ provider: 'fcm', token: bare }] });
    const receipts = [token, bare].map((pushToken) => ({
      ...{ target: { message, pushToken }, state: 'delivered' as const, id: `r-${pushToken}` },
    }));
    const stranger = { target: { message, pushToken: 'tok-stranger' as PushToken }, state: 'delivered' as const };
    assert.equal(await vendor.tell({ receipts: [...receipts, stranger] }), 200);
    const { counts } = await scene.message(message);
    assert.deepEqual([counts.sent, counts.delivered], [0, 2]);
    const names = await store.vendorNames.find('demo', 'fcm', [notificationId(message, id), `v-${token}`]);
    assert.equal(names.size, 0);
  });

  it('gives up what it took: the delivery has failed, with its word, and a webhook tells it', async () => {
    const { id, token } = await device();
    const message = await send({ devices: [id] });
    const failed = { target: { message, pushToken: token }, state: 'failed', reason: 'quota_exceeded' } as const;
    assert.equal(await vendor.tell({ receipts: [{ ...failed, vendor: { code: '1605', text: 'daily cap' } }] }), 200);
    const { counts, reasons } = await scene.message(message);
    assert.deepEqual([counts.sent, counts.failed, reasons], [0, 1, { quota_exceeded: 1 }]);
    const delivery = await scene.delivery(message);
    assert.deepEqual([delivery.state, delivery.reason, delivery.attempts.length], ['failed', 'quota_exceeded', 1]);
    assert.deepEqual(delivery.attempts[0]?.vendor, { code: '1605', text: 'daily cap' });
    const { body } = await scene.call<{ data: { event: string }[] }>('GET', `/v1/messages/${message}/timeline`);
    const events = body.data.map(({ event }) => event);
    assert.deepEqual(events.slice(-2).sort(), ['delivery.failed', 'message.completed'].sort());
    const told = await until(
      async () => toldOf(message),
      (found) => found.length > 0,
    );
    assert.deepEqual(
      told.map(({ type, data }) => [type, data.device, data.reason, data.provider]),
      [['delivery.failed', id, 'quota_exceeded', 'fcm']],
    );
    const late = { ...failed, state: 'delivered' } as const;
    await vendor.tell({ receipts: [{ ...late }, { ...failed }] });
    const after = await scene.message(message);
    assert.deepEqual([after.counts.failed, after.counts.delivered], [1, 0], 'an end stays an end');
  });

  it('may give up before we have noted that it took it, and may not once the device has it', async () => {
    const [early, seen] = [await device(), await device()];
    vendor.onSend = (message, pushToken) => {
      const target = { message, pushToken: pushToken as PushToken };
      if (pushToken === early.token) void vendor.tell({ receipts: [{ target, state: 'failed', reason: 'expired' }] });
    };
    const message = await send({ devices: [early.id, seen.id] });
    vendor.onSend = () => undefined;
    await scene.reaches(message, ({ counts }) => counts.failed === 1);
    const target = { message, pushToken: seen.token };
    await vendor.tell({ receipts: [{ target, state: 'delivered' }] });
    await vendor.tell({ receipts: [{ target, state: 'failed', reason: 'expired' }] });
    const { counts, reasons } = await scene.message(message);
    assert.deepEqual([counts.failed, counts.delivered, reasons], [1, 1, { expired: 1 }]);
  });

  it('says that a person let the app show nothing, until somebody says something newer', async () => {
    const { id, token } = await device({ notifications: 'on' });
    scene.clock.forward(1_000);
    await vendor.tell({ notices: [{ kind: 'notifications', pushToken: token, state: 'off' }] });
    const held = await send({ devices: [id] });
    const delivery = await scene.delivery(held);
    assert.deepEqual([delivery.state, delivery.reason, sentTo(held)], ['suppressed', 'opted_out', []]);
    scene.clock.forward(1_000);
    const at = scene.clock.now();
    await scene.call('PATCH', `/v1/devices/${id}`, { notifications: 'on' });
    await vendor.tell({ notices: [{ kind: 'notifications', pushToken: token, state: 'off', at: at - 500 }] });
    assert.deepEqual(sentTo(await send({ devices: [id] })), [token]);
  });

  it('gives a device another address: by a notice, and in answer to a message, which goes there', async () => {
    const { id, token } = await device();
    const [second, third] = ['tok-second', 'tok-third'] as PushToken[];
    await vendor.tell({ notices: [{ kind: 'unregistered', pushToken: token, replacedBy: second ?? token }] });
    assert.deepEqual(sentTo(await send({ devices: [id] })), [second]);
    vendor.moved.set('tok-second', 'tok-third');
    const message = await send({ devices: [id] });
    assert.deepEqual(sentTo(message), [third]);
    const { state, attempts } = await scene.delivery(message);
    assert.deepEqual(
      [state, attempts.map(({ outcome, reason }) => [outcome, reason])],
      [
        'sent',
        [
          ['unregistered', 'token_invalid'],
          ['accepted', undefined],
        ],
      ],
    );
    const { registrations, retired } = await scene.show(id);
    assert.equal(registrations.length, 1);
    assert.deepEqual(
      retired.map(({ reason }) => reason),
      ['replaced', 'replaced'],
    );
  });

  it('says that addresses are dead, in one call for a thousand', async () => {
    const { id, token } = await device();
    const message = await send({ devices: [id] });
    const strangers = Array.from({ length: 999 }, (_, n) => `tok-nobody${n}` as PushToken);
    const all = [token, ...strangers];
    const status = await vendor.tell({
      receipts: all.map((pushToken) => ({ target: { message, pushToken }, state: 'failed', reason: 'token_invalid' })),
      notices: all.map((pushToken) => ({ kind: 'unregistered', pushToken, code: '21201' })),
    });
    assert.equal(status, 200);
    assert.deepEqual(
      (await scene.show(id)).retired.map(({ reason }) => reason),
      ['21201'],
    );
    assert.deepEqual((await scene.message(message)).reasons, { token_invalid: 1 });
    const one = { target: { message, pushToken: token }, state: 'failed' } as const;
    assert.equal(await vendor.tell({ receipts: Array.from({ length: 2_500 }, () => one) }), 200);
  });

  it('takes messages back, as far as it can', async () => {
    const devices = await Promise.all(Array.from({ length: 4 }, () => device()));
    const message = await send({ devices: devices.map(({ id }) => id) });
    const [can, cannot, later, seen] = devices.map(({ token }) => token);
    await vendor.tell({
      receipts: [{ target: { message, pushToken: seen ?? cannot ?? can } as never, state: 'opened' }],
    });
    vendor.recalls.set(cannot ?? '', 'impossible');
    vendor.recalls.set(later ?? '', 'failed');
    const first = await scene.call<Recalled>('POST', `/v1/messages/${message}/recall`);
    assert.deepEqual([first.body.counts.recalled, first.body.counts.sent, first.body.counts.opened], [1, 2, 1]);
    const [warning] = first.body.warnings;
    assert.deepEqual([warning?.code, warning?.provider], ['not_recallable', 'fcm']);
    assert.match(warning?.detail ?? '', /fcm has taken 4, and took back 1 of them, and is asked again/);
    vendor.recalls.delete(later ?? '');
    await scene.reaches(message, ({ counts }) => counts.recalled === 2);
    assert.deepEqual(vendor.recalled, [can, later]);
  });

  it('is asked for the addresses that died, and they are retired', async () => {
    const { id, token } = await device();
    const [url, key] = [scene.gateway.api?.url ?? '', scene.key];
    assert.ok(url);
    await scene.gateway.stop();
    vendor.dead.push(token, 'tok-nobody');
    // Its interval has passed by then.
    const clock = { now: () => Date.now() + 2 * 3_600_000 };
    const gateway = await scene.world.open({ settings, variations: { ...variations, clock } });
    const show = async () => {
      const answer = await fetch(`${gateway.api?.url}/v1/devices/${id}`, {
        headers: { authorization: `Bearer ${key}` },
      });
      return (await answer.json()) as { registrations: unknown[]; retired: { reason: string }[] };
    };
    const { registrations, retired } = await until(show, (shown) => shown.retired.length > 0);
    assert.deepEqual([registrations.length, retired.map(({ reason }) => reason)], [0, ['token_invalid']]);
  });
});
