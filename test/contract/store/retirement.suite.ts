import assert from 'node:assert/strict';
import { registration, upsert } from './devices.suite.js';
import { type OpenedStore, Scene } from './scene.js';

const DAY_MS = 86_400_000;

/** Dead addresses: tombstones, strikes, and what the brake is told. Reliability F11, F12. */
export function retirementSuite(get: () => OpenedStore): void {
  describe('retirement', () => {
    async function registered(scene: Scene, id: string, at = scene.now) {
      const opened = get();
      const change = registration(opened, scene.app, `token of ${id}`);
      await opened.devices.change([upsert(scene.app, id, { platform: 'ios' }, [change])], at);
      return { app: scene.app, provider: 'apns', tokenHash: change.tokenHash ?? '', reason: 'BadDay' };
    }
    const stateOf = async (scene: Scene, id: string) => {
      const device = await get().devices.get(scene.app, id);
      return [device?.registrations.length, device?.retired.length];
    };

    it('takes a registration out of use, keeps a tombstone, and counts it once', async () => {
      const { devices } = get();
      const scene = new Scene();
      const [a, b] = [await registered(scene, 'a'), await registered(scene, 'b')];
      assert.equal(await devices.retire([a, a, { ...b, tokenHash: 'unknown' }], scene.now + 5), 1);
      assert.equal(await devices.retire([a], scene.now + 6), 0);
      assert.equal(await devices.retire([], scene.now + 6), 0);
      const device = await devices.get(scene.app, 'a');
      assert.deepEqual(device?.registrations, []);
      assert.deepEqual(device?.retired, [
        {
          provider: 'apns',
          tokenHash: a.tokenHash,
          environment: 'production',
          purpose: 'alert',
          reason: 'BadDay',
          retiredAt: scene.now + 5,
        },
      ]);
      const addresses = await devices.addresses([{ app: scene.app, device: 'a' }]);
      assert.deepEqual(addresses.get(`${scene.app}|a`)?.registrations, []);
      assert.deepEqual(await stateOf(scene, 'b'), [1, 0]);
    });

    it('keeps a registration confirmed after the vendor’s timestamp, and retires one confirmed by then', async () => {
      const { devices } = get();
      const scene = new Scene();
      const retirement = await registered(scene, 'a');
      await registered(scene, 'a', scene.now + 1_000);
      assert.equal(await devices.retire([{ ...retirement, asOf: scene.now + 999 }], scene.now + 5_000), 0);
      assert.deepEqual(await stateOf(scene, 'a'), [1, 0]);
      assert.equal(await devices.retire([{ ...retirement, asOf: scene.now + 1_000 }], scene.now + 5_000), 1);
      assert.deepEqual(await stateOf(scene, 'a'), [0, 1]);
    });

    it('revives a tombstone when its push token is registered again, here or on another device', async () => {
      const { devices } = get();
      const scene = new Scene();
      const [a, b] = [await registered(scene, 'a'), await registered(scene, 'b')];
      await devices.retire([a, b], scene.now + 1);
      await registered(scene, 'a', scene.now + 2);
      assert.deepEqual(await stateOf(scene, 'a'), [1, 0]);
      const other = registration(get(), scene.app, 'token of b');
      await devices.change([upsert(scene.app, 'c', { platform: 'ios' }, [other])], scene.now + 2);
      assert.deepEqual(
        [await stateOf(scene, 'b'), await stateOf(scene, 'c')],
        [
          [0, 0],
          [1, 0],
        ],
      );
    });

    it('lets a new push token live beside the tombstone of the old', async () => {
      const { devices } = get();
      const scene = new Scene();
      const a = await registered(scene, 'a');
      await devices.retire([a], scene.now + 1);
      const next = registration(get(), scene.app, 'the next token');
      await devices.change([upsert(scene.app, 'a', {}, [next])], scene.now + 2);
      assert.deepEqual(await stateOf(scene, 'a'), [1, 1]);
      assert.equal(await devices.retire([a], scene.now + 3), 0);
    });

    it('counts a strike once per UTC day and retires at the third', async () => {
      const { devices } = get();
      const scene = new Scene();
      const noon = Math.floor(scene.now / DAY_MS) * DAY_MS + DAY_MS / 2;
      const strike = await registered(scene, 'a', noon - 1);
      assert.equal(await devices.strike([strike, strike], noon), 0);
      assert.equal(await devices.strike([strike], noon + 1), 0);
      assert.equal(await devices.strike([strike], noon + DAY_MS / 2 - 1), 0, 'still the same day');
      assert.equal(await devices.strike([strike], noon + DAY_MS / 2), 0, 'the second, just after midnight');
      assert.equal(await devices.strike([strike], noon + DAY_MS), 0);
      assert.deepEqual(await stateOf(scene, 'a'), [1, 0]);
      assert.equal(await devices.strike([{ ...strike, reason: 'DeviceTokenNotForTopic' }], noon + 5 * DAY_MS), 1);
      assert.deepEqual(await stateOf(scene, 'a'), [0, 1]);
      const device = await devices.get(scene.app, 'a');
      assert.deepEqual(
        [device?.retired[0]?.reason, device?.retired[0]?.retiredAt],
        ['DeviceTokenNotForTopic', noon + 5 * DAY_MS],
      );
      assert.equal(await devices.strike([strike], noon + 6 * DAY_MS), 0);
      assert.equal(await devices.strike([], noon), 0);
    });

    it('forgets strikes when the push token is registered again', async () => {
      const { devices } = get();
      const scene = new Scene();
      const strike = await registered(scene, 'a');
      await devices.strike([strike], scene.now);
      await devices.strike([strike], scene.now + DAY_MS);
      await registered(scene, 'a', scene.now + DAY_MS + 1);
      assert.equal(await devices.strike([strike], scene.now + 2 * DAY_MS), 0);
      assert.deepEqual(await stateOf(scene, 'a'), [1, 0]);
    });

    it('tells the brake how many live and how many were retired lately, of one app', async () => {
      const { devices } = get();
      const [scene, foreign] = [new Scene(), new Scene()];
      const all = [];
      for (const id of ['a', 'b', 'c', 'd']) all.push(await registered(scene, id));
      await registered(foreign, 'a');
      await devices.retire(all.slice(0, 1), scene.now + 10);
      await devices.retire(all.slice(1, 3), scene.now + 100);
      assert.deepEqual(await devices.retirementPressure(scene.app, scene.now + 50), { live: 1, retired: 2 });
      assert.deepEqual(await devices.retirementPressure(scene.app, scene.now), { live: 1, retired: 3 });
      assert.deepEqual(await devices.retirementPressure(foreign.app, scene.now - DAY_MS), { live: 1, retired: 0 });
    });

    it('sweeps tombstones older than a time, in bounded steps, and nothing that lives', async () => {
      const { devices } = get();
      const scene = new Scene();
      const all = [];
      for (let i = 0; i < 5; i++) all.push(await registered(scene, `d${i}`));
      await devices.retire(all.slice(0, 3), scene.now + 1);
      await devices.retire(all.slice(3, 4), scene.now + 2);
      assert.equal(await devices.sweep(scene.now + 2, 2), 2);
      assert.equal(await devices.sweep(scene.now + 2, 2), 1);
      assert.equal(await devices.sweep(scene.now + 2, 2), 0);
      assert.deepEqual(await stateOf(scene, 'd0'), [0, 0]);
      assert.deepEqual(await stateOf(scene, 'd3'), [0, 1]);
      assert.deepEqual(await stateOf(scene, 'd4'), [1, 0]);
      assert.equal((await devices.get(scene.app, 'd0'))?.platform, 'ios', 'the device stays');
    });
  });
}
