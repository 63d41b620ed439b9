import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Track } from '../../../src/domain/accepted-message.js';
import type { Effect } from '../../../src/domain/chunk.js';
import { type Counts, type DeliveryState, emptyCounts } from '../../../src/domain/delivery.js';
import { nextChunkId } from '../../../src/domain/ids.js';
import type { Reason } from '../../../src/domain/reason.js';
import { type GivenUp, RECEIPT_STATES, type Receipt, type ReceiptState } from '../../../src/ports/receipt-store.js';
import { runs } from '../../support/full.js';
import { advanceOf, allPages, type End, type OpenedStore, Scene } from './scene.js';
import { assertTold, MESSAGE_EVENTS } from './told-deliveries.js';

const ENDS: readonly Omit<End, 'index'>[] = [
  { state: 'sent' },
  { state: 'sent' },
  { state: 'delivered' },
  { state: 'failed', reason: 'uncertain' },
  { state: 'expired', reason: 'expired' },
  { state: 'canceled', reason: 'canceled' },
];
const RISING = ['sent', 'delivered', 'displayed', 'opened'] as const;

/** `ReceiptStore`: what devices tell of their deliveries, and that a message's counts follow exactly. */
export function receiptsSuite(get: () => OpenedStore): void {
  describe('receipts', () => {
    modelSuite(get);
    earlySuite(get);
    unkeptSuite(get);
    elsewhereSuite(get);
    crowdSuite(get);
    givenUpSuite(get);
  });
}

/** A message to these devices, each of a user and registered. */
async function send(opened: OpenedStore, scene: Scene, keys: readonly string[], track: Track = 'all', perChunk = 3) {
  await opened.devices.change(
    keys.map((id) => ({
      app: scene.app,
      id,
      fields: { platform: 'ios' as const, user: `user of ${id}` },
      registrations: [],
      mode: 'upsert' as const,
    })),
    scene.now,
  );
  const chunks = [];
  for (let from = 0; from < keys.length; from += perChunk) {
    chunks.push(['realtime', keys.slice(from, from + perChunk)] as const);
  }
  const message = scene.message({ track, chunks });
  await opened.messages.accept([message], scene.now);
  return message;
}

async function settle(
  opened: OpenedStore,
  scene: Scene,
  chunkId: string,
  ends: readonly End[],
  options: { track?: Track; twice?: boolean; effects?: readonly Effect[] } = {},
) {
  const [chunk] = await opened.chunks.claim([chunkId], 'w', scene.now, scene.now + 50);
  assert.ok(chunk, `${chunkId} is to be had`);
  const open = [...chunk.progress.marks].filter((mark) => mark === '.').length - ends.length;
  const change = advanceOf(chunk, {
    ends,
    next: open > 0 ? { kind: 'release', dueAt: scene.now, blocked: false } : { kind: 'done' },
    at: scene.now + 7,
    track: options.track ?? 'all',
    effects: options.effects ?? [],
  });
  for (let n = 0; n < (options.twice === true ? 2 : 1); n++) {
    assert.deepEqual(await opened.chunks.advance([change], scene.now), []);
  }
}

function receiptsOf(scene: Scene, message: string) {
  return (key: string, state: ReceiptState, at: number, action?: string): Receipt => ({
    app: scene.app,
    message,
    key,
    state,
    at: scene.now + at,
    ...(action === undefined ? {} : { action }),
  });
}

/** What is known of one delivery, in plain words. */
interface Known {
  end: Omit<End, 'index'> | undefined;
  times: Partial<Record<ReceiptState, number>>;
  hasRow: boolean;
}

function stateOf({ end, times }: Known): DeliveryState {
  if (end === undefined) return 'queued';
  if (end.state !== 'sent' && end.state !== 'delivered') return end.state;
  return [...RECEIPT_STATES].reverse().find((state) => times[state] !== undefined) ?? end.state;
}

function hasReached({ end, times }: Known, place: number): boolean {
  if (end === undefined) return false;
  const recorded = (RISING as readonly string[]).indexOf(end.state);
  return recorded >= place || RISING.slice(place).some((state) => state !== 'sent' && times[state] !== undefined);
}

