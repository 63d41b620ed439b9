import assert from 'node:assert/strict';
import type { Track } from '../../../src/domain/accepted-message.js';
import { MailScene } from './mailbox-scene.js';
import { advanceOf, allPages, type OpenedStore } from './scene.js';
import { assertTold, MESSAGE_EVENTS } from './told-deliveries.js';

const DAY_MS = 86_400_000;

/** `MailboxStore`: a delivery follows its letter, whatever the message's `track`. */
export function mailboxDeliveriesSuite(get: () => OpenedStore): void {
  describe('mailboxes: deliveries', () => {
    for (const track of ['all', 'failures', 'none'] as const) endsSuite(get, track);
    othersSuite(get);
  });
}

/** A message to devices `a` and `b`, put and recorded as sent to both. */
async function sent(get: () => OpenedStore, track: Track, provider = 'realtime', collapseKey?: string) {
  const opened = get();
  const { messages, chunks } = opened;
  const scene = new MailScene(opened, opened.boundedMailboxes({ letters: 2, bytes: 1_000 }));
  await scene.connected({ a: 'ann', b: 'bob' });
  const targets = [
    { key: 'a', user: 'ann' },
    { key: 'b', user: 'bob' },
  ];
  const message = scene.message({ track, chunks: [[provider, targets]] });
  const { id } = message.accepted;
  await opened.wantEvents(scene.app, MESSAGE_EVENTS);
  await messages.accept([message], scene.now);
  await scene.put(id, ['a', 'b'], {
    expiresAt: scene.now + 1_000,
    ...(collapseKey === undefined ? {} : { collapseKey }),
  });
  const settle = async () => {
    const [chunk] = await chunks.claim([`${id}.0`], 'w', scene.now, scene.now + 100);
    assert.ok(chunk);
    const ends = [0, 1].map((index) => ({ index, state: 'sent' as const }));
    await chunks.advance([advanceOf(chunk, { ends, next: { kind: 'done' }, at: scene.now, track })], scene.now);
    await messages.complete([id], scene.now);
  };
  /** Counts above 0, and the reasons. */
  const counts = async () => {
    const view = await messages.view(scene.app, id);
    await assertTold(opened, scene.app, id);
    const states = Object.entries(view?.counts ?? {}).filter(([, n]) => n !== 0);
    return { ...Object.fromEntries(states), ...view?.reasons }; // `expired` is both: a state and its reason
  };
  const states = async () => {
    const { items } = await allPages((page) => messages.deliveries(scene.app, id, page), 10);
    return items.map(({ key, state, reason }) => [key, state, reason]);
  };
  return { ...opened, scene, id, settle, counts, states };
}

function endsSuite(get: () => OpenedStore, track: Track): void {
  const kept = (...rows: unknown[][]) => (track === 'all' ? [...rows, ['b', 'sent', null]] : rows);

  it(`delivered at the device's word (${track})`, async () => {
    const { scene, id, settle, counts, states } = await sent(get, track);
    await settle();
    await scene.done('a', [id]);
    await scene.done('a', [id]);
    assert.deepEqual(await counts(), { sent: 1, delivered: 1 });
    assert.deepEqual(await states(), kept(['a', 'delivered', null]));
  });

  it(`lost for room (${track})`, async () => {
    const { scene, settle, counts, states } = await sent(get, track);
    await settle();
    for (const id of ['x', 'y']) await scene.put(id, ['a']);
    assert.deepEqual(await counts(), { sent: 1, failed: 1, quota_exceeded: 1 });
    assert.deepEqual(await states(), kept(['a', 'failed', 'quota_exceeded']));
  });

  it(`replaced by its collapse key (${track})`, async () => {
    const { scene, settle, counts, states } = await sent(get, track, 'realtime', 'k');
    await settle();
    await scene.put('new', ['a'], { collapseKey: 'k' });
    assert.deepEqual(await counts(), { sent: 1, suppressed: 1, superseded: 1 });
    assert.deepEqual(await states(), kept(['a', 'suppressed', 'superseded']));
  });

  it(`of a former user (${track})`, async () => {
    const { scene, devices, settle, counts, states } = await sent(get, track);
    await settle();
    await devices.change(
      [{ app: scene.app, id: 'a', fields: { user: 'eve' }, registrations: [], mode: 'update' }],
      scene.now,
    );
    assert.deepEqual(await counts(), { sent: 1, suppressed: 1, user_changed: 1 });
    assert.deepEqual(await states(), kept(['a', 'suppressed', 'user_changed']));
  });

  it(`of a device that is removed (${track})`, async () => {
    const { scene, devices, settle, counts, states } = await sent(get, track);
    await settle();
    await devices.remove(scene.app, 'a', scene.now);
    assert.deepEqual(await counts(), { sent: 1, suppressed: 1, no_device: 1 });
    assert.deepEqual(await states(), kept(['a', 'suppressed', 'no_device']));
  });

  it(`past its TTL (${track})`, async () => {
    const { scene, id, settle, counts, states } = await sent(get, track);
    await settle();
    await scene.done('b', [id]);
    while ((await scene.store.sweep(scene.now + 1_000, 100)) > 0);
    assert.deepEqual(await counts(), { delivered: 1, expired: 1 });
    assert.deepEqual(await states(), [
      ['a', 'expired', 'expired'],
      ['b', 'delivered', null],
    ]);
  });

  it(`recorded as sent at the moment in which the device says done (${track})`, async () => {
    const { scene, id, settle, counts } = await sent(get, track);
    await scene.done('a', [id]);
    await settle();
    while ((await scene.store.sweep(scene.now, 100)) > 0);
    assert.deepEqual(await counts(), { sent: 1, delivered: 1 });
  });
}

