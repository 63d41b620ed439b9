import assert from 'node:assert/strict';
import { newToken, openScene, type Scene } from './delivery/scene.js';

/** A key makes one message, whatever the caller's network does to its calls. */
describe('idempotency', function () {
  this.timeout(60_000);
  let scene: Scene;
  before(async () => {
    scene = await openScene();
  });
  after(() => scene?.world.close());

  const post = (key: string, body: unknown) =>
    scene.call<{ id: string; code?: string }>('POST', '/v1/messages', body, { 'idempotency-key': key });

  it('answers a repeated call as the first time, says so, and sends nothing twice', async () => {
    const token = await scene.device('once');
    const body = { to: { devices: ['once'] }, notification: { title: 'Once', body: 'only' } };
    const first = await post('order-1', body);
    assert.deepEqual([first.status, first.headers.get('idempotency-replayed')], [202, null]);
    await scene.reaches(first.body.id);
    // Another order of keys is the same body.
    const again = await post('order-1', { notification: { body: 'only', title: 'Once' }, to: { devices: ['once'] } });
    assert.deepEqual([again.status, again.headers.get('idempotency-replayed')], [202, 'true']);
    assert.deepEqual(again.body, first.body);
    assert.equal(again.headers.get('location'), first.headers.get('location'));
    assert.equal(scene.arrivals(token).length, 1);
  });

  it('refuses the key with another body', async () => {
    await scene.device('other');
    const body = { to: { devices: ['other'] }, notification: { title: 'A' } };
    assert.equal((await post('order-2', body)).status, 202);
    const refused = await post('order-2', { ...body, notification: { title: 'B' } });
    assert.deepEqual([refused.status, refused.body.code], [422, 'idempotency_mismatch']);
  });

  it('does not keep a key for a call that was refused', async () => {
    await scene.device('later');
    const body = { to: { devices: ['later'] }, notification: { title: 'A' } };
    assert.equal((await post('order-3', { ...body, unknown: 1 })).status, 422);
    assert.equal((await post('order-3', { ...body, max_devices: 0 })).status, 422);
    assert.equal((await post('order-3', body)).status, 202);
  });

  it('keeps a key for 48 hours', async () => {
    const body = { to: { push_tokens: [{ provider: 'apns', token: newToken() }] }, notification: { title: 'A' } };
    const first = await post('order-4', body);
    scene.clock.forward(47 * 3_600_000);
    assert.equal((await post('order-4', body)).body.id, first.body.id);
    scene.clock.forward(2 * 3_600_000);
    const fresh = await post('order-4', body);
    assert.equal(fresh.headers.get('idempotency-replayed'), null);
    assert.notEqual(fresh.body.id, first.body.id);
    await scene.reaches(fresh.body.id); // so that it is not counted below
  });

  it('makes exactly 100 messages of 1,000 parallel calls over 100 keys', async () => {
    const tokens = Array.from({ length: 100 }, newToken);
    const before = scene.world.simulators.ledger.summary().accepted.total;
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, async (_, n) => {
        const key = n % 100;
        const to = { push_tokens: [{ provider: 'apns', token: tokens[key] }] };
        return { key, ...(await post(`storm-${key}`, { to, notification: { title: `Storm ${key}` } })) };
      }),
    );
    assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [202]);
    for (let key = 0; key < 100; key++) {
      const mine = answers.filter((answer) => answer.key === key);
      assert.equal(new Set(mine.map((answer) => answer.body.id)).size, 1);
      assert.equal(mine.filter((answer) => answer.headers.get('idempotency-replayed') === null).length, 1);
    }
    const ids = new Set(answers.map((answer) => answer.body.id));
    assert.equal(ids.size, 100);
    for (const id of ids) assert.equal((await scene.reaches(id)).counts.sent, 1);
    assert.equal(scene.world.simulators.ledger.summary().accepted.total - before, 100);
    for (const token of tokens) assert.equal(scene.arrivals(token).length, 1);
  });
});
