import assert from 'node:assert/strict';
import {
  UPSTREAM_BYTES_MAX,
  UPSTREAM_ITEMS_MAX,
  UPSTREAM_KEPT_MS,
  UPSTREAM_STREAM_KEPT_MS,
  UPSTREAM_STREAMS_MAX,
  type UpstreamBatch,
  type UpstreamItem,
} from '../../../src/ports/upstream-store.js';
import { allPages, type OpenedStore, Scene } from './scene.js';

/** `UpstreamStore`. */
export function upstreamSuite(get: () => OpenedStore): void {
  describe('upstream messages', () => {
    const item = (scene: Scene, n: number, data: UpstreamItem['data'] = { n }): UpstreamItem => ({
      n,
      topic: 'chat',
      data,
      at: scene.now - n,
    });
    const batch = (scene: Scene, ns: readonly number[], change: Partial<UpstreamBatch> = {}): UpstreamBatch => ({
      app: scene.app,
      device: 'phone',
      user: 'ann',
      stream: 's1',
      items: ns.map((n) => item(scene, n)),
      ...change,
    });
    const listed = async (scene: Scene, limit = 100) =>
      (await allPages((page) => get().upstream.list(scene.app, page), limit)).items;
    const numbers = async (scene: Scene) => (await listed(scene)).map(({ data }) => data.n);

    it('gives messages back as they came, in the order in which they were taken, page by page', async () => {
      const { upstream } = get();
      const [scene, foreign] = [new Scene(), new Scene()];
      await upstream.add([batch(foreign, [1])], scene.now);
      assert.deepEqual(await upstream.add([batch(scene, [1, 3])], scene.now + 1), [{ safe: 3, full: [] }]);
      const tablet = { device: 'tablet', user: null, items: [item(scene, 1, { 'ä\n"': [null, { x: 1.5 }] })] };
      assert.deepEqual(await upstream.add([batch(scene, [], tablet), batch(scene, [4])], scene.now + 2), [
        { safe: 1, full: [] },
        { safe: 4, full: [] },
      ]);
      const all = await listed(scene);
      assert.deepEqual(
        all.map(({ id: _, ...rest }) => rest),
        [
          { device: 'phone', user: 'ann', topic: 'chat', data: { n: 1 }, at: scene.now - 1, receivedAt: scene.now + 1 },
          { device: 'phone', user: 'ann', topic: 'chat', data: { n: 3 }, at: scene.now - 3, receivedAt: scene.now + 1 },
          {
            device: 'tablet',
            user: null,
            topic: 'chat',
            data: { 'ä\n"': [null, { x: 1.5 }] },
            at: scene.now - 1,
            receivedAt: scene.now + 2,
          },
          { device: 'phone', user: 'ann', topic: 'chat', data: { n: 4 }, at: scene.now - 4, receivedAt: scene.now + 2 },
        ],
      );
      assert.equal(new Set(all.map(({ id }) => id)).size, 4);
      for (const limit of [1, 3, 4]) assert.deepEqual(await listed(scene, limit), all);
    });

    it('takes each number of a stream once, in whatever order and call it comes', async () => {
      const { upstream } = get();
      const scene = new Scene();
      await upstream.add([batch(scene, [1, 2, 3])], scene.now);
      const again = await upstream.add([batch(scene, [2, 3, 4]), batch(scene, [4, 5])], scene.now + 1);
      assert.deepEqual(again, [
        { safe: 5, full: [] },
        { safe: 5, full: [] },
      ]);
      await Promise.all([
        upstream.add([batch(scene, [7])], scene.now),
        upstream.add([batch(scene, [6, 7])], scene.now),
      ]);
      assert.deepEqual(await upstream.add([batch(scene, [2])], scene.now), [{ safe: 7, full: [] }]);
      assert.deepEqual((await numbers(scene)).sort(), [1, 2, 3, 4, 5, 6, 7]);
      await upstream.add([batch(scene, [1], { stream: 's2' }), batch(scene, [1], { device: 'b' })], scene.now);
      assert.equal((await numbers(scene)).length, 9);
    });

    it('tells how far each stream has come', async () => {
      const { upstream } = get();
      const scene = new Scene();
      await upstream.add([batch(scene, [1, 9]), batch(scene, [4], { device: 'b' })], scene.now);
      const ask = (device: string, stream = 's1') => ({ app: scene.app, device, stream });
      assert.deepEqual(await upstream.safe([ask('b'), ask('phone'), ask('phone', 's2'), ask('x')]), [4, 9, 0, 0]);
      assert.deepEqual(await upstream.safe([]), []);
      assert.deepEqual(await upstream.add([], scene.now), []);
    });

    it('takes no more of a device than its bounds, tells what it did not, and keeps others out of it', async () => {
      const { upstream } = get();
      const scene = new Scene();
      const all = Array.from({ length: UPSTREAM_ITEMS_MAX + 2 }, (_, index) => index + 1);
      assert.deepEqual(await upstream.add([batch(scene, all)], scene.now), [
        { safe: UPSTREAM_ITEMS_MAX + 2, full: [UPSTREAM_ITEMS_MAX + 1, UPSTREAM_ITEMS_MAX + 2] },
      ]);
      const big = { text: 'x'.repeat(UPSTREAM_BYTES_MAX / 2) };
      const [bytes, other] = await upstream.add(
        [
          batch(scene, [], { device: 'b', items: [1, 2, 3].map((n) => item(scene, n, n === 3 ? {} : big)) }),
          batch(scene, [1]),
        ],
        scene.now,
      );
      assert.deepEqual(bytes, { safe: 3, full: [2] });
      assert.equal(other?.full.length, 0, 'one that is there already needs no room');
    });

    it('forgets the oldest streams of a device that has too many', async () => {
      const { upstream } = get();
      const scene = new Scene();
      for (let at = 0; at <= UPSTREAM_STREAMS_MAX; at++) {
        await upstream.add([batch(scene, [at + 1], { stream: `s${at}` })], scene.now + at);
      }
      const ask = (stream: string) => ({ app: scene.app, device: 'phone', stream });
      assert.deepEqual(await upstream.safe([ask('s0'), ask('s1')]), [0, 2]);
    });

    it('sweeps what is old, and still knows what comes again of it', async () => {
      const { upstream } = get();
      const scene = new Scene();
      await upstream.add([batch(scene, [1, 2])], scene.now);
      await upstream.add([batch(scene, [3])], scene.now + 1);
      const sweepAt = async (now: number) => {
        while ((await upstream.sweep(now, 2)) > 0);
      };
      await sweepAt(scene.now + UPSTREAM_KEPT_MS + 1);
      assert.deepEqual(await numbers(scene), [3]);
      await upstream.add([batch(scene, [2, 4])], scene.now + 2);
      assert.deepEqual(await numbers(scene), [3, 4]);
      await sweepAt(scene.now + 2 + UPSTREAM_STREAM_KEPT_MS + 1);
      assert.deepEqual(await upstream.safe([{ app: scene.app, device: 'phone', stream: 's1' }]), [0]);
    });

    it('forgets what a user has sent, whoever had the device since, and takes none of it again', async () => {
      const { upstream } = get();
      const scene = new Scene();
      await upstream.add([batch(scene, [1, 2, 3])], scene.now);
      await upstream.add(
        [batch(scene, [4], { user: 'bob' }), batch(scene, [1], { device: 'b', user: null })],
        scene.now,
      );
      assert.equal(await upstream.erase(scene.app, 'ann', 2), 2);
      assert.equal(await upstream.erase(scene.app, 'ann', 2), 1);
      assert.equal(await upstream.erase(scene.app, 'ann', 2), 0);
      await upstream.add([batch(scene, [2, 3])], scene.now);
      assert.deepEqual(await numbers(scene), [4, 1]);
    });

    it('keeps what devices say sealed', async () => {
      const { upstream, everythingStored } = get();
      const scene = new Scene();
      const secret = 'upstream-canary-0123456789';
      await upstream.add([batch(scene, [], { items: [item(scene, 1, { secret })] })], scene.now);
      const stored = await everythingStored();
      for (const form of [secret, Buffer.from(secret).toString('hex')]) assert.ok(!stored.includes(form));
    });
  });
}
