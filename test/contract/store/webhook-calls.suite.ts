import assert from 'node:assert/strict';
import type { ReplayChoice, WebhookCall } from '../../../src/ports/webhook-store.js';
import { WEBHOOK_REPLAY_MAX } from '../../../src/ports/webhook-store.js';
import { allPages, type OpenedStore } from './scene.js';
import { attemptOf, callOf, heldBy, recordOf, WebhookScene } from './webhook-scene.js';

/** `WebhookStore`: calls and what becomes of them. */
export function webhookCallsSuite(get: () => OpenedStore): void {
  describe('webhook calls', () => {
    makingSuite(get);
    recordingSuite(get);
    replayingSuite(get);
    sweepingSuite(get);
  });
}

/** An endpoint that somebody holds, with events for it. */
async function held(get: () => OpenedStore, events: number) {
  const scene = new WebhookScene(get());
  const { id } = await scene.endpoint();
  await scene.happen('delivery.failed', events);
  return { scene, id, slot: await scene.slot(id) };
}

function makingSuite(get: () => OpenedStore): void {
  it('are made with the cursor in one step, numbered without holes', async () => {
    const { webhooks } = get();
    const { scene, id, slot } = await held(get, 300);
    const drafts = [
      { ...callOf(1, scene.now), lastEvent: 100, events: 100 },
      {
        ...callOf(101, scene.now),
        lastEvent: 250,
        events: 3,
        types: ['message.queued' as const],
        level: 'summary' as const,
      },
    ];
    const added = await webhooks.addCalls(heldBy(slot), drafts, 260, scene.now + 1);
    assert.deepEqual(
      added,
      drafts.map((draft, n) => ({
        ...draft,
        ...{ endpoint: id, app: scene.app, seq: n + 1, createdAt: scene.now + 1, state: 'waiting', attempts: 0 },
        dueAt: scene.now + 1,
      })),
    );
    const after = await webhooks.find(scene.app, id);
    assert.deepEqual([after?.cursor, after?.callSeq], [260, 2]);
    assert.deepEqual(await webhooks.addCalls(heldBy(slot), [], 300, scene.now), []);
    const [third] = (await webhooks.addCalls(heldBy(slot), [callOf(300, scene.now)], 300, scene.now)) ?? [];
    assert.equal(third?.seq, 3);
    assert.deepEqual((await webhooks.due(id, scene.now, 10)).calls, [third]);
    const due = await webhooks.due(id, scene.now + 1, 2);
    assert.deepEqual(due, { calls: added, oldest: added?.[0] });
    assert.deepEqual(await webhooks.due('whe_x', scene.now, 2), { calls: [] });
  });

  it('are not made by what an endpoint was before it was changed, whatever was changed', async () => {
    const { webhooks } = get();
    const { scene, id, slot } = await held(get, 1);
    const change = [
      () => webhooks.update(scene.app, id, { maxEvents: 3 }, scene.now),
      () => webhooks.setState(scene.app, id, 'paused', undefined, scene.now),
    ];
    let { updatedAt } = slot.endpoint;
    for (const make of change) {
      await make();
      const asBefore = { ...heldBy(slot), updatedAt };
      assert.equal(await webhooks.addCalls(asBefore, [callOf(1, scene.now)], 1, scene.now), undefined);
      const [renewed] = await webhooks.renew([heldBy(slot)], scene.now, scene.now + 1_000);
      assert.ok(renewed !== undefined && renewed.endpoint.updatedAt > updatedAt, 'the slot is held still');
      assert.deepEqual([renewed.endpoint.cursor, renewed.endpoint.callSeq], [slot.endpoint.cursor, 0]);
      updatedAt = renewed.endpoint.updatedAt;
    }
    assert.deepEqual(await webhooks.addCalls({ ...heldBy(slot), updatedAt }, [], 1, scene.now), []);
  });

  it('are listed newest first, page by page, of one state where one is named', async () => {
    const { webhooks } = get();
    const { scene, id, slot } = await held(get, 9);
    const calls = await scene.calls(slot, 9);
    const kinds = ['delivered', 'parked', 'skipped'] as const;
    const attempts = kinds.flatMap((kind, n) =>
      [calls[n], calls[n + 3]].map((call) => attemptOf(call as WebhookCall, scene.now, { kind })),
    );
    await webhooks.record(recordOf(slot, attempts), scene.now);
    const listed = async (filter: Parameters<typeof webhooks.calls>[2], limit: number) => {
      const { items } = await allPages((page) => webhooks.calls(scene.app, id, filter, page), limit);
      return items.map(({ seq }) => seq);
    };
    for (const limit of [1, 4, 9]) {
      assert.deepEqual(await listed({}, limit), [9, 8, 7, 6, 5, 4, 3, 2, 1]);
      assert.deepEqual(await listed({ state: 'waiting' }, limit), [9, 8, 7]);
      assert.deepEqual(await listed({ state: 'delivered' }, limit), [4, 1]);
      assert.deepEqual(await listed({ state: 'parked' }, limit), [5, 2]);
      assert.deepEqual(await listed({ state: 'skipped' }, limit), [6, 3]);
    }
    assert.deepEqual((await webhooks.calls('other', id, {}, { limit: 5 })).items, []);
    assert.equal(await webhooks.call('other', id, calls[0]?.id ?? ''), undefined);
  });

  it('for a test are due at once, before all others, and made once', async () => {
    const { webhooks } = get();
    const { scene, id, slot } = await held(get, 3);
    const [first] = await scene.calls(slot, 3);
    const tests = await Promise.all([1, 2].map(() => webhooks.addTest(scene.app, id, 'whc_t', scene.now + 1)));
    const test = tests[0];
    assert.deepEqual(tests[1], test);
    assert.deepEqual(test, {
      ...{ id: 'whc_t', endpoint: id, app: scene.app, seq: 4, firstEvent: 0, lastEvent: 0, types: ['webhook.test'] },
      ...{ level: 'events', events: 1, createdAt: scene.now + 1, state: 'waiting', attempts: 0, dueAt: scene.now + 1 },
    });
    const due = await webhooks.due(id, scene.now + 1, 2);
    assert.deepEqual(due, { calls: [test, first], oldest: first });
    await webhooks.setState(scene.app, id, 'paused', undefined, scene.now);
    assert.deepEqual((await webhooks.due(id, scene.now + 1, 2)).calls, [test]);
    assert.equal(await webhooks.addTest('other', id, 'whc_u', scene.now), undefined);
    assert.equal((await webhooks.find(scene.app, id))?.callSeq, 4);
  });
}