function modelSuite(get: () => OpenedStore): void {
  const target = fc.nat(6);
  const step = fc.oneof(
    fc.record({ kind: fc.constant('settle' as const), target, end: fc.nat(ENDS.length - 1), twice: fc.boolean() }),
    fc.record({
      kind: fc.constant('tell' as const),
      receipts: fc.array(fc.tuple(target, fc.constantFrom(...RECEIPT_STATES)), { minLength: 1, maxLength: 4 }),
    }),
  );

  it('leave counts, what was reached, times and states as a plain model says, in whatever order they come', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 4, maxLength: 24 }),
        fc.constantFrom<Track>('all', 'all', 'failures', 'none'),
        async (steps, track) => {
          const opened = get();
          const scene = new Scene();
          const keys = Array.from({ length: 7 }, (_, i) => `d${i}`);
          await opened.wantEvents(scene.app, MESSAGE_EVENTS);
          const { accepted } = await send(opened, scene, keys, track);
          const receipt = receiptsOf(scene, accepted.id);
          const model = keys.map((): Known => ({ end: undefined, times: {}, hasRow: false }));
          for (const [n, each] of steps.entries()) {
            if (each.kind === 'tell') {
              const told = each.receipts.map(([i, state], j) => receipt(`d${i}`, state, n * 10 + j));
              assert.deepEqual(await opened.receipts.record(told, scene.now), modelTell(model, track, told));
              continue;
            }
            const known = model[each.target];
            const end = ENDS[each.end];
            if (known === undefined || end === undefined || known.end !== undefined) continue;
            known.end = end;
            const isTaken = end.state === 'sent' || end.state === 'delivered';
            known.hasRow ||= track === 'all' || (track === 'failures' && !isTaken);
            if (end.state === 'delivered') known.times.delivered ??= scene.now + 7;
            const chunk = `${accepted.id}.${Math.floor(each.target / 3)}`;
            await settle(opened, scene, chunk, [{ ...end, index: each.target % 3 }], { track, twice: each.twice });
          }
          await compare(opened, scene, accepted.id, model, track);
          await assertTold(opened, scene.app, accepted.id);
        },
      ),
      { numRuns: runs(15) },
    );
  });

  function modelTell(model: readonly Known[], track: Track, receipts: readonly Receipt[]) {
    return receipts.map(({ key, state, at }) => {
      const known = model[Number(key.slice(1))];
      assert.ok(known);
      const isForgotten =
        !known.hasRow &&
        track === 'none' &&
        known.end !== undefined &&
        !['sent', 'delivered'].includes(known.end.state);
      if (isForgotten) return 'unknown';
      // Nobody kept when a record was made of it that the device had said so.
      if (!known.hasRow && track !== 'all' && known.end?.state === 'delivered') delete known.times.delivered;
      known.hasRow = true;
      if (known.times[state] !== undefined) return 'known';
      known.times[state] = at;
      return 'changed';
    });
  }

  async function compare(opened: OpenedStore, scene: Scene, id: string, model: readonly Known[], track: Track) {
    const view = await opened.messages.view(scene.app, id);
    const counts: Record<keyof Counts, number> = emptyCounts();
    const reasons: Partial<Record<Reason, number>> = {};
    for (const known of model) {
      counts[stateOf(known)]++;
      if (known.end?.reason !== undefined) reasons[known.end.reason] = (reasons[known.end.reason] ?? 0) + 1;
    }
    assert.deepEqual({ ...view?.counts }, counts);
    assert.deepEqual(view?.reasons, reasons);
    const reached = Object.fromEntries(
      RISING.map((state, place) => [state, model.filter((known) => hasReached(known, place)).length]),
    );
    assert.deepEqual({ ...view?.reached }, reached);
    const { items } = await allPages((page) => opened.messages.deliveries(scene.app, id, page), 100);
    const rows = items.map(({ key, state, deliveredAt, displayedAt, openedAt }) => [
      key,
      state,
      deliveredAt,
      displayedAt,
      openedAt,
    ]);
    const expected = model.flatMap((known, i) =>
      known.hasRow || track === 'all'
        ? [[`d${i}`, stateOf(known), known.times.delivered, known.times.displayed, known.times.opened]]
        : [],
    );
    assert.deepEqual(rows, expected);
  }
}

