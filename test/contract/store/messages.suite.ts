import assert from 'node:assert/strict';
import { isGatewayError } from '../../../src/domain/errors.js';
import type { NewMessage } from '../../../src/ports/message-store.js';
import { advanceOf, allPages, bareTarget, chunksOf, type OpenedStore, Scene } from './scene.js';

/** What is read of messages, and what becomes of them: lists, cancel, complete, retention. */
export function messagesSuite(get: () => OpenedStore): void {
  describe('messages', () => {
    /** Canceled chunks are due at any time: none may be left for the tests that follow. */
    async function endAll(message: NewMessage): Promise<void> {
      const { chunks } = get();
      const late = Number.MAX_SAFE_INTEGER - 1;
      const ids = message.chunks.map(({ id }) => id);
      const claimed = await chunks.claim(ids, 'w', late, late + 1);
      const changes = claimed.map((chunk) => advanceOf(chunk, { next: { kind: 'done' }, at: late }));
      assert.deepEqual(await chunks.advance(changes, late), []);
    }

    it('shows what was accepted, and nothing to another app', async () => {
      const { messages } = get();
      const scene = new Scene();
      const message = scene.message({
        class: 'marketing',
        metadata: { order: 7 },
        tags: ['a', 'b'],
        chunks: [['apns', ['d1', 'd2']]],
      });
      await messages.accept([message], scene.now);
      const { id } = message.accepted;
      assert.deepEqual(await messages.view(scene.app, id), {
        id,
        app: scene.app,
        class: 'marketing',
        status: 'queued',
        createdAt: scene.now,
        expiresAt: message.expiresAt,
        devices: 2,
        planned: true,
        counts: {
          queued: 2,
          sent: 0,
          delivered: 0,
          displayed: 0,
          opened: 0,
          failed: 0,
          expired: 0,
          suppressed: 0,
          canceled: 0,
          recalled: 0,
        },
        reached: { sent: 0, delivered: 0, displayed: 0, opened: 0 },
        reasons: {},
        roads: [],
        blocked: [],
        metadata: { order: 7 },
        tags: ['a', 'b'],
      });
      const foreign = new Scene().app;
      assert.equal(await messages.view(foreign, id), undefined);
      assert.equal(await messages.view(scene.app, 'msg_unknown'), undefined);
      assert.deepEqual(await messages.list(foreign, { limit: 10 }), { items: [] });
      assert.deepEqual(await messages.deliveries(foreign, id, { limit: 10 }), { items: [] });
      assert.equal(await messages.cancel(foreign, id, scene.now), false);
      assert.equal((await messages.view(scene.app, id))?.status, 'queued');
    });

    it('lists newest first, page by page, without one missing or twice', async () => {
      const { messages } = get();
      const scene = new Scene();
      const batch = Array.from({ length: 13 }, (_, i) => scene.message({ at: scene.now + i * 1_000 }));
      await messages.accept(batch, scene.now);
      await messages.accept([scene.message({ app: `${scene.app}x` })], scene.now);
      const expected = batch.map(({ accepted }) => accepted.id).reverse();
      for (const limit of [1, 2, 5, 12, 13, 14, 1_000]) {
        const { items, pages } = await allPages((page) => messages.list(scene.app, page), limit);
        assert.deepEqual(
          items.map(({ id }) => id),
          expected,
        );
        assert.equal(pages, Math.ceil(13 / limit), 'the last page has no cursor');
      }
    });

    it('refuses a cursor of another list, and one it never gave', async () => {
      const { messages, devices } = get();
      const scene = new Scene();
      const message = scene.message({ chunks: [['apns', ['d1', 'd2']]] });
      await messages.accept([message, scene.message()], scene.now);
      const { nextCursor } = await messages.list(scene.app, { limit: 1 });
      assert.ok(nextCursor);
      for (const cursor of ['', 'nonsense', Buffer.from('[]').toString('base64url')]) {
        await assert.rejects(messages.list(scene.app, { limit: 1, cursor }), (e) =>
          isGatewayError(e, 'validation_failed'),
        );
      }
      const elsewhere = [
        () => messages.deliveries(scene.app, message.accepted.id, { limit: 1, cursor: nextCursor }),
        () => devices.list(scene.app, { limit: 1, cursor: nextCursor }),
      ];
      for (const read of elsewhere) await assert.rejects(read, (e) => isGatewayError(e, 'validation_failed'));
    });

    it('gives the worker what it needs to attempt a message, and leaves out unknown ids', async () => {
      const { messages } = get();
      const scene = new Scene();
      const [a, b] = [
        scene.message({ class: 'marketing' }),
        scene.message({ track: 'none', chunks: [['apns', ['d1']]] }),
      ];
      await messages.accept([a, b], scene.now);
      await messages.cancel(scene.app, b.accepted.id, scene.now + 1);
      const found = await messages.sendable([a.accepted.id, b.accepted.id, 'msg_unknown']);
      assert.deepEqual([...found.keys()].sort(), [a.accepted.id, b.accepted.id].sort());
      assert.deepEqual(found.get(a.accepted.id), {
        id: a.accepted.id,
        app: scene.app,
        class: 'marketing',
        terms: a.terms,
        content: a.content,
        createdAt: scene.now,
        expiresAt: a.expiresAt,
        canceled: false,
      });
      assert.equal(found.get(b.accepted.id)?.canceled, true);
      assert.deepEqual(
        [...(await messages.canceled([a.accepted.id, b.accepted.id, 'msg_unknown']))],
        [b.accepted.id],
        'and of many at once',
      );
      await endAll(b);
      assert.equal((await messages.sendable([])).size, 0);
    });

    it('tells which of many are completed, and none before', async () => {
      const { messages } = get();
      const scene = new Scene();
      const [over, open] = [
        scene.message({ chunks: [['apns', ['d1']]] }),
        scene.message({ chunks: [['apns', ['d1']]] }),
      ];
      await messages.accept([over, open], scene.now);
      const ids = [over.accepted.id, open.accepted.id, 'msg_unknown'];
      assert.deepEqual([...(await messages.completed(ids))], []);
      await endAll(over);
      assert.deepEqual([...(await messages.completed(ids))], [], 'all is done, and not marked yet');
      await messages.complete(ids, scene.now + 1);
      assert.deepEqual([...(await messages.completed(ids))], [over.accepted.id]);
      assert.deepEqual([...(await messages.completed([]))], []);
      await endAll(open);
      await messages.complete(ids, scene.now + 2);
      assert.deepEqual([...(await messages.completed(ids))].sort(), ids.slice(0, 2).sort());
    });

    it('cancel makes waiting chunks due at once and ends planning', async () => {
      const { messages, chunks } = get();
      const scene = new Scene();
      const message = scene.message({
        chunks: [
          ['apns', ['d1']],
          ['fcm', ['d2']],
        ],
        planned: false,
      });
      const { id } = message.accepted;
      await messages.accept([message], scene.now);
      const held = await chunks.claim([`${id}.0`], 'w', scene.now, scene.now + 10_000);
      const dueAt = scene.now + 1_000_000;
      await chunks.advance(
        held.map((c) => advanceOf(c, { next: { kind: 'release', dueAt, blocked: true }, at: scene.now })),
        scene.now,
      );
      assert.deepEqual(await chunks.claim([`${id}.0`], 'w', scene.now + 1, scene.now + 9), []);
      assert.equal(await messages.cancel(scene.app, id, scene.now + 5), true);
      assert.equal(await messages.plan(id), undefined);
      const step = { chunks: chunksOf(id, [['apns', ['d9']]], 2), cursor: 'd9', planned: false };
      assert.equal(await messages.extendPlan(id, { cursor: '', nextChunk: 2 }, step, scene.now + 5), false);
      const view = await messages.view(scene.app, id);
      assert.deepEqual([view?.status, view?.devices, view?.counts.queued, view?.blocked], ['canceled', 2, 2, []]);
      const next = { kind: 'release', dueAt, blocked: true } as const;
      const all = await chunks.claim([`${id}.0`, `${id}.1`], 'w', scene.now + 5, scene.now + 10_000);
      assert.equal(all.length, 2);
      await chunks.advance(
        all.map((chunk) => advanceOf(chunk, { next, at: scene.now })),
        scene.now + 6,
      );
      assert.equal((await chunks.claim([`${id}.0`], 'w', scene.now + 6, scene.now + 7)).length, 1, 'it stays due');
      assert.equal(await messages.cancel(scene.app, id, scene.now + 6), true, 'again is harmless');
      assert.equal(await messages.cancel(scene.app, 'msg_unknown', scene.now), false);
      await endAll(message);
    });

    it('does not cancel what is completed', async () => {
      const { messages } = get();
      const scene = new Scene();
      const message = scene.message();
      await messages.accept([message], scene.now);
      await messages.complete([message.accepted.id], scene.now + 1);
      await messages.cancel(scene.app, message.accepted.id, scene.now + 2);
      const view = await messages.view(scene.app, message.accepted.id);
      assert.equal(view?.status, 'completed');
      assert.equal((await messages.sendable([message.accepted.id])).get(message.accepted.id)?.canceled, false);
    });

    it('completes what is planned and has no open chunk, once, whoever asks', async () => {
      const { messages, chunks } = get();
      const scene = new Scene();
      const open = scene.message({ chunks: [['apns', ['d1']]] });
      const unplanned = scene.message({ planned: false });
      const ended = Array.from({ length: 20 }, (_, i) => scene.message({ chunks: [['apns', [`d${i}`]]] }));
      await messages.accept([open, unplanned, ...ended], scene.now);
      const ids = ended.map(({ accepted }) => accepted.id);
      const held = await chunks.claim(
        ids.map((id) => `${id}.0`),
        'w',
        scene.now,
        scene.now + 10_000,
      );
      await chunks.advance(
        held.map((chunk) =>
          advanceOf(chunk, { ends: [{ index: 0, state: 'sent' }], next: { kind: 'done' }, at: scene.now }),
        ),
        scene.now,
      );
      const first = ids[0] ?? '';
      assert.equal((await messages.view(scene.app, first))?.status, 'sending', 'all is sent, and not completed yet');
      assert.deepEqual(
        await messages.complete([open.accepted.id, unplanned.accepted.id, 'msg_unknown'], scene.now),
        [],
      );
      assert.deepEqual(await messages.complete([], scene.now), []);
      assert.deepEqual(await messages.complete([first], scene.now + 7), [first]);
      assert.equal((await messages.view(scene.app, first))?.completedAt, scene.now + 7);
      const told = await Promise.all([
        ...Array.from({ length: 8 }, () => messages.complete(ids, scene.now + 8)),
        ...Array.from({ length: 4 }, () => messages.complete(undefined, scene.now + 8)),
      ]);
      const ours = told.flat().filter((id) => ids.includes(id));
      assert.deepEqual(ours.sort(), ids.slice(1).sort(), 'each is told once as newly completed');
      assert.equal((await messages.view(scene.app, first))?.completedAt, scene.now + 7);
    });

    it('completes at most 1,000 when no ids are named, and finds the rest the next time', async () => {
      const { messages } = get();
      const scene = new Scene();
      await messages.complete(undefined, scene.now);
      const batch = Array.from({ length: 1_005 }, () => scene.message({ planned: false }));
      await messages.accept(batch, scene.now);
      await Promise.all(batch.map(({ accepted }) => messages.cancel(scene.app, accepted.id, scene.now)));
      const first = await messages.complete(undefined, scene.now);
      assert.ok(first.length <= 1_000);
      const rest = await messages.complete(undefined, scene.now);
      assert.equal(new Set([...first, ...rest]).size, first.length + rest.length);
      assert.ok(first.length + rest.length >= 1_005);
    });

    it('drops content, deliveries and messages each by its own age, and tells when nothing is left', async () => {
      const { messages, chunks } = get();
      const scene = new Scene();
      const DAY = 86_400_000;
      const ages = [1, 3, 5, 7].map((days) => scene.now - days * DAY);
      const batch = ages.map((at) => scene.message({ at, chunks: [['apns', ['d1', 'd2']]] }));
      const open = scene.message({ at: scene.now - 6 * DAY, chunks: [['apns', ['d1']]] });
      const [young, content, told, old] = batch.map(({ accepted }) => accepted.id) as [string, string, string, string];
      await messages.accept([...batch, open], scene.now);
      const held = await chunks.claim(
        batch.map(({ accepted }) => `${accepted.id}.0`),
        'w',
        scene.now,
        scene.now + 1,
      );
      const ends = [0, 1].map((index) => ({ index, state: 'sent' as const }));
      await chunks.advance(
        held.map((chunk) => advanceOf(chunk, { ends, next: { kind: 'done' }, at: scene.now })),
        scene.now,
      );
      await messages.complete(
        batch.map(({ accepted }) => accepted.id),
        scene.now,
      );
      const before = { content: scene.now - 2 * DAY, deliveries: scene.now - 4 * DAY, messages: scene.now - 6.5 * DAY };
      let removed = 0;
      for (let step = 0; step < 20; step++) {
        const n = await messages.sweep(before, 2);
        removed += n;
        if (n === 0) break;
      }
      assert.ok(removed > 0);
      assert.equal(await messages.sweep(before, 2), 0);
      const sendable = await messages.sendable([young, content, told, old, open.accepted.id]);
      assert.deepEqual(
        [young, content, told, old, open.accepted.id].map((id) => {
          const message = sendable.get(id);
          return message === undefined ? 'gone' : message.content === undefined ? 'no content' : 'whole';
        }),
        ['whole', 'no content', 'no content', 'gone', 'whole'],
      );
      const listed = async (id: string) => (await messages.deliveries(scene.app, id, { limit: 10 })).items.length;
      assert.deepEqual(
        [await listed(young), await listed(content), await listed(told), await listed(old)],
        [2, 2, 0, 0],
      );
      assert.equal((await messages.view(scene.app, told))?.counts.sent, 2, 'counts outlive deliveries');
      assert.equal(await messages.view(scene.app, old), undefined);
      assert.deepEqual(await chunks.claim([`${old}.0`], 'w', scene.now, scene.now + 1), []);
    });

    it('opens content and bare push tokens again, and says store_corrupt with a sentence under a wrong key', async () => {
      const opened = get();
      const { messages, chunks } = opened;
      const scene = new Scene();
      const target = bareTarget(opened, scene.app, 'apns', 'an address only for this test');
      const message = scene.message({ chunks: [['apns', [target]]] });
      await messages.accept([message], scene.now);
      const { id } = message.accepted;
      const wrong = { version: 1 as const, hashKey: new Uint8Array(32), current: 'k1' };
      for (const keys of [new Map([['k1', new Uint8Array(32).fill(9)]]), new Map([['k2', new Uint8Array(32)]])]) {
        const other = opened.withDataKey({ ...wrong, current: [...keys.keys()][0] ?? '', keys });
        const isTold = (error: unknown) =>
          isGatewayError(error, 'store_corrupt') && /security\.data_key/.test(error.message);
        await assert.rejects(other.messages.sendable([id]), isTold);
        await assert.rejects(other.messages.deliveries(scene.app, id, { limit: 5 }), isTold);
      }
      assert.deepEqual((await messages.sendable([id])).get(id)?.content, message.content);
      const [claimed] = await chunks.claim([`${id}.0`], 'w', scene.now, scene.now + 1);
      assert.deepEqual(claimed?.targets, [target]);
    });
  });
}