function recordingSuite(get: () => OpenedStore): void {
  it('keep every attempt, and what they are from then on', async () => {
    const { webhooks } = get();
    const { scene, id, slot } = await held(get, 4);
    const [a, b, c, d] = await scene.calls(slot, 4);
    assert.ok(a && b && c && d);
    const again = attemptOf(a, scene.now + 1, { kind: 'again', dueAt: scene.now + 5_000 }, 'the bytes');
    assert.equal(
      await webhooks.record(
        recordOf(
          slot,
          [
            again,
            attemptOf(b, scene.now + 1, { kind: 'delivered' }),
            attemptOf(c, scene.now + 2, { kind: 'parked' }, 'others'),
            attemptOf(d, scene.now + 2, { kind: 'skipped' }),
          ],
          { lastSuccessAt: scene.now + 1, failingSince: scene.now + 2, holdUntil: scene.now + 3 },
        ),
        scene.now + 9,
      ),
      true,
    );
    const states = async () =>
      (await webhooks.calls(scene.app, id, {}, { limit: 9 })).items.map(({ state, attempts, dueAt, settledAt }) => [
        state,
        attempts,
        dueAt - scene.now,
        settledAt === undefined ? undefined : settledAt - scene.now,
      ]);
    assert.deepEqual(await states(), [
      ['skipped', 1, 0, 9],
      ['parked', 1, 0, 9],
      ['delivered', 1, 0, 9],
      ['waiting', 1, 5_000, undefined],
    ]);
    const endpoint = await webhooks.find(scene.app, id);
    assert.equal(endpoint?.failingSince, scene.now + 2);
    assert.equal(endpoint?.lastSuccessAt, scene.now + 1);
    assert.equal(endpoint?.holdUntil, scene.now + 3);
    assert.deepEqual((await scene.call(id, a.id)).attempts, [again.attempt]);
    assert.deepEqual(
      await webhooks.bodies(id, [a.id, b.id, c.id, d.id]),
      new Map([
        [a.id, 'the bytes'],
        [c.id, 'others'],
      ]),
    );

    const { call } = await scene.call(id, a.id);
    const second = attemptOf(call, scene.now + 5_000, { kind: 'delivered' }, 'not the bytes');
    await webhooks.record(recordOf(slot, [second], { lastSuccessAt: scene.now + 5_000 }), scene.now + 5_001);
    assert.deepEqual((await scene.call(id, a.id)).attempts, [again.attempt, second.attempt]);
    assert.equal((await webhooks.bodies(id, [a.id])).get(a.id), 'the bytes');
    const after = await webhooks.find(scene.app, id);
    assert.deepEqual([after?.failingSince, after?.holdUntil], [undefined, undefined]);
    assert.equal(after?.lastSuccessAt, scene.now + 5_000);
    await webhooks.record(recordOf(slot, [attemptOf(b, scene.now, { kind: 'parked' })]), scene.now);
    assert.equal((await scene.call(id, b.id)).call.state, 'delivered', 'a settled call stays as it is');
  });

  it('are told with the endpoint, in one step', async () => {
    const { webhooks } = get();
    const { scene, id, slot } = await held(get, 1);
    const events = [
      { app: scene.app, type: 'webhook.failing' as const, data: { endpoint: id } },
      { app: scene.app, type: 'webhook.paused' as const, data: { endpoint: id } },
    ];
    await webhooks.record(recordOf(slot, [], { disable: 'nothing but failures', events }), scene.now);
    assert.deepEqual(
      (await scene.events(['webhook.failing', 'webhook.paused'])).map(({ type, data }) => [type, data.endpoint]),
      [
        ['webhook.failing', id],
        ['webhook.paused', id],
      ],
    );
  });

  it('are due at once when their receiver is back', async () => {
    const { webhooks } = get();
    const { scene, id, slot } = await held(get, 3);
    const [a, b] = await scene.calls(slot, 3);
    assert.ok(a && b);
    const later = [a, b].map((call) => attemptOf(call, scene.now, { kind: 'again', dueAt: scene.now + 9_000 }));
    await webhooks.record(recordOf(slot, later, { holdUntil: scene.now + 9_000 }), scene.now);
    const due = async (at: number) => (await webhooks.due(id, at, 10)).calls.map(({ seq }) => seq);
    assert.deepEqual(await due(scene.now + 10), [3]);
    assert.equal((await webhooks.due(id, scene.now + 10, 10)).oldest?.seq, 1);
    await webhooks.hasten(id, scene.now + 10);
    assert.deepEqual(await due(scene.now + 9), [3]);
    assert.deepEqual(await due(scene.now + 10), [1, 2, 3]);
    assert.equal((await webhooks.find(scene.app, id))?.holdUntil, undefined);
  });
}

