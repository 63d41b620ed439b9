import assert from 'node:assert/strict';
import { advanceOf, allPages, bareTarget, type ChunkDraft, type OpenedStore, oneByOne, Scene } from './scene.js';

/** `ChunkStore`: who may work on a chunk, what is recorded of it, and how it comes back. */
export function chunksSuite(get: () => OpenedStore): void {
  describe('chunks', () => {
    claimSuite(get);
    advanceSuite(get);
    returnSuite(get);
  });
}

function claimSuite(get: () => OpenedStore): void {
  it('hands a chunk over whole, under a fence one higher, and leaves out what is not to be had', async () => {
    const opened = get();
    const { messages, chunks } = opened;
    const scene = new Scene();
    const bare = bareTarget(opened, scene.app, 'apns', 'a bare token');
    const targets = [{ key: 'd1', user: null }, { key: 'd2', user: 'ann' }, bare];
    const message = scene.message({
      chunks: [
        ['apns', targets],
        [null, ['d3']],
        ['fcm', ['d4']],
      ],
    });
    const { id } = message.accepted;
    await messages.accept([message], scene.now);
    const ids = [`${id}.0`, `${id}.1`, `${id}.2`, `${id}.99`];
    assert.deepEqual(await chunks.claim(ids, 'w', scene.now - 1, scene.now), [], 'not due yet');
    const claimed = await chunks.claim(ids.slice(0, 2), 'w1', scene.now, scene.now + 100);
    const fresh = { troubles: {}, counts: {}, reasons: {} };
    assert.deepEqual(
      [...claimed].sort((a, b) => (a.id < b.id ? -1 : 1)),
      [
        {
          id: `${id}.0`,
          message: id,
          app: scene.app,
          provider: 'apns',
          step: 0,
          rendering: null,
          targets,
          fence: 1,
          crashes: 0,
          progress: { ...fresh, marks: '...' },
          effects: [],
        },
        {
          id: `${id}.1`,
          message: id,
          app: scene.app,
          provider: null,
          step: 0,
          rendering: null,
          targets: [{ key: 'd3', user: 'user of d3' }],
          fence: 1,
          crashes: 0,
          progress: { ...fresh, marks: '.' },
          effects: [],
        },
      ],
    );
    const rest = await chunks.claim(ids, 'w2', scene.now + 99, scene.now + 200);
    assert.deepEqual(
      rest.map((chunk) => chunk.id),
      [`${id}.2`],
      'the others are held',
    );
    assert.deepEqual(await chunks.claim([], 'w', scene.now, scene.now + 1), []);
  });

  it('keeps the rendering of a chunk with it', async () => {
    const { messages, chunks } = get();
    const scene = new Scene();
    const message = scene.message({ chunks: oneByOne('apns', 2) });
    const [first, second] = message.chunks;
    assert.ok(first && second);
    await messages.accept([{ ...message, chunks: [{ ...first, rendering: 'zh-CN' }, second] }], scene.now);
    const claimed = await chunks.claim([first.id, second.id], 'w', scene.now, scene.now + 10);
    assert.deepEqual(
      claimed.map(({ rendering }) => rendering),
      ['zh-CN', null],
    );
  });

  it('gives each chunk to one of many that claim it at once', async () => {
    const { messages, chunks } = get();
    const scene = new Scene();
    const message = scene.message({ chunks: oneByOne('apns', 40) });
    await messages.accept([message], scene.now);
    const ids = message.chunks.map((chunk) => chunk.id);
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        chunks.claim(i % 2 === 0 ? ids : [...ids].reverse(), `w${i}`, scene.now, scene.now + 10_000),
      ),
    );
    const claimed = all.flat().map((chunk) => chunk.id);
    assert.deepEqual(claimed.sort(), [...ids].sort());
  });

  it('counts a lease that ended without a word as a crash, and one given back not', async () => {
    const { messages, chunks } = get();
    const scene = new Scene();
    const message = scene.message({ chunks: oneByOne('apns', 1) });
    await messages.accept([message], scene.now);
    const ids = [`${message.accepted.id}.0`];
    const take = async (at: number) => (await chunks.claim(ids, 'w', scene.now + at, scene.now + at + 10))[0];
    const first = await take(0);
    assert.deepEqual([first?.fence, first?.crashes], [1, 0]);
    assert.equal(await take(9), undefined);
    const second = await take(10);
    assert.deepEqual([second?.fence, second?.crashes], [2, 1]);
    assert.ok(second);
    const next = { kind: 'release', dueAt: scene.now + 12, blocked: false } as const;
    assert.deepEqual(await chunks.advance([advanceOf(second, { next, at: scene.now })], scene.now + 11), []);
    assert.equal(await take(11), undefined, 'not due before the time it was given back for');
    const third = await take(12);
    assert.deepEqual([third?.fence, third?.crashes], [3, 1]);
  });
}

