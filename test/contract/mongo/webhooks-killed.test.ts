import assert from 'node:assert/strict';
import type { WebhookCall, WebhookSlot } from '../../../src/ports/webhook-store.js';
import { attemptOf, callOf, heldBy, recordOf, settingsFor, WebhookScene } from '../store/webhook-scene.js';
import { BOTH_ORDERS, dyingAmong } from './at-each-command.js';
import { openParties, type Parties } from './mortal-ground.js';

/** A process that dies anywhere in a change of an endpoint: who repeats it, or stands in, leaves nothing out and nothing twice. */
describe('store/mongo: webhooks whose process dies', function () {
  this.timeout(120_000);
  let parties: Parties;
  before(async function () {
    parties = await openParties(this);
  });
  after(() => parties?.close());

  interface Held {
    readonly scene: WebhookScene;
    readonly slot: WebhookSlot;
    readonly calls: readonly WebhookCall[];
  }

  /** An endpoint that somebody holds, with three calls and three events behind them. */
  async function held(): Promise<Held> {
    const scene = new WebhookScene(parties.party);
    const { id } = await scene.endpoint();
    await scene.happen('delivery.failed', 6);
    const slot = await scene.slot(id);
    return { scene, slot, calls: await scene.calls(slot, 3) };
  }

  const atEachCommand = dyingAmong(() => parties);

  /** Numbers of its calls are as many as it has given, without holes. */
  async function numbers({ scene, slot }: Held, at: string): Promise<readonly WebhookCall[]> {
    const { items } = await scene.webhooks.calls(scene.app, slot.endpoint.id, {}, { limit: 1_000 });
    const calls = items.toReversed();
    const { callSeq } = (await scene.webhooks.find(scene.app, slot.endpoint.id)) ?? {};
    assert.deepEqual(
      calls.map(({ seq }) => seq),
      Array.from({ length: callSeq ?? 0 }, (_, i) => i + 1),
      at,
    );
    return calls;
  }

  const told = async (app: string, type: string) =>
    (await parties.told(app)).filter((event) => event.type === type).length;

  it('in making calls: each is there once', () =>
    atEachCommand(
      async () => ({ ...(await held()), drafts: [4, 5].map((n) => callOf(n, 1)) }),
      ({ webhooks }, { slot, drafts, scene }) => webhooks.addCalls(heldBy(slot), drafts, 6, scene.now),
      async (given, at) => {
        const calls = await numbers(given, at);
        assert.deepEqual(
          calls.slice(3).map(({ id }) => id),
          given.drafts.map(({ id }) => id),
          at,
        );
        const { scene, slot } = given;
        assert.equal((await scene.webhooks.find(scene.app, slot.endpoint.id))?.cursor, 6, at);
        assert.equal((await scene.webhooks.due(slot.endpoint.id, scene.now, 10)).calls.length, 5, at);
      },
      BOTH_ORDERS,
    ));

  it('in recording: each attempt is there once, and what was told is told once', () =>
    atEachCommand(
      held,
      ({ webhooks }, { slot, calls, scene }) => {
        const [a, b] = calls as [WebhookCall, WebhookCall];
        const { app, now } = scene;
        const again = { kind: 'again', dueAt: now + 100 } as const;
        const attempts = [attemptOf(a, now, again, 'bytes'), attemptOf(b, now, { kind: 'delivered' })];
        const events = (['webhook.failing', 'webhook.paused'] as const).map((type) => ({ app, type, data: {} }));
        const trouble = { failingSince: now, failingToldAt: now, disable: 'no', events };
        return webhooks.record(recordOf(slot, attempts, trouble), now);
      },
      async (given, at) => {
        const { scene, slot } = given;
        const { id } = slot.endpoint;
        const calls = await numbers(given, at);
        assert.deepEqual(
          calls.map(({ state, attempts }) => [state, attempts]),
          [
            ['waiting', 1],
            ['delivered', 1],
            ['waiting', 0],
          ],
          at,
        );
        const [first] = calls as [WebhookCall];
        assert.equal((await scene.call(id, first.id)).attempts.length, 1, at);
        assert.equal((await scene.webhooks.bodies(id, [first.id])).get(first.id), 'bytes', at);
        assert.equal(await told(scene.app, 'webhook.failing'), 1, at);
        assert.equal(await told(scene.app, 'webhook.paused'), 1, at);
      },
      BOTH_ORDERS,
    ));

  it('in making calls anew, and in asking for a test: each is there once', () =>
    atEachCommand(
      async () => {
        const given = await held();
        const { scene, slot, calls } = given;
        const ends = calls.map((call) => attemptOf(call, scene.now, { kind: 'parked' }));
        await scene.webhooks.record(recordOf(slot, ends), scene.now);
        return given;
      },
      async ({ webhooks }, { scene, slot }) => {
        const { app, now } = scene;
        const { id } = slot.endpoint;
        await webhooks.replay(app, id, { since: now, until: now + 1 }, (of) => `${of}r`, now + 2);
        await webhooks.addTest(app, id, 'whc_t', now + 2);
      },
      async (given, at) => {
        const calls = await numbers(given, at);
        const ids = given.calls.map(({ id }) => `${id}r`);
        assert.deepEqual(
          calls.slice(3).map(({ id }) => id),
          [...ids, 'whc_t'],
          at,
        );
      },
    ));

  it('in going on after a pause: what waits is due', () =>
    atEachCommand(
      async () => {
        const given = await held();
        const { scene, slot, calls } = given;
        const later = calls.map((call) => attemptOf(call, scene.now, { kind: 'again', dueAt: scene.now + 99_000 }));
        await scene.webhooks.record(recordOf(slot, later, { holdUntil: scene.now + 99_000 }), scene.now);
        await scene.webhooks.setState(scene.app, slot.endpoint.id, 'paused', undefined, scene.now);
        return given;
      },
      ({ webhooks }, { scene, slot }) =>
        webhooks.setState(scene.app, slot.endpoint.id, 'active', undefined, scene.now + 1),
      async ({ scene, slot }, at) => {
        assert.equal((await scene.webhooks.due(slot.endpoint.id, scene.now + 1, 10)).calls.length, 3, at);
        await scene.webhooks.release([heldBy(slot)]);
        assert.deepEqual(await scene.claimed(scene.now + 1), [slot.endpoint.id], at);
      },
    ));

  it('in making, changing and removing an endpoint: its events are written for as long as it is there, and not after', () =>
    atEachCommand(
      async () => ({ scene: new WebhookScene(parties.party), id: `whe_${Math.random().toString(36).slice(2)}` }),
      async ({ webhooks }, { scene, id }) => {
        const { app, now } = scene;
        const settings = settingsFor(['device.updated']);
        await webhooks.create({ id, app, settings }, { value: 'whsec_x', createdAt: now }, now);
        const { events, types } = settingsFor(['device.removed']);
        await webhooks.update(app, id, { events, types }, now);
      },
      async ({ scene, id }, at) => {
        await scene.happen('device.updated');
        await scene.happen('device.removed');
        assert.deepEqual(
          (await scene.events(['device.updated', 'device.removed'])).map(({ type }) => type),
          ['device.removed'],
          at,
        );
        assert.equal((await scene.webhooks.list(scene.app, { limit: 9 })).items.length, 1, at);
        await scene.webhooks.remove(scene.app, id);
        await scene.happen('device.removed');
        assert.equal(await scene.head(), 1, at);
      },
    ));

  it('in removing it: nothing of it is left, and another of its name begins anew', () =>
    atEachCommand(
      held,
      ({ webhooks }, { scene, slot }) => webhooks.remove(scene.app, slot.endpoint.id),
      async ({ scene, slot }, at) => {
        const { id } = slot.endpoint;
        assert.equal(await scene.webhooks.find(scene.app, id), undefined, at);
        await scene.happen('delivery.failed');
        assert.equal(await scene.head(), 6, at);
        const settings = settingsFor(['*']);
        await scene.webhooks.create({ id, app: scene.app, settings }, { value: 'whsec_x', createdAt: 1 }, scene.now);
        assert.deepEqual((await scene.webhooks.calls(scene.app, id, {}, { limit: 9 })).items, [], at);
        await scene.tidied();
        assert.notEqual(await scene.webhooks.find(scene.app, id), undefined, at);
      },
    ));

  it('in sweeping: what was lost is counted once', () =>
    atEachCommand(
      held,
      async ({ webhooks, events }, { scene }) => {
        for (const part of [webhooks, events]) {
          while ((await part.sweep(scene.now + 1, 2, scene.now + 9)).removed > 0);
        }
      },
      async ({ scene, slot }, at) => {
        const endpoint = await scene.webhooks.find(scene.app, slot.endpoint.id);
        assert.equal(endpoint?.lost?.events, 6, at);
        assert.deepEqual((await scene.webhooks.calls(scene.app, slot.endpoint.id, {}, { limit: 9 })).items, [], at);
        await scene.happen('delivery.failed');
        assert.deepEqual(
          (await scene.events(['delivery.failed'])).map(({ seq }) => seq),
          [7],
          at,
        );
        await scene.webhooks.remove(scene.app, slot.endpoint.id);
        await parties.party.events.sweep(scene.now + 99, 100, scene.now + 99);
      },
    ));
});
