import assert from 'node:assert/strict';
import type { EventType } from '../../../src/domain/event.js';
import type { FileEndpoint } from '../../../src/ports/webhook-store.js';
import { WEBHOOK_ENDPOINTS_MAX, WEBHOOK_SECRETS_MAX } from '../../../src/ports/webhook-store.js';
import { allPages, type OpenedStore } from './scene.js';
import { attemptOf, heldBy, recordOf, secretAt, settingsFor, WebhookScene } from './webhook-scene.js';

/** `WebhookStore`: endpoints, their secrets, and which events are written because of them. */
export function webhookEndpointsSuite(get: () => OpenedStore): void {
  describe('webhook endpoints', () => {
    keepingSuite(get);
    interestSuite(get);
    beginningSuite(get);
    secretsSuite(get);
    filesSuite(get);
  });
}

function keepingSuite(get: () => OpenedStore): void {
  it('keeps what it was made with, and begins with what happens from then on', async () => {
    const { webhooks } = get();
    const scene = new WebhookScene(get());
    await scene.endpoint(['device.*']);
    await scene.happen('device.updated', 3);
    const settings = settingsFor(['message.completed', 'delivery.*'], {
      description: 'for the CRM',
      level: 'summary',
      order: 'strict',
      maxEvents: 7,
      maxWaitMs: 0,
    });
    const made = await webhooks.create(
      { id: `whe_${scene.app}`, app: scene.app, settings },
      secretAt(scene.now),
      scene.now,
    );
    assert.deepEqual(made, {
      ...settings,
      id: `whe_${scene.app}`,
      app: scene.app,
      source: 'api',
      state: 'active',
      createdAt: scene.now,
      updatedAt: scene.now,
      callSeq: 0,
      cursor: 3,
    });
    assert.deepEqual(await webhooks.find(scene.app, `whe_${scene.app}`), made);
    assert.equal(await webhooks.find('other', `whe_${scene.app}`), undefined);
    assert.equal(await webhooks.find(scene.app, 'whe_x'), undefined);
  });

  it('gives one that is there already back as it is', async () => {
    const { webhooks } = get();
    const scene = new WebhookScene(get());
    const id = `whe_${scene.app}`;
    const create = (url: string, at: number) =>
      webhooks.create({ id, app: scene.app, settings: settingsFor(['*'], { url }) }, secretAt(at), at);
    const both = await Promise.all([create('https://a.example/', scene.now), create('https://b.example/', scene.now)]);
    assert.deepEqual(both[0], both[1]);
    const secrets = await webhooks.secrets(scene.app, id, scene.now);
    assert.deepEqual(await create('https://c.example/', scene.now + 1), both[0]);
    assert.deepEqual(await webhooks.secrets(scene.app, id, scene.now), secrets);
  });

  it('lists them in the order of ids, page by page, and takes no more than an app may have', async () => {
    const { webhooks } = get();
    const scene = new WebhookScene(get());
    const foreign = new WebhookScene(get());
    await foreign.endpoint();
    const made: string[] = [];
    for (let n = 0; n < WEBHOOK_ENDPOINTS_MAX; n++) made.push((await scene.endpoint(['message.*'])).id);
    const create = () =>
      webhooks.create({ id: 'whe_more', app: scene.app, settings: settingsFor(['*']) }, secretAt(scene.now), scene.now);
    assert.equal(await create(), 'full');
    const listed = await allPages((page) => webhooks.list(scene.app, page), 30);
    assert.deepEqual(
      listed.items.map(({ id }) => id),
      [...made].sort(),
    );
    assert.equal(listed.pages, 4);
    assert.ok(await webhooks.remove(scene.app, made[0] ?? ''));
    assert.notEqual(await create(), 'full');
  });

  it('changes what is given and keeps the rest', async () => {
    const { webhooks } = get();
    const scene = new WebhookScene(get());
    const made = await scene.endpoint(['message.*'], { description: 'old' });
    const change = { url: 'https://new.example/', events: ['device.*'], types: settingsFor(['device.*']).types };
    const changed = await webhooks.update(scene.app, made.id, change, scene.now + 5);
    assert.deepEqual(changed, { ...made, ...change, updatedAt: scene.now + 5 });
    assert.deepEqual(await webhooks.find(scene.app, made.id), changed);
    const { description: _, ...bare } = { ...made, ...change, updatedAt: scene.now + 6 };
    assert.deepEqual(await webhooks.update(scene.app, made.id, { description: '' }, scene.now + 6), bare);
    assert.equal(await webhooks.update('other', made.id, change, scene.now), undefined);
    assert.equal(await webhooks.update(scene.app, 'whe_x', change, scene.now), undefined);
  });

  it('removes one with its calls, step by step, and another of the same id begins anew', async () => {
    const { webhooks } = get();
    const scene = new WebhookScene(get());
    await scene.tidied();
    const id = `whe_${scene.app}`;
    const create = () =>
      webhooks.create({ id, app: scene.app, settings: settingsFor(['device.*']) }, secretAt(scene.now), scene.now);
    await create();
    await scene.happen('device.updated', 30);
    const slot = await scene.slot(id);
    const [first] = await scene.calls(slot, 30);
    assert.ok(first);
    assert.equal(await webhooks.remove('other', id), false);
    assert.equal(await webhooks.remove(scene.app, id), true);
    assert.equal(await webhooks.remove(scene.app, id), false);
    assert.equal(await webhooks.find(scene.app, id), undefined);
    assert.equal(await webhooks.call(scene.app, id, first.id), undefined);
    assert.deepEqual((await webhooks.due(id, scene.now, 10)).calls, []);
    assert.equal(await webhooks.addCalls(heldBy(slot), [], 1, scene.now), undefined);
    assert.equal(
      await webhooks.record(recordOf(slot, [attemptOf(first, scene.now, { kind: 'delivered' })]), scene.now),
      false,
    );
    assert.deepEqual(await webhooks.renew([heldBy(slot)], scene.now, scene.now + 1), [undefined]);

    await create();
    assert.deepEqual((await webhooks.calls(scene.app, id, {}, { limit: 10 })).items, []);
    let removed = 0;
    for (;;) {
      const step = await webhooks.sweep(scene.now - 86_400_000, 7, scene.now);
      if (step.removed === 0) break;
      assert.deepEqual(step.lost, []);
      removed += step.removed;
    }
    assert.equal(removed, 31, 'thirty calls, and that there was such an endpoint');
    assert.notEqual(await webhooks.find(scene.app, id), undefined);
  });

  it('goes from state to state; one that is active again begins at once', async () => {
    const { webhooks } = get();
    const scene = new WebhookScene(get());
    const { id } = await scene.endpoint();
    await scene.happen('device.updated', 2);
    const slot = await scene.slot(id);
    const [call] = await scene.calls(slot, 2);
    assert.ok(call);
    const failed = attemptOf(call, scene.now, { kind: 'again', dueAt: scene.now + 300_000 });
    const trouble = { failingSince: scene.now, failingToldAt: scene.now, holdUntil: scene.now + 400_000 };
    await webhooks.record(recordOf(slot, [failed], { ...trouble, disable: 'it answered 410' }), scene.now + 1);
    const disabled = await webhooks.find(scene.app, id);
    assert.ok(disabled);
    assert.equal(disabled.state, 'disabled');
    assert.equal(disabled.stateReason, 'it answered 410');
    assert.equal(disabled.updatedAt, scene.now + 1);
    assert.equal(disabled.failingSince, scene.now);
    assert.equal(disabled.failingToldAt, scene.now);
    assert.equal(disabled.holdUntil, scene.now + 400_000);

    const paused = await webhooks.setState(scene.app, id, 'paused', undefined, scene.now + 2);
    const { stateReason: _, ...others } = disabled;
    assert.deepEqual(paused, { ...others, state: 'paused', updatedAt: scene.now + 2 });
    assert.deepEqual(await webhooks.setState(scene.app, id, 'paused', undefined, scene.now + 3), paused);

    const active = await webhooks.setState(scene.app, id, 'active', undefined, scene.now + 4);
    assert.equal(active?.state, 'active');
    assert.equal(active?.failingSince, undefined);
    assert.equal(active?.failingToldAt, undefined);
    assert.equal(active?.holdUntil, undefined);
    const due = await webhooks.due(id, scene.now + 4, 10);
    assert.deepEqual(
      due.calls.map(({ seq, dueAt, attempts }) => [seq, dueAt - scene.now, attempts]),
      [
        [1, 4, 1],
        [2, 0, 0],
      ],
    );
    assert.equal(await webhooks.setState('other', id, 'paused', undefined, scene.now), undefined);
  });
}