function advanceSuite(get: () => OpenedStore): void {
  async function held(scene: Scene, drafts: readonly ChunkDraft[], track: 'all' | 'failures' | 'none' = 'all') {
    const { messages, chunks } = get();
    const message = scene.message({ chunks: drafts, track });
    await messages.accept([message], scene.now);
    const ids = message.chunks.map((chunk) => chunk.id);
    const claimed = await chunks.claim(ids, 'w1', scene.now, scene.now + 10);
    return { id: message.accepted.id, ids, claimed: [...claimed].sort((a, b) => (a.id < b.id ? -1 : 1)) };
  }

  it('keeps progress and deliveries together, and hands them on with the chunk', async () => {
    const { messages, chunks } = get();
    const scene = new Scene();
    const { id, ids, claimed } = await held(scene, [['apns', ['d1', 'd2', 'd3']]]);
    const [chunk] = claimed;
    assert.ok(chunk);
    const trouble = { tries: 2, dueAt: scene.now + 60, crashes: 1, attempts: [] };
    const effects = [{ kind: 'strike', provider: 'apns', tokenHash: 'h', at: scene.now }] as const;
    const change = advanceOf(
      { ...chunk, progress: { ...chunk.progress, marks: '.>.', troubles: { 1: trouble } } },
      {
        ends: [{ index: 0, state: 'failed', reason: 'token_invalid' }],
        effects,
        next: { kind: 'hold', leaseUntil: scene.now + 50 },
        at: scene.now,
      },
    );
    assert.deepEqual(await chunks.advance([change], scene.now), []);
    const { items } = await messages.deliveries(scene.app, id, { limit: 10 });
    assert.deepEqual(items[0], { ...change.deliveries[0], state: 'failed', reason: 'token_invalid' });
    assert.deepEqual(
      items.slice(1).map(({ key, state }) => [key, state]),
      [
        ['d2', 'queued'],
        ['d3', 'queued'],
      ],
    );
    assert.deepEqual(await chunks.claim(ids, 'w2', scene.now + 49, scene.now + 60), [], 'the lease was renewed');
    const [again] = await chunks.claim(ids, 'w2', scene.now + 50, scene.now + 60);
    assert.deepEqual(again?.progress, { ...change.progress, marks: 'x>.' });
    assert.deepEqual(again?.effects, effects);
    assert.deepEqual(await chunks.advance([], scene.now), []);
  });

  it('records nothing at all from an old fence, and all of the others of the same call', async () => {
    const { messages, chunks } = get();
    const scene = new Scene();
    const { id, ids, claimed } = await held(scene, [
      ['apns', ['a1', 'a2']],
      ['fcm', ['b1', 'b2']],
    ]);
    const taken = await chunks.claim(ids.slice(0, 1), 'w2', scene.now + 10, scene.now + 99);
    assert.equal(taken[0]?.fence, 2);
    const ends = [0, 1].map((index) => ({ index, state: 'failed' as const, reason: 'timeout' as const }));
    const changes = claimed.map((chunk) => advanceOf(chunk, { ends, next: { kind: 'done' }, at: scene.now + 11 }));
    assert.deepEqual(await chunks.advance(changes, scene.now + 11), ids.slice(0, 1));
    assert.deepEqual(await chunks.advance(changes, scene.now + 12), ids.slice(0, 1), 'and so again');
    const view = await messages.view(scene.app, id);
    assert.deepEqual([view?.counts.failed, view?.counts.queued, view?.reasons], [2, 2, { timeout: 2 }]);
    const { items } = await messages.deliveries(scene.app, id, { limit: 10 });
    assert.deepEqual(
      items.map(({ key, state }) => [key, state]),
      [
        ['a1', 'queued'],
        ['a2', 'queued'],
        ['b1', 'failed'],
        ['b2', 'failed'],
      ],
    );
    assert.deepEqual(
      await chunks.advance([{ ...(changes[0] as (typeof changes)[0]), id: 'msg_unknown.0' }], scene.now),
      ['msg_unknown.0'],
    );
  });

  it('takes a repeated change without counting anything twice', async () => {
    const { messages, chunks } = get();
    const scene = new Scene();
    const { id, claimed } = await held(scene, [['apns', ['d1', 'd2']]]);
    const ends = [{ index: 1, state: 'sent' as const }];
    const next = { kind: 'release', dueAt: scene.now + 5, blocked: false } as const;
    const changes = claimed.map((chunk) => advanceOf(chunk, { ends, next, at: scene.now }));
    await Promise.all(Array.from({ length: 4 }, () => chunks.advance(changes, scene.now)));
    assert.deepEqual(await chunks.advance(changes, scene.now), []);
    const view = await messages.view(scene.app, id);
    assert.deepEqual([view?.counts.sent, view?.counts.queued], [1, 1]);
    assert.equal((await messages.deliveries(scene.app, id, { limit: 10 })).items.length, 2);
  });

  it('never takes a settled delivery back', async () => {
    const { messages, chunks } = get();
    const scene = new Scene();
    const { id, ids, claimed } = await held(scene, [['apns', ['d1']]]);
    const [chunk] = claimed;
    assert.ok(chunk);
    const hold = { kind: 'hold', leaseUntil: scene.now + 10 } as const;
    const wait = advanceOf(chunk, { waits: [{ index: 0, dueAt: scene.now + 3 }], next: hold, at: scene.now });
    await chunks.advance([wait], scene.now);
    const waiting = (await messages.deliveries(scene.app, id, { limit: 1 })).items[0];
    assert.deepEqual([waiting?.state, waiting?.nextAttemptAt, waiting?.attempts.length], ['queued', scene.now + 3, 1]);
    const sent = advanceOf(chunk, { ends: [{ index: 0, state: 'sent' }], next: hold, at: scene.now + 4 });
    await chunks.advance([sent], scene.now + 4);
    await chunks.advance([wait], scene.now + 5);
    const failed = advanceOf(chunk, {
      ends: [{ index: 0, state: 'failed', reason: 'timeout' }],
      next: hold,
      at: scene.now + 6,
    });
    await chunks.advance([failed], scene.now + 6);
    const settled = (await messages.deliveries(scene.app, id, { limit: 1 })).items[0];
    assert.deepEqual([settled?.state, settled?.sentAt, settled?.nextAttemptAt], ['sent', scene.now + 4, undefined]);
    assert.equal((await chunks.claim(ids, 'w', scene.now + 10, scene.now + 20)).length, 1);
  });

  it('keeps a chunk that is done from everybody', async () => {
    const { chunks } = get();
    const scene = new Scene();
    const { ids, claimed } = await held(scene, [['apns', ['d1']]]);
    const done = claimed.map((chunk) =>
      advanceOf(chunk, { ends: [{ index: 0, state: 'sent' }], next: { kind: 'done' }, at: scene.now }),
    );
    await chunks.advance(done, scene.now);
    assert.deepEqual(await chunks.claim(ids, 'w', scene.now + 1_000, scene.now + 2_000), []);
    assert.equal(await chunks.reclaim(scene.now + 1_000, 100), 0);
    const fed = await chunks.feed('transactional', 100, scene.now + 1_000, scene.now + 2_000);
    assert.ok(!fed.some((chunk) => ids.includes(chunk.id)));
  });

  it('records many chunks from many writers at once, in any order, without one waiting for ever', async () => {
    const { messages, chunks } = get();
    const scene = new Scene();
    const { id, claimed } = await held(
      scene,
      oneByOne('apns', 60).map(([provider], i) => [provider, [`x${String(i).padStart(3, '0')}`]]),
    );
    const changes = claimed.map((chunk) =>
      advanceOf(chunk, { ends: [{ index: 0, state: 'sent' }], next: { kind: 'done' }, at: scene.now }),
    );
    const orders = [changes, [...changes].reverse(), [...changes.slice(30), ...changes.slice(0, 30)]];
    await Promise.all(Array.from({ length: 9 }, (_, i) => chunks.advance(orders[i % 3] ?? changes, scene.now)));
    assert.equal((await messages.view(scene.app, id))?.counts.sent, 60);
    assert.equal((await allPages((page) => messages.deliveries(scene.app, id, page), 25)).items.length, 60);
  });
}

