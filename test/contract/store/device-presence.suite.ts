import assert from 'node:assert/strict';
import type { DeviceChange } from '../../../src/ports/device-store.js';
import { type OpenedStore, Scene } from './scene.js';

/** `DeviceStore`: when devices were last heard of, and whose they are. */
export function devicePresenceSuite(get: () => OpenedStore): void {
  describe('presence of devices', () => {
    const change = (scene: Scene, id: string, more: Partial<DeviceChange> = {}): DeviceChange => ({
      app: scene.app,
      id,
      fields: { platform: 'ios', user: 'ann' },
      registrations: [],
      mode: 'upsert',
      ...more,
    });

    it('is noted with every change and when somebody says so, to within 10 s, and is never put back', async () => {
      const { devices } = get();
      const scene = new Scene();
      await devices.change([change(scene, 'a'), change(scene, 'b')], scene.now);
      const seen = async () => {
        const found = await devices.lastSeen(scene.app, ['a', 'b', 'nobody']);
        return ['a', 'b', 'nobody'].map((id) => {
          const at = found.get(id);
          return at === undefined ? undefined : at - scene.now;
        });
      };
      assert.deepEqual(await seen(), [0, 0, undefined]);
      const all = [...'abb'].map((device) => ({ app: scene.app, device }));
      await devices.seen([...all, { app: scene.app, device: 'nobody' }], scene.now + 9_999);
      assert.deepEqual(await seen(), [0, 0, undefined], 'not worth a write');
      await devices.seen([{ app: scene.app, device: 'a' }], scene.now + 60_000);
      await devices.change([change(scene, 'b', { mode: 'update', fields: {} })], scene.now + 30_000);
      assert.deepEqual(await seen(), [60_000, 30_000, undefined]);
      await devices.seen(all, scene.now + 20_000);
      await devices.change([change(scene, 'a', { mode: 'update', fields: {} })], scene.now + 20_000);
      assert.deepEqual(await seen(), [60_000, 30_000, undefined]);
      assert.equal((await devices.get(scene.app, 'a'))?.lastSeenAt, scene.now + 60_000);
      await devices.seen([], scene.now);
      assert.deepEqual(await devices.lastSeen('another', ['a']), new Map());
    });

    it('is written by many at once without one waiting for ever', async () => {
      const { devices } = get();
      const scene = new Scene();
      const ids = Array.from({ length: 30 }, (_, n) => `d${String(n).padStart(2, '0')}`);
      await devices.change(
        ids.map((id) => change(scene, id)),
        scene.now,
      );
      await Promise.all(
        Array.from({ length: 8 }, (_, n) => {
          const order = n % 2 === 0 ? ids : [...ids].reverse();
          return devices.seen(
            order.map((device) => ({ app: scene.app, device })),
            scene.now + (n + 1) * 20_000,
          );
        }),
      );
      const found = await devices.lastSeen(scene.app, ids);
      assert.ok([...found.values()].every((at) => at === scene.now + 160_000));
    });

    it('goes with all that an audience asks of a user’s devices, as they stood at a time', async () => {
      const { devices } = get();
      const scene = new Scene();
      await devices.change(
        [
          change(scene, 'b', { topics: { kind: 'replace', names: ['news'] }, attributes: { screen: 'large' } }),
          change(scene, 'c', { fields: { platform: 'web', user: 'bob' } }),
          change(scene, 'e', { fields: { platform: 'web', user: null } }),
        ],
        scene.now,
      );
      await devices.change([change(scene, 'a')], scene.now + 100);
      await devices.change(
        [change(scene, 'b', { mode: 'update', fields: {}, topics: { kind: 'edit', add: ['late'], remove: [] } })],
        scene.now + 100,
      );
      const found = await devices.ofUsers(scene.app, ['ann', 'bob', 'nobody'], scene.now + 100);
      assert.deepEqual(
        found
          .map(({ id, device, lastSeenAt }) => [
            id,
            device.user,
            device.platform,
            device.topics,
            (lastSeenAt ?? 0) - scene.now,
          ])
          .sort(),
        [
          ['b', 'ann', 'ios', ['news'], 100],
          ['c', 'bob', 'web', [], 0],
        ],
      );
      assert.deepEqual(found.find(({ id }) => id === 'b')?.device.attributes, { screen: 'large' });
      assert.deepEqual(await devices.ofUsers(scene.app, [], scene.now + 100), []);
    });
  });
}