function replayingSuite(get: () => OpenedStore): void {
  const newId = (of: string) => `${of}r`;

  it('are made anew at the end, in order, once for each new id', async () => {
    const { webhooks } = get();
    const { scene, id, slot } = await held(get, 6);
    const calls = await scene.calls(slot, 6);
    const [a, b, c, d, e] = calls;
    assert.ok(a && b && c && d && e);
    const kinds = ['parked', 'delivered', 'parked', 'skipped'] as const;
    const ends = kinds.map((kind, n) => attemptOf(calls[n] as WebhookCall, scene.now, { kind }, 'bytes'));
    await webhooks.record(recordOf(slot, ends), scene.now);
    const replay = (choice: ReplayChoice, as = newId) => webhooks.replay(scene.app, id, choice, as, scene.now + 50);
    const range = { since: scene.now, until: scene.now + 1 };

    const named = { calls: [c.id, 'whc_x', a.id, e.id] };
    assert.deepEqual(await replay(named), { count: 2, last: 3, more: false, gone: 0 }, 'one waits, one is not there');
    assert.deepEqual(await replay(named), { count: 2, last: 3, more: false, gone: 0 });
    const made = (await webhooks.calls(scene.app, id, {}, { limit: 2 })).items;
    assert.deepEqual(
      [...made].reverse(),
      [a, c].map((of, n) => ({
        ...of,
        ...{ id: newId(of.id), seq: 7 + n, createdAt: scene.now + 50, dueAt: scene.now + 50, replayOf: of.id },
      })),
    );
    assert.equal((await scene.call(id, a.id)).call.state, 'parked');
    assert.equal((await webhooks.bodies(id, [newId(a.id)])).size, 0, 'it has another number');

    assert.equal((await replay({ ...range, state: 'parked' }, (of) => `${of}s`))?.count, 2);
    assert.deepEqual(await replay(range, (of) => `${of}t`), { count: 4, last: 4, more: false, gone: 0 });
    assert.equal((await webhooks.find(scene.app, id))?.callSeq, 14);
    assert.deepEqual(await replay({ ...range, after: 3 }, newId), { count: 1, last: 4, more: false, gone: 0 });
    assert.deepEqual(await replay({ since: scene.now + 1, until: scene.now + 9 }), { count: 0, more: false, gone: 0 });
    assert.equal(await webhooks.replay('other', id, range, newId, scene.now), undefined);
  });

  it('are made anew a thousand at a time, and go on behind the last', async () => {
    const { webhooks } = get();
    const { scene, id, slot } = await held(get, WEBHOOK_REPLAY_MAX + 2);
    const calls = await scene.calls(slot, WEBHOOK_REPLAY_MAX + 2);
    await webhooks.record(
      recordOf(
        slot,
        calls.map((call) => attemptOf(call, scene.now, { kind: 'parked' })),
      ),
      scene.now,
    );
    const range = { since: scene.now, until: scene.now + 1, state: 'parked' } as const;
    const first = await webhooks.replay(scene.app, id, range, newId, scene.now + 1);
    assert.deepEqual(first, { count: WEBHOOK_REPLAY_MAX, last: WEBHOOK_REPLAY_MAX, more: true, gone: 0 });
    const then = { ...range, after: WEBHOOK_REPLAY_MAX };
    const second = await webhooks.replay(scene.app, id, then, newId, scene.now + 1);
    assert.deepEqual(second, { count: 2, last: WEBHOOK_REPLAY_MAX + 2, more: false, gone: 0 });
    assert.equal((await webhooks.find(scene.app, id))?.callSeq, 2 * (WEBHOOK_REPLAY_MAX + 2));
  });

  it('cannot be made anew without their events, which is told; a test can', async () => {
    const { webhooks, events } = get();
    const { scene, id, slot } = await held(get, 2);
    const calls = await scene.calls(slot, 2);
    await events.append([{ app: scene.app, type: 'device.updated', data: {} }], scene.now + 10);
    const renewed = (await webhooks.renew([heldBy(slot)], scene.now, scene.now + 1_000))[0];
    assert.ok(renewed);
    const [third] = await scene.calls(renewed, 1);
    const test = await webhooks.addTest(scene.app, id, 'whc_t', scene.now);
    const all = [...calls, third, test].map((call) => attemptOf(call as WebhookCall, scene.now, { kind: 'parked' }));
    await webhooks.record(recordOf(slot, all), scene.now);
    await events.sweep(scene.now + 1, 10, scene.now + 1);
    const range = { since: scene.now, until: scene.now + 1 };
    const replayed = await webhooks.replay(scene.app, id, range, newId, scene.now);
    assert.deepEqual(replayed, { count: 2, last: 4, more: false, gone: 2 });
    await events.sweep(scene.now + 11, 10, scene.now + 1);
    const none = await webhooks.replay(scene.app, id, { ...range, after: 2 }, (of) => `${of}z`, scene.now);
    assert.deepEqual(none, { count: 1, last: 4, more: false, gone: 1 });
  });
}

