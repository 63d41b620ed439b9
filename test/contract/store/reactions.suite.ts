import assert from 'node:assert/strict';
import { FEEDBACK_KEPT_MS, type Reaction, TOLD_KEPT_MS } from '../../../src/ports/reaction-store.js';
import { upsert } from './devices.suite.js';
import { advanceOf, type OpenedStore, Scene } from './scene.js';

/** `ReactionStore`. */
export function reactionsSuite(get: () => OpenedStore): void {
  describe('reactions', () => {
    /** A message that went to some devices of ann. */
    async function sent(devices: readonly string[], track: 'all' | 'none' = 'all') {
      const opened = get();
      const scene = new Scene();
      const { app, now } = scene;
      const user = 'ann';
      await opened.devices.change(
        devices.map((id) => upsert(app, id, { platform: 'ios', user })),
        now,
      );
      const message = scene.message({ track, chunks: [['apns', devices.map((key) => ({ key, user }))]] });
      await opened.messages.accept([message], now);
      const [chunk] = await opened.chunks.claim([`${message.accepted.id}.0`], 'me', now, now + 60_000);
      assert.ok(chunk);
      const ends = devices.map((_, index) => ({ index, state: 'sent' as const }));
      await opened.chunks.advance([advanceOf(chunk, { ends, at: now, track, next: { kind: 'done' } })], now);
      const { id } = message.accepted;
      const told = (name: string, teller = 'server') => ({ told: { app, teller, id: name } });
      const converted = (device: string, name: string, change: Partial<Reaction> = {}) =>
        ({
          app,
          device,
          at: now,
          kind: 'converted',
          message: id,
          name: 'purchase',
          ...told(name),
          ...change,
        }) as Reaction;
      const dismissed = (device: string): Reaction => ({ app, device, at: now, kind: 'dismissed', message: id });
      const record = (...reactions: readonly Reaction[]) => opened.reactions.record(reactions, now + 1);
      const counts = async () => (await opened.reactions.counts([id])).get(id) ?? {};
      return { scene, id, told, converted, dismissed, record, counts };
    }

    for (const track of ['all', 'none'] as const) {
      it(`counts each once, with track ${track}, whether or not anybody wants to hear of it`, async () => {
        const { record, converted, dismissed, counts } = await sent(['a', 'b'], track);
        assert.deepEqual(await record(), []);
        assert.deepEqual(await record(converted('a', '1'), converted('a', '2'), converted('b', '1'), dismissed('a')), [
          'changed',
          'changed',
          'known',
          'changed',
        ]);
        assert.deepEqual(await record(converted('b', '2'), dismissed('a'), dismissed('b'), dismissed('b')), [
          'known',
          'known',
          'changed',
          'known',
        ]);
        assert.deepEqual(await counts(), { converted: 2, dismissed: 2 });
      });
    }

    it('knows nothing of messages that were never for the device, and keeps no id of what it refused', async () => {
      const { scene, record, converted, dismissed, counts } = await sent(['a']);
      const foreign = new Scene();
      assert.deepEqual(
        await record(
          converted('stranger', 'x'),
          converted('a', 'x', { app: foreign.app }),
          { ...converted('a', 'x'), message: scene.messageId() } as Reaction,
          { app: scene.app, device: 'stranger', at: scene.now, kind: 'feedback', data: {} },
        ),
        ['unknown', 'unknown', 'unknown', 'unknown'],
      );
      assert.deepEqual(await counts(), {});
      assert.deepEqual(await record(converted('a', 'x'), dismissed('a')), ['changed', 'changed']);
    });

    it('tells of each that it counted, once, and of feedback by a name alone', async () => {
      const { scene, id, record, converted, dismissed, told } = await sent(['a']);
      const { wantEvents, told: log, everythingStored, reactions } = get();
      await wantEvents(scene.app, ['receipt.converted', 'receipt.dismissed', 'receipt.feedback']);
      const secret = 'the words of somebody 4711';
      const feedback = { app: scene.app, device: 'a', at: scene.now - 5, kind: 'feedback' } as const;
      const all = [
        converted('a', 'c', { value: 9.5, currency: 'EUR' } as Partial<Reaction>),
        dismissed('a'),
        { ...feedback, data: { text: secret }, ...told('f1') },
        { ...feedback, data: { stars: 5 }, message: id, ...told('f2') },
      ];
      for (let again = 0; again < 2; again++) await record(...all);
      const events = (await log(scene.app)).map(({ type, data }) => [
        type,
        { ...data, ...('id' in data ? { id: 'fb' } : {}) },
      ]);
      const at = scene.now;
      const sorted = (list: readonly unknown[]) => list.map((one) => JSON.stringify(one)).sort();
      assert.deepEqual(
        sorted(events.map(([type, data]) => [type, Object.fromEntries(Object.entries(data ?? {}).sort())])),
        sorted([
          ['receipt.converted', { at, currency: 'EUR', device: 'a', message: id, name: 'purchase', value: 9.5 }],
          ['receipt.dismissed', { at, device: 'a', message: id }],
          ['receipt.feedback', { at: at - 5, device: 'a', id: 'fb' }],
          ['receipt.feedback', { at: at - 5, device: 'a', id: 'fb', message: id }],
        ]),
      );
      assert.ok(!(await everythingStored()).includes(secret), 'it is sealed');
      const said = async () => {
        const { events } = await get().events.read(scene.app, { after: 0 }, ['receipt.feedback'], 10);
        return events.map(({ data }) => data.data);
      };
      assert.deepEqual(
        sorted(await said()),
        sorted([{ stars: 5 }, { text: secret }]),
        'the log is read with what it says',
      );
      assert.equal(await reactions.erase(scene.app, 'nobody', 10), 0);
      assert.equal(await reactions.erase(scene.app, 'ann', 1), 1);
      assert.equal(await reactions.erase(scene.app, 'ann', 10), 1);
      assert.deepEqual(await said(), [undefined, undefined], 'and without, once its user is erased');
    });

    it('keeps no feedback where nobody wants to hear it', async () => {
      const { scene, record, told, counts, id } = await sent(['a']);
      const feedback = { app: scene.app, device: 'a', at: scene.now, kind: 'feedback', data: {}, message: id } as const;
      assert.deepEqual(await record({ ...feedback, ...told('f') }), ['changed']);
      assert.equal(await get().reactions.erase(scene.app, 'ann', 10), 0);
      assert.deepEqual(await counts(), { feedback: 1 });
    });

    it('counts one of many who tell the same at once', async () => {
      const { record, converted, dismissed, counts } = await sent(['a']);
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, n) => record(converted('a', 'same'), dismissed('a'), converted('a', `own ${n}`))),
      );
      const changed = (place: number) => answers.filter((answer) => answer[place] === 'changed').length;
      assert.deepEqual([changed(0), changed(1), changed(2)], [1, 1, 8]);
      assert.deepEqual(await counts(), { converted: 9, dismissed: 1 });
    });

    it('remembers ids by their teller for 30 days, and feedback as long', async () => {
      const { scene, record, converted, told } = await sent(['a']);
      const { reactions } = get();
      const { told: one } = told('one');
      const others = [
        { ...one, teller: 'device|a' },
        { ...one, app: new Scene().app },
      ];
      await reactions.remember([one, one], scene.now);
      await reactions.remember([], scene.now);
      assert.deepEqual(await reactions.known([one, ...others, one]), [true, false, false, true]);
      assert.deepEqual(await record(converted('a', 'one')), ['known']);
      await get().wantEvents(scene.app, ['receipt.feedback']);
      await record({ app: scene.app, device: 'a', at: scene.now, kind: 'feedback', data: {}, ...told('f') });
      const past = scene.now + Math.max(TOLD_KEPT_MS, FEEDBACK_KEPT_MS);
      while ((await reactions.sweep(past, 50)) > 0);
      assert.deepEqual(await reactions.known([one]), [true], 'to the very end');
      while ((await reactions.sweep(past + 2, 50)) > 0);
      assert.deepEqual(await reactions.known([one]), [false]);
      assert.equal(await reactions.erase(scene.app, 'ann', 10), 0);
    });
  });
}
