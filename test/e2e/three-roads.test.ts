import assert from 'node:assert/strict';
import { createCaller, openWorld, pushTokenOf, until, type World } from '../support/world.js';

/** Devices on each of the three roads. */
const EACH = 200;

interface Line {
  readonly provider: string;
  readonly token: string;
  readonly accepted: boolean;
}

interface Delivery {
  readonly device: string;
  readonly provider: string;
  readonly state: string;
  readonly reason: string | null;
}

/** 22 characters, a colon and 140 more: the form that Google's registration tokens have. */
function fcmTokenOf(n: number): string {
  return `${String(n).padStart(22, 'f')}:${'A'.repeat(140)}`;
}

describe('one message over three roads', function () {
  this.timeout(120_000);
  let world: World;

  before(async () => {
    world = await openWorld();
  });
  after(() => world.close());

  it('reaches iPhones, Androids and browsers; deliveries and the ledger agree device by device', async () => {
    const gateway = await world.open({ settings: { 'retry.base': '50ms', 'retry.cap': '500ms' } });
    const url = gateway.api?.url ?? '';
    const key = await world.key(gateway);
    const call = createCaller(url, key);
    const { vapid, subscriptions } = world.simulators.endpoints.providers.webpush;
    const asked = { count: EACH, service: 'mozilla', vapid_key: vapid.publicKey };
    const browsers = (await (await fetch(subscriptions, { method: 'POST', body: JSON.stringify(asked) })).json()) as {
      endpoint: string;
    }[];
    const devices = Array.from({ length: EACH }, (_, n) => [
      { id: `ios${n}`, platform: 'ios', registrations: [{ provider: 'apns', token: pushTokenOf(n) }] },
      { id: `android${n}`, platform: 'android', registrations: [{ provider: 'fcm', token: fcmTokenOf(n) }] },
      { id: `web${n}`, platform: 'web', registrations: [{ provider: 'webpush', token: browsers[n] }] },
    ]).flat();
    const imported = await fetch(`${url}/v1/devices/import`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
      body: devices.map((device) => `${JSON.stringify(device)}\n`).join(''),
    });
    assert.equal((await imported.text()).match(/"status":201/g)?.length, EACH * 3);

    // Each vendor misbehaves in its own way, and one address on each road is dead.
    const fault = async (rule: object) =>
      assert.equal(
        (await fetch(`${world.simulators.controlUrl}/faults`, { method: 'POST', body: JSON.stringify(rule) })).ok,
        true,
      );
    await fault({ provider: 'apns', rate: 0.1, times: 20, status: 500, reason: 'InternalServerError' });
    await fault({ provider: 'fcm', rate: 0.1, times: 20, status: 500, reason: 'INTERNAL' });
    await fault({ provider: 'webpush', rate: 0.1, times: 20, status: 429, retry_after: 1 });
    await fault({ provider: 'apns', token: pushTokenOf(0), status: 410, reason: 'Unregistered' });
    await fault({ provider: 'fcm', token: fcmTokenOf(0), status: 404, reason: 'UNREGISTERED' });
    await fault({ provider: 'webpush', token: browsers[0]?.endpoint, status: 410 });

    const sent = await call<{ id: string }>('POST', '/v1/messages', {
      to: 'everyone',
      notification: { title: 'Order 8812', body: 'It is on its way.', click: { url: 'https://shop.example/8812' } },
    });
    assert.equal(sent.status, 202);
    const done = await until(
      async () =>
        (
          await call<{ status: string; counts: { sent: number }; reasons: object }>(
            'GET',
            `/v1/messages/${sent.body.id}`,
          )
        ).body,
      (message) => message.status === 'completed',
      90_000,
    );
    assert.equal(done.counts.sent, (EACH - 1) * 3);
    assert.deepEqual(done.reasons, { token_invalid: 3 });

    const deliveries = (await call<{ data: Delivery[] }>('GET', `/v1/messages/${sent.body.id}/deliveries?limit=1000`))
      .body.data;
    const told = new Set(deliveries.filter(({ state }) => state === 'sent').map(({ device }) => device));
    const ledger = (await (await fetch(`${world.simulators.controlUrl}/ledger`)).text())
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);
    const deviceOf = new Map<string, string>();
    for (let n = 0; n < EACH; n++) {
      deviceOf
        .set(pushTokenOf(n), `ios${n}`)
        .set(fcmTokenOf(n), `android${n}`)
        .set(browsers[n]?.endpoint ?? '', `web${n}`);
    }
    const reached = ledger.filter((line) => line.accepted).map((line) => deviceOf.get(line.token));
    assert.equal(reached.length, new Set(reached).size, 'somebody was reached twice');
    assert.deepEqual(new Set(reached), told);
    assert.deepEqual(
      deliveries.filter(({ state }) => state !== 'sent').map(({ device, reason }) => [device, reason]),
      [
        ['android0', 'token_invalid'],
        ['ios0', 'token_invalid'],
        ['web0', 'token_invalid'],
      ],
    );
  });
});
