import assert from 'node:assert/strict';
import { EVENT_TYPES, type EventType } from '../../../src/domain/event.js';
import type { OpenedStore } from './scene.js';
import { WebhookScene } from './webhook-scene.js';

const ALL: readonly EventType[] = EVENT_TYPES;

/** `EventLog`. */
export function eventsSuite(get: () => OpenedStore): void {
  describe('events', () => {
    writingSuite(get);
    readingSuite(get);
    joiningSuite(get);
    sweepingSuite(get);
  });
}

function writingSuite(get: () => OpenedStore): void {
  it('writes what an endpoint of the app wants, in order, and nothing else', async () => {
    const scene = new WebhookScene(get());
    const foreign = new WebhookScene(get());
    await scene.happen('delivery.failed');
    assert.equal(await scene.head(), 0, 'nobody wants anything');
    await scene.endpoint(['delivery.failed', 'device.*']);
    await foreign.endpoint(['message.*']);
    await get().events.append(
      [
        { app: scene.app, type: 'device.updated', data: { device: 'a' } },
        { app: scene.app, type: 'delivery.failed', data: { device: 'a', reason: 'timeout' } },
        { app: scene.app, type: 'message.completed', data: {} },
        { app: foreign.app, type: 'device.updated', data: { device: 'x' } },
        { app: scene.app, type: 'device.updated', data: { device: 'b' } },
        { app: scene.app, type: 'device.registered', data: { device: 'c' } },
      ],
      scene.now,
    );
    const events = await scene.events(ALL);
    assert.deepEqual(
      events.map(({ seq, type, at, app, data }) => [seq, type, at, app, data]),
      [
        [1, 'device.updated', scene.now, scene.app, { device: 'a' }],
        [2, 'delivery.failed', scene.now, scene.app, { device: 'a', reason: 'timeout' }],
        [3, 'device.updated', scene.now, scene.app, { device: 'b' }],
        [4, 'device.registered', scene.now, scene.app, { device: 'c' }],
      ],
    );
    assert.equal(await scene.head(), 4);
    assert.deepEqual(await foreign.events(ALL), []);
    assert.equal(await foreign.head(), 0);
    await get().events.append([], scene.now);
  });

  it('gives every event an id of its own, the same whenever it is read', async () => {
    const scenes = [new WebhookScene(get()), new WebhookScene(get())];
    const ids: string[] = [];
    for (const scene of scenes) {
      await scene.endpoint();
      await scene.happen('device.updated', 3);
      const read = async () => (await scene.events(ALL)).map(({ id }) => id);
      assert.deepEqual(await read(), await read());
      ids.push(...(await read()));
    }
    assert.equal(new Set(ids).size, 6);
    for (const id of ids) assert.match(id, /^evt_[0-9a-z]+_[1-9]\d*$/);
  });

  it('numbers events without holes when many write at the same time', async () => {
    const scene = new WebhookScene(get());
    await scene.endpoint();
    await Promise.all(Array.from({ length: 20 }, (_, n) => scene.happen('device.updated', (n % 4) + 1)));
    const events = await scene.events(ALL);
    assert.deepEqual(
      events.map(({ seq }) => seq),
      Array.from({ length: 50 }, (_, n) => n + 1),
    );
    assert.equal(new Set(events.map(({ id }) => id)).size, 50);
  });
}

function readingSuite(get: () => OpenedStore): void {
  it('reads a range of some types, block by block or event by event, and tells how far it has looked', async () => {
    const scene = new WebhookScene(get());
    const { events } = get();
    await scene.endpoint();
    await scene.happen('delivery.sent', 1_100); // blocks of 500, 500 and 100
    await scene.happen('delivery.failed', 30);
    const sent: readonly EventType[] = ['delivery.sent'];
    const read = async (types: readonly EventType[], limit: number, after: number, through?: number) => {
      const range = through === undefined ? { after } : { after, through };
      const found = await events.read(scene.app, range, types, limit);
      const blocks = await events.readBlocks(scene.app, range, types, limit);
      assert.equal(blocks.scanned, found.scanned);
      assert.deepEqual(
        blocks.blocks.flatMap(({ seq, entries }) => entries.map((_, n) => seq + n)),
        found.events.map(({ seq }) => seq),
      );
      const devices = new Set(found.events.map(({ type, data }) => `${type} ${data.device}`));
      assert.equal(devices.size, found.events.length, 'each event has its own data');
      return [found.events[0]?.seq, found.events.at(-1)?.seq, found.events.length, found.scanned];
    };
    assert.deepEqual(await read(ALL, 1_000, 0), [1, 1_000, 1_000, 1_000]);
    assert.deepEqual(await read(ALL, 1_000, 1_000), [1_001, 1_130, 130, 1_130]);
    assert.deepEqual(await read(sent, 1_000, 1_000), [1_001, 1_100, 100, 1_130]);
    assert.deepEqual(await read(['delivery.failed'], 1_000, 0), [1_101, 1_130, 30, 1_130]);
    assert.deepEqual(await read(['delivery.failed'], 10, 0), [1_101, 1_110, 10, 1_110]);
    assert.deepEqual(await read(sent, 100, 450), [451, 550, 100, 550], 'the limit cuts a block');
    assert.deepEqual(await read(sent, 100, 499, 505), [500, 505, 6, 505], 'the range cuts two');
    assert.deepEqual(await read(sent, 100, 520, 530), [521, 530, 10, 530], 'the range lies within one');
    assert.deepEqual(await read(sent, 100, 1_100, 1_120), [undefined, undefined, 0, 1_120]);
    assert.deepEqual(await read(['device.updated'], 100, 0), [undefined, undefined, 0, 1_130]);
    assert.deepEqual(await read(ALL, 100, 1_130), [undefined, undefined, 0, 1_130]);
    assert.deepEqual(await events.read('nobody', { after: 0 }, ALL, 10), { events: [], scanned: 0 });
  });
}

