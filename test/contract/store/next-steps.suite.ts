import assert from 'node:assert/strict';
import { type Chunk, MARK, type StepEffect } from '../../../src/domain/chunk.js';
import { type Attempt, emptyCounts } from '../../../src/domain/delivery.js';
import { nextChunkId } from '../../../src/domain/ids.js';
import type { ChunkAdvance } from '../../../src/ports/chunk-store.js';
import { advanceOf, allPages, type OpenedStore, Scene } from './scene.js';

const ATTEMPT: Attempt = { provider: 'apns', at: 1, outcome: 'unregistered', reason: 'token_invalid', ms: 3 };

/** `ChunkStore.addNext`, and what the message says of targets on their way from one road to the next. */
export function nextStepsSuite(get: () => OpenedStore): void {
  describe('targets that move on', () => {
    async function taken(scene: Scene, keys: readonly string[], rendering?: string) {
      const { messages, chunks } = get();
      const message = scene.message({ chunks: [['apns', keys]], class: 'marketing' });
      const planned = message.chunks.map((chunk) => (rendering === undefined ? chunk : { ...chunk, rendering }));
      await messages.accept([{ ...message, chunks: planned }], scene.now);
      const { id } = message.accepted;
      const [chunk] = await chunks.claim([`${id}.0`], 'w', scene.now, scene.now + 10);
      assert.ok(chunk);
      return { id, chunk };
    }

    /** The first `count` targets of a chunk leave it, as its holder records it. */
    function leaving(
      chunk: Chunk,
      count: number,
      next: ChunkAdvance['next'],
    ): { change: ChunkAdvance; step: StepEffect } {
      const targets = chunk.targets.slice(0, count).map(({ key, user }) => ({ key, user, attempts: [ATTEMPT] }));
      const id = nextChunkId(chunk.message, chunk.id, chunk.fence, 0);
      const step: StepEffect = { kind: 'step', chunk: id, provider: 'fcm', step: 2, targets };
      const plain = advanceOf(chunk, { effects: [step], next, at: 1 });
      const marks = MARK.moved.repeat(count) + MARK.waiting.repeat(chunk.targets.length - count);
      const deliveries = targets.map(({ key, user, attempts }) => ({
        ...{ message: chunk.message, key, device: key, user, state: 'queued' as const, reason: null },
        ...{ provider: 'fcm', attempts, queuedAt: 1 },
      }));
      return { change: { ...plain, progress: { ...plain.progress, marks }, deliveries }, step };
    }

    const DONE = { kind: 'done' } as const;

    it('go on in a chunk of the same lane, language and message, with what was tried and fresh tries', async () => {
      const { chunks } = get();
      const scene = new Scene();
      const { id, chunk } = await taken(scene, ['d1', 'd2'], 'zh-CN');
      const { change, step } = leaving(chunk, 2, DONE);
      await chunks.advance([change], scene.now);
      await chunks.addNext([{ ...step, origin: chunk.id, targets: [...step.targets].reverse() }], scene.now + 5);
      assert.deepEqual(await chunks.claim([step.chunk], 'w', scene.now + 4, scene.now + 10), [], 'not due before');
      const fed = await chunks.feed('marketing', 100, scene.now + 5, scene.now + 9);
      assert.ok(fed.some((ref) => ref.id === step.chunk));
      const [next] = await chunks.claim([step.chunk], 'w', scene.now + 5, scene.now + 15);
      const trouble = { tries: 0, dueAt: scene.now + 5, crashes: 0, attempts: [ATTEMPT] };
      assert.deepEqual(next, {
        ...{ id: step.chunk, message: id, app: scene.app, provider: 'fcm', step: 2, rendering: 'zh-CN' },
        targets: ['d1', 'd2'].map((key) => ({ key, user: `user of ${key}` })),
        ...{ fence: 1, crashes: 0, effects: [] },
        progress: { marks: '..', troubles: { 0: trouble, 1: trouble }, counts: {}, reasons: {} },
      });
    });

    it('are counted once, and keep their message open, before, between and after', async () => {
      const { messages, chunks } = get();
      const scene = new Scene();
      const { id, chunk } = await taken(scene, ['d1', 'd2', 'd3']);
      const { change, step } = leaving(chunk, 2, { kind: 'hold', leaseUntil: scene.now + 10 });
      const settled = { ...change, progress: { ...change.progress, marks: 'mmx', counts: { sent: 1 } }, next: DONE };
      const stands = async () => {
        const view = await messages.view(scene.app, id);
        assert.deepEqual(await messages.complete([id], scene.now), [], 'not completed');
        return [view?.devices, view?.counts];
      };
      const counts = (change: object) => [3, { ...emptyCounts(), ...change }];
      await chunks.advance([change], scene.now);
      assert.deepEqual(await stands(), counts({ queued: 3 }));
      await chunks.advance([settled], scene.now);
      assert.deepEqual(await stands(), counts({ queued: 2, sent: 1 }), 'on the way, in no open chunk');
      await chunks.addNext([{ ...step, origin: chunk.id }], scene.now);
      assert.deepEqual(await stands(), counts({ queued: 2, sent: 1 }));
      await chunks.effectsDone([chunk]);
      assert.deepEqual(await stands(), counts({ queued: 2, sent: 1 }));
      const [next] = await chunks.claim([step.chunk], 'w', scene.now, scene.now + 10);
      assert.ok(next);
      const ends = [
        { index: 0, state: 'sent' as const },
        { index: 1, state: 'failed' as const, reason: 'token_invalid' as const },
      ];
      await chunks.advance([advanceOf(next, { ends, next: DONE, at: scene.now })], scene.now);
      assert.deepEqual((await messages.view(scene.app, id))?.counts, { ...emptyCounts(), sent: 2, failed: 1 });
      assert.deepEqual(await messages.complete([id], scene.now), [id]);
    });

    it('are written once, however often, and also when their chunk has ended since', async () => {
      const { messages, chunks } = get();
      const scene = new Scene();
      const { id, chunk } = await taken(scene, ['d1']);
      const { change, step } = leaving(chunk, 1, DONE);
      await chunks.advance([change], scene.now);
      const next = [{ ...step, origin: chunk.id }];
      await Promise.all(Array.from({ length: 5 }, () => chunks.addNext(next, scene.now)));
      const [held] = await chunks.claim([step.chunk], 'w', scene.now, scene.now + 10);
      assert.ok(held);
      const sent = advanceOf(held, { ends: [{ index: 0, state: 'sent' }], next: DONE, at: scene.now });
      await chunks.advance([sent], scene.now);
      await chunks.addNext(next, scene.now + 1);
      assert.deepEqual(await chunks.claim([step.chunk], 'w', scene.now + 100, scene.now + 110), []);
      const view = await messages.view(scene.app, id);
      assert.deepEqual([view?.devices, view?.counts.sent, view?.counts.queued], [1, 1, 0]);
      assert.deepEqual(await messages.complete([id], scene.now), [], 'until the effect is marked as done');
      await chunks.effectsDone([chunk]);
      assert.deepEqual(await messages.complete([id], scene.now), [id]);
    });

    it('stand in the list of deliveries once at every moment, with all attempts', async () => {
      const { messages, chunks } = get();
      const scene = new Scene();
      const { id, chunk } = await taken(scene, ['d1', 'd2', 'd3']);
      const list = async () =>
        (await allPages((page) => messages.deliveries(scene.app, id, page), 2)).items.map(
          ({ key, state, provider, attempts }) => [key, state, provider, attempts.length],
        );
      const between = [
        ['d1', 'queued', 'fcm', 1],
        ['d2', 'queued', 'fcm', 1],
        ['d3', 'queued', 'apns', 0],
      ];
      const { change, step } = leaving(chunk, 2, { kind: 'release', dueAt: scene.now + 99, blocked: false });
      await chunks.advance([change], scene.now);
      assert.deepEqual(await list(), between);
      await chunks.addNext([{ ...step, origin: chunk.id }], scene.now);
      await chunks.effectsDone([chunk]);
      assert.deepEqual(await list(), between);
      const [next] = await chunks.claim([step.chunk], 'w', scene.now, scene.now + 10);
      assert.ok(next);
      const ends = [{ index: 1, state: 'sent' as const }];
      const release = { kind: 'release', dueAt: scene.now + 99, blocked: false } as const;
      await chunks.advance([advanceOf(next, { ends, next: release, at: scene.now })], scene.now);
      assert.deepEqual(await list(), [between[0], ['d2', 'sent', 'fcm', 1], between[2]]);
    });

    it('end with their message when it is canceled', async () => {
      const { messages, chunks } = get();
      const scene = new Scene();
      const { id, chunk } = await taken(scene, ['d1', 'd2']);
      const { change, step } = leaving(chunk, 1, { kind: 'release', dueAt: scene.now + 99, blocked: false });
      await chunks.advance([change], scene.now);
      assert.equal(await messages.cancel(scene.app, id, scene.now), true);
      await chunks.addNext([{ ...step, origin: chunk.id }], scene.now);
      const due = await chunks.claim([chunk.id, step.chunk], 'w', scene.now, scene.now + 10);
      assert.deepEqual(
        due.map((held) => held.id).sort(),
        [chunk.id, step.chunk].sort(),
        'both due at once, to be ended',
      );
      assert.equal((await messages.sendable([id])).get(id)?.canceled, true);
    });

    it('are told of a stopped account only where they wait', async () => {
      const { messages, chunks, accounts } = get();
      const scene = new Scene();
      const { id, chunk } = await taken(scene, ['d1', 'd2', 'd3']);
      const { change, step } = leaving(chunk, 2, { kind: 'release', dueAt: scene.now + 99, blocked: true });
      const pause = { reason: 'credential_rejected', failures: 1, until: scene.now + 9, since: scene.now } as const;
      await accounts.pause({ app: scene.app, provider: 'apns', ...pause }, scene.now);
      await chunks.advance([change], scene.now);
      const waits = { provider: 'apns', reason: 'credential_rejected', devices: 1, since: scene.now };
      const view = await messages.view(scene.app, id);
      assert.deepEqual([view?.status, view?.blocked], ['queued', [waits]], 'two are under way to another road');
      await chunks.addNext([{ ...step, origin: chunk.id }], scene.now);
      const [next] = await chunks.claim([step.chunk], 'w', scene.now, scene.now + 10);
      assert.ok(next);
      const ends = [0, 1].map((index) => ({ index, state: 'sent' as const }));
      await chunks.advance([advanceOf(next, { ends, next: DONE, at: scene.now })], scene.now);
      assert.equal((await messages.view(scene.app, id))?.status, 'blocked', 'nothing else is left');
    });
  });
}
