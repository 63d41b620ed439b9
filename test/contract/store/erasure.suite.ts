import assert from 'node:assert/strict';
import type { Track } from '../../../src/domain/accepted-message.js';
import { ERASED_USER } from '../../../src/domain/chunk.js';
import { registration, upsert } from './devices.suite.js';
import { advanceOf, type OpenedStore, Scene } from './scene.js';

/** A name that is found wherever it lies. */
let names = 0;
const newName = () => `erased-canary-${names++} "ü\\`;

/** `ErasureStore`, and what of it shows through the other ports. */
export function erasureSuite(get: () => OpenedStore): void {
  describe('erasure', () => {
    const isStored = async (user: string) => {
      const stored = await get().everythingStored();
      const once = JSON.stringify(user).slice(1, -1);
      const twice = JSON.stringify(once).slice(1, -1);
      return [user, once, twice].some((form) => stored.includes(form));
    };

    /** A message to the user's device `mine` and to `other`, of somebody else. */
    async function accept(scene: Scene, user: string, change: { at?: number; track?: Track } = {}) {
      const targets = [
        { key: 'mine', user },
        { key: 'other', user: 'somebody' },
      ];
      const message = scene.message({ ...change, chunks: [['apns', targets]] });
      await get().messages.accept([message], change.at ?? scene.now);
      return message;
    }

    async function claim(scene: Scene, id: string, at = scene.now) {
      const [chunk] = await get().chunks.claim([`${id}.0`], 'w', at, at + 10);
      assert.ok(chunk);
      return chunk;
    }

    const bothSent = [
      { index: 0, state: 'sent' },
      { index: 1, state: 'sent' },
    ] as const;

    it('keeps a forgotten user out of what holders record, and counts exactly all the same', async () => {
      const { messages, chunks, history, erasure } = get();
      const scene = new Scene();
      const user = newName();
      const { accepted } = await accept(scene, user);
      const chunk = await claim(scene, accepted.id);
      await erasure.forget(scene.app, user, scene.now);
      await erasure.forget(scene.app, user, scene.now - 5);
      await chunks.advance([advanceOf(chunk, { ends: bothSent, next: { kind: 'done' }, at: scene.now })], scene.now);
      const { items } = await messages.deliveries(scene.app, accepted.id, { limit: 10 });
      assert.deepEqual(
        items.map(({ key }) => key),
        ['other'],
      );
      assert.equal((await messages.view(scene.app, accepted.id))?.counts.sent, 2);
      assert.deepEqual((await history.ofUser(scene.app, user, { limit: 10 })).items, []);
    });

    it('records again what is accepted after it, and what another app or another user gets', async () => {
      const { chunks, history, erasure } = get();
      const [scene, otherApp] = [new Scene(), new Scene()];
      const user = newName();
      await erasure.forget(scene.app, user, scene.now);
      for (const [where, whose, at] of [
        [scene, user, scene.now + 1],
        [otherApp, user, otherApp.now],
        [scene, `${user}.`, scene.now],
      ] as const) {
        const { accepted } = await accept(where, whose, { at });
        const chunk = await claim(where, accepted.id, at);
        await chunks.advance([advanceOf(chunk, { ends: bothSent, next: { kind: 'done' }, at })], at);
        assert.equal((await history.ofUser(where.app, whose, { limit: 10 })).items.length, 1);
      }
    });

    it('takes the name out of open chunks: nobody is meant any more, and the others are as before', async () => {
      const { messages, history, erasure } = get();
      const scene = new Scene();
      const user = newName();
      const { accepted } = await accept(scene, user);
      await accept(scene, user, { at: scene.now + 1 });
      assert.equal(await isStored(user), true, 'it is found before, so what is not found is gone');
      assert.equal(await erasure.scrubChunks(scene.app, user, undefined), undefined);
      assert.equal(await isStored(user), false);
      assert.deepEqual((await history.ofUser(scene.app, user, { limit: 10 })).items, []);
      const { items } = await messages.deliveries(scene.app, accepted.id, { limit: 10 });
      assert.deepEqual(
        items.map(({ key }) => key),
        ['other'],
      );
      const chunk = await claim(scene, accepted.id);
      assert.deepEqual(chunk.targets, [
        { key: 'mine', user: ERASED_USER },
        { key: 'other', user: 'somebody' },
      ]);
    });

    it('does not record the end of a target whose name was taken out', async () => {
      const { messages, chunks, erasure } = get();
      const scene = new Scene();
      const user = newName();
      const { accepted } = await accept(scene, user);
      await erasure.scrubChunks(scene.app, user, undefined);
      const chunk = await claim(scene, accepted.id);
      const ends = [{ index: 0, state: 'suppressed', reason: 'user_changed' } as const, bothSent[1]];
      await chunks.advance([advanceOf(chunk, { ends, next: { kind: 'done' }, at: scene.now })], scene.now);
      const { items } = await messages.deliveries(scene.app, accepted.id, { limit: 10 });
      assert.deepEqual(
        items.map(({ key }) => key),
        ['other'],
      );
      const { counts } = (await messages.view(scene.app, accepted.id)) ?? {};
      assert.deepEqual([counts?.suppressed, counts?.sent], [1, 1]);
    });

    it('goes through more open chunks than one step does, those of one message too, and through no other app’s', async () => {
      const { messages, chunks, erasure } = get();
      const [scene, otherApp] = [new Scene(), new Scene()];
      const user = newName();
      const one = scene.message({ chunks: Array.from({ length: 600 }, () => ['apns', [{ key: 'mine', user }]]) });
      const many = Array.from({ length: 300 }, (_, n) =>
        scene.message({ at: scene.now + 1 + n, chunks: [['apns', [{ key: 'mine', user }]]] }),
      );
      await messages.accept([one, ...many], scene.now);
      await accept(otherApp, user);
      let steps = 1;
      for (let cursor = await erasure.scrubChunks(scene.app, user, undefined); cursor !== undefined; steps++) {
        cursor = await erasure.scrubChunks(scene.app, user, cursor);
      }
      assert.ok(steps > 2, `${steps} steps`);
      const ids = [...one.chunks, ...many.flatMap((message) => message.chunks)].map(({ id }) => id);
      const claimed = await chunks.claim(ids, 'w', scene.now + 400, scene.now + 500);
      assert.equal(claimed.length, 900);
      assert.ok(claimed.every(({ targets }) => targets[0]?.user === ERASED_USER));
      const [other] = await chunks.claim(
        (await messages.list(otherApp.app, { limit: 1 })).items.map(({ id }) => `${id}.0`),
        'w',
        otherApp.now,
        otherApp.now + 1,
      );
      assert.equal(other?.targets[0]?.user, user);
    });

    for (const track of ['all', 'failures', 'none'] as const) {
      it(`of a message that tracks ${track}: a chunk that is done forgets whom it was for`, async () => {
        const { chunks, erasure } = get();
        const scene = new Scene();
        const user = newName();
        const { accepted } = await accept(scene, user, { track });
        const chunk = await claim(scene, accepted.id);
        await chunks.advance(
          [advanceOf(chunk, { ends: bothSent, next: { kind: 'done' }, at: scene.now, track })],
          scene.now,
        );
        assert.equal(await erasure.removeDeliveries(scene.app, user, 10), track === 'all' ? 1 : 0);
        assert.equal(await isStored(user), false);
      });
    }

    it('removes devices with all that is theirs, so many at a time, and nobody else’s', async () => {
      const opened = get();
      const { devices, topics, erasure } = opened;
      const scene = new Scene();
      const user = newName();
      const [live, dead] = ['a'.repeat(64), 'b'.repeat(64)].map((token) => registration(opened, scene.app, token));
      assert.ok(live && dead);
      await devices.change(
        [
          {
            ...upsert(scene.app, 'd1', { platform: 'ios', user }, [dead]),
            topics: { kind: 'replace', names: ['news'] },
          },
          upsert(scene.app, 'd2', { platform: 'ios', user }),
          upsert(scene.app, 'd3', { platform: 'ios', user }),
          upsert(scene.app, 'd4', { platform: 'ios', user: 'somebody' }),
        ],
        scene.now,
      );
      const gone = { app: scene.app, provider: 'apns', tokenHash: dead.tokenHash ?? '', reason: 'Unregistered' };
      assert.equal(await devices.retire([gone], scene.now), 1);
      await devices.change([upsert(scene.app, 'd1', {}, [live])], scene.now);
      assert.equal(await erasure.removeDevices(scene.app, user, 2, scene.now), 2);
      assert.equal(await erasure.removeDevices(scene.app, user, 2, scene.now), 1);
      assert.equal(await erasure.removeDevices(scene.app, user, 2, scene.now), 0);
      const { items } = await devices.list(scene.app, { limit: 10 });
      assert.deepEqual(
        items.map(({ id }) => id),
        ['d4'],
      );
      assert.deepEqual((await topics.subscribers(scene.app, 'news', { limit: 10 })).items, []);
      const stored = await opened.everythingStored();
      for (const { tokenHash } of [live, dead]) assert.ok(!stored.includes(tokenHash ?? '?'));
      assert.equal(await isStored(user), false);
    });

    it('removes deliveries so many at a time, and the record once', async () => {
      const { chunks, users, history, erasure } = get();
      const scene = new Scene();
      const user = newName();
      for (let n = 0; n < 3; n++) {
        const { accepted } = await accept(scene, user, { at: scene.now + n });
        const chunk = await claim(scene, accepted.id, scene.now + n);
        await chunks.advance([advanceOf(chunk, { ends: bothSent, next: { kind: 'done' }, at: scene.now })], scene.now);
      }
      await users.change([{ app: scene.app, id: user, fields: { locale: 'de' } }], scene.now);
      assert.deepEqual(
        [
          await erasure.removeDeliveries(scene.app, user, 2),
          await erasure.removeDeliveries(scene.app, user, 2),
          await erasure.removeDeliveries(scene.app, user, 2),
        ],
        [2, 1, 0],
      );
      assert.equal((await history.ofUser(scene.app, 'somebody', { limit: 10 })).items.length, 3);
      assert.deepEqual(
        [await erasure.removeRecord(scene.app, user), await erasure.removeRecord(scene.app, user)],
        [true, false],
      );
      assert.equal(await isStored(user), false);
    });

    it('keeps no more than a keyed hash of the name, and that as long as it is needed', async () => {
      const { erasure } = get();
      const scene = new Scene();
      const user = newName();
      const before = new Set((await get().everythingStored()).split('\n'));
      await erasure.forget(scene.app, user, scene.now);
      assert.equal(await isStored(user), false);
      const added = (await get().everythingStored()).split('\n').filter((line) => !before.has(line));
      assert.equal(
        added.some((line) => /^"[0-9a-f]{64}"$/.test(line)),
        true,
      );
      while ((await erasure.forgotten(scene.now, 100)) > 0);
      assert.equal(await erasure.forgotten(scene.now + 1, 100), 1);
      assert.equal(await erasure.forgotten(scene.now + 1, 100), 0);
    });
  });
}