function othersSuite(get: () => OpenedStore): void {
  it('leaves alone what a vendor took, what is not recorded yet, and what has had a receipt', async () => {
    const vendor = await sent(get, 'all', 'apns');
    await vendor.settle();
    while ((await vendor.scene.store.sweep(vendor.scene.now + DAY_MS, 100)) > 0);
    assert.deepEqual(await vendor.counts(), { sent: 2 });

    const waiting = await sent(get, 'all');
    for (const id of ['x', 'y']) await waiting.scene.put(id, ['a']);
    assert.deepEqual(await waiting.counts(), { queued: 2 });

    const told = await sent(get, 'all');
    await told.settle();
    const { app, now } = told.scene;
    await told.receipts.record([{ app, message: told.id, key: 'a', state: 'opened', at: now }], now);
    for (const id of ['x', 'y']) await told.scene.put(id, ['a']);
    assert.deepEqual(await told.counts(), { sent: 1, opened: 1 });
  });

  it('leaves a delivery to whoever is told of the word, once nobody can miss it, and asks only while chunks may ask', async () => {
    const { scene, id, messages, chunks, counts } = await sent(get, 'all');
    const [chunk] = await chunks.claim([`${id}.0`], 'w', scene.now, scene.now + 100);
    assert.ok(chunk);
    const asked: string[] = [];
    const done = (device: string, isTold: boolean) => {
      const tell = (message: string) => asked.push(`${device} ${message}`) > 0 && isTold;
      return scene.store.done([{ app: scene.app, device, messages: [id, 'never'], tell }], scene.now);
    };
    const ends = [0, 1].map((index) => ({ index, state: 'sent' as const }));
    await chunks.advance([advanceOf(chunk, { ends, next: { kind: 'done' }, at: scene.now })], scene.now);
    assert.deepEqual(await done('a', true), [[id]]);
    assert.deepEqual(await counts(), { sent: 2 });
    const [finished] = await scene.store.finished([{ app: scene.app, message: id, devices: ['a', 'b'] }]);
    assert.deepEqual([...(finished ?? [])], ['a']);
    await done('b', false);
    assert.deepEqual(await counts(), { sent: 1, delivered: 1 });
    await messages.complete([id], scene.now);
    await done('a', true);
    assert.deepEqual(await counts(), { delivered: 2 }, 'nobody asks any more');
    assert.deepEqual(asked, [`a ${id}`, `b ${id}`]);
  });

  it('leaves alone what was hushed: a vendor has the word', async () => {
    const { scene, id, settle, counts } = await sent(get, 'all');
    await settle();
    await scene.store.hush([{ app: scene.app, message: id, devices: ['a'] }]);
    for (const other of ['x', 'y']) await scene.put(other, ['a', 'b']);
    assert.deepEqual(await counts(), { sent: 1, failed: 1, quota_exceeded: 1 });
  });
}