function joiningSuite(get: () => OpenedStore): void {
  it('adds what a message was accepted with to events that tell of it, for as long as it is kept', async () => {
    const scene = new WebhookScene(get());
    await scene.endpoint();
    const said = scene.message({ metadata: { order: 7 }, tags: ['x'] });
    const bare = scene.message();
    await get().messages.accept([said, bare], scene.now);
    for (const message of [said.accepted.id, bare.accepted.id, 'msg_gone']) {
      await scene.happen('message.canceled', 1, { message, device: 'd' });
    }
    assert.deepEqual(
      (await scene.events(['message.canceled'])).map(({ data }) => data),
      [
        { device: 'd', message: said.accepted.id, metadata: { order: 7 }, tags: ['x'] },
        { device: 'd', message: bare.accepted.id, metadata: {}, tags: [] },
        { device: 'd', message: 'msg_gone' },
      ],
    );
  });

  it('adds what a device has said, until that is erased', async () => {
    const { upstream, everythingStored } = get();
    const scene = new WebhookScene(get());
    await scene.endpoint();
    const item = { n: 1, topic: 'chat', data: { text: 'upstream-in-event-canary' }, at: scene.now };
    await upstream.add([{ app: scene.app, device: 'phone', user: 'ann', stream: 's', items: [item] }], scene.now);
    const id = (await upstream.list(scene.app, { limit: 1 })).items[0]?.id ?? '';
    const data = async () => (await scene.events(['client.upstream']))[0]?.data;
    assert.deepEqual(await data(), { id, device: 'phone', topic: 'chat', at: scene.now, data: item.data });
    assert.ok(!(await everythingStored()).includes('upstream-in-event-canary'));
    await upstream.erase(scene.app, 'ann', 10);
    assert.deepEqual(await data(), { id, device: 'phone', topic: 'chat', at: scene.now });
  });
}

function sweepingSuite(get: () => OpenedStore): void {
  it('sweeps what is old, in steps, and goes on with the oldest that is left', async () => {
    const scene = new WebhookScene(get());
    const { events } = get();
    await scene.endpoint();
    await scene.happen('delivery.sent', 1_100);
    await events.append([{ app: scene.app, type: 'device.removed', data: { device: 'late' } }], scene.now + 5);
    const removed: number[] = [];
    for (;;) {
      const step = await events.sweep(scene.now + 1, 2, scene.now + 9);
      removed.push(step.removed);
      if (step.removed === 0) break;
    }
    assert.deepEqual(removed, [2, 1, 0]);
    const left = await events.read(scene.app, { after: 0 }, ALL, 10);
    assert.deepEqual(
      left.events.map(({ seq }) => seq),
      [1_101],
    );
    assert.equal(left.scanned, 1_101);
    assert.equal((await events.sweep(scene.now + 6, 10, scene.now + 9)).removed, 1);
    assert.deepEqual(await events.read(scene.app, { after: 7 }, ALL, 10), { events: [], scanned: 1_101 });
    await scene.happen('device.updated');
    assert.equal((await scene.events(ALL))[0]?.seq, 1_102, 'numbers go on');
  });

  it('tells each endpoint how many events it has lost', async () => {
    const scene = new WebhookScene(get());
    const { events, webhooks } = get();
    const everything = await scene.endpoint(['delivery.*']);
    await scene.happen('delivery.sent', 600);
    await scene.happen('delivery.failed', 7);
    const failures = await scene.endpoint(['delivery.failed']);
    await scene.happen('delivery.failed', 3);
    await webhooks.addCalls(
      { endpoint: everything.id, fence: (await scene.slot(everything.id)).fence },
      [],
      550,
      scene.now,
    );
    const lost = new Map<string, number>();
    for (let step = await events.sweep(scene.now + 1, 2, scene.now + 9); step.removed > 0; ) {
      for (const { app, endpoint, events: count } of step.lost) {
        assert.equal(app, scene.app);
        lost.set(endpoint, (lost.get(endpoint) ?? 0) + count);
      }
      step = await events.sweep(scene.now + 1, 2, scene.now + 9);
    }
    assert.deepEqual(Object.fromEntries(lost), { [everything.id]: 60, [failures.id]: 3 });
    assert.deepEqual((await webhooks.find(scene.app, everything.id))?.lost, { events: 60, at: scene.now + 9 });
    assert.deepEqual((await webhooks.find(scene.app, failures.id))?.lost, { events: 3, at: scene.now + 9 });
  });
}
