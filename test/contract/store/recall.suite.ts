import assert from 'node:assert/strict';
import type { Track } from '../../../src/domain/accepted-message.js';
import type { NewMessage } from '../../../src/ports/message-store.js';
import { advanceOf, type ChunkDraft, type End, type OpenedStore, Scene } from './scene.js';

/** `RecallStore`: messages that are called back. */
export function recallSuite(get: () => OpenedStore): void {
  describe('recalls', () => {
    /** A message whose one chunk has ended so. */
    async function sent(scene: Scene, draft: ChunkDraft, ends: readonly End[], track: Track = 'all') {
      const { messages, chunks } = get();
      const message = scene.message({ chunks: [draft], track });
      await messages.accept([message], scene.now);
      const [chunk] = await chunks.claim([`${message.accepted.id}.0`], 'w', scene.now, scene.now + 9);
      assert.ok(chunk);
      const change = advanceOf(chunk, { ends, next: { kind: 'done' }, at: scene.now, track });
      await chunks.advance([change], scene.now);
      return message.accepted.id;
    }
    const all = (state: End['state'], count: number): End[] =>
      Array.from({ length: count }, (_, index) => ({ index, state }));

    it('are marked once, and never for another app', async () => {
      const { recalls, messages } = get();
      const scene = new Scene();
      const id = await sent(scene, ['apns', ['d1']], all('sent', 1));
      assert.equal(await recalls.begin('another', id, scene.now), undefined);
      assert.equal(await recalls.begin(scene.app, scene.messageId(), scene.now), undefined);
      assert.equal((await messages.view(scene.app, id))?.recalledAt, undefined);
      const clear = { messages: [id], tags: [id], reason: 'recalled' };
      const recall = { clear, announced: false, at: scene.now + 5 };
      assert.deepEqual(await recalls.begin(scene.app, id, scene.now + 5), recall);
      assert.deepEqual(await recalls.begin(scene.app, id, scene.now + 6), recall, 'as of the first time');
      assert.equal((await messages.view(scene.app, id))?.recalledAt, scene.now + 5);
    });

    it('take the collapse key for the tag, unless a newer message of the app has the same', async () => {
      const { recalls, messages } = get();
      const scene = new Scene();
      const keyed = (at: number, app = scene.app): NewMessage => {
        const message = scene.message({ at: scene.now + at, app });
        return { ...message, terms: { ...message.terms, collapseKey: 'order-1' } };
      };
      const [first, foreign] = [keyed(0), keyed(5, `${scene.app}x`)];
      await messages.accept([first, foreign], scene.now);
      const tags = async () => (await recalls.begin(scene.app, first.accepted.id, scene.now))?.clear.tags;
      assert.deepEqual(await tags(), ['order-1']);
      await messages.accept([keyed(9)], scene.now);
      assert.deepEqual(await tags(), []);
    });

    it('know of a message that went to everyone at once', async () => {
      const { recalls, messages } = get();
      const scene = new Scene();
      const message = scene.message({ planned: false });
      await messages.accept([message], scene.now);
      const { id } = message.accepted;
      const isKnown = async () => (await recalls.begin(scene.app, id, scene.now))?.announced;
      assert.equal(await isKnown(), false);
      assert.ok(await messages.announcing(id), 'it may be on screens from now on');
      assert.equal(await isKnown(), true);
      assert.ok(await messages.announced(id, { reached: 2, unreached: 0 }));
      assert.equal(await isKnown(), true);
    });

    it('are owed once the message has completed, from where they stand, until they are carried through', async () => {
      const { recalls, messages } = get();
      const scene = new Scene();
      const id = await sent(
        scene,
        ['apns', ['d1', 'd2', 'd3', 'd4']],
        [...all('sent', 3), { index: 3, state: 'failed', reason: 'timeout' }],
      );
      await recalls.begin(scene.app, id, scene.now);
      const owed = async () => (await recalls.owed(1_000)).filter(({ app }) => app === scene.app);
      assert.deepEqual(await owed(), [], 'something may still leave');
      await messages.complete([id], scene.now);
      const clear = { messages: [id], tags: [id], reason: 'recalled' };
      assert.deepEqual(await owed(), [
        { app: scene.app, message: id, cursor: '', clear, announced: false, at: scene.now },
      ]);
      const shown = (...devices: string[]) =>
        devices.map((device) => ({ device, provider: 'apns', state: 'sent' as const }));
      assert.deepEqual(await recalls.shownOn(id, '', 2), shown('d1', 'd2'));
      await recalls.carried(id, 'd2');
      assert.equal((await owed())[0]?.cursor, 'd2');
      assert.deepEqual(await recalls.shownOn(id, 'd2', 2), shown('d3'), 'one that failed shows nothing');
      await recalls.carried(id, undefined);
      assert.deepEqual(await owed(), []);
      await recalls.begin(scene.app, id, scene.now + 9);
      assert.deepEqual(await owed(), [], 'and are not owed again');
    });

    it('end what was taken out of mailboxes, and nothing that has arrived or that a vendor took', async () => {
      const { recalls, receipts, messages, devices } = get();
      for (const track of ['all', 'failures', 'none'] as const) {
        const scene = new Scene();
        const keys = ['d1', 'd2', 'd3'];
        await devices.change(
          keys.map((id) => ({
            app: scene.app,
            id,
            fields: { platform: 'web' as const, user: `user of ${id}` },
            registrations: [],
            mode: 'upsert' as const,
          })),
          scene.now,
        );
        const id = await sent(scene, ['realtime', keys], all('sent', 3), track);
        const vendor = await sent(scene, ['apns', keys], all('sent', 3), track);
        await receipts.record(
          [{ app: scene.app, message: id, key: 'd1', state: 'delivered', at: scene.now }],
          scene.now,
        );
        for (let n = 0; n < 2; n++) {
          await recalls.takenOut(scene.app, id, ['d1', 'd3', 'nobody'], scene.now + 7);
          await recalls.takenOut(scene.app, vendor, keys, scene.now + 7);
        }
        const view = await messages.view(scene.app, id);
        const { sent: left, delivered, recalled } = view?.counts ?? {};
        assert.deepEqual([left, delivered, recalled], [1, 1, 1], track);
        assert.deepEqual(view?.reached, { sent: 3, delivered: 1, displayed: 0, opened: 0 }, track);
        const late = { app: scene.app, message: id, key: 'd3', state: 'displayed' as const, at: scene.now + 8 };
        await receipts.record([late], scene.now + 8);
        const after = await messages.view(scene.app, id);
        assert.deepEqual([after?.counts.recalled, after?.counts.displayed], [1, 0], 'an end stays an end');
        assert.deepEqual(after?.reached, { sent: 3, delivered: 2, displayed: 1, opened: 0 }, track);
        assert.equal((await messages.view(scene.app, vendor))?.counts.sent, 3);
        assert.deepEqual(await recalls.taken(vendor), { by: new Map([['apns', 3]]), track });
      }
    });

    it('end what a vendor took back, and nothing that it did not take or that was seen', async () => {
      const { recalls, receipts, messages } = get();
      const scene = new Scene();
      const id = await sent(scene, ['apns', ['d1', 'd2', 'd3']], all('sent', 3));
      const { app, now } = scene;
      await receipts.record([{ app, message: id, key: 'd2', state: 'displayed', at: now }], now);
      for (let n = 0; n < 2; n++) {
        await recalls.takenBack(app, id, 'apns', ['d1', 'd2', 'nobody'], now + 7);
        await recalls.takenBack(app, id, 'fcm', ['d3'], now + 7);
        await recalls.takenBack(`${app}x`, id, 'apns', ['d3'], now + 7);
      }
      const view = await messages.view(app, id);
      assert.deepEqual([view?.counts.recalled, view?.counts.displayed, view?.counts.sent], [1, 1, 1]);
      const shown = await recalls.shownOn(id, '', 9);
      assert.deepEqual(
        shown.map(({ device, state }) => [device, state]),
        [
          ['d1', 'recalled'],
          ['d2', 'displayed'],
          ['d3', 'sent'],
        ],
      );
    });

    it('tell what nobody has taken yet', async () => {
      const { recalls, messages } = get();
      const scene = new Scene();
      const message = scene.message({ chunks: [['apns', ['d1']]] });
      await messages.accept([message], scene.now);
      assert.deepEqual(await recalls.taken(message.accepted.id), { by: new Map(), track: 'all' });
    });
  });
}