function earlySuite(get: () => OpenedStore): void {
  it('keep the first time and the first choice of each state, and answer each in order', async () => {
    const opened = get();
    const scene = new Scene();
    const { accepted } = await send(opened, scene, ['d0', 'd1']);
    await settle(opened, scene, `${accepted.id}.0`, [
      { index: 0, state: 'sent' },
      { index: 1, state: 'sent' },
    ]);
    const receipt = receiptsOf(scene, accepted.id);
    const { receipts } = opened;
    assert.deepEqual(
      await receipts.record(
        [
          receipt('d0', 'opened', 30, 'track'),
          receipt('d0', 'opened', 40, 'other'),
          receipt('d9', 'opened', 30),
          receipt('d0', 'delivered', 50),
        ],
        scene.now,
      ),
      ['changed', 'known', 'unknown', 'changed'],
    );
    assert.deepEqual(await receipts.record([receipt('d0', 'opened', 60, 'third')], scene.now), ['known']);
    const delivery = await opened.history.delivery(scene.app, accepted.id, 'd0');
    assert.deepEqual(
      [delivery?.state, delivery?.openedAt, delivery?.action, delivery?.deliveredAt, delivery?.displayedAt],
      ['opened', scene.now + 30, 'track', scene.now + 50, undefined],
    );
    assert.deepEqual(await receipts.record([], scene.now), []);
  });

  it("pass over another app's message, one that is unknown, and a device that it was not for", async () => {
    const opened = get();
    const scene = new Scene();
    const { accepted } = await send(opened, scene, ['d0', 'd2']);
    const receipt = receiptsOf(scene, accepted.id);
    const foreign = { ...receipt('d0', 'opened', 1), app: 'another' };
    const none = { ...receipt('d0', 'opened', 1), message: scene.messageId() };
    const wanted = [foreign, none, receipt('d1', 'opened', 1), receipt('d3', 'opened', 1)];
    assert.deepEqual(
      await opened.receipts.record(wanted, scene.now),
      wanted.map(() => 'unknown'),
    );
    await settle(opened, scene, `${accepted.id}.0`, [
      { index: 0, state: 'sent' },
      { index: 1, state: 'sent' },
    ]);
    assert.deepEqual(
      await opened.receipts.record(wanted, scene.now),
      wanted.map(() => 'unknown'),
    );
    const view = await opened.messages.view(scene.app, accepted.id);
    assert.deepEqual([view?.counts.sent, view?.counts.opened, view?.reached.opened], [2, 0, 0]);
  });

  it('are not lost of one that is on its way from one road to the next', async () => {
    const opened = get();
    for (const track of ['all', 'none'] as const) {
      const scene = new Scene();
      await opened.wantEvents(scene.app, MESSAGE_EVENTS);
      const { accepted } = await send(opened, scene, ['d0'], track);
      const { id } = accepted;
      const [chunk] = await opened.chunks.claim([`${id}.0`], 'w', scene.now, scene.now + 50);
      assert.ok(chunk);
      const moved = { key: 'd0', user: 'user of d0', attempts: [] };
      const next = nextChunkId(id, chunk.id, chunk.fence, 0);
      const effect = { kind: 'step' as const, chunk: next, provider: 'apns', step: 1, targets: [moved] };
      const change = advanceOf(
        { ...chunk, progress: { ...chunk.progress, marks: 'm' } },
        {
          effects: [effect],
          next: { kind: 'done' },
          at: scene.now,
          track,
        },
      );
      await opened.chunks.advance([change], scene.now);
      const receipt = receiptsOf(scene, id);
      assert.deepEqual(await opened.receipts.record([receipt('d0', 'delivered', 3)], scene.now), ['changed'], track);
      await opened.chunks.addNext([{ ...effect, origin: chunk.id }], scene.now);
      await opened.chunks.effectsDone([{ id: chunk.id, fence: chunk.fence }]);
      assert.deepEqual(await opened.receipts.record([receipt('d0', 'displayed', 4)], scene.now), ['changed'], track);
      await settle(opened, scene, next, [{ index: 0, state: 'sent' }], { track });
      const view = await opened.messages.view(scene.app, id);
      assert.deepEqual([view?.counts.displayed, view?.counts.sent, view?.counts.queued], [1, 0, 0], track);
      assert.deepEqual(view?.reached, { sent: 1, delivered: 1, displayed: 1, opened: 0 });
      await assertTold(opened, scene.app, id);
    }
  });

  it('record nothing of a user who is erased, before and after the delivery is recorded', async () => {
    const opened = get();
    const scene = new Scene();
    const { accepted } = await send(opened, scene, ['d0']);
    await opened.erasure.forget(scene.app, 'user of d0', scene.now + 5);
    const receipt = receiptsOf(scene, accepted.id);
    assert.deepEqual(await opened.receipts.record([receipt('d0', 'delivered', 1)], scene.now), ['unknown']);
    await opened.erasure.scrubChunks(scene.app, 'user of d0', undefined);
    assert.deepEqual(await opened.receipts.record([receipt('d0', 'delivered', 1)], scene.now), ['unknown']);
    await settle(opened, scene, `${accepted.id}.0`, [{ index: 0, state: 'suppressed', reason: 'user_changed' }]);
    assert.deepEqual(await opened.receipts.record([receipt('d0', 'delivered', 1)], scene.now), ['unknown']);
    assert.deepEqual((await opened.messages.view(scene.app, accepted.id))?.reached.sent, 0);
  });

  it('count exactly of a user who is erased after the first receipt', async () => {
    const opened = get();
    const scene = new Scene();
    const { accepted } = await send(opened, scene, ['d0', 'd1']);
    const receipt = receiptsOf(scene, accepted.id);
    await opened.receipts.record([receipt('d0', 'displayed', 1), receipt('d1', 'displayed', 1)], scene.now);
    await settle(opened, scene, `${accepted.id}.0`, [{ index: 0, state: 'sent' }]);
    for (const user of ['user of d0', 'user of d1']) {
      await opened.erasure.forget(scene.app, user, scene.now + 5);
      await opened.erasure.removeDeliveries(scene.app, user, 10);
    }
    await settle(opened, scene, `${accepted.id}.0`, [{ index: 1, state: 'sent' }]);
    const view = await opened.messages.view(scene.app, accepted.id);
    assert.deepEqual([view?.counts.displayed, view?.counts.sent], [1, 1]);
    assert.deepEqual(view?.reached, { sent: 2, delivered: 1, displayed: 1, opened: 0 });
  });
}

