import assert from 'node:assert/strict';
import type { User } from '../../../src/domain/user.js';
import type { UserChange } from '../../../src/ports/user-store.js';
import { upsert } from './devices.suite.js';
import { type OpenedStore, Scene } from './scene.js';

const edit = (add: readonly string[], remove: readonly string[] = []) => ({ kind: 'edit', add, remove }) as const;
const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

/** `UserStore`. */
export function usersSuite(get: () => OpenedStore): void {
  describe('users', () => {
    async function change(scene: Scene, id: string, what: Partial<UserChange>, at = 0) {
      const [result] = await get().users.change([{ app: scene.app, id, fields: {}, ...what }], scene.now + at);
      assert.ok(result?.kind === 'created' || result?.kind === 'updated', result?.kind);
      return result;
    }
    const empty = (scene: Scene, id: string): User => ({
      app: scene.app,
      id,
      attributes: {},
      tags: [],
      devices: 0,
      createdAt: scene.now,
      updatedAt: scene.now,
    });

    it('lends its locale to its devices, beside their own', async () => {
      const scene = new Scene();
      const other = new Scene();
      await change(scene, 'ann', { fields: { locale: 'fr-CH' } });
      await change(other, 'bob', { fields: { locale: 'de' } });
      const devices = [
        upsert(scene.app, 'd1', { platform: 'ios', user: 'ann' }),
        upsert(scene.app, 'd2', { platform: 'ios', user: 'ann', locale: 'zh-CN' }),
        upsert(scene.app, 'd3', { platform: 'ios', user: 'bob' }),
      ];
      await get().devices.change(devices, scene.now);
      const asked = devices.map(({ app, id }) => ({ app, device: id }));
      assert.deepEqual(
        [...(await get().devices.locales(asked))].sort(([a], [b]) => (a < b ? -1 : 1)),
        [
          [`${scene.app}|d1`, { user: 'fr-CH' }],
          [`${scene.app}|d2`, { device: 'zh-CN', user: 'fr-CH' }],
        ],
      );
    });

    it('makes a record, changes only what is named, and clears what is null', async () => {
      const scene = new Scene();
      const consent = { marketing: true, at: scene.now - 5, source: 'checkout' };
      const said = { locale: 'de-CH', timezone: 'Europe/Zurich', consent };
      const attributes = { plan: 'pro', visits: 3, list: ['x'] };
      const made = await change(scene, 'ann', { fields: said, attributes, tags: edit(['vip', 'b']) });
      const expected = { ...empty(scene, 'ann'), ...said, attributes, tags: ['b', 'vip'] };
      assert.deepEqual(made, { kind: 'created', user: expected });
      const changed = await change(
        scene,
        'ann',
        {
          fields: { locale: null, consent: { marketing: false, at: scene.now } },
          attributes: { plan: null, visits: 4 },
          tags: edit(['a'], ['b']),
        },
        7,
      );
      const { locale: _, ...rest } = expected;
      const after = {
        ...rest,
        consent: { marketing: false, at: scene.now },
        attributes: { visits: 4, list: ['x'] },
        tags: ['a', 'vip'],
        updatedAt: scene.now + 7,
      };
      assert.deepEqual(changed, { kind: 'updated', user: after });
      assert.deepEqual(await get().users.get(scene.app, 'ann'), after);
      const { user } = await change(scene, 'ann', {
        fields: { timezone: null, consent: null },
        tags: { kind: 'replace', names: [] },
      });
      assert.deepEqual(user, { ...empty(scene, 'ann'), attributes: { visits: 4, list: ['x'] } });
      assert.deepEqual((await change(scene, 'bare', {})).user, empty(scene, 'bare'));
    });

    it('knows a user by a record or a device, and tells how many devices are theirs', async () => {
      const { devices, users } = get();
      const [scene, foreign] = [new Scene(), new Scene()];
      await devices.change(
        ['d1', 'd2'].map((id) => upsert(scene.app, id, { platform: 'ios', user: 'ann' })),
        scene.now,
      );
      await devices.change([upsert(foreign.app, 'd3', { platform: 'ios', user: 'ann' })], scene.now);
      assert.deepEqual(await users.get(scene.app, 'ann'), {
        ...empty(scene, 'ann'),
        devices: 2,
        createdAt: null,
        updatedAt: null,
      });
      assert.equal(await users.get(scene.app, 'nobody'), undefined);
      assert.equal((await change(scene, 'ann', { tags: edit(['x']) })).kind, 'created');
      assert.deepEqual(await users.get(scene.app, 'ann'), { ...empty(scene, 'ann'), tags: ['x'], devices: 2 });
      assert.deepEqual((await users.get(foreign.app, 'ann'))?.tags, []);
      await devices.remove(scene.app, 'd1', scene.now);
      await devices.change([upsert(scene.app, 'd2', { user: null })], scene.now);
      assert.deepEqual(await users.get(scene.app, 'ann'), { ...empty(scene, 'ann'), tags: ['x'] });
    });

    it('applies two changes of one user in one call in order, and refuses none but the one that is too much', async () => {
      const scene = new Scene();
      const many = Object.fromEntries(numbered('k', 64).map((name) => [name, 1]));
      const one = (id: string, what: Partial<UserChange>) => ({ app: scene.app, id, fields: {}, ...what });
      const results = await get().users.change(
        [
          one('ann', { attributes: many, tags: edit(['a']) }),
          one('bob', { tags: { kind: 'replace', names: numbered('t', 101) } }),
          one('ann', { attributes: { more: 1 }, tags: edit(['never']) }),
          one('cid', { tags: edit(['c']) }),
          one('ann', { attributes: { more: 1, k0: null }, tags: edit(['b']) }),
        ],
        scene.now,
      );
      assert.deepEqual(
        results.map((result) => (result.kind === 'too_many' ? result.excess : [result.kind, result.user.tags])),
        [
          ['created', ['a']],
          { what: 'tags', max: 100 },
          { what: 'attributes', max: 64 },
          ['created', ['c']],
          ['updated', ['a', 'b']],
        ],
      );
      assert.equal(await get().users.get(scene.app, 'bob'), undefined);
      assert.deepEqual(await get().users.change([], scene.now), []);
    });

    it('makes a user once when many calls bring them at once, and loses no change', async () => {
      const scene = new Scene();
      const names = numbered('n', 24);
      const results = await Promise.all(
        names.map((name, n) => change(scene, 'ann', { attributes: { [name]: n }, tags: edit([name]) })),
      );
      assert.equal(results.filter(({ kind }) => kind === 'created').length, 1);
      const user = await get().users.get(scene.app, 'ann');
      assert.deepEqual(user?.attributes, Object.fromEntries(names.map((name, n) => [name, n])));
      assert.deepEqual(user?.tags, [...names].sort());
    });
  });
}
