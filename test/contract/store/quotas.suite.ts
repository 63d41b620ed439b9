import assert from 'node:assert/strict';
import { EVENT_TYPES } from '../../../src/domain/event.js';
import type { DevicePlace, QuotaTaken } from '../../../src/ports/quota-store.js';
import { type OpenedStore, Scene } from './scene.js';

const DAY_MS = 86_400_000;

/** `QuotaStore`. */
export function quotasSuite(get: () => OpenedStore): void {
  describe('quotas of vendors', () => {
    function day(scene: Scene) {
      const of = { app: scene.app, provider: 'maker', class: 'marketing', dayEndsAt: scene.now + DAY_MS } as const;
      const place = (key: string, message: string, change: Partial<DevicePlace> = {}): DevicePlace => ({
        ...{ ...of, key, message, max: 2, ...change },
      });
      const taken = (count: number, change: Partial<QuotaTaken> = {}): QuotaTaken => ({
        ...{ ...of, count, max: 10, tellAt: [0.8, 1], isUsedUp: false, ...change },
      });
      return { place, taken };
    }

    it('give each device its places of the day, and a message that comes again the one it has', async () => {
      const { quotas } = get();
      const { place } = day(new Scene());
      assert.deepEqual(await quotas.reserve([]), []);
      const window = [place('a', 'm1'), place('b', 'm1'), place('a', 'm2'), place('a', 'm3'), place('a', 'm1')];
      assert.deepEqual(await quotas.reserve(window), [true, true, true, false, true]);
      assert.deepEqual(await quotas.reserve(window), [true, true, true, false, true], 'nothing is counted twice');
      assert.deepEqual(await quotas.reserve([place('b', 'm2'), place('b', 'm3')]), [true, false]);
      assert.deepEqual(await quotas.reserve([place('a', 'm3'), place('a', 'm4'), place('a', 'm2')]), [
        false,
        false,
        true,
      ]);
    });

    it('count days, classes, providers and apps apart', async () => {
      const { quotas } = get();
      const scene = new Scene();
      const { place } = day(scene);
      await quotas.reserve([place('a', 'm1'), place('a', 'm2')]);
      const apart = [
        place('a', 'm3', { dayEndsAt: scene.now + 2 * DAY_MS }),
        place('a', 'm3', { class: 'transactional' }),
        place('a', 'm3', { provider: 'other' }),
        place('a', 'm3', { app: `${scene.app}:test` }),
        place('~hash', 'm3'),
      ];
      assert.deepEqual(await quotas.reserve([...apart, place('a', 'm3')]), [...apart.map(() => true), false]);
    });

    it('take places back of what was not sent, and no others', async () => {
      const { quotas } = get();
      const { place } = day(new Scene());
      await quotas.release([]);
      await quotas.release([place('nobody', 'm1')]);
      await quotas.reserve([place('a', 'm1'), place('a', 'm2'), place('b', 'm1')]);
      await quotas.release([place('a', 'm1'), place('a', 'm9'), place('b', 'm1')]);
      const again = [place('a', 'm2'), place('a', 'm3'), place('a', 'm4'), place('b', 'm5')];
      assert.deepEqual(await quotas.reserve(again), [true, true, false, true]);
    });

    it('follow a cap that changes within the day; what has its place keeps it', async () => {
      const { quotas } = get();
      const { place } = day(new Scene());
      await quotas.reserve([place('a', 'm1'), place('a', 'm2')]);
      const one = { max: 1 };
      assert.deepEqual(await quotas.reserve([place('a', 'm2', one), place('a', 'm3', one)]), [true, false]);
      const three = { max: 3 };
      assert.deepEqual(await quotas.reserve([place('a', 'm3', three), place('a', 'm4', three)]), [true, false]);
    });

    it('never give more than there are, whoever asks at once and gives back', async () => {
      const { quotas } = get();
      const { place } = day(new Scene());
      const keys = Array.from({ length: 40 }, (_, n) => `d${n}`);
      const granted = await Promise.all(
        Array.from({ length: 8 }, async (_, n) => {
          const window = keys.map((key) => place(key, `m${n}`));
          const places = await quotas.reserve(n % 2 === 0 ? window : window.toReversed());
          return places.filter((has) => has).length;
        }),
      );
      assert.equal(
        granted.reduce((sum, n) => sum + n, 0),
        2 * keys.length,
      );
      await Promise.all(
        Array.from({ length: 8 }, (_, n) => {
          const window = keys.map((key) => place(key, `m${n}`));
          return quotas.release(n % 2 === 0 ? window : window.toReversed());
        }),
      );
      assert.ok((await quotas.reserve(keys.flatMap((key) => [place(key, 'x'), place(key, 'y')]))).every((has) => has));
    });

    it('sum what accounts were sent in the days that last, whoever counts', async () => {
      const { quotas } = get();
      const scene = new Scene();
      const { taken } = day(scene);
      assert.deepEqual(await quotas.count([], scene.now), []);
      assert.deepEqual(await quotas.count([taken(3), taken(1, { class: 'transactional' })], scene.now), [3, 1]);
      await Promise.all(Array.from({ length: 8 }, () => quotas.count([taken(2)], scene.now)));
      await quotas.count([taken(5, { dayEndsAt: scene.now })], scene.now);
      const own = async (now: number) =>
        (await quotas.uses(now)).flatMap((one) => (one.app === scene.app ? [[one.class, one.used]] : []));
      assert.deepEqual(await own(scene.now), [
        ['marketing', 19],
        ['transactional', 1],
      ]);
      assert.deepEqual(await own(scene.now + DAY_MS), []);
    });

    it('tell once a day of each share that is reached, also when the vendor says it', async () => {
      const { quotas, wantEvents, told } = get();
      const scene = new Scene();
      const { taken } = day(scene);
      await wantEvents(scene.app, EVENT_TYPES);
      const events = async () =>
        (await told(scene.app)).map(({ type, data }) => [type, data.class, data.share, data.used, data.max]);
      await quotas.count([taken(7)], scene.now);
      assert.deepEqual(await events(), []);
      await Promise.all([taken(1), taken(1)].map((one) => quotas.count([one], scene.now)));
      assert.deepEqual(
        (await events()).map(([, , share]) => share),
        [0.8],
      );
      await quotas.count([taken(1)], scene.now);
      await quotas.count([taken(5, { isUsedUp: true })], scene.now);
      assert.deepEqual((await events()).slice(1), [['quota.threshold', 'marketing', 1, 10, 10]]);
      const unknown = taken(4, { class: 'transactional', max: null });
      await quotas.count([unknown], scene.now);
      await quotas.count([{ ...unknown, count: 0, isUsedUp: true }], scene.now);
      await quotas.count([{ ...unknown, count: 0, isUsedUp: true }], scene.now);
      assert.deepEqual((await events()).slice(2), [['quota.threshold', 'transactional', 1, 4, null]]);
      await quotas.count([taken(12, { dayEndsAt: scene.now + 2 * DAY_MS })], scene.now);
      const all = await told(scene.app);
      assert.deepEqual(
        all.slice(3).map(({ data }) => [data.share, data.resets_at]),
        [0.8, 1].map((share) => [share, scene.now + 2 * DAY_MS]),
      );
    });

    it('are forgotten some time after their day', async () => {
      const { quotas } = get();
      const scene = new Scene();
      const { place, taken } = day(scene);
      const ended = { dayEndsAt: scene.now };
      for (const change of [ended, {}]) {
        await quotas.reserve([place('a', 'm1', { ...change, max: 1 }), place('b', 'm1', { ...change, max: 1 })]);
        await quotas.count([taken(10, change)], scene.now);
      }
      while ((await quotas.sweep(scene.now, 1)) > 0);
      assert.deepEqual(await quotas.reserve([place('a', 'm2', { ...ended, max: 1 })]), [false], 'it ends then');
      while ((await quotas.sweep(scene.now + 1, 1)) > 0);
      assert.deepEqual(await quotas.reserve([place('a', 'm2', { ...ended, max: 1 })]), [true]);
      assert.deepEqual(await quotas.reserve([place('a', 'm2', { max: 1 })]), [false]);
      assert.equal((await quotas.uses(scene.now)).filter(({ app }) => app === scene.app).length, 1);
    });
  });
}