function interestSuite(get: () => OpenedStore): void {
  it('has events of a type written for as long as an endpoint of the app wants it, also while that is paused', async () => {
    const { webhooks } = get();
    const scene = new WebhookScene(get());
    const types: readonly EventType[] = ['device.updated', 'device.removed', 'message.queued'];
    const written = async () => {
      const before = await scene.head();
      for (const type of types) await scene.happen(type);
      return (await scene.events(types, before)).map(({ type }) => type);
    };
    assert.deepEqual(await written(), []);
    const one = await scene.endpoint(['device.*']);
    const two = await scene.endpoint(['device.removed']);
    assert.deepEqual(await written(), ['device.updated', 'device.removed']);
    await webhooks.setState(scene.app, one.id, 'paused', undefined, scene.now);
    await webhooks.setState(scene.app, two.id, 'disabled', 'gone', scene.now);
    assert.deepEqual(await written(), ['device.updated', 'device.removed']);
    const queued = settingsFor(['message.queued']);
    await webhooks.update(scene.app, one.id, { events: queued.events, types: queued.types }, scene.now);
    assert.deepEqual(await written(), ['device.removed', 'message.queued']);
    await webhooks.remove(scene.app, two.id);
    assert.deepEqual(await written(), ['message.queued']);
    await webhooks.remove(scene.app, one.id);
    assert.deepEqual(await written(), []);
  });

  it('ends with exactly the interest of those that are left, when many are changed at the same time', async () => {
    const { webhooks } = get();
    const scene = new WebhookScene(get());
    for (let round = 0; round < 5; round++) {
      const [old, older] = [await scene.endpoint(['device.updated']), await scene.endpoint(['device.removed'])];
      const removed = settingsFor(['device.removed']);
      const [, , made] = await Promise.all([
        webhooks.remove(scene.app, old.id),
        webhooks.remove(scene.app, older.id),
        scene.endpoint(['device.updated']),
        scene.endpoint(['message.queued']).then(({ id }) => webhooks.update(scene.app, id, removed, scene.now)),
      ]);
      const before = await scene.head();
      for (const type of ['device.updated', 'device.removed', 'message.queued'] as const) await scene.happen(type);
      assert.deepEqual(
        (await scene.events(['device.updated', 'device.removed', 'message.queued'], before)).map(({ type }) => type),
        ['device.updated', 'device.removed'],
      );
      for (const { id } of (await webhooks.list(scene.app, { limit: 100 })).items) await webhooks.remove(scene.app, id);
      assert.ok(made);
    }
  });
}