function returnSuite(get: () => OpenedStore): void {
  it('reclaims what was never taken and what its holder left, bounded, and fences the holder off', async () => {
    const { messages, chunks } = get();
    const scene = new Scene();
    const message = scene.message({ chunks: oneByOne('apns', 6) });
    await messages.accept([message], scene.now);
    const ids = message.chunks.map((chunk) => chunk.id);
    const held = await chunks.claim(ids.slice(0, 3), 'w1', scene.now, scene.now + 10);
    await chunks.feed('transactional', 3, scene.now, scene.now + 10);
    assert.equal(await chunks.reclaim(scene.now + 9, 100), 0);
    assert.equal(await chunks.reclaim(scene.now + 10, 4), 4);
    assert.equal(await chunks.reclaim(scene.now + 10, 4), 2);
    const late = held.map((chunk) =>
      advanceOf(chunk, { ends: [{ index: 0, state: 'sent' }], next: { kind: 'done' }, at: scene.now }),
    );
    assert.deepEqual((await chunks.advance(late, scene.now + 11)).length, 3, 'the old holders are refused');
    const fed = await chunks.feed('transactional', 100, scene.now + 11, scene.now + 99);
    assert.deepEqual(fed.map((chunk) => chunk.id).sort(), ids);
    const again = await chunks.claim(ids, 'w2', scene.now + 11, scene.now + 99);
    assert.deepEqual(again.map(({ id, crashes }) => [id, crashes]).sort(), [
      ...ids.slice(0, 3).map((id) => [id, 1]),
      ...ids.slice(3).map((id) => [id, 0]),
    ]);
  });

  it('voids every lease and hand-over at once', async () => {
    const { messages, chunks } = get();
    const scene = new Scene();
    const message = scene.message({ chunks: oneByOne('apns', 4) });
    await messages.accept([message], scene.now);
    const ids = message.chunks.map((chunk) => chunk.id);
    const held = await chunks.claim(ids.slice(0, 2), 'before', scene.now, scene.now + 10_000);
    await chunks.feed('transactional', 2, scene.now, scene.now + 10_000);
    await chunks.voidLeases();
    const late = held.map((chunk) => advanceOf(chunk, { next: { kind: 'done' }, at: scene.now }));
    assert.deepEqual([...(await chunks.advance(late, scene.now))].sort(), ids.slice(0, 2));
    const fed = await chunks.feed('transactional', 100, scene.now, scene.now + 10_000);
    assert.deepEqual(fed.map((chunk) => chunk.id).sort(), ids);
    const again = await chunks.claim(ids, 'after', scene.now, scene.now + 10_000);
    assert.deepEqual(
      again
        .filter(({ crashes }) => crashes === 1)
        .map(({ id }) => id)
        .sort(),
      ids.slice(0, 2),
    );
  });

  it('tells effects that are owed while nobody holds their chunk, until they are done', async () => {
    const { messages, chunks } = get();
    const scene = new Scene();
    const message = scene.message({
      chunks: [
        ['apns', ['d1', 'd2']],
        ['fcm', ['d3']],
      ],
    });
    await messages.accept([message], scene.now);
    const ids = message.chunks.map((chunk) => chunk.id);
    const held = await chunks.claim(ids, 'w', scene.now, scene.now + 10);
    const effects = [
      { kind: 'retire', provider: 'apns', tokenHash: 'h1', asOf: scene.now - 5, at: scene.now, vendorCode: '410' },
      { kind: 'strike', provider: 'apns', tokenHash: 'h2', at: scene.now },
    ] as const;
    const next = { kind: 'hold', leaseUntil: scene.now + 10 } as const;
    const changes = held.map((chunk) =>
      advanceOf(chunk, { effects: chunk.id.endsWith('.0') ? effects : [], next, at: scene.now }),
    );
    await chunks.advance(changes, scene.now);
    const owed = async () => (await chunks.owedEffects(1_000)).filter(({ app }) => app === scene.app);
    assert.deepEqual(await owed(), [], 'its holder may add to them as long as its lease is not taken back');
    await chunks.reclaim(scene.now + 10, 100);
    assert.deepEqual(await owed(), [{ id: ids[0], fence: 2, app: scene.app, effects }]);
    assert.deepEqual(await chunks.advance(changes, scene.now), ids, 'and then no more');
    const again = await chunks.claim(ids, 'w2', scene.now + 10, scene.now + 20);
    assert.deepEqual(await owed(), []);
    const done = again.map((chunk) =>
      advanceOf(chunk, { effects: chunk.effects, next: { kind: 'done' }, at: scene.now }),
    );
    await chunks.advance(done, scene.now);
    assert.deepEqual(
      (await owed()).map(({ fence }) => fence),
      [3],
      'also of a chunk that is done',
    );
    await chunks.effectsDone([{ id: ids[0] as string, fence: 2 }]);
    assert.equal((await owed()).length, 1, 'what was owed under another fence is not this');
    await chunks.effectsDone(again);
    assert.deepEqual(await owed(), []);
    await chunks.effectsDone([...again, { id: 'msg_unknown.0', fence: 1 }]);
    await chunks.effectsDone([]);
  });

  it('leaves effects to the holder who took their chunk before they were marked as done', async () => {
    const { messages, chunks } = get();
    const scene = new Scene();
    const message = scene.message({ chunks: [['apns', ['d1', 'd2']]] });
    await messages.accept([message], scene.now);
    const ids = message.chunks.map((chunk) => chunk.id);
    const [held] = await chunks.claim(ids, 'first', scene.now, scene.now + 10);
    assert.ok(held);
    const effects = [{ kind: 'strike', provider: 'apns', tokenHash: 'h', at: scene.now }] as const;
    const next = { kind: 'release', dueAt: scene.now, blocked: false } as const;
    await chunks.advance([advanceOf(held, { effects, next, at: scene.now })], scene.now);
    const [taken] = await chunks.claim(ids, 'second', scene.now, scene.now + 10);
    assert.deepEqual(taken?.effects, effects);
    await chunks.effectsDone([held]);
    const more = [...effects, { kind: 'strike', provider: 'apns', tokenHash: 'h2', at: scene.now }] as const;
    assert.ok(taken);
    await chunks.advance([advanceOf(taken, { effects: more, next, at: scene.now })], scene.now);
    await chunks.effectsDone([held]);
    const owed = (await chunks.owedEffects(1_000)).filter(({ app }) => app === scene.app);
    assert.deepEqual(owed, [{ id: ids[0], fence: taken.fence, app: scene.app, effects: more }]);
  });

  it('makes what waits for a stopped account due at once, and nothing else', async () => {
    const { messages, chunks } = get();
    const scene = new Scene();
    const message = scene.message({
      chunks: [
        ['apns', ['d1']],
        ['apns', ['d2']],
      ],
    });
    await messages.accept([message], scene.now);
    const ids = message.chunks.map((chunk) => chunk.id);
    const held = await chunks.claim(ids, 'w', scene.now, scene.now + 10);
    const changes = held.map((chunk, i) =>
      advanceOf(chunk, { next: { kind: 'release', dueAt: scene.now + 60_000, blocked: i === 0 }, at: scene.now }),
    );
    await chunks.advance(changes, scene.now);
    assert.deepEqual(await chunks.claim(ids, 'w', scene.now + 1, scene.now + 10), []);
    await chunks.unblock(scene.now + 1);
    const again = await chunks.claim(ids, 'w', scene.now + 1, scene.now + 10);
    assert.deepEqual(
      again.map((chunk) => chunk.id),
      [held[0]?.id],
    );
    assert.deepEqual((await messages.view(scene.app, message.accepted.id))?.blocked, []);
  });
}
