import assert from 'node:assert/strict';
import type { PushToken } from '../../../src/domain/outcome.js';
import { registration, upsert } from './devices.suite.js';
import { advanceOf, bareTarget, type OpenedStore, Scene } from './scene.js';

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

    it('may be a message and a push token: of a registration, live or retired, or of a bare one', async () => {
      const opened = get();
      const { vendorNames, devices, messages, chunks } = opened;
      const scene = new Scene();
      const tokens = ['live', 'retired', 'bare', 'both', 'nobody'];
      const hashes = new Map(tokens.map((t) => [t, opened.hasher.pushToken(scene.app, 'apns', t as PushToken)]));
      const hashOf = (token: string) => hashes.get(token) ?? '';
      const named = ['live', 'retired', 'both'];
      await devices.change(
        named.map((t) => upsert(scene.app, `has ${t}`, undefined, [registration(opened, scene.app, t)])),
        scene.now,
      );
      await devices.retire(
        [{ app: scene.app, provider: 'apns', tokenHash: hashOf('retired'), reason: 'gone' }],
        scene.now,
      );
      const bare = ['bare', 'both'].map((token) => bareTarget(opened, scene.app, 'apns', token));
      const message = scene.message({ chunks: [['apns', bare]] });
      const { id } = message.accepted;
      await messages.accept([message], scene.now);
      const [chunk] = await chunks.claim([`${id}.0`], 'w', scene.now, scene.now + 9);
      assert.ok(chunk);
      const ends = [0, 1].map((index) => ({ index, state: 'sent' as const }));
      await chunks.advance([advanceOf(chunk, { ends, next: { kind: 'done' }, at: scene.now })], scene.now);
      const targets = tokens.map((token) => ({ message: id, tokenHash: hashOf(token) }));
      const elsewhere = { message: 'msg_other', tokenHash: hashOf('both') };
      const found = await vendorNames.findTargets(scene.app, 'apns', [...targets, elsewhere, ...targets]);
      assert.deepEqual(
        [...targets, elsewhere].map(({ message: of, tokenHash }) => found.get(`${of}|${tokenHash}`)),
        ['has live', 'has retired', `~${hashOf('bare')}`, `~${hashOf('both')}`, undefined, 'has both'],
      );
      assert.equal((await vendorNames.findTargets(new Scene().app, 'apns', targets)).size, 0);
      assert.equal((await vendorNames.findTargets(scene.app, 'fcm', targets.slice(0, 2))).size, 0);
      assert.equal((await vendorNames.findTargets(scene.app, 'apns', [])).size, 0);
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
