import assert from 'node:assert/strict';
import { openScene, type Scene, VISIBLE } from './scene.js';

/** What a message is by the time it stands in the vendor's ledger. */
describe('delivery: a message on the wire', function () {
  this.timeout(60_000);
  let scene: Scene;
  before(async () => {
    scene = await openScene();
  });
  after(() => scene?.world.close());

  let devices = 0;
  async function arrives(more: Record<string, unknown>) {
    const device = `wire${devices++}`;
    const token = await scene.device(device);
    const id = await scene.send({ devices: [device] }, more);
    assert.equal((await scene.reaches(id)).counts.sent, 1);
    const [arrival, ...others] = scene.arrivals(token);
    assert.ok(arrival !== undefined && others.length === 0);
    return { id, headers: arrival.headers, payload: arrival.payload };
  }

  it('has title, body, data, our block and the headers of a visible push', async () => {
    const { id, headers, payload } = await arrives({
      notification: { title: 'Order 8812', body: 'Paid ✓', click: { deep_link: 'shop://order/8812' } },
      data: { order: '8812' },
    });
    assert.deepEqual(payload, {
      aps: { alert: { title: 'Order 8812', body: 'Paid ✓' } },
      order: '8812',
      pealbell: { id, click: { deep_link: 'shop://order/8812' } },
    });
    assert.equal(headers['apns-push-type'], 'alert');
    assert.equal(headers['apns-priority'], '10');
    assert.equal(headers['apns-topic'], 'com.example.demo');
    assert.match(String(headers['apns-id']), /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('is silent where it has data alone', async () => {
    const { headers, payload } = await arrives({ data: { sync: 'now' } });
    assert.deepEqual(payload.aps, { 'content-available': 1 });
    assert.equal(headers['apns-push-type'], 'background');
    assert.equal(headers['apns-priority'], '5');
  });

  it('carries collapse key and priority', async () => {
    const delivery = { collapse_key: 'order-8812', priority: 'low' };
    const { headers } = await arrives({ ...VISIBLE, delivery });
    assert.deepEqual([headers['apns-collapse-id'], headers['apns-priority']], ['order-8812', '1']);
    const marketing = await arrives({ ...VISIBLE, class: 'marketing' });
    assert.equal(marketing.headers['apns-priority'], '5');
  });

  it('is patched by its override, headers and payload', async () => {
    const { headers, payload } = await arrives({
      notification: { title: 'a', body: 'b' },
      overrides: {
        apns: {
          headers: { 'apns-priority': '5', 'apns-collapse-id': 'own' },
          payload: {
            aps: { alert: { body: null, 'loc-key': 'PAID' }, 'interruption-level': 'time-sensitive' },
            extra: [1],
          },
        },
      },
    });
    assert.deepEqual(payload.aps, {
      alert: { title: 'a', 'loc-key': 'PAID' },
      'interruption-level': 'time-sensitive',
    });
    assert.deepEqual(payload.extra, [1]);
    assert.deepEqual([headers['apns-priority'], headers['apns-collapse-id']], ['5', 'own']);
  });

  it('goes to the host of its registration, sandbox or production', async () => {
    const sandbox = await scene.device('in-sandbox', { registrations: [] });
    await scene.device('in-sandbox', { registrations: [{ provider: 'apns', token: sandbox, environment: 'sandbox' }] });
    const production = await scene.device('in-production');
    const id = await scene.send({ devices: ['in-sandbox', 'in-production'] });
    assert.equal((await scene.reaches(id)).counts.sent, 2);
    const { apns } = scene.world.simulators.endpoints.providers;
    // Requests name their host in :authority, which the ledger leaves out; the sandbox alone answers with a unique id.
    const attempts = await scene.call<{ data: { device: string; attempts: { vendor_id?: string }[] }[] }>(
      'GET',
      `/v1/messages/${id}/deliveries`,
    );
    const vendorId = (device: string) =>
      attempts.body.data.find((delivery) => delivery.device === device)?.attempts[0]?.vendor_id;
    assert.notEqual(vendorId('in-sandbox'), scene.arrivals(sandbox)[0]?.id);
    assert.equal(vendorId('in-production'), scene.arrivals(production)[0]?.id);
    assert.notEqual(apns.sandbox, apns.production);
  });

  it('has a topic of its own where the registration names a bundle id', async () => {
    const token = await scene.device('other-bundle', { registrations: [] });
    const registration = { provider: 'apns', token, bundle_id: 'com.example.other' };
    await scene.device('other-bundle', { registrations: [registration] });
    const id = await scene.send({ devices: ['other-bundle'] });
    // The account's key is not for that topic: the registration's fault alone, and the account goes on.
    assert.deepEqual((await scene.reaches(id)).reasons, { token_wrong_app: 1 });
    assert.equal(scene.arrivals(token)[0]?.headers['apns-topic'], 'com.example.other');
    await arrives(VISIBLE);
  });

  it('goes to a broadcast channel as a bare push token of that purpose', async () => {
    const channel = 'dHN0LXNyY2gtY2hubA==';
    const id = await scene.send(
      { push_tokens: [{ provider: 'apns', token: channel, purpose: 'broadcast' }] },
      {
        data: { match: '7' },
        delivery: { ttl: '0s' },
        overrides: {
          apns: { payload: { aps: { event: 'update', timestamp: 1_700_000_000, 'content-state': { home: 1 } } } },
        },
      },
    );
    assert.equal((await scene.reaches(id)).counts.sent, 1);
    const [arrival, ...more] = scene.arrivals(channel);
    assert.equal(more.length, 0);
    assert.equal(arrival?.headers['apns-channel-id'], channel);
    const wrong = await scene.call('POST', '/v1/messages', {
      to: { push_tokens: [{ provider: 'apns', token: 'no channel', purpose: 'broadcast' }] },
      ...VISIBLE,
    });
    assert.equal(wrong.status, 422);
  });
});
