import assert from 'node:assert/strict';
import type { OpenedStore } from './scene.js';
import { attemptOf, heldBy, LEASE_MS, recordOf, WebhookScene } from './webhook-scene.js';

/** `WebhookStore`: who works for which endpoint. */
export function webhookSlotsSuite(get: () => OpenedStore): void {
  describe('webhook slots', () => {
    it('are taken where events have happened, of whatever type, and not before', async () => {
      const { webhooks } = get();
      const scene = new WebhookScene(get());
      const one = await scene.endpoint(['device.*']);
      const two = await scene.endpoint(['message.*']);
      assert.deepEqual(await scene.claim(), []);
      await scene.happen('device.updated', 2);
      const slots = await scene.claim();
      assert.deepEqual(slots.map(({ endpoint }) => endpoint.id).sort(), [one.id, two.id].sort());
      for (const slot of slots) {
        assert.deepEqual(slot.endpoint, slot.endpoint.id === one.id ? one : two);
        assert.equal(slot.secrets.length, 1);
        assert.deepEqual(await webhooks.addCalls(heldBy(slot), [], 2, scene.now), []);
      }
      await webhooks.release(slots.map(heldBy));
      assert.deepEqual(await scene.claim(), [], 'everything was looked at');
    });

    it('are taken where a call is due', async () => {
      const { webhooks } = get();
      const scene = new WebhookScene(get());
      const { id } = await scene.endpoint();
      await scene.happen('device.updated');
      const slot = await scene.slot(id);
      const [call] = await scene.calls(slot, 1);
      assert.ok(call);
      const later = attemptOf(call, scene.now, { kind: 'again', dueAt: scene.now + 500 });
      await webhooks.record(recordOf(slot, [later]), scene.now);
      await webhooks.release([heldBy(slot)]);
      assert.deepEqual(await scene.claimed(scene.now + 499), []);
      assert.deepEqual(await scene.claimed(scene.now + 500), [id]);
    });

    it('are not taken while the endpoint is paused, disabled or held up, but for a test', async () => {
      const { webhooks } = get();
      const scene = new WebhookScene(get());
      const paused = await scene.endpoint();
      const disabled = await scene.endpoint();
      const heldUp = await scene.endpoint();
      await webhooks.setState(scene.app, paused.id, 'paused', undefined, scene.now);
      await webhooks.setState(scene.app, disabled.id, 'disabled', 'gone', scene.now);
      await scene.happen('device.updated', 2);
      const slot = await scene.slot(heldUp.id);
      await scene.calls(slot, 1);
      await webhooks.record(recordOf(slot, [], { holdUntil: scene.now + 1_000 }), scene.now);
      await webhooks.release([heldBy(slot)]);
      assert.deepEqual(await scene.claim(), []);
      for (const { id } of [paused, disabled, heldUp]) await webhooks.addTest(scene.app, id, `whc_${id}`, scene.now);
      const forTests = await scene.claim();
      assert.equal(forTests.length, 3);
      for (const taken of forTests) {
        const { calls, oldest } = await webhooks.due(taken.endpoint.id, scene.now, 10);
        assert.equal(calls[0]?.lastEvent, 0);
        assert.equal(oldest?.seq, taken.endpoint.id === heldUp.id ? 1 : undefined);
        const [test] = calls;
        const done = attemptOf(test, scene.now, { kind: 'delivered' });
        const holdUntil = taken.endpoint.holdUntil;
        await webhooks.record(recordOf(taken, [done], holdUntil === undefined ? {} : { holdUntil }), scene.now);
      }
      await webhooks.release(forTests.map(heldBy));
      assert.deepEqual(await scene.claim(), []);
      assert.deepEqual(await scene.claimed(scene.now + 1_000), [heldUp.id]);
    });

    it('are held up no longer when their receiver is back, or somebody says so', async () => {
      const { webhooks } = get();
      const scene = new WebhookScene(get());
      const { id } = await scene.endpoint();
      await scene.happen('device.updated');
      const holdUp = async (at: number) => {
        const slot = await scene.slot(id, at);
        await webhooks.record(recordOf(slot, [], { holdUntil: at + 100_000 }), at);
        await webhooks.release([heldBy(slot)]);
        assert.deepEqual(await scene.claim(at + 1), []);
      };
      await holdUp(scene.now);
      await webhooks.hasten(id, scene.now + 2);
      await holdUp(scene.now + 2);
      await webhooks.setState(scene.app, id, 'active', undefined, scene.now + 4);
      assert.deepEqual(await scene.claimed(scene.now + 4), [id]);
    });

    it('are held by one until the lease ends or is given back, and what an old holder writes is refused', async () => {
      const { webhooks } = get();
      const scene = new WebhookScene(get());
      const { id } = await scene.endpoint();
      await scene.happen('device.updated', 5);
      const first = await scene.slot(id);
      const [call] = await scene.calls(first, 1);
      assert.ok(call);
      assert.deepEqual(await scene.claim(scene.now + LEASE_MS - 1), []);
      const second = await scene.slot(id, scene.now + LEASE_MS);
      assert.ok(second.fence > first.fence);

      const before = [await webhooks.find(scene.app, id), await scene.call(id, call.id)];
      const late = attemptOf(call, scene.now, { kind: 'delivered' }, 'bytes');
      const told = [{ app: scene.app, type: 'webhook.paused', data: {} }] as const;
      const change = { failingSince: 1, lastSuccessAt: 2, holdUntil: 3, disable: 'no', events: told };
      assert.equal(await webhooks.record(recordOf(first, [late], change), scene.now), false);
      assert.equal(await webhooks.addCalls(heldBy(first), [], 5, scene.now), undefined);
      assert.deepEqual(await webhooks.renew([heldBy(first)], scene.now, scene.now + 9 * LEASE_MS), [undefined]);
      await webhooks.release([heldBy(first)]);
      assert.deepEqual([await webhooks.find(scene.app, id), await scene.call(id, call.id)], before);
      assert.equal((await webhooks.bodies(id, [call.id])).size, 0);
      assert.equal(await scene.head(), 5);
      assert.deepEqual(await scene.claim(scene.now + LEASE_MS), [], 'the second one still holds it');

      assert.equal(await webhooks.record(recordOf(second, [late]), scene.now), true);
      await webhooks.release([heldBy(second)]);
      assert.deepEqual(await webhooks.renew([heldBy(second)], scene.now, scene.now + LEASE_MS), [undefined]);
    });

    it('are free at once when somebody who is alone says so', async () => {
      const { webhooks } = get();
      const scene = new WebhookScene(get());
      const { id } = await scene.endpoint();
      await scene.happen('device.updated');
      const slot = await scene.slot(id);
      await webhooks.voidLeases();
      assert.deepEqual(await webhooks.renew([heldBy(slot)], scene.now, scene.now + LEASE_MS), [undefined]);
      assert.equal((await scene.slot(id)).fence, slot.fence + 1);
    });

    it('are renewed as they now are', async () => {
      const { webhooks } = get();
      const scene = new WebhookScene(get());
      const { id } = await scene.endpoint();
      const other = await scene.endpoint();
      await scene.happen('device.updated');
      const slots = await scene.claim();
      const [slot, second] = [id, other.id].map((of) => slots.find(({ endpoint }) => endpoint.id === of));
      assert.ok(slot && second);
      await webhooks.update(scene.app, id, { url: 'https://new.example/' }, scene.now + 1);
      await webhooks.setState(scene.app, id, 'paused', undefined, scene.now + 1);
      await webhooks.remove(scene.app, other.id);
      const renewed = await webhooks.renew(
        [heldBy(second), heldBy(slot), { endpoint: 'whe_x', fence: 1 }],
        scene.now + 1,
        scene.now + 2 * LEASE_MS,
      );
      assert.deepEqual(renewed, [undefined, { ...slot, endpoint: await webhooks.find(scene.app, id) }, undefined]);
      assert.equal(renewed[1]?.endpoint.url, 'https://new.example/');
      await webhooks.setState(scene.app, id, 'active', undefined, scene.now + 1);
      assert.deepEqual(await scene.claim(scene.now + 2 * LEASE_MS - 1), []);
      assert.deepEqual(await webhooks.renew([], scene.now, scene.now), []);
      await webhooks.release([]);
    });

    it('go to one of many that ask at the same time, and whoever was taken longest ago comes first', async () => {
      const { webhooks } = get();
      const scene = new WebhookScene(get());
      const ids: string[] = [];
      for (let n = 0; n < 20; n++) ids.push((await scene.endpoint()).id);
      await scene.happen('device.updated');
      await webhooks.release((await scene.claim(scene.now)).map(heldBy));
      const at = scene.now + 1;
      const one = await webhooks.claim('x', at, at + LEASE_MS, 5);
      assert.equal(one.length, 5);
      const taken = await Promise.all(
        ['a', 'b', 'c', 'd'].map((holder) => webhooks.claim(holder, at, at + LEASE_MS, 4)),
      );
      const rest = await webhooks.claim('y', at, at + LEASE_MS, 100);
      const all = [...one, ...taken.flat(), ...rest].map(({ endpoint }) => endpoint.id);
      assert.deepEqual([...all].sort(), [...ids].sort());

      await webhooks.release(one.map(heldBy));
      await webhooks.release(rest.map(heldBy));
      await webhooks.claim('x', at + 1, at + LEASE_MS, 3);
      await webhooks.release(taken.flat().map(heldBy));
      const again = await webhooks.claim('x', at + 2, at + LEASE_MS, 100);
      assert.equal(again.filter(({ endpoint }) => endpoint.app === scene.app).length, 17);
    });
  });
}
