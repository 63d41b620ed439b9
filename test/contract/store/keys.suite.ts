import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { newId } from '../../../src/domain/ids.js';
import { SCOPES, type ServerKey } from '../../../src/ports/key-store.js';
import { type OpenedStore, Scene } from './scene.js';

export function keysSuite(get: () => OpenedStore): void {
  describe('keys', () => {
    const key = (scene: Scene, change: Partial<ServerKey> = {}): ServerKey => ({
      id: newId('key', scene.now, randomBytes),
      hash: randomBytes(20).toString('base64url'),
      app: scene.app,
      scopes: ['messages:send', 'devices:write'],
      isTest: false,
      createdAt: scene.now,
      expiresAt: null,
      revokedAt: null,
      lastUsedAt: null,
      ...change,
    });

    it('gives a key back as it was added', async () => {
      const { keys } = get();
      const scene = new Scene();
      const added = [
        key(scene),
        key(scene, { app: null, scopes: [...SCOPES], expiresAt: scene.now + 5 }),
        key(scene, { scopes: [], isTest: true, revokedAt: scene.now + 1, lastUsedAt: scene.now + 2 }),
      ];
      for (const one of added) await keys.add(one);
      for (const one of added) assert.deepEqual(await keys.find(one.id), one);
      assert.equal(await keys.find('key_unknown'), undefined);
    });

    it('lists keys oldest first', async () => {
      const { keys } = get();
      const scene = new Scene();
      // Made by machines whose clocks disagree with their ids: the time of making decides.
      const added = [3, 1, 2].map((n) =>
        key(scene, { createdAt: scene.now + n, id: newId('key', scene.now - n, randomBytes) }),
      );
      for (const one of added) await keys.add(one);
      const listed = (await keys.list()).filter((one) => added.some(({ id }) => id === one.id));
      assert.deepEqual(
        listed.map(({ createdAt }) => createdAt - scene.now),
        [1, 2, 3],
      );
    });

    it('revokes once, tells unknown ids, and keeps the first time', async () => {
      const { keys } = get();
      const scene = new Scene();
      const one = key(scene);
      await keys.add(one);
      assert.equal(await keys.revoke('key_unknown', scene.now), false);
      assert.equal(await keys.revoke(one.id, scene.now + 1), true);
      assert.equal(await keys.revoke(one.id, scene.now + 2), true);
      assert.equal((await keys.find(one.id))?.revokedAt, scene.now + 1);
    });

    it('notes uses of many keys at once and skips unknown ids', async () => {
      const { keys } = get();
      const scene = new Scene();
      const [a, b, c] = [key(scene), key(scene), key(scene)];
      for (const one of [a, b, c]) await keys.add(one);
      await keys.touch([a.id, b.id, 'key_unknown'], scene.now + 7);
      await keys.touch([], scene.now + 8);
      const used = await Promise.all([a, b, c].map(async ({ id }) => (await keys.find(id))?.lastUsedAt));
      assert.deepEqual(used, [scene.now + 7, scene.now + 7, null]);
    });
  });
}
