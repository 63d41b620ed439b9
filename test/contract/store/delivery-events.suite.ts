import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Track } from '../../../src/domain/accepted-message.js';
import type { EventType } from '../../../src/domain/event.js';
import { RECEIPT_STATES, type ReceiptState } from '../../../src/ports/receipt-store.js';
import { runs } from '../../support/full.js';
import { advanceOf, bareTarget, type ChunkDraft, type End, type OpenedStore, Scene } from './scene.js';
import { assertTold, MESSAGE_EVENTS, statesTold } from './told-deliveries.js';

const TRACKS = ['all', 'failures', 'none'] as const;

/** What `EventLog` says of every change: its event is written with it. Here, of deliveries. */
export function deliveryEventsSuite(get: () => OpenedStore): void {
  describe('events of deliveries', () => {
    for (const track of TRACKS) endsTold(get, track);
    receiptsTold(get);
    nobodyTold(get);
    anyOrder(get);
  });
}

/** A message to the devices `d0`, `d1` …, of an app of which these types are wanted. */
async function sendTo(opened: OpenedStore, draft: ChunkDraft, track: Track = 'all', types = MESSAGE_EVENTS) {
  const scene = new Scene();
  const { app, now } = scene;
  await opened.wantEvents(app, types);
  const [, targets] = draft;
  const keys = targets.map((target) => (typeof target === 'string' ? target : target.key));
  await opened.devices.change(
    keys
      .filter((key) => !key.startsWith('~'))
      .map((id) => ({
        app,
        id,
        fields: { platform: 'ios', user: `user of ${id}` },
        registrations: [],
        mode: 'upsert',
      })),
    now,
  );
  const message = scene.message({ track, chunks: [draft] });
  const { id } = message.accepted;
  await opened.messages.accept([message], now);
  const claim = async () => {
    const [chunk] = await opened.chunks.claim([`${id}.0`], 'w', now, now + 50);
    assert.ok(chunk);
    return chunk;
  };
  const settle = async (ends: readonly End[], times = 1) => {
    const chunk = await claim();
    const open = [...chunk.progress.marks].filter((mark) => mark === '.').length - ends.length;
    const next = open > 0 ? { kind: 'release' as const, dueAt: now, blocked: false } : { kind: 'done' as const };
    const change = advanceOf(chunk, { ends, next, at: now + 7, track });
    for (let n = 0; n < times; n++) assert.deepEqual(await opened.chunks.advance([change], now + 8), []);
  };
  const tell = (key: string, state: ReceiptState, at: number, action?: string) =>
    opened.receipts.record(
      [{ app, message: id, key, state, at: now + at, ...(action === undefined ? {} : { action }) }],
      now + 50,
    );
  const told = async () => (await opened.told(app)).filter(({ type }) => type.startsWith('delivery.'));
  return { scene, id, claim, settle, tell, told };
}

function endsTold(get: () => OpenedStore, track: Track): void {
  it(`tell of each end with its provider, reason and time, once however often it is recorded (${track})`, async () => {
    const opened = get();
    const bare = bareTarget(opened, 'any', 'apns', 'token');
    const { scene, id, settle, told } = await sendTo(opened, ['apns', ['d0', 'd1', 'd2', bare]], track);
    await settle([{ index: 1, state: 'failed', reason: 'token_invalid' }], 3);
    await settle(
      [
        { index: 0, state: 'sent' },
        { index: 2, state: 'delivered' },
        { index: 3, state: 'sent' },
      ],
      2,
    );
    const common = { message: id, provider: 'apns' };
    const at = scene.now + 7;
    const events = new Map((await told()).map(({ data }) => [data.device ?? data.token_hash, data]));
    assert.equal((await told()).length, 4);
    assert.deepEqual(events.get('d0'), { ...common, state: 'sent', device: 'd0', at });
    assert.deepEqual(events.get('d1'), { ...common, state: 'failed', device: 'd1', reason: 'token_invalid', at });
    assert.deepEqual(events.get('d2'), { ...common, state: 'delivered', device: 'd2', at });
    const hash = bare.bare?.tokenHash ?? '';
    assert.deepEqual(events.get(hash), { ...common, state: 'sent', token_hash: hash, at });
    await assertTold(opened, scene.app, id);
    assert.ok(!JSON.stringify(await opened.told(scene.app)).includes('user of'), 'no user is named');
  });

  it(`tell nothing of whoever records under an old fence, and nothing again when the next holder does (${track})`, async () => {
    const opened = get();
    const { scene, id, claim, settle } = await sendTo(opened, ['apns', ['d0', 'd1']], track);
    const old = await claim();
    await opened.chunks.reclaim(scene.now + 60, 100);
    await settle([{ index: 0, state: 'sent' }]);
    const ends = [0, 1].map((index) => ({ index, state: 'sent' as const }));
    const late = advanceOf(old, { ends, next: { kind: 'done' }, at: scene.now + 9, track });
    assert.deepEqual(await opened.chunks.advance([late], scene.now), [old.id]);
    await settle([{ index: 1, state: 'expired', reason: 'expired' }]);
    assert.deepEqual([...statesTold(await opened.told(scene.app), id)].sort(), [
      ['d0', ['sent']],
      ['d1', ['expired']],
    ]);
  });

  it(`tell nothing twice to whoever repeats an advance together with more (${track})`, async () => {
    const opened = get();
    const { scene, id, claim } = await sendTo(opened, ['apns', ['d0', 'd1', 'd2']], track);
    const chunk = await claim();
    const first = { index: 0, state: 'failed' as const, reason: 'timeout' as const };
    const hold = { kind: 'hold' as const, leaseUntil: scene.now + 50 };
    const at = scene.now;
    await opened.chunks.advance([advanceOf(chunk, { ends: [first], next: hold, at, track })], at);
    // The answer was lost: what was to be recorded goes again, with what came since.
    const more = [first, { index: 1, state: 'sent' as const }];
    await opened.chunks.advance([advanceOf(chunk, { ends: more, next: hold, at, track })], at);
    assert.deepEqual([...statesTold(await opened.told(scene.app), id)].sort(), [
      ['d0', ['failed']],
      ['d1', ['sent']],
    ]);
  });

  it(`tell nothing of a user who was erased (${track})`, async () => {
    const opened = get();
    const { scene, id, settle, tell, told } = await sendTo(opened, ['apns', ['d0', 'd1', 'd2']], track);
    await settle([{ index: 1, state: 'sent' }]);
    const before = await told();
    await opened.erasure.forget(scene.app, 'user of d0', scene.now + 50);
    await opened.erasure.forget(scene.app, 'user of d1', scene.now + 50);
    await tell('d1', 'opened', 3);
    await settle([
      { index: 0, state: 'sent' },
      { index: 2, state: 'sent' },
    ]);
    await tell('d0', 'opened', 3);
    assert.equal(before.length, 1);
    assert.deepEqual([...statesTold(await opened.told(scene.app), id)].sort(), [
      ['d1', ['sent']],
      ['d2', ['sent']],
    ]);
  });
}