function sweepingSuite(get: () => OpenedStore): void {
  it('go when they have been settled long enough; those that waited too long are told as lost', async () => {
    const { webhooks } = get();
    const { scene, id, slot } = await held(get, 4);
    await scene.tidied();
    const calls = await scene.calls(slot, 4);
    const [a, b] = calls;
    assert.ok(a && b);
    await webhooks.addTest(scene.app, id, 'whc_t', scene.now);
    const end = (call: WebhookCall, at: number) =>
      webhooks.record(recordOf(slot, [attemptOf(call, at, { kind: 'parked' }, 'bytes')]), at);
    await end(a, scene.now + 5);
    await end(b, scene.now + 20);
    const steps = [];
    for (;;) {
      const step = await webhooks.sweep(scene.now + 10, 2, scene.now + 30);
      steps.push(step);
      if (step.removed === 0) break;
    }
    assert.deepEqual(
      steps.map(({ removed }) => removed),
      [2, 2, 0],
    );
    const lost = steps.flatMap((step) => step.lost);
    assert.ok(lost.every(({ app, endpoint }) => app === scene.app && endpoint === id));
    assert.equal(
      lost.reduce((sum, { events }) => sum + events, 0),
      2,
    );
    assert.deepEqual((await webhooks.find(scene.app, id))?.lost, { events: 2, at: scene.now + 30 });
    const left = await webhooks.calls(scene.app, id, {}, { limit: 9 });
    assert.deepEqual(
      left.items.map(({ seq }) => seq),
      [2],
    );
    assert.equal((await scene.call(id, b.id)).attempts.length, 1);
  });
}
