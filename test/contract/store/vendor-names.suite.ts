import assert from 'node:assert/strict';
import { type OpenedStore, Scene } from './scene.js';

/** `VendorNameStore`. */
export function vendorNamesSuite(get: () => OpenedStore): void {
  describe('what vendors call deliveries', () => {
    it('is found by app and provider, the newest of each name, until it is swept', async () => {
      const { vendorNames } = get();
      const [scene, foreign] = [new Scene(), new Scene()];
      const of = (name: string, key: string, change: { app?: string; provider?: string } = {}) => ({
        ...{ app: scene.app, provider: 'postbox', name, message: 'msg_1', key, ...change },
      });
      await vendorNames.remember([], scene.now);
      await vendorNames.remember(
        [
          of('a', 'd0'),
          of('a', 'd1'),
          of('b', 'd2'),
          of('a', 'd3', { provider: 'other' }),
          of('b', 'd4', { app: foreign.app }),
        ],
        scene.now,
      );
      await vendorNames.remember([of('b', 'd5')], scene.now + 2);
      const found = () => vendorNames.find(scene.app, 'postbox', ['a', 'b', 'c', 'a']);
      assert.deepEqual([...(await found())].sort(), [
        ['a', { message: 'msg_1', key: 'd1' }],
        ['b', { message: 'msg_1', key: 'd5' }],
      ]);
      assert.equal((await vendorNames.find(scene.app, 'postbox', [])).size, 0);
      while ((await vendorNames.sweep(scene.now + 1, 1)) > 0);
      assert.deepEqual([...(await found()).keys()], ['b']);
    });

    it('is remembered by many at once', async () => {
      const { vendorNames } = get();
      const scene = new Scene();
      const names = Array.from({ length: 50 }, (_, n) => ({
        ...{ app: scene.app, provider: 'postbox', name: `n${n}`, message: 'msg_1', key: 'd' },
      }));
      await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          vendorNames.remember(n % 2 === 0 ? names : [...names].reverse(), scene.now),
        ),
      );
      assert.equal(
        (
          await vendorNames.find(
            scene.app,
            'postbox',
            names.map(({ name }) => name),
          )
        ).size,
        50,
      );
    });
  });
}