function receiptsTold(get: () => OpenedStore): void {
  for (const track of TRACKS) {
    it(`tell what receipts say, and what they jump over not at all (${track})`, async () => {
      const opened = get();
      const { scene, id, settle, tell, told } = await sendTo(opened, ['apns', ['d0', 'd1']], track);
      await settle([
        { index: 0, state: 'sent' },
        { index: 1, state: 'sent' },
      ]);
      await tell('d0', 'delivered', 20);
      await tell('d0', 'delivered', 21);
      await tell('d0', 'opened', 22, 'track');
      await tell('d1', 'opened', 30);
      await tell('d1', 'displayed', 29);
      const states = statesTold(await opened.told(scene.app), id);
      assert.deepEqual(states.get('d0'), ['sent', 'delivered', 'opened']);
      assert.deepEqual(states.get('d1'), ['sent', 'opened'], 'what comes late is no news');
      const opening = (await told()).find(({ type, data }) => type === 'delivery.opened' && data.device === 'd0');
      assert.deepEqual(
        [opening?.data, opening?.at],
        [
          { message: id, provider: 'apns', state: 'opened', device: 'd0', at: scene.now + 22, action: 'track' },
          scene.now + 50,
        ],
      );
      await assertTold(opened, scene.app, id);
    });

    it(`tell the receipts that came before their delivery was recorded, behind it (${track})`, async () => {
      const opened = get();
      const { scene, id, settle, tell, told } = await sendTo(opened, ['apns', ['d0', 'd1', 'd2']], track);
      await tell('d0', 'opened', 2);
      await tell('d0', 'delivered', 1);
      await tell('d1', 'delivered', 1);
      assert.deepEqual(await told(), [], 'it is queued as long as nobody recorded it');
      const ends: readonly End[] = [
        { index: 0, state: 'sent' },
        { index: 1, state: 'failed', reason: 'uncertain' },
        { index: 2, state: 'sent' },
      ];
      await settle(ends, 2);
      assert.deepEqual([...statesTold(await opened.told(scene.app), id)].sort(), [
        ['d0', ['sent', 'delivered', 'opened']],
        ['d1', ['failed']],
        ['d2', ['sent']],
      ]);
      await assertTold(opened, scene.app, id);
    });
  }
}

function nobodyTold(get: () => OpenedStore): void {
  it('are written only of types that somebody of this app wants', async () => {
    const opened = get();
    const wanted: readonly EventType[] = ['delivery.opened'];
    const { scene, settle, tell, told } = await sendTo(opened, ['apns', ['d0']], 'all', wanted);
    const other = await sendTo(opened, ['apns', ['d0']], 'all', []);
    for (const each of [{ settle, tell }, other]) {
      await each.settle([{ index: 0, state: 'sent' }]);
      await each.tell('d0', 'delivered', 20);
      await each.tell('d0', 'opened', 20);
    }
    assert.deepEqual(
      (await told()).map(({ type }) => type),
      ['delivery.opened'],
    );
    assert.deepEqual(await opened.told(other.scene.app), []);
    assert.equal((await opened.told(scene.app)).length, 1);
  });
}