/** What happens while endpoints come and go. */
function beginningSuite(get: () => OpenedStore): void {
  it('tells whatever begins after an endpoint was made, while others write and another endpoint goes', async () => {
    const { webhooks, events } = get();
    const scene = new WebhookScene(get());
    for (let round = 0; round < 5; round++) {
      const old = await scene.endpoint(['device.updated']);
      let isMade = false;
      const expected: string[] = [];
      const write = async (writer: number) => {
        for (let n = 0; n < 8; n++) {
          const device = `${writer}-${n}`;
          if (isMade) expected.push(device);
          await events.append([{ app: scene.app, type: 'device.updated', data: { device } }], scene.now);
        }
      };
      const make = async () => {
        const made = await scene.endpoint(['device.updated']);
        isMade = true;
        return made;
      };
      const [made] = await Promise.all([make(), webhooks.remove(scene.app, old.id), write(1), write(2), write(3)]);
      await write(4);
      const told = (await scene.events(['device.updated'], made.cursor)).map(({ data }) => data.device);
      assert.equal(new Set(told).size, told.length);
      for (const device of expected) assert.ok(told.includes(device), `${device} in round ${round}`);
      await webhooks.remove(scene.app, made.id);
    }
  });

  it('tells a change that was under way when the endpoint was made, and ends after it', async function () {
    const { holdAccept } = get();
    // PGlite has one session: there is no second one that could be under way.
    if (holdAccept === undefined) return this.skip();
    const scene = new WebhookScene(get());
    await scene.endpoint(['message.queued']);
    const before = scene.message();
    await get().messages.accept([before], scene.now);
    const message = scene.message();
    const hold = await holdAccept(message, scene.now);
    const made = await scene.endpoint(['message.queued']);
    await hold.release();
    assert.deepEqual(
      (await scene.events(['message.queued'], made.cursor)).map(({ data }) => data.message),
      [message.accepted.id],
    );
  });
}

