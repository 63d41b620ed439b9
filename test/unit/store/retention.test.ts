import assert from 'node:assert/strict';
import { DAY_MS } from '../../../src/domain/stats.js';
import { sweep } from '../../../src/usecases/sweep.js';
import { advanceOf, Scene } from '../../contract/store/scene.js';
import { openTestStore, type TestStore } from '../../support/open-store.js';

const RETENTION = {
  content: 7 * DAY_MS,
  deliveries: 20 * DAY_MS,
  messages: 30 * DAY_MS,
  events: 30 * DAY_MS,
  tombstones: 30 * DAY_MS,
  stats: 400 * DAY_MS,
};

describe('retention', function () {
  this.timeout(60_000);
  let store: TestStore;
  before(async () => {
    store = await openTestStore();
  });
  after(() => store?.close());

  it('takes content, deliveries, messages and hours, each when its time is over, and no count before', async () => {
    const scene = new Scene();
    const message = scene.message({ chunks: [['apns', ['d1', 'd2', 'd3']]] });
    const { id } = message.accepted;
    await store.messages.accept([message], scene.now);
    const [chunk] = await store.chunks.claim([`${id}.0`], 'w', scene.now, scene.now + 50);
    assert.ok(chunk);
    const ends = [
      { index: 0, state: 'sent' as const },
      { index: 1, state: 'sent' as const },
      { index: 2, state: 'failed' as const, reason: 'token_invalid' as const },
    ];
    await store.chunks.advance([advanceOf(chunk, { ends, next: { kind: 'done' }, at: scene.now })], scene.now);
    await store.messages.complete([id], scene.now);
    const receipt = { app: scene.app, message: id, key: 'd1', state: 'opened' as const, at: scene.now };
    await store.receipts.record([receipt], scene.now);

    const seen = async (days: number) => {
      const now = scene.now + days * DAY_MS;
      await sweep({ ...store, clock: { now: () => now }, retention: RETENTION }, new AbortController().signal);
      const { content } = (await store.messages.sendable([id])).get(id) ?? {};
      const view = await store.messages.view(scene.app, id);
      const deliveries = await store.messages.deliveries(scene.app, id, { limit: 10 });
      const from = scene.now - (scene.now % DAY_MS);
      const hours = await store.stats.read({ app: scene.app, from, to: from + DAY_MS, by: 'day' });
      return {
        content: content !== undefined,
        deliveries: deliveries.items.length,
        message: view === undefined ? undefined : [view.counts, view.reached, view.roads, view.reasons],
        hours: hours.map(({ counts: { sent, opened, failed } }) => ({ sent, opened, failed })),
      };
    };
    const fresh = await seen(6);
    assert.deepEqual([fresh.content, fresh.deliveries], [true, 3]);
    assert.deepEqual(fresh.hours, [{ sent: 2, opened: 1, failed: 1 }]);
    assert.deepEqual(await seen(8), { ...fresh, content: false });
    assert.deepEqual(await seen(21), { ...fresh, content: false, deliveries: 0 });
    const gone = { content: false, deliveries: 0, message: undefined };
    assert.deepEqual(await seen(31), { ...gone, hours: fresh.hours });
    assert.deepEqual(await seen(399), { ...gone, hours: fresh.hours });
    assert.deepEqual(await seen(402), { ...gone, hours: [] });
  });

  it('goes on in the next run where it is told to stop', async () => {
    const scene = new Scene();
    const message = scene.message({ chunks: [] });
    await store.messages.accept([message], scene.now);
    const stopped = new AbortController();
    stopped.abort();
    const house = { ...store, clock: { now: () => scene.now + 31 * DAY_MS }, retention: RETENTION };
    await sweep(house, stopped.signal);
    assert.ok(await store.messages.view(scene.app, message.accepted.id));
    await sweep(house, new AbortController().signal);
    assert.equal(await store.messages.view(scene.app, message.accepted.id), undefined);
  });
});