function anyOrder(get: () => OpenedStore): void {
  const target = fc.nat(5);
  const end = fc.constantFrom<Omit<End, 'index'>>(
    { state: 'sent' },
    { state: 'sent' },
    { state: 'delivered' },
    { state: 'failed', reason: 'uncertain' },
    { state: 'canceled', reason: 'canceled' },
  );
  const step = fc.oneof(
    fc.record({ kind: fc.constant('settle' as const), target, end, times: fc.integer({ min: 1, max: 2 }) }),
    fc.record({ kind: fc.constant('tell' as const), target, state: fc.constantFrom(...RECEIPT_STATES) }),
    fc.record({ kind: fc.constant('recall' as const), targets: fc.array(target, { minLength: 1, maxLength: 3 }) }),
    fc.record({ kind: fc.constant('complete' as const) }),
  );

  it('say what the counts say, whatever comes in whatever order, and at completion just that', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 4, maxLength: 20 }),
        fc.constantFrom<Track>(...TRACKS),
        async (steps, track) => {
          const opened = get();
          const keys = Array.from({ length: 6 }, (_, i) => `d${i}`);
          const { scene, id, settle, tell } = await sendTo(opened, ['realtime', keys], track);
          const ended = new Set<number>();
          for (const [n, each] of steps.entries()) {
            if (each.kind === 'tell') await tell(`d${each.target}`, each.state, n);
            if (each.kind === 'recall') {
              const devices = [...new Set(each.targets)].map((i) => `d${i}`);
              await opened.recalls.takenOut(scene.app, id, devices, scene.now);
            }
            if (each.kind === 'complete') await opened.messages.complete([id], scene.now);
            if (each.kind !== 'settle' || ended.has(each.target)) continue;
            ended.add(each.target);
            await settle([{ ...each.end, index: each.target }], each.times);
          }
          await assertTold(opened, scene.app, id);
          const told = await opened.told(scene.app);
          const completed = told.findIndex(({ type }) => type === 'message.completed');
          if (completed === -1) return;
          const counts: Record<string, number> = {};
          for (const states of statesTold(told.slice(0, completed), id).values()) {
            const last = states.at(-1) ?? '';
            counts[last] = (counts[last] ?? 0) + 1;
          }
          const said = Object.entries(told[completed]?.data.counts ?? {}).filter(([, n]) => n !== 0);
          assert.deepEqual(Object.fromEntries(said), counts);
        },
      ),
      { numRuns: runs(25) },
    );
  });

  it('are in the order of the changes when many change at once, and the end of the message is exact', async function () {
    this.timeout(60_000);
    const opened = get();
    for (const track of TRACKS) {
      const scene = new Scene();
      const { app, now } = scene;
      await opened.wantEvents(app, MESSAGE_EVENTS);
      const keys = Array.from({ length: 80 }, (_, i) => `d${String(i).padStart(2, '0')}`);
      await opened.devices.change(
        keys.map((id) => ({
          app,
          id,
          fields: { platform: 'ios', user: `user of ${id}` },
          registrations: [],
          mode: 'upsert',
        })),
        now,
      );
      const chunks = Array.from({ length: 16 }, (_, n): ChunkDraft => ['realtime', keys.slice(n * 5, n * 5 + 5)]);
      const message = scene.message({ track, chunks });
      const { id } = message.accepted;
      await opened.messages.accept([message], now);
      const ends = [0, 1, 2, 3, 4].map((index) => ({ index, state: 'sent' as const }));
      const settle = async (chunkId: string) => {
        const [chunk] = await opened.chunks.claim([chunkId], 'w', now, now + 50);
        assert.ok(chunk);
        await opened.chunks.advance([advanceOf(chunk, { ends, next: { kind: 'done' }, at: now, track })], now);
        await opened.messages.complete([id], now);
      };
      const tell = (state: ReceiptState, some: readonly string[]) =>
        opened.receipts.record(
          some.map((key) => ({ app, message: id, key, state, at: now })),
          now,
        );
      await Promise.all([
        ...message.chunks.map((chunk) => settle(chunk.id)),
        ...RECEIPT_STATES.flatMap((state) => [
          tell(state, keys.slice(0, 50)),
          tell(state, [...keys].reverse().slice(0, 50)),
        ]),
        ...[0, 20, 40, 60].map((n) => opened.recalls.takenOut(app, id, keys.slice(n, n + 30), now)),
      ]);
      await opened.messages.complete([id], now);
      await assertTold(opened, app, id);
      const told = await opened.told(app);
      const completions = told.filter(({ type }) => type === 'message.completed');
      assert.equal(completions.length, 1, track);
      const before = told.slice(
        0,
        told.findIndex(({ type }) => type === 'message.completed'),
      );
      const counts: Record<string, number> = {};
      for (const states of statesTold(before, id).values())
        counts[states.at(-1) ?? ''] = (counts[states.at(-1) ?? ''] ?? 0) + 1;
      const said = Object.entries(completions[0]?.data.counts ?? {}).filter(([, n]) => n !== 0);
      assert.deepEqual(Object.fromEntries(said), counts, track);
    }
  });
}