function secretsSuite(get: () => OpenedStore): void {
  it('gives secrets newest first, and lets old ones sign until their time is over', async () => {
    const { webhooks } = get();
    const scene = new WebhookScene(get());
    const made = [secretAt(scene.now), secretAt(scene.now + 1), secretAt(scene.now + 2)] as const;
    const id = `whe_${scene.app}`;
    await webhooks.create({ id, app: scene.app, settings: settingsFor(['*']) }, made[0], scene.now);
    const at = (now: number) => webhooks.secrets(scene.app, id, scene.now + now);
    assert.deepEqual(await at(0), [made[0]]);
    assert.equal(await webhooks.rotate(scene.app, id, made[1], scene.now + 100, scene.now + 1), true);
    assert.equal(await webhooks.rotate(scene.app, id, made[2], scene.now + 200, scene.now + 2), true);
    const [first, second] = [
      { ...made[0], until: scene.now + 100 },
      { ...made[1], until: scene.now + 200 },
    ];
    assert.deepEqual(await at(2), [made[2], second, first]);
    assert.deepEqual(await at(100), [made[2], second]);
    assert.deepEqual(await at(200), [made[2]]);
    await scene.happen('device.updated');
    assert.deepEqual((await scene.slot(id, scene.now + 100)).secrets, [made[2], second], 'a slot has the same');
    assert.equal(await webhooks.secrets('other', id, scene.now), undefined);
    assert.equal(await webhooks.rotate('other', id, made[1], scene.now, scene.now), false);
  });

  it('takes no more secrets than may sign at once', async () => {
    const { webhooks } = get();
    const scene = new WebhookScene(get());
    const { id } = await scene.endpoint();
    const rotate = (now: number) =>
      webhooks.rotate(scene.app, id, secretAt(scene.now + now), scene.now + now + 100, scene.now + now);
    for (let n = 1; n < WEBHOOK_SECRETS_MAX; n++) assert.equal(await rotate(n), true);
    assert.equal(await rotate(50), 'full');
    assert.equal((await webhooks.secrets(scene.app, id, scene.now + 50))?.length, WEBHOOK_SECRETS_MAX);
    assert.equal(await rotate(101), true, 'the first one signs no more');
  });

  it('keeps secrets, bodies and answers sealed', async () => {
    const { webhooks, everythingStored } = get();
    const scene = new WebhookScene(get());
    const { id } = await scene.endpoint();
    await scene.happen('device.updated');
    const slot = await scene.slot(id);
    const [call] = await scene.calls(slot, 1);
    assert.ok(call);
    const failed = attemptOf(call, scene.now, { kind: 'again', dueAt: scene.now }, 'body-canary-0123');
    const answer = 'answer-canary-0123';
    await webhooks.record(recordOf(slot, [{ ...failed, attempt: { ...failed.attempt, answer } }]), scene.now);
    const [secret] = (await webhooks.secrets(scene.app, id, scene.now)) ?? [];
    assert.ok(secret);
    const stored = await everythingStored();
    for (const text of [secret.value.slice(6), answer, 'body-canary-0123']) {
      for (const form of [text, Buffer.from(text).toString('hex'), Buffer.from(text).toString('base64')]) {
        assert.ok(!stored.includes(form));
      }
    }
    assert.equal((await webhooks.bodies(id, [call.id])).get(call.id), 'body-canary-0123');
    assert.equal((await scene.call(id, call.id)).attempts[0]?.answer, answer);
  });
}

