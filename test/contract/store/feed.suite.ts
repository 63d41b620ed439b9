import assert from 'node:assert/strict';
import { PROBING_CHUNKS_MAX } from '../../../src/ports/chunk-store.js';
import { type OpenedStore, oneByOne, Scene } from './scene.js';

/** `ChunkStore.feed` and `backlog`: which chunks are due, and whose turn it is. Reliability C9, C12. */
export function feedSuite(get: () => OpenedStore): void {
  describe('feed', () => {
    it('feeds due chunks of a lane once, with fence and size, and again after they were reclaimed', async () => {
      const { messages, chunks } = get();
      const scene = new Scene();
      const message = scene.message({
        chunks: [
          ['apns', ['d1', 'd2', 'd3']],
          ['fcm', ['d4']],
        ],
      });
      await messages.accept([message, scene.message({ class: 'marketing', chunks: oneByOne('apns', 1) })], scene.now);
      const { id } = message.accepted;
      assert.deepEqual(await chunks.feed('transactional', 10, scene.now - 1, scene.now + 99), [], 'not due yet');
      const fed = await chunks.feed('transactional', 10, scene.now, scene.now + 100);
      assert.deepEqual(
        [...fed].sort((a, b) => (a.id < b.id ? -1 : 1)),
        [
          { id: `${id}.0`, fence: 0, targets: 3 },
          { id: `${id}.1`, fence: 0, targets: 1 },
        ],
      );
      assert.deepEqual(await chunks.feed('transactional', 10, scene.now + 99, scene.now + 200), []);
      assert.equal(await chunks.reclaim(scene.now + 99, 10), 0, 'handed over until then');
      assert.equal(await chunks.reclaim(scene.now + 100, 10), 2);
      assert.equal((await chunks.feed('transactional', 1, scene.now + 100, scene.now + 200)).length, 1);
      assert.equal((await chunks.feed('transactional', 10, scene.now + 100, scene.now + 200)).length, 1);
    });

    it('leaves alone what accept handed over itself, until that time has passed', async () => {
      const { messages, chunks } = get();
      const scene = new Scene();
      await messages.accept([scene.message({ chunks: oneByOne('apns', 1), handedUntil: scene.now + 50 })], scene.now);
      assert.deepEqual(await chunks.feed('transactional', 10, scene.now, scene.now + 99), []);
      assert.equal(await chunks.reclaim(scene.now + 50, 10), 1);
      assert.equal((await chunks.feed('transactional', 10, scene.now + 50, scene.now + 99)).length, 1);
    });

    it('is fair over apps: one chunk of a small app is in the first feed beside a thousand of a big one', async () => {
      const { messages, chunks } = get();
      const [big, small, late] = [new Scene(), new Scene(), new Scene()];
      const now = late.now;
      await messages.accept([big.message({ at: now, chunks: oneByOne('apns', 1_000) })], now);
      const b = small.message({ at: now + 1, chunks: oneByOne('apns', 1) });
      const c = late.message({ at: now + 2, chunks: oneByOne('apns', 3) });
      await messages.accept([b, c], now + 2);
      const fed = await chunks.feed('transactional', 8, now + 2, now + 100);
      const of = (id: string) => fed.filter((chunk) => chunk.id.startsWith(id)).length;
      assert.deepEqual([fed.length, of(b.accepted.id), of(c.accepted.id)], [8, 1, 3]);
      const next = await chunks.feed('transactional', 8, now + 2, now + 100);
      assert.equal(next.length, 8, 'what is left is the big app’s');
      // Of one app the oldest goes first.
      const old = late.message({ at: now - 10, chunks: oneByOne('apns', 1) });
      const young = late.message({ at: now + 3, chunks: oneByOne('apns', 1) });
      await messages.accept([young], now + 3);
      await messages.accept([old], now - 10);
      const pair = await chunks.feed('transactional', 2, now + 3, now + 100);
      assert.equal(pair.filter((chunk) => chunk.id.startsWith(old.accepted.id)).length, 1);
    });

    it('takes turns within an app too: the trouble of one account holds up no other', async () => {
      const { messages, chunks } = get();
      const scene = new Scene();
      await messages.accept([scene.message({ chunks: oneByOne('apns', 100) })], scene.now);
      const other = scene.message({ at: scene.now + 5, chunks: [...oneByOne('fcm', 1), ...oneByOne(null, 1)] });
      await messages.accept([other], scene.now + 5);
      const fed = await chunks.feed('transactional', 6, scene.now + 5, scene.now + 100);
      assert.deepEqual([fed.length, fed.filter(({ id }) => id.startsWith(other.accepted.id)).length], [6, 2]);
    });

    it('gives few chunks of an account that is about to be tried again, and all once its pause is lifted', async () => {
      const { messages, chunks, accounts } = get();
      const scene = new Scene();
      const { app, now } = scene;
      const pause = { app, provider: 'apns', reason: 'provider_unavailable', failures: 1, since: now } as const;
      await messages.accept([scene.message({ chunks: [...oneByOne('apns', 20), ...oneByOne('fcm', 3)] })], now);
      await accounts.pause({ ...pause, until: now }, now);
      const probing = await chunks.feed('transactional', 50, now, now + 100);
      assert.equal(probing.length, PROBING_CHUNKS_MAX + 3);
      await accounts.resume(app, 'apns', now);
      const rest = await chunks.feed('transactional', 50, now, now + 100);
      assert.equal(rest.length, 20 - PROBING_CHUNKS_MAX);
    });

    it('gives few chunks of a class that is about to be tried again, and all of the other', async () => {
      const { messages, chunks, accounts } = get();
      const scene = new Scene();
      const { app, now } = scene;
      const pause = { app, provider: 'apns', reason: 'quota_exceeded', failures: 1, since: now, until: now } as const;
      const both = (['transactional', 'marketing'] as const).map((of) =>
        scene.message({ class: of, chunks: oneByOne('apns', 9) }),
      );
      await messages.accept(both, now);
      await accounts.pause({ ...pause, class: 'marketing' }, now);
      assert.equal((await chunks.feed('transactional', 50, now, now + 100)).length, 9);
      assert.equal((await chunks.feed('marketing', 50, now, now + 100)).length, PROBING_CHUNKS_MAX);
      await accounts.resume(app, 'apns', now, 'marketing');
      assert.equal((await chunks.feed('marketing', 50, now, now + 100)).length, 9 - PROBING_CHUNKS_MAX);
    });

    it('gives what came in while an account is paused: it may end without an attempt', async () => {
      const { messages, chunks, accounts } = get();
      const scene = new Scene();
      const { app, now } = scene;
      await accounts.pause(
        {
          app,
          provider: 'apns',
          reason: 'rate_limited',
          failures: 1,
          since: now,
          until: now + 60_000,
        },
        now,
      );
      await messages.accept([scene.message({ chunks: oneByOne('apns', 9) })], now);
      assert.equal((await chunks.feed('transactional', 50, now, now + 100)).length, 9);
      await accounts.resume(app, 'apns', now);
    });

    it('never gives a chunk to two callers, however many ask at once', async () => {
      const { messages, chunks } = get();
      const scene = new Scene();
      await messages.accept([scene.message({ chunks: oneByOne('apns', 150) })], scene.now);
      const seen: string[] = [];
      for (let round = 0; round < 30 && seen.length < 150; round++) {
        const fed = await Promise.all(
          Array.from({ length: 6 }, () => chunks.feed('transactional', 10, scene.now, scene.now + 10_000)),
        );
        seen.push(...fed.flat().map(({ id }) => id));
      }
      assert.equal(seen.length, 150);
      assert.equal(new Set(seen).size, 150);
    });

    it('measures the backlog of a lane: what is due, handed over or not, and how long the oldest has been', async () => {
      const { messages, chunks } = get();
      const scene = new Scene();
      assert.deepEqual(await chunks.backlog('marketing', scene.now), { due: 0, oldestMs: 0 });
      const young = scene.message({ class: 'marketing', chunks: oneByOne('apns', 3) });
      const held = scene.message({ class: 'marketing', chunks: oneByOne('apns', 1) });
      await messages.accept([young, held], scene.now);
      await messages.accept([scene.message({ class: 'transactional', chunks: oneByOne('apns', 1) })], scene.now - 99);
      await chunks.claim([`${held.accepted.id}.0`], 'w', scene.now, scene.now + 10_000);
      assert.deepEqual(await chunks.backlog('marketing', scene.now + 500), { due: 3, oldestMs: 500 });
      assert.deepEqual(await chunks.backlog('marketing', scene.now - 1), { due: 0, oldestMs: 0 });
      // A worker that takes nothing from the queue must show.
      await chunks.feed('marketing', 10, scene.now, scene.now + 10_000);
      assert.deepEqual(await chunks.backlog('marketing', scene.now + 700), { due: 3, oldestMs: 700 });
    });

    it('counts a backlog up to 10,000 and still finds the oldest of all', async function () {
      this.timeout(60_000);
      const { messages, chunks } = get();
      const [many, few] = [new Scene(), new Scene()];
      const now = few.now;
      for (let part = 0; part < 3; part++) {
        await messages.accept(
          [many.message({ at: now + 50, class: 'marketing', chunks: oneByOne('apns', 3_400) })],
          now + 50,
        );
      }
      await messages.accept([few.message({ at: now, class: 'marketing', chunks: oneByOne('apns', 1) })], now);
      assert.deepEqual(await chunks.backlog('marketing', now + 100), { due: 10_000, oldestMs: 100 });
    });
  });
}
