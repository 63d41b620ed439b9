import assert from 'node:assert/strict';
import { bareTarget, chunksOf, type OpenedStore, Scene } from './scene.js';

const AUDIENCE = {
  users: [],
  devices: [],
  pushTokens: [],
  everyone: true,
  exceptUsers: ['u'],
  exceptDevices: [],
} as const;

/** Planning of large audiences: a compare-and-set that can be killed at any point. */
export function planSuite(get: () => OpenedStore): void {
  describe('plan', () => {
    const unplannedMessage = (scene: Scene) =>
      scene.message({ planned: false, content: { overrides: {}, audience: AUDIENCE } });

    it('begins empty with the audience, moves on with each step, and is gone when planned', async () => {
      const { messages, chunks } = get();
      const scene = new Scene();
      const message = unplannedMessage(scene);
      const { id } = message.accepted;
      await messages.accept([message], scene.now);
      const plan = await messages.plan(id);
      assert.deepEqual(plan, {
        message: (await messages.sendable([id])).get(id),
        cursor: '',
        nextChunk: 0,
        openChunks: 0,
        isAnnouncing: false,
      });
      assert.deepEqual(plan?.message.content?.audience, AUDIENCE);
      const first = chunksOf(id, [
        ['apns', ['d1', 'd2']],
        ['fcm', ['d3']],
      ]);
      const step = { chunks: first, cursor: 'd3', planned: false };
      assert.equal(await messages.extendPlan(id, { cursor: '', nextChunk: 0 }, step, scene.now), true);
      const next = await messages.plan(id);
      assert.deepEqual([next?.cursor, next?.nextChunk, next?.openChunks], ['d3', 2, 2]);
      assert.equal((await messages.view(scene.app, id))?.devices, 3);
      assert.equal((await messages.view(scene.app, id))?.planned, false);
      const bare = bareTarget(get(), scene.app, 'fcm', 'bare at the end');
      const last = { chunks: chunksOf(id, [['fcm', [bare]]], 2), cursor: 'd3', planned: true };
      assert.equal(await messages.extendPlan(id, { cursor: 'd3', nextChunk: 2 }, last, scene.now), true);
      assert.equal(await messages.plan(id), undefined);
      assert.equal(await messages.plan('msg_unknown'), undefined);
      const view = await messages.view(scene.app, id);
      assert.deepEqual([view?.devices, view?.planned, view?.counts.queued], [4, true, 4]);
      const claimed = await chunks.claim([`${id}.0`, `${id}.1`, `${id}.2`], 'w', scene.now, scene.now + 1);
      assert.deepEqual(
        claimed.map(({ fence, crashes, app, message: of }) => [fence, crashes, app, of]),
        Array.from({ length: 3 }, () => [1, 0, scene.app, id]),
      );
      assert.deepEqual(claimed.find((chunk) => chunk.id === `${id}.2`)?.targets, [bare]);
    });

    it('counts as open only the chunks that are not done', async () => {
      const { messages, chunks } = get();
      const scene = new Scene();
      const message = unplannedMessage(scene);
      const { id } = message.accepted;
      await messages.accept([message], scene.now);
      const step = {
        chunks: chunksOf(id, [
          ['a', ['d1']],
          ['b', ['d2']],
        ]),
        cursor: 'd2',
        planned: false,
      };
      await messages.extendPlan(id, { cursor: '', nextChunk: 0 }, step, scene.now);
      const [held] = await chunks.claim([`${id}.0`], 'w', scene.now, scene.now + 1);
      assert.ok(held);
      const progress = { ...held.progress, marks: 'x', counts: { sent: 1 } };
      await chunks.advance(
        [{ id: held.id, fence: held.fence, progress, effects: [], deliveries: [], unkept: [], next: { kind: 'done' } }],
        scene.now,
      );
      assert.equal((await messages.plan(id))?.openChunks, 1);
    });

    it('lets one of several planners move on and writes nothing of the others', async () => {
      const { messages } = get();
      const scene = new Scene();
      const message = unplannedMessage(scene);
      const { id } = message.accepted;
      await messages.accept([message], scene.now);
      let devices = 0;
      for (let round = 0; round < 5; round++) {
        const plan = await messages.plan(id);
        assert.ok(plan);
        const from = { cursor: plan.cursor, nextChunk: plan.nextChunk };
        const moved = await Promise.all(
          Array.from({ length: 6 }, (_, i) => {
            const keys = Array.from({ length: i + 1 }, (_, k) => `r${round}.${k}`);
            const step = { chunks: chunksOf(id, [['apns', keys]], round), cursor: keys.at(-1) ?? '', planned: false };
            return messages.extendPlan(id, from, step, scene.now);
          }),
        );
        assert.equal(moved.filter(Boolean).length, 1);
        const winner = moved.indexOf(true);
        assert.equal((await messages.plan(id))?.cursor, `r${round}.${winner}`);
        devices += winner + 1;
        assert.equal((await messages.view(scene.app, id))?.devices, devices);
      }
      const plan = await messages.plan(id);
      assert.deepEqual([plan?.nextChunk, plan?.openChunks], [5, 5]);
    });

    it('writes nothing from a plan that stands elsewhere, or of an unknown message', async () => {
      const { messages } = get();
      const scene = new Scene();
      const message = unplannedMessage(scene);
      const { id } = message.accepted;
      await messages.accept([message], scene.now);
      const step = { chunks: chunksOf(id, [['apns', ['d1']]]), cursor: 'd1', planned: true };
      assert.equal(await messages.extendPlan(id, { cursor: 'd0', nextChunk: 0 }, step, scene.now), false);
      assert.equal(await messages.extendPlan(id, { cursor: '', nextChunk: 1 }, step, scene.now), false);
      assert.equal(await messages.extendPlan('msg_unknown', { cursor: '', nextChunk: 0 }, step, scene.now), false);
      assert.equal((await messages.view(scene.app, id))?.devices, 0);
      assert.equal(await messages.extendPlan(id, { cursor: '', nextChunk: 0 }, step, scene.now), true);
      const again = { chunks: [], cursor: 'd1', planned: true };
      assert.equal(
        await messages.extendPlan(id, { cursor: 'd1', nextChunk: 1 }, again, scene.now),
        false,
        'it is planned',
      );
    });

    it('finds messages whose planning has not ended, accepted before a time, bounded', async () => {
      const { messages } = get();
      const scene = new Scene();
      const batch = [0, 1, 2, 3].map((s) => scene.message({ planned: false, at: scene.now + s, class: 'marketing' }));
      await messages.accept([...batch, scene.message()], scene.now);
      const ids = batch.map(({ accepted }) => accepted.id);
      const found = await messages.unplanned(scene.now + 3, 100);
      assert.deepEqual(
        [...found].sort((a, b) => (a.id < b.id ? -1 : 1)),
        ids.slice(0, 3).map((id) => ({ id, class: 'marketing' })),
      );
      assert.equal((await messages.unplanned(scene.now + 3, 2)).length, 2);
      assert.deepEqual(await messages.unplanned(scene.now, 100), []);
    });
  });
}