function filesSuite(get: () => OpenedStore): void {
  it('makes the endpoints of files exactly those that are given, and leaves others alone', async () => {
    const { webhooks } = get();
    const [scene, other] = [new WebhookScene(get()), new WebhookScene(get())];
    const own = await scene.endpoint(['message.*']);
    const secret = secretAt(scene.now);
    const entry = (app: string, name: string, change = {}): FileEndpoint => ({
      ...{ app, name, settings: settingsFor(['device.*'], change), secret },
    });
    const listed = async (app: string) => {
      const { items } = await webhooks.list(app, { limit: 100 });
      return new Map(items.filter(({ source }) => source === 'file').map((found) => [found.name, found]));
    };
    await webhooks.syncFiles([entry(scene.app, 'crm'), entry(scene.app, 'bi'), entry(other.app, 'crm')], scene.now);
    const first = await listed(scene.app);
    assert.deepEqual([...first.keys()].sort(), ['bi', 'crm']);
    const crm = first.get('crm');
    assert.ok(crm);
    assert.equal(crm.source, 'file');
    assert.deepEqual(await webhooks.secrets(scene.app, crm.id, scene.now), [secret]);
    assert.equal((await listed(other.app)).size, 1);

    await scene.happen('device.updated', 3);
    await scene.calls(await scene.slot(crm.id), 2);
    await webhooks.syncFiles([entry(scene.app, 'crm'), entry(scene.app, 'bi', { maxEvents: 5 })], scene.now + 9);
    const second = await listed(scene.app);
    assert.deepEqual(second.get('crm'), { ...crm, callSeq: 2, cursor: 2 }, 'nothing was to be changed');
    assert.deepEqual(second.get('bi'), { ...first.get('bi'), maxEvents: 5, updatedAt: scene.now + 9 });
    assert.equal((await listed(other.app)).size, 0);
    await other.happen('device.updated');
    assert.equal(await other.head(), 0, 'nobody wants it any more');

    await Promise.all([webhooks.syncFiles([], scene.now), webhooks.syncFiles([], scene.now)]);
    assert.equal((await listed(scene.app)).size, 0);
    assert.deepEqual(await webhooks.find(scene.app, own.id), own);
  });

  it('takes another secret at once, keeps a state that somebody chose, and tries a disabled one again at another address', async () => {
    const { webhooks } = get();
    const scene = new WebhookScene(get());
    const secrets = [secretAt(scene.now), secretAt(scene.now + 1)] as const;
    const sync = (url: string, secret = secrets[0]) =>
      webhooks.syncFiles([{ app: scene.app, name: 'crm', settings: settingsFor(['*'], { url }), secret }], scene.now);
    const now = async () => {
      const [found] = (await webhooks.list(scene.app, { limit: 1 })).items;
      assert.ok(found);
      return found;
    };
    await sync('https://a.example/');
    const { id } = await now();
    await webhooks.setState(scene.app, id, 'paused', undefined, scene.now);
    await sync('https://b.example/', secrets[1]);
    assert.deepEqual(await webhooks.secrets(scene.app, id, scene.now), [secrets[1]]);
    assert.equal((await now()).state, 'paused');
    await webhooks.setState(scene.app, id, 'disabled', 'it answered 410', scene.now);
    await sync('https://b.example/', secrets[1]);
    assert.equal((await now()).state, 'disabled');
    await sync('https://c.example/', secrets[1]);
    assert.equal((await now()).state, 'active');
    assert.equal((await now()).stateReason, undefined);
    await webhooks.syncFiles([], scene.now);
  });
}
