import assert from 'node:assert/strict';
import { HOUR_MS, sumStats } from '../../../src/domain/stats.js';
import { MailScene } from './mailbox-scene.js';
import { type OpenedStore, Scene } from './scene.js';

/** The planning of a message that goes to everyone at once. */
export function announcingSuite(get: () => OpenedStore): void {
  describe('announcing', () => {
    it('is noted while a message is planned, as often as it is said, and of no other', async () => {
      const { messages } = get();
      const scene = new Scene();
      const [open, planned, canceled] = [false, true, false].map((isPlanned) => scene.message({ planned: isPlanned }));
      assert.ok(open && planned && canceled);
      await messages.accept([open, planned, canceled], scene.now);
      await messages.cancel(scene.app, canceled.accepted.id, scene.now);
      const { id } = open.accepted;
      for (let n = 0; n < 2; n++) assert.equal(await messages.announcing(id), true);
      assert.equal((await messages.plan(id))?.isAnnouncing, true);
      for (const other of [planned.accepted.id, canceled.accepted.id, scene.messageId()]) {
        assert.equal(await messages.announcing(other), false);
        assert.equal(await messages.announced(other, { reached: 1, unreached: 0 }), false);
      }
      assert.equal(await messages.announced(id, { reached: 1, unreached: 0 }), true);
      assert.equal(await messages.announcing(id), false);
      assert.equal(await messages.announced(id, { reached: 1, unreached: 0 }), false);
    });

    it('counts a device that is faster than whoever says how many there are', async () => {
      const opened = get();
      const { messages } = opened;
      const scene = new MailScene(opened);
      await scene.connected({ a: 'ann', b: 'bob' });
      const id = await announcing(scene);
      await scene.done('a', [id], scene.now);
      const early = await messages.view(scene.app, id);
      assert.deepEqual([early?.devices, early?.counts.queued, early?.counts.delivered], [1, 0, 1]);
      await messages.announced(id, { reached: 2, unreached: 1 });
      const late = await messages.view(scene.app, id);
      assert.deepEqual([late?.devices, late?.counts.queued, late?.counts.delivered, late?.counts.failed], [3, 1, 1, 1]);
    });

    it('goes on in a message that is canceled then, which completes when it has ended', async () => {
      const opened = get();
      const { messages, stats } = opened;
      const scene = new MailScene(opened);
      await scene.connected({ a: 'ann', b: 'bob' });
      const id = await announcing(scene);
      await scene.done('a', [id], scene.now);
      assert.equal(await messages.cancel(scene.app, id, scene.now + 1), true);
      assert.deepEqual(await messages.complete([id], scene.now + 1), [], 'nobody knows yet to how many it went');
      const plan = await messages.plan(id);
      assert.deepEqual([plan?.isAnnouncing, plan?.message.canceled], [true, true]);
      assert.equal(await messages.announced(id, { reached: 2, unreached: 1 }), true);
      assert.deepEqual(await messages.complete([id], scene.now + 2), [id]);
      const view = await messages.view(scene.app, id);
      const { delivered, canceled, failed, queued } = view?.counts ?? {};
      assert.deepEqual([view?.devices, delivered, canceled, failed, queued], [3, 1, 1, 1, 0]);
      const from = scene.now - (scene.now % HOUR_MS);
      const hour = sumStats(
        (await stats.read({ app: scene.app, from, to: from + HOUR_MS, by: 'hour' })).map(({ counts }) => counts),
      );
      assert.deepEqual([hour.delivered, hour.canceled, hour.failed], [1, 1, 1]);
    });

    /** A message that stands in the log, while whoever put it there has not come further. */
    async function announcing(scene: MailScene): Promise<string> {
      const { messages } = get();
      const message = scene.message({ planned: false });
      const { id } = message.accepted;
      await messages.accept([message], scene.now);
      assert.ok(await messages.announcing(id));
      await scene.store.append(scene.letter(id), scene.now);
      return id;
    }
  });
}
