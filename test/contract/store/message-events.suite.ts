import assert from 'node:assert/strict';
import type { JsonObject } from '../../../src/domain/json.js';
import { MailScene } from './mailbox-scene.js';
import { advanceOf, type End, type OpenedStore, Scene } from './scene.js';
import { assertTold, MESSAGE_EVENTS, statesTold } from './told-deliveries.js';

const ZEROS = { queued: 0, sent: 0, delivered: 0, displayed: 0, opened: 0, failed: 0, expired: 0, suppressed: 0 };
const NO_COUNTS = { ...ZEROS, canceled: 0, recalled: 0 };
const NOT_REACHED = { sent: 0, delivered: 0, displayed: 0, opened: 0 };

/** What `EventLog` says of every change: its event is written with it. Here, of messages. */
export function messageEventsSuite(get: () => OpenedStore): void {
  describe('events of messages', () => {
    /** An app of which all is wanted, with what was told of its messages since the last look. */
    async function wanting<S extends Scene>(scene: S) {
      await get().wantEvents(scene.app, MESSAGE_EVENTS);
      let seen = 0;
      const news = async () => {
        const told = (await get().told(scene.app)).filter(({ type }) => type.startsWith('message.'));
        const fresh = told.slice(seen).map(({ type, data }) => [type, data] as const);
        seen = told.length;
        return fresh;
      };
      return { scene, news };
    }

    async function advance(scene: Scene, chunkId: string, ends: readonly End[], blocked = false) {
      const [chunk] = await get().chunks.claim([chunkId], 'w', scene.now, scene.now + 50);
      assert.ok(chunk);
      const isDone = [...chunk.progress.marks].filter((mark) => mark === '.').length === ends.length;
      const next = isDone ? { kind: 'done' as const } : { kind: 'release' as const, dueAt: scene.now, blocked };
      const change = advanceOf(chunk, { ends, next, at: scene.now });
      for (let n = 0; n < 2; n++) assert.deepEqual(await get().chunks.advance([change], scene.now), []);
    }

    it('tell of each message that is accepted, once, and not of the twin of one', async () => {
      const { scene, news } = await wanting(new Scene());
      const { messages } = get();
      const first = scene.message({ key: 'k', chunks: [['apns', ['d1', 'd2']]] });
      const other = scene.message({ class: 'marketing', planned: false });
      await messages.accept([first, other], scene.now);
      await messages.accept([first], scene.now);
      await messages.accept([scene.message({ key: 'k', fingerprint: first.fingerprint })], scene.now);
      const told = await news();
      assert.deepEqual([...new Set(told.map(([type]) => type))], ['message.queued']);
      const byId = (a: JsonObject, b: JsonObject) => (String(a.message) < String(b.message) ? -1 : 1);
      assert.deepEqual(
        told.map(([, data]) => data).sort(byId),
        [
          { message: first.accepted.id, class: 'transactional', devices: 1 },
          { message: other.accepted.id, class: 'marketing', devices: 1 },
        ].sort(byId),
      );
    });

    it('tell of a message for nobody that it is completed, after that it was accepted', async () => {
      const { scene, news } = await wanting(new Scene());
      const message = scene.message();
      await get().messages.accept([message], scene.now);
      const { id } = message.accepted;
      const numbers = { status: 'completed', counts: NO_COUNTS, reached: NOT_REACHED, reasons: {} };
      assert.deepEqual(await news(), [
        ['message.queued', { message: id, class: 'transactional', devices: 1 }],
        ['message.completed', { message: id, ...numbers }],
      ]);
      await get().messages.complete(undefined, scene.now);
      assert.deepEqual(await news(), []);
    });

    it('tell with the end of a message its numbers at that moment, once', async () => {
      const { scene, news } = await wanting(new Scene());
      const { messages, receipts } = get();
      const message = scene.message({ chunks: [['apns', ['d1', 'd2', 'd3']]] });
      const { id } = message.accepted;
      await messages.accept([message], scene.now);
      await news();
      await advance(scene, `${id}.0`, [
        { index: 0, state: 'sent' },
        { index: 1, state: 'sent' },
        { index: 2, state: 'failed', reason: 'token_invalid' },
      ]);
      const opened = { app: scene.app, message: id, state: 'opened' as const, at: scene.now };
      await receipts.record([{ ...opened, key: 'd1' }], scene.now);
      assert.deepEqual(await news(), []);
      const answers = await Promise.all([messages.complete([id], scene.now), messages.complete([id], scene.now)]);
      assert.deepEqual(answers.flat(), [id], 'one of them completes it');
      await messages.complete([id], scene.now);
      await receipts.record([{ ...opened, key: 'd2' }], scene.now);
      const counts = { ...NO_COUNTS, sent: 1, opened: 1, failed: 1 };
      const reached = { sent: 2, delivered: 1, displayed: 1, opened: 1 };
      const numbers = { status: 'completed', counts, reached, reasons: { token_invalid: 1 } };
      assert.deepEqual(await news(), [['message.completed', { message: id, ...numbers }]]);
      await assertTold(get(), scene.app, id);
    });

    it('complete one after the other what is wanted and what is not', async () => {
      const { scene, news } = await wanting(new Scene());
      const quiet = new Scene();
      const { messages } = get();
      const both = [scene, quiet].map((each) => each.message({ chunks: [['apns', ['d1']]] }));
      for (const [n, each] of [scene, quiet].entries()) {
        const message = both[n];
        assert.ok(message);
        await messages.accept([message], each.now);
        await advance(each, `${message.accepted.id}.0`, [{ index: 0, state: 'sent' }]);
      }
      const ids = both.map(({ accepted }) => accepted.id);
      assert.deepEqual([...(await messages.complete(ids, scene.now))].sort(), [...ids].sort());
      assert.deepEqual([...(await messages.completed(ids))].sort(), [...ids].sort());
      assert.equal((await news()).filter(([type]) => type === 'message.completed').length, 1);
    });

    it('tell that a message was canceled, when it was, and how it ended', async () => {
      const { scene, news } = await wanting(new Scene());
      const { messages } = get();
      const message = scene.message({ chunks: [['apns', ['d1']]] });
      const { id } = message.accepted;
      await messages.accept([message], scene.now);
      await news();
      assert.equal(await messages.cancel('another', id, scene.now), false);
      assert.deepEqual(await news(), []);
      for (let n = 0; n < 2; n++) assert.equal(await messages.cancel(scene.app, id, scene.now), true);
      assert.deepEqual(await news(), [['message.canceled', { message: id }]]);
      await advance(scene, `${id}.0`, [{ index: 0, state: 'canceled', reason: 'canceled' }]);
      await messages.complete([id], scene.now);
      const numbers = { counts: { ...NO_COUNTS, canceled: 1 }, reached: NOT_REACHED, reasons: { canceled: 1 } };
      assert.deepEqual(await news(), [['message.completed', { message: id, status: 'canceled', ...numbers }]]);
    });

    it('tell that a message was called back, the first time', async () => {
      const { scene, news } = await wanting(new Scene());
      const message = scene.message({ chunks: [['apns', ['d1']]] });
      const { id } = message.accepted;
      await get().messages.accept([message], scene.now);
      await news();
      await get().recalls.begin('another', id, scene.now);
      for (let n = 0; n < 2; n++) await get().recalls.begin(scene.app, id, scene.now);
      assert.deepEqual(await news(), [['message.recalled', { message: id }]]);
    });

    it('tell that a message waits for a stopped account, once for each provider', async () => {
      const { scene, news } = await wanting(new Scene());
      const { messages, accounts, chunks } = get();
      const draft = (provider: string, n: number) => [provider, [`d${n}0`, `d${n}1`]] as const;
      const message = scene.message({ chunks: [draft('apns', 0), draft('apns', 1), draft('fcm', 2), draft('fcm', 3)] });
      const { id } = message.accepted;
      await messages.accept([message], scene.now);
      await news();
      const pause = { app: scene.app, provider: 'apns', until: scene.now + 9, failures: 1, since: scene.now };
      await accounts.pause({ ...pause, reason: 'credential_rejected' }, scene.now);
      const sent: readonly End[] = [{ index: 0, state: 'sent' }];
      await advance(scene, `${id}.3`, sent);
      assert.deepEqual(await news(), [], 'what waits for another reason is not blocked');
      await Promise.all([0, 1].map((n) => advance(scene, `${id}.${n}`, sent, true)));
      const blocked = (provider: string) => [
        'message.blocked',
        { message: id, provider, reason: 'credential_rejected' },
      ];
      assert.deepEqual(await news(), [blocked('apns')]);
      await chunks.unblock(scene.now);
      await advance(scene, `${id}.0`, [], true);
      assert.deepEqual(await news(), []);
      await advance(scene, `${id}.2`, sent, true);
      assert.deepEqual(await news(), [blocked('fcm')]);
    });

    for (const track of ['all', 'none'] as const) {
      it(`tell of one that went to everyone at once who has it, and the others in its numbers (${track})`, async () => {
        const opened = get();
        const { scene, news } = await wanting(new MailScene(opened));
        await scene.connected({ a: 'ann', b: 'bob', c: 'cid' });
        const message = scene.message({ planned: false, track, expiresAt: scene.now + 100 });
        const { id } = message.accepted;
        await opened.messages.accept([message], scene.now);
        await scene.store.append(scene.letter(id, { expiresAt: scene.now + 100 }), scene.now);
        await opened.messages.announced(id, { reached: 3, unreached: 2 });
        await opened.erasure.forget(scene.app, 'cid', scene.now + 1);
        for (let n = 0; n < 2; n++) await scene.done('a', [id], scene.now + 5);
        await scene.done('c', [id], scene.now + 5);
        const told = (await opened.told(scene.app)).filter(({ type }) => type.startsWith('delivery.'));
        const entry = { message: id, device: 'a', state: 'delivered', provider: 'realtime', at: scene.now + 5 };
        assert.deepEqual(
          told.map(({ data }) => data),
          [entry],
        );
        await news();
        await opened.messages.complete(undefined, scene.now + 100);
        const [completed] = (await news()).filter(([, data]) => JSON.stringify(data).includes(id));
        const counts = { ...NO_COUNTS, delivered: 2, expired: 1, failed: 2 };
        const reached = { ...NOT_REACHED, sent: 2, delivered: 2 };
        const numbers = { status: 'completed', counts, reached, reasons: { expired: 1, no_registration: 2 } };
        assert.deepEqual(completed, ['message.completed', { message: id, ...numbers }]);
        assert.deepEqual([...statesTold(await opened.told(scene.app), id)], [['a', ['delivered']]]);
      });
    }

    it('are forgotten with their message where they are told once', async () => {
      const { scene } = await wanting(new Scene());
      const { messages } = get();
      const message = scene.message({ chunks: [['apns', ['d1']]] });
      const { id } = message.accepted;
      await messages.accept([message], scene.now);
      await advance(scene, `${id}.0`, [], true);
      await advance(scene, `${id}.0`, [{ index: 0, state: 'sent' }]);
      await messages.complete([id], scene.now);
      // A row of its own, or a document of that name.
      const forms = [`"${id}"\n"apns"\n"${scene.app}"`, `${id}|apns`];
      const marks = async () => {
        const stored = await get().everythingStored();
        return forms.reduce((sum, form) => sum + stored.split(form).length - 1, 0);
      };
      assert.equal(await marks(), 1);
      const before = { content: scene.now + 1, deliveries: scene.now + 1, messages: scene.now + 1 };
      while ((await messages.sweep(before, 100)) > 0);
      assert.equal(await marks(), 0);
    });
  });
}
