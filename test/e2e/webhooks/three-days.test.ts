import assert from 'node:assert/strict';
import { openReceiver, type Receiver } from '../../support/receiver-farm.js';
import { bodyOf, distinct, openWebhookScene, settle, type WebhookScene } from '../../support/webhook-scene.js';

const HOUR_MS = 3_600_000;
const DOWN_HOURS = 72;
/** In each hour, in two parts. */
const EVENTS = 30;

describe('a receiver that is down for 72 hours', function () {
  this.timeout(120_000);
  let scene: WebhookScene;
  let strict: Receiver;
  let loose: Receiver;
  let healthy: Receiver;
  before(async () => {
    scene = await openWebhookScene();
    [strict, loose, healthy] = await Promise.all([openReceiver(), openReceiver(), openReceiver()]);
  });
  after(async () => {
    await scene.close();
    await Promise.all([strict, loose, healthy].map((receiver) => receiver.close()));
  });

  it('gets everything afterwards, in exact order where it is strict, and nothing twice but under the same id', async () => {
    let isDown = true;
    for (const receiver of [strict, loose]) {
      receiver.answer = (_call, response) => {
        if (isDown) response.socket?.destroy();
        else response.writeHead(204).end();
      };
    }
    const events = ['device.*'];
    const ids = [
      (await scene.endpoint(strict.url, { events, order: 'strict' })).id,
      (await scene.endpoint(loose.url, { events })).id,
      (await scene.endpoint(healthy.url, { events })).id,
    ];
    const dispatcher = scene.open();
    for (let half = 0; half < 2 * DOWN_HOURS; half++) {
      await scene.happen('device.updated', EVENTS / 2);
      await settle(dispatcher);
      scene.now += HOUR_MS / 2;
    }
    const all = DOWN_HOURS * EVENTS;
    const seqsOf = (receiver: Receiver) =>
      distinct(receiver.calls).flatMap((call) => bodyOf(call).data.events.map(({ seq }) => seq));
    assert.equal(seqsOf(healthy).length, all, 'another endpoint of the app was told at once');
    assert.ok(strict.calls.length <= 9, `${strict.calls.length} attempts by the schedule`);
    for (const id of ids) assert.equal((await scene.find(id)).state, 'active');

    isDown = false;
    const upAt = [strict.calls.length, loose.calls.length];
    // The tenth attempt, with which it ends, comes 75 h 35 min after the first.
    for (let hour = 0; hour < 12; hour++) {
      await settle(dispatcher);
      scene.now += HOUR_MS;
    }
    const wanted = Array.from({ length: all }, (_, n) => n + 1);
    assert.deepEqual(seqsOf(strict), wanted);
    assert.deepEqual(
      seqsOf(loose).toSorted((a, b) => a - b),
      wanted,
    );
    for (const [index, receiver] of [strict, loose].entries()) {
      const since = receiver.calls.slice(upAt[index]);
      assert.equal(distinct(since).length, since.length, 'nothing comes twice once the receiver answers');
      const numbers = distinct(receiver.calls).map((call) => bodyOf(call).data.endpoint_seq);
      const inOrder = numbers.toSorted((a, b) => a - b);
      assert.deepEqual(
        inOrder,
        inOrder.map((_, n) => n + 1),
      );
      if (receiver === strict) assert.deepEqual(numbers, inOrder);
      const { items } = await scene.store.webhooks.calls(scene.app, ids[index] ?? '', {}, { limit: 1_000 });
      assert.deepEqual([...new Set(items.map(({ state }) => state))], ['delivered']);
    }
  });
});