function unkeptSuite(get: () => OpenedStore): void {
  it('make the record that `track` did not keep, of whoever the message was sent to and of nobody else', async () => {
    const opened = get();
    const scene = new Scene();
    const { accepted } = await send(opened, scene, ['d0', 'd1', 'd2'], 'none');
    await settle(
      opened,
      scene,
      `${accepted.id}.0`,
      [
        { index: 0, state: 'sent' },
        { index: 2, state: 'sent' },
        { index: 1, state: 'failed', reason: 'token_invalid' },
      ],
      { track: 'none' },
    );
    const receipt = receiptsOf(scene, accepted.id);
    assert.deepEqual(
      await opened.receipts.record(
        ['d0', 'd1', 'd2', 'd00'].map((key) => receipt(key, 'opened', 3)),
        scene.now,
      ),
      ['changed', 'unknown', 'changed', 'unknown'],
    );
    const { items } = await opened.messages.deliveries(scene.app, accepted.id, { limit: 10 });
    assert.deepEqual(
      items.map(({ key, user, device, state, provider, openedAt }) => [key, user, device, state, provider, openedAt]),
      ['d0', 'd2'].map((key) => [key, `user of ${key}`, key, 'opened', 'realtime', scene.now + 3]),
    );
    const view = await opened.messages.view(scene.app, accepted.id);
    assert.deepEqual([view?.counts.opened, view?.counts.failed, view?.counts.sent], [2, 1, 0]);
  });

  it('make no record for somebody who has the device now', async () => {
    const opened = get();
    const scene = new Scene();
    const { accepted } = await send(opened, scene, ['d0'], 'failures');
    await settle(opened, scene, `${accepted.id}.0`, [{ index: 0, state: 'sent' }], { track: 'failures' });
    await opened.devices.change(
      [{ app: scene.app, id: 'd0', fields: { user: 'bob' }, registrations: [], mode: 'update' }],
      scene.now,
    );
    const receipt = receiptsOf(scene, accepted.id)('d0', 'opened', 3);
    assert.deepEqual(await opened.receipts.record([receipt], scene.now), ['unknown']);
    const view = await opened.messages.view(scene.app, accepted.id);
    assert.deepEqual([view?.counts.sent, view?.counts.opened], [1, 0]);
  });

  it('leave nothing by which a device could be told', async () => {
    const opened = get();
    const scene = new Scene();
    const { accepted } = await send(opened, scene, ['told-apart-device'], 'none');
    await settle(opened, scene, `${accepted.id}.0`, [{ index: 0, state: 'sent' }], { track: 'none' });
    await opened.devices.remove(scene.app, 'told-apart-device', scene.now);
    const stored = await opened.everythingStored();
    // The chunk's bounds are the device ids between which its targets lay; nothing else may name it.
    assert.equal(stored.split('told-apart-device').length - 1, 2);
  });

  it('go with their message when retention ends it', async () => {
    const opened = get();
    const scene = new Scene();
    const { accepted } = await send(opened, scene, ['d0']);
    await settle(opened, scene, `${accepted.id}.0`, [{ index: 0, state: 'sent' }]);
    await opened.messages.complete([accepted.id], scene.now);
    await opened.receipts.record([receiptsOf(scene, accepted.id)('d0', 'opened', 3)], scene.now);
    assert.ok((await opened.everythingStored()).includes(accepted.id));
    const before = { content: scene.now + 1, deliveries: scene.now + 1, messages: scene.now + 1 };
    while ((await opened.messages.sweep(before, 100)) > 0);
    assert.equal((await opened.everythingStored()).includes(accepted.id), false);
  });
}

