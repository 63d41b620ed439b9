import assert from 'node:assert/strict';
import { isGatewayError } from '../../../src/domain/errors.js';
import { type OpenedStore, Scene } from './scene.js';

/** `MessageStore.accept`: claims, twins, repeats, and nothing half stored. */
export function acceptSuite(get: () => OpenedStore): void {
  describe('accept', () => {
    it('stores a batch and answers in order, each message to be seen with its chunks', async () => {
      const { messages, chunks } = get();
      const scene = new Scene();
      const batch = [
        scene.message({ key: 'one', chunks: [['apns', ['d1', 'd2']]] }),
        scene.message({
          chunks: [
            ['apns', ['d1']],
            ['fcm', ['d2', 'd3']],
          ],
        }),
        scene.message({ planned: false }),
      ];
      assert.deepEqual(
        (await messages.accept(batch, scene.now)).map(({ kind }) => kind),
        ['created', 'created', 'created'],
      );
      const views = await Promise.all(batch.map(({ accepted }) => messages.view(scene.app, accepted.id)));
      assert.deepEqual(
        views.map((view) => view && [view.devices, view.counts.queued, view.planned, view.status]),
        [
          [2, 2, true, 'queued'],
          [3, 3, true, 'queued'],
          [0, 0, false, 'queued'],
        ],
      );
      const written = batch.flatMap((message) => message.chunks);
      const claimed = await chunks.claim(
        written.map(({ id }) => id),
        'w',
        scene.now,
        scene.now + 1,
      );
      assert.deepEqual(
        claimed.map(({ id, provider, targets }) => ({ id, provider, targets })).sort((a, b) => (a.id < b.id ? -1 : 1)),
        [...written].sort((a, b) => (a.id < b.id ? -1 : 1)),
      );
      assert.deepEqual(await messages.accept([], scene.now), []);
    });

    it('answers a twin with the first one’s fingerprint and answer, and stores nothing of it', async () => {
      const { messages, chunks } = get();
      const scene = new Scene();
      const first = scene.message({ key: 'k', fingerprint: 'f1', chunks: [['apns', ['d1']]] });
      const second = scene.message({ key: 'k', fingerprint: 'f2', chunks: [['apns', ['d2']]] });
      await messages.accept([first], scene.now);
      assert.deepEqual(await messages.accept([second], scene.now), [
        { kind: 'replayed', fingerprint: 'f1', accepted: first.accepted },
      ]);
      assert.equal(await messages.view(scene.app, second.accepted.id), undefined);
      assert.deepEqual(await chunks.claim([`${second.accepted.id}.0`], 'w', scene.now, scene.now + 1), []);
    });

    it('settles twins inside one batch: the first is created, the others get its answer', async () => {
      const { messages } = get();
      const scene = new Scene();
      const twins = [1, 2, 3].map((n) => scene.message({ key: 'k', fingerprint: `f${n}`, chunks: [['apns', ['d']]] }));
      const other = scene.message({ key: 'other' });
      const results = await messages.accept([...twins, other], scene.now);
      const created = twins.filter((_, i) => results[i]?.kind === 'created');
      assert.equal(created.length, 1);
      for (const [i, result] of results.slice(0, 3).entries()) {
        if (result.kind === 'created') continue;
        assert.deepEqual(result, {
          kind: 'replayed',
          fingerprint: created[0]?.fingerprint,
          accepted: created[0]?.accepted,
        });
        assert.equal(await messages.view(scene.app, twins[i]?.accepted.id ?? ''), undefined);
      }
      assert.equal(results[3]?.kind, 'created');
    });

    it('keeps the keys of other apps and other paths apart', async () => {
      const { messages } = get();
      const scene = new Scene();
      const results = await messages.accept(
        [
          scene.message({ key: 'k' }),
          scene.message({ key: 'k', path: '/v1/other' }),
          scene.message({ key: 'k', app: new Scene().app }),
          scene.message({ key: 'K' }),
        ],
        scene.now,
      );
      assert.deepEqual(
        results.map(({ kind }) => kind),
        ['created', 'created', 'created', 'created'],
      );
    });

    it('replays a key until its time has ended, and then takes it over, leaving the old message be', async () => {
      const { messages } = get();
      const scene = new Scene();
      const until = scene.now + 48 * 3_600_000;
      const first = scene.message({ key: 'k', until, chunks: [['apns', ['d1']]] });
      await messages.accept([first], scene.now);
      const late = scene.message({ key: 'k', at: until - 1 });
      assert.equal((await messages.accept([late], until - 1))[0]?.kind, 'replayed');
      const next = scene.message({ key: 'k', at: until + 1, until: until + 100_000, fingerprint: 'new' });
      const twin = scene.message({ key: 'k', at: until + 1, until: until + 100_000, fingerprint: 'newer' });
      assert.deepEqual(await messages.accept([next, twin], until + 1), [
        { kind: 'created' },
        { kind: 'replayed', fingerprint: 'new', accepted: next.accepted },
      ]);
      assert.equal((await messages.view(scene.app, first.accepted.id))?.devices, 1);
      // The call that stored the first is repeated by somebody who never saw its answer: still no second message.
      assert.deepEqual(await messages.accept([next], until + 2), [{ kind: 'created' }]);
    });

    it('answers the same call again with "created" and stores nothing twice', async () => {
      const { messages } = get();
      const scene = new Scene();
      const batch = [
        scene.message({ key: 'k', chunks: [['apns', ['d1', 'd2']]] }),
        scene.message({ chunks: [['apns', ['d3']]] }),
      ];
      await messages.accept(batch.slice(0, 1), scene.now);
      for (let i = 0; i < 2; i++) {
        assert.deepEqual(await messages.accept(batch, scene.now + i), [{ kind: 'created' }, { kind: 'created' }]);
      }
      const listed = await messages.list(scene.app, { limit: 10 });
      assert.deepEqual(listed.items.map((view) => view.devices).sort(), [1, 2]);
    });

    it('creates exactly one of many twins that arrive at once, each in a call of its own', async () => {
      const { messages } = get();
      const scene = new Scene();
      const old = scene.message({ key: 'ended', until: scene.now - 1, at: scene.now - 100_000 });
      await messages.accept([old], scene.now - 100_000);
      for (const key of ['fresh', 'ended']) {
        const twins = Array.from({ length: 24 }, () => scene.message({ key, chunks: [['apns', ['d1']]] }));
        const results = (await Promise.all(twins.map((twin) => messages.accept([twin], scene.now)))).flat();
        const created = twins.filter((_, i) => results[i]?.kind === 'created');
        assert.equal(created.length, 1, key);
        for (const result of results) {
          if (result.kind === 'replayed') assert.deepEqual(result.accepted, created[0]?.accepted);
        }
      }
      assert.equal((await messages.list(scene.app, { limit: 100 })).items.length, 3);
    });

    it('goes through when batches with the same keys in another order arrive at once', async () => {
      const { messages } = get();
      const scene = new Scene();
      const keys = Array.from({ length: 30 }, (_, i) => `k${i}`);
      const orders = [keys, [...keys].reverse(), [...keys.slice(15), ...keys.slice(0, 15)]];
      const results = await Promise.all(
        Array.from({ length: 9 }, (_, i) =>
          messages.accept(
            (orders[i % 3] ?? keys).map((key) => scene.message({ key, chunks: [['apns', ['d']]] })),
            scene.now,
          ),
        ),
      );
      assert.equal(results.flat().filter(({ kind }) => kind === 'created').length, 30);
      assert.equal((await messages.list(scene.app, { limit: 100 })).items.length, 30);
    });

    it('stores nothing at all of a message that cannot be stored, and leaves its key free', async () => {
      const { messages, chunks } = get();
      const scene = new Scene();
      // No engine keeps a NUL in text; the door refuses it, and here it stands for any row that fails.
      const bad = scene.message({ key: 'k', metadata: { text: 'nul \u0000 here' }, chunks: [['apns', ['d1']]] });
      await assert.rejects(messages.accept([bad], scene.now));
      assert.equal(await messages.view(scene.app, bad.accepted.id), undefined);
      assert.deepEqual(await chunks.claim([`${bad.accepted.id}.0`], 'w', scene.now, scene.now + 1), []);
      const good = scene.message({ key: 'k' });
      assert.deepEqual(await messages.accept([good], scene.now), [{ kind: 'created' }]);
    });

    it('gives back every text as it came: all planes, quotes, backslashes, line ends, right-to-left', async () => {
      const { messages } = get();
      const scene = new Scene();
      const text = 'Ünï ✓ 😀👩‍👩‍👧 \u202eabc \\ " \' \\u0041 \t\r\n $1 %s {"a":1} \u{10FFFD} \uE000';
      const content = {
        notification: { title: text },
        data: { [text]: text },
        overrides: { apns: { aps: { x: text } } },
      };
      const message = scene.message({ key: text, metadata: { [text]: [text, null, 1.5] }, tags: [text], content });
      await messages.accept([message], scene.now);
      assert.deepEqual(await messages.accept([scene.message({ key: text })], scene.now), [
        { kind: 'replayed', fingerprint: message.fingerprint, accepted: message.accepted },
      ]);
      const view = await messages.view(scene.app, message.accepted.id);
      assert.deepEqual([view?.metadata, view?.tags], [message.metadata, message.tags]);
      const sendable = await messages.sendable([message.accepted.id]);
      assert.deepEqual(sendable.get(message.accepted.id)?.content, content);
    });

    it('stores two hundred messages in one call', async () => {
      const { messages } = get();
      const scene = new Scene();
      const batch = Array.from({ length: 200 }, (_, i) =>
        scene.message({ key: `k${i}`, chunks: [['apns', [`d${i}`]]] }),
      );
      const results = await messages.accept(batch, scene.now);
      assert.ok(results.every(({ kind }) => kind === 'created'));
      assert.equal((await messages.list(scene.app, { limit: 1_000 })).items.length, 200);
    });

    it('says idempotency_in_progress when a twin’s write is still open after 5 s', async function () {
      const { messages, holdAccept } = get();
      if (holdAccept === undefined) {
        if (this.test) this.test.title += ' (this engine has one writer: no write of another is ever open)';
        return this.skip();
      }
      this.timeout(15_000);
      const scene = new Scene();
      const held = await holdAccept(scene.message({ key: 'k' }), scene.now);
      try {
        await assert.rejects(
          messages.accept([scene.message({ key: 'k' })], scene.now),
          (error) => isGatewayError(error, 'idempotency_in_progress') && (error.retryAfterSeconds ?? 0) > 0,
        );
      } finally {
        await held.release();
      }
      assert.equal((await messages.accept([scene.message({ key: 'k' })], scene.now))[0]?.kind, 'replayed');
    });
  });
}
