import assert from 'node:assert/strict';
import type { Subscribers } from '../../../src/ports/topic-store.js';
import { upsert } from './devices.suite.js';
import { allPages, type OpenedStore, Scene } from './scene.js';

/** `TopicStore`. */
export function topicsSuite(get: () => OpenedStore): void {
  describe('topics', () => {
    const NOBODY = { devices: [], users: [] };
    async function people(scene: Scene, names: readonly (readonly [id: string, user: string | null])[]) {
      await get().devices.change(
        names.map(([id, user]) => upsert(scene.app, id, { platform: 'ios', user })),
        scene.now,
      );
    }
    const subscribe = (scene: Scene, topic: string, who: Partial<Subscribers>, at = 0) =>
      get().topics.subscribe(scene.app, topic, { ...NOBODY, ...who }, scene.now + at);
    const of = async (scene: Scene, topic: string) =>
      (await get().topics.subscribers(scene.app, topic, { limit: 100 })).items.map(({ device }) => device);

    it('subscribes devices and all devices that users have now, and tells of names it does not know', async () => {
      const { devices, topics, users } = get();
      const [scene, foreign] = [new Scene(), new Scene()];
      await people(scene, [
        ['b', 'ann'],
        ['a', 'ann'],
        ['c', 'bob'],
        ['d', null],
      ]);
      await people(foreign, [['x', 'eve']]);
      await users.change([{ app: scene.app, id: 'recorded', fields: {} }], scene.now);
      const who = { devices: ['d', 'a', 'x', 'd', 'x'], users: ['ann', 'eve', 'recorded'] };
      assert.deepEqual(await subscribe(scene, 'news', who, 3), {
        kind: 'subscribed',
        added: 3,
        unknown: { devices: ['x'], users: ['eve'] },
      });
      await people(scene, [['late', 'ann']]);
      await devices.change([upsert(scene.app, 'b', { user: 'bob' })], scene.now);
      assert.deepEqual(await subscribe(scene, 'news', { devices: ['c', 'a'] }, 9), {
        kind: 'subscribed',
        added: 1,
        unknown: NOBODY,
      });
      assert.deepEqual(await topics.subscribers(scene.app, 'news', { limit: 9 }), {
        items: [
          { device: 'a', user: 'ann', subscribedAt: scene.now + 3 },
          { device: 'b', user: 'bob', subscribedAt: scene.now + 3 },
          { device: 'c', user: 'bob', subscribedAt: scene.now + 9 },
          { device: 'd', user: null, subscribedAt: scene.now + 3 },
        ],
      });
      assert.deepEqual((await devices.get(scene.app, 'a'))?.topics, ['news']);
      assert.deepEqual(await of(foreign, 'news'), []);
      assert.deepEqual(await of(scene, 'other'), []);
    });

    it('lists subscribers in device order, page by page', async () => {
      const scene = new Scene();
      const ids = ['B', 'a', '_x', '10', '9', 'z:1', 'a.b', 'a-b', 'aa'];
      await people(
        scene,
        ids.map((id) => [id, null]),
      );
      await subscribe(scene, 'news', { devices: ids });
      for (const limit of [1, 2, 8, 9, 10]) {
        const { items } = await allPages((page) => get().topics.subscribers(scene.app, 'news', page), limit);
        assert.deepEqual(
          items.map(({ device }) => device),
          [...ids].sort((a, b) => (a < b ? -1 : 1)),
        );
      }
    });

    it('ends subscriptions by device and by user, and does not miss what is not there', async () => {
      const scene = new Scene();
      await people(scene, [
        ['a', 'ann'],
        ['b', 'ann'],
        ['c', 'bob'],
        ['d', null],
      ]);
      await subscribe(scene, 'news', { devices: ['a', 'b', 'c', 'd'] });
      await subscribe(scene, 'other', { devices: ['a', 'd'] });
      const end = (who: Partial<Subscribers>) =>
        get().topics.unsubscribe(scene.app, 'news', { ...NOBODY, ...who }, scene.now);
      assert.equal(await end({ devices: ['d', 'd', 'nobody'], users: ['ann', 'nobody'] }), 3);
      assert.equal(await end({ devices: ['d'], users: ['ann'] }), 0);
      assert.equal(await end({}), 0);
      assert.deepEqual([await of(scene, 'news'), await of(scene, 'other')], [['c'], ['a', 'd']]);
    });

    it('forgets subscriptions with their device', async () => {
      const { devices } = get();
      const scene = new Scene();
      await people(scene, [
        ['a', 'ann'],
        ['b', 'ann'],
      ]);
      await subscribe(scene, 'news', { users: ['ann'] });
      await devices.remove(scene.app, 'a', scene.now);
      assert.deepEqual(await of(scene, 'news'), ['b']);
      await people(scene, [['a', 'ann']]);
      assert.deepEqual(await of(scene, 'news'), ['b'], 'a device of the same name is another one');
    });

    it('subscribes nobody when one device has as many topics as it may', async () => {
      const { devices } = get();
      const scene = new Scene();
      await people(scene, [
        ['a', null],
        ['full', null],
      ]);
      const names = Array.from({ length: 1_000 }, (_, n) => `t${n}`);
      await devices.change([{ ...upsert(scene.app, 'full'), topics: { kind: 'replace', names } }], scene.now);
      const refused = await subscribe(scene, 'more', { devices: ['a', 'full'] });
      assert.deepEqual(refused, { kind: 'too_many', device: 'full', max: 1_000 });
      assert.deepEqual(await of(scene, 'more'), []);
      const known = await subscribe(scene, 't7', { devices: ['a', 'full'] });
      assert.deepEqual(known, { kind: 'subscribed', added: 1, unknown: NOBODY });
    });

    it('goes through, and loses nothing, when devices change and subscribe at the same time', async () => {
      const { devices } = get();
      const scene = new Scene();
      const ids = Array.from({ length: 20 }, (_, n) => `d${String(n).padStart(2, '0')}`);
      await people(
        scene,
        ids.map((id) => [id, 'ann']),
      );
      const add = (name: string) => ({ kind: 'edit', add: [name], remove: [] }) as const;
      await Promise.all(
        Array.from({ length: 6 }, (_, n) => [
          subscribe(scene, `t${n}`, n % 2 === 0 ? { users: ['ann'] } : { devices: [...ids].reverse() }),
          devices.change(
            (n % 2 === 0 ? ids : [...ids].reverse()).map((id) => ({ ...upsert(scene.app, id), topics: add(`c${n}`) })),
            scene.now,
          ),
        ]).flat(),
      );
      for (const n of [0, 1, 2, 3, 4, 5]) {
        assert.deepEqual([await of(scene, `t${n}`), await of(scene, `c${n}`)], [ids, ids]);
      }
    });
  });
}