function elsewhereSuite(get: () => OpenedStore): void {
  it('tell to which other devices of the same person the message went, and its collapse key', async () => {
    const opened = get();
    for (const track of ['all', 'none'] as const) {
      const scene = new Scene();
      const user = { user: 'ann' };
      await opened.devices.change(
        ['d0', 'd1', 'd2', 'd3'].map((id) => ({
          app: scene.app,
          id,
          fields: { platform: 'ios' as const, ...(id === 'd3' ? { user: 'bob' } : user) },
          registrations: [],
          mode: 'upsert' as const,
        })),
        scene.now,
      );
      const targets = [
        { key: 'd0', user: 'ann' },
        { key: 'd1', user: 'ann' },
        { key: 'd3', user: 'bob' },
      ];
      const plain = scene.message({ track, chunks: [['realtime', targets]] });
      const message = { ...plain, terms: { ...plain.terms, collapseKey: 'order-8812' } };
      await opened.messages.accept([message], scene.now);
      const ends = [0, 1, 2].map((index) => ({ index, state: 'sent' as const }));
      await settle(opened, scene, `${message.accepted.id}.0`, ends, { track });
      const receipt = receiptsOf(scene, message.accepted.id);
      const told = [receipt('d3', 'opened', 1), receipt('d0', 'opened', 1), receipt('d9', 'opened', 1)];
      await opened.receipts.record(told, scene.now);
      assert.deepEqual(
        await opened.receipts.elsewhere(told),
        [
          { devices: [], collapseKey: 'order-8812' },
          // Where no record is kept nobody knows that d2 was not sent it.
          { devices: track === 'all' ? ['d1'] : ['d1', 'd2'], collapseKey: 'order-8812' },
          { devices: [] },
        ],
        track,
      );
    }
  });
}

function crowdSuite(get: () => OpenedStore): void {
  it('are exact when many tell at once while chunks are recorded', async function () {
    this.timeout(60_000);
    const opened = get();
    for (const track of ['all', 'none'] as const) {
      const scene = new Scene();
      const keys = Array.from({ length: 60 }, (_, i) => `d${String(i).padStart(2, '0')}`);
      await opened.wantEvents(scene.app, MESSAGE_EVENTS);
      const { accepted, chunks } = await send(opened, scene, keys, track, 5);
      const receipt = receiptsOf(scene, accepted.id);
      const settling = chunks.map((chunk) =>
        settle(
          opened,
          scene,
          chunk.id,
          chunk.targets.map((_, index) => ({ index, state: 'sent' as const })),
          { track },
        ),
      );
      const telling = Array.from({ length: 12 }, (_, n) => {
        const state = RECEIPT_STATES[n % 3] ?? 'opened';
        const order = n % 2 === 0 ? keys : [...keys].reverse();
        return opened.receipts.record(
          order.slice(0, 45).map((key) => receipt(key, state, n)),
          scene.now,
        );
      });
      const answers = (await Promise.all([...telling, ...settling])).flat();
      assert.equal(answers.includes('unknown'), false, track);
      const view = await opened.messages.view(scene.app, accepted.id);
      // Of 45 keys from either end of 60 each has been told by somebody.
      assert.deepEqual([view?.counts.opened, view?.counts.sent, view?.counts.queued], [60, 0, 0], track);
      assert.deepEqual(view?.reached, { sent: 60, delivered: 60, displayed: 60, opened: 60 }, track);
      await assertTold(opened, scene.app, accepted.id);
    }
  });
}

function givenUpSuite(get: () => OpenedStore): void {
  const givenUp = (scene: Scene, message: string, key: string, more: Partial<GivenUp> = {}): GivenUp => ({
    ...{ app: scene.app, message, key, provider: 'realtime', reason: 'quota_exceeded', at: scene.now + 9 },
    vendor: { code: '1605' },
    ...more,
  });

  for (const track of ['all', 'failures', 'none'] as const) {
    it(`end what a vendor gave up that it had taken, once, with its word; tracked ${track}`, async () => {
      const opened = get();
      const scene = new Scene();
      const keys = ['d0', 'd1', 'd2', 'd3'];
      await opened.wantEvents(scene.app, MESSAGE_EVENTS);
      const { accepted } = await send(opened, scene, keys, track, 4);
      const { id } = accepted;
      const early = await opened.receipts.giveUp([givenUp(scene, id, 'd0')], scene.now + 9);
      assert.deepEqual(early, ['early']);
      const ends: End[] = [0, 1, 2].map((index) => ({ index, state: 'sent' }));
      await settle(opened, scene, `${id}.0`, [...ends, { index: 3, state: 'failed', reason: 'timeout' }], { track });
      await opened.receipts.record([receiptsOf(scene, id)('d1', 'delivered', 8)], scene.now + 8);
      const words = [
        ...keys.map((key) => givenUp(scene, id, key)),
        givenUp(scene, id, 'nobody'),
        givenUp(scene, 'msg_none', 'd0'),
      ];
      const foreign = givenUp(scene, id, 'd2', { app: `${scene.app}x` });
      assert.deepEqual(await opened.receipts.giveUp([foreign], scene.now + 10), ['unknown']);
      const other = givenUp(scene, id, 'd2', { provider: 'apns' });
      assert.deepEqual(await opened.receipts.giveUp([other], scene.now + 10), ['known'], 'another one took it');
      const answers = await opened.receipts.giveUp(words, scene.now + 10);
      // What failed without a record is nobody's to be known.
      const failed = track === 'none' ? 'unknown' : 'known';
      assert.deepEqual(answers, ['changed', 'known', 'changed', failed, 'unknown', 'unknown']);
      assert.deepEqual((await opened.receipts.giveUp(words, scene.now + 11)).slice(0, 3), ['known', 'known', 'known']);

      const view = await opened.messages.view(scene.app, id);
      assert.deepEqual([view?.counts.sent, view?.counts.delivered, view?.counts.failed], [0, 1, 3]);
      assert.deepEqual(view?.reasons, { quota_exceeded: 2, timeout: 1 });
      assert.deepEqual(view?.reached, { sent: 3, delivered: 1, displayed: 0, opened: 0 });
      const { items } = await opened.messages.deliveries(scene.app, id, { limit: 10 });
      const d2 = items.find(({ key }) => key === 'd2');
      assert.deepEqual([d2?.state, d2?.reason, d2?.settledAt], ['failed', 'quota_exceeded', scene.now + 10]);
      const { outcome, reason, vendor, detail } = d2?.attempts.at(-1) ?? {};
      assert.deepEqual([outcome, reason, vendor], ['accepted', 'quota_exceeded', { code: '1605' }]);
      assert.match(detail ?? '', /given up by the vendor at 20/);
      await assertTold(opened, scene.app, id);
    });
  }

  it('end many that were given up in one call', async () => {
    const opened = get();
    const scene = new Scene();
    const keys = Array.from({ length: 250 }, (_, n) => `d${String(n).padStart(4, '0')}`);
    const { accepted } = await send(opened, scene, keys, 'all', 250);
    await settle(
      opened,
      scene,
      `${accepted.id}.0`,
      keys.map((_, index) => ({ index, state: 'sent' })),
    );
    const answers = await opened.receipts.giveUp(
      keys.map((key) => givenUp(scene, accepted.id, key)),
      scene.now + 9,
    );
    assert.equal(answers.filter((answer) => answer === 'changed').length, 250);
    const view = await opened.messages.view(scene.app, accepted.id);
    assert.deepEqual([view?.counts.failed, view?.reasons.quota_exceeded], [250, 250]);
  });
}
