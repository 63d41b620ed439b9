import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { makeWebhookSecret } from '../../../src/domain/webhook-secret.js';
import type { Dispatcher } from '../../../src/webhooks/dispatcher.js';
import { openReceiver, type Receiver } from '../../support/receiver-farm.js';
import {
  bodyOf,
  distinct,
  openWebhookScene,
  settle,
  turn,
  verify,
  type WebhookScene,
} from '../../support/webhook-scene.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

describe('the dispatcher of webhooks', function () {
  this.timeout(60_000);
  let scene: WebhookScene;
  let dispatcher: Dispatcher;
  let receiver: Receiver;
  before(async () => {
    scene = await openWebhookScene();
  });
  after(() => scene.close());
  beforeEach(async () => {
    receiver = await openReceiver();
    scene.now = Date.now();
    dispatcher = scene.open();
  });
  afterEach(async () => {
    await dispatcher.drain(0);
    const { items } = await scene.store.webhooks.list(scene.app, { limit: 100 });
    for (const { id } of items) await scene.store.webhooks.remove(scene.app, id);
    await receiver.close();
  });
  const seqsOf = (calls = distinct(receiver.calls)) =>
    calls.flatMap((call) => bodyOf(call).data.events.map(({ seq }) => seq));
  const callsOf = async (id: string) => (await scene.store.webhooks.calls(scene.app, id, {}, { limit: 100 })).items;

  it('tells every event once, in batches that are full, signed, and numbered without a hole', async () => {
    const secret = makeWebhookSecret(randomBytes);
    const endpoint = await scene.endpoint(receiver.url, { secret });
    await scene.happen('device.updated', 350);
    await settle(dispatcher);
    assert.deepEqual(receiver.calls.map((call) => bodyOf(call).data.events.length).sort(), [100, 100, 100, 50]);
    for (const call of receiver.calls) verify(secret, call);
    const devices = receiver.calls.flatMap((call) => bodyOf(call).data.events.map(({ data }) => data.device));
    assert.equal(new Set(devices).size, 350);
    const numbers = receiver.calls.map((call) => bodyOf(call).data.endpoint_seq).sort();
    assert.deepEqual(numbers, [1, 2, 3, 4]);
    const kept = await callsOf(endpoint.id);
    assert.deepEqual(
      kept.map(({ state, attempts }) => [state, attempts]),
      Array.from({ length: 4 }, () => ['delivered', 1]),
    );
    assert.deepEqual((await scene.find(endpoint.id)).lastSuccessAt, scene.now);
  });

  it('tells an endpoint of its own types alone, and passes over the others without a call', async () => {
    const endpoint = await scene.endpoint(receiver.url, { events: ['device.removed'] });
    const other = await openReceiver();
    await scene.endpoint(other.url);
    await scene.happen('device.updated', 3);
    await settle(dispatcher);
    assert.equal(receiver.calls.length, 0);
    assert.equal(other.calls.length, 1);
    const { cursor } = await scene.find(endpoint.id);
    await scene.happen('device.removed');
    await settle(dispatcher);
    assert.deepEqual(seqsOf(), [cursor + 1]);
    await other.close();
  });

  it('waits for more events to come into a call, as long as the endpoint wants, and no longer for one that is full', async () => {
    await scene.endpoint(receiver.url, { maxWaitMs: 10_000, maxEvents: 5 });
    await scene.happen('device.updated', 7);
    await turn(dispatcher);
    scene.now += 5_000;
    await scene.happen('device.updated', 1);
    await turn(dispatcher);
    assert.deepEqual(
      receiver.calls.map((call) => bodyOf(call).data.events.length),
      [5],
    );
    scene.now += 5_000;
    await settle(dispatcher);
    assert.deepEqual(
      receiver.calls.map((call) => bodyOf(call).data.events.length),
      [5, 3],
    );
  });

  it('counts deliveries for an endpoint that wants a summary', async () => {
    await scene.endpoint(receiver.url, { level: 'summary' });
    const event = (device: string) => ({
      message: 'msg_1',
      state: 'failed',
      provider: 'apns',
      device,
      reason: 'expired',
    });
    const data = Array.from({ length: 1_200 }, (_, n) => event(`d${n}`));
    await scene.store.events.append(
      data.map((entry) => ({ app: scene.app, type: 'delivery.failed' as const, data: entry })),
      scene.now,
    );
    await settle(dispatcher);
    assert.ok(receiver.calls.length <= 12, `${receiver.calls.length} calls`);
  });

  it('repeats a failed call under the same id with the same bytes, a new time, and every live secret', async () => {
    const [old, fresh] = [makeWebhookSecret(randomBytes), makeWebhookSecret(randomBytes)];
    const endpoint = await scene.endpoint(receiver.url, { secret: old });
    receiver.answer = (_call, response) => response.writeHead(500).end('no');
    await scene.happen('device.updated', 2);
    await settle(dispatcher);
    await scene.store.webhooks.rotate(
      ...([scene.app, endpoint.id, { value: fresh, createdAt: scene.now }, scene.now + DAY_MS, scene.now] as const),
    );
    receiver.answer = (_call, response) => response.end();
    await settle(dispatcher);
    assert.equal(receiver.calls.length, 1, 'it is not due yet');
    scene.now += 5_000;
    await settle(dispatcher);
    const [first, second] = receiver.calls;
    assert.ok(first !== undefined && second !== undefined);
    assert.equal(distinct(receiver.calls).length, 1);
    assert.equal(Number(second.headers['webhook-timestamp']) - Number(first.headers['webhook-timestamp']), 5);
    verify(old, first);
    for (const secret of [old, fresh]) verify(secret, second);
    const [call] = await callsOf(endpoint.id);
    const told = await scene.store.webhooks.call(scene.app, endpoint.id, call?.id ?? '');
    assert.deepEqual(
      told?.attempts.map(({ n, status, error, answer }) => [n, status, error, answer]),
      [
        [1, 500, 'it answered 500', 'no'],
        [2, 200, undefined, undefined],
      ],
    );
    assert.equal(told?.attempts[0]?.requestHeaders['webhook-signature'], undefined);
  });

  it('keeps exact order for a strict endpoint: a call that fails holds up all after it', async () => {
    await scene.endpoint(receiver.url, { order: 'strict', maxEvents: 10 });
    receiver.answer = ({ body }, response) => response.writeHead(body.includes('"endpoint_seq":2,') ? 503 : 200).end();
    await scene.happen('device.updated', 50);
    await settle(dispatcher);
    assert.deepEqual(
      receiver.calls.map((call) => bodyOf(call).data.endpoint_seq),
      [1, 2],
    );
    receiver.answer = (_call, response) => response.end();
    scene.now += 61_000;
    await settle(dispatcher);
    assert.deepEqual(
      receiver.calls.map((call) => bodyOf(call).data.endpoint_seq),
      [1, 2, 2, 3, 4, 5],
    );
    const seqs = seqsOf();
    assert.deepEqual(
      seqs,
      seqs.toSorted((a, b) => a - b),
    );
    assert.equal(seqs.length, 50);
  });

  it('lets other calls of a loose endpoint go on beside one that is always refused', async () => {
    const endpoint = await scene.endpoint(receiver.url, { maxEvents: 1 });
    let poison = '';
    receiver.answer = ({ headers }, response) => {
      if (poison === '') poison = String(headers['webhook-id']);
      response.writeHead(headers['webhook-id'] === poison ? 500 : 200).end();
    };
    await scene.happen('device.updated', 30);
    for (let n = 0; n < 4; n++) {
      await settle(dispatcher);
      scene.now += 5_000;
    }
    assert.equal(distinct(receiver.calls).length, 30);
    const waiting = (await callsOf(endpoint.id)).filter(({ state }) => state === 'waiting');
    assert.deepEqual(
      waiting.map(({ id }) => id),
      [poison],
    );
    assert.ok((waiting[0]?.attempts ?? 9) <= 2);
  });

  it('leaves a receiver alone that is down, but for one call now and then, and brings it everything when it is back', async () => {
    const endpoint = await scene.endpoint(receiver.url, { maxEvents: 1 });
    receiver.answer = (_call, response) => response.writeHead(500).end();
    await scene.happen('device.updated', 200);
    for (let minute = 0; minute < 60; minute++) {
      await settle(dispatcher);
      scene.now += MINUTE_MS;
    }
    assert.ok(receiver.calls.length < 40, `${receiver.calls.length} calls in an hour`);
    receiver.answer = (_call, response) => response.end();
    scene.now += 5 * MINUTE_MS;
    await settle(dispatcher);
    await settle(dispatcher);
    assert.equal(distinct(receiver.calls).length, 200);
    assert.deepEqual(new Set((await callsOf(endpoint.id)).map(({ state }) => state)), new Set(['delivered']));
    assert.equal((await scene.find(endpoint.id)).failingSince, undefined);
  });

  it('waits for as long as a receiver asks that has too much to do', async () => {
    const endpoint = await scene.endpoint(receiver.url, { maxEvents: 1 });
    receiver.answer = (_call, response) => response.writeHead(429, { 'retry-after': '120' }).end();
    await scene.happen('device.updated', 5);
    await settle(dispatcher);
    const before = receiver.calls.length;
    receiver.answer = (_call, response) => response.end();
    scene.now += 119_000;
    await settle(dispatcher);
    assert.equal(receiver.calls.length, before);
    assert.equal((await scene.find(endpoint.id)).holdUntil, scene.now + 1_000);
    scene.now += 1_000;
    await settle(dispatcher);
    assert.equal(distinct(receiver.calls).length, 5);
  });

  it('skips a call where the receiver asks for that, and disables an endpoint that is gone', async () => {
    const endpoint = await scene.endpoint(receiver.url, { maxEvents: 1 });
    receiver.answer = (_call, response) => response.writeHead(400, { 'webhook-delivery': 'abort-message' }).end();
    await scene.happen('device.updated');
    await settle(dispatcher);
    assert.deepEqual(
      (await callsOf(endpoint.id)).map(({ state }) => state),
      ['skipped'],
    );
    assert.equal((await scene.find(endpoint.id)).failingSince, undefined);

    const other = await openReceiver();
    await scene.endpoint(other.url, { events: ['webhook.paused'] });
    receiver.answer = (_call, response) => response.writeHead(410).end();
    await scene.happen('device.updated', 2);
    await settle(dispatcher);
    const gone = await scene.find(endpoint.id);
    assert.equal(gone.state, 'disabled');
    assert.match(gone.stateReason ?? '', /410/);
    const told = other.calls.flatMap((call) => bodyOf(call).data.events);
    assert.deepEqual(
      told.map(({ type, data }) => [type, data.endpoint]),
      [['webhook.paused', endpoint.id]],
    );

    receiver.answer = (_call, response) => response.end();
    scene.now += DAY_MS;
    await settle(dispatcher);
    const before = receiver.calls.length;
    await scene.store.webhooks.setState(scene.app, endpoint.id, 'active', undefined, scene.now);
    await settle(dispatcher);
    assert.equal(receiver.calls.length - before, 2);
    await other.close();
  });

  it('sends nothing to an endpoint that is paused, but a test, and goes on from there when it is resumed', async () => {
    const endpoint = await scene.endpoint(receiver.url);
    await scene.store.webhooks.setState(scene.app, endpoint.id, 'paused', undefined, scene.now);
    await scene.happen('device.updated', 3);
    await settle(dispatcher);
    assert.equal(receiver.calls.length, 0);
    await scene.store.webhooks.addTest(scene.app, endpoint.id, 'whc_testtesttest', scene.now);
    await settle(dispatcher);
    const [test] = receiver.calls;
    assert.ok(test !== undefined);
    assert.deepEqual(
      bodyOf(test).data.events.map(({ id, type, seq, data }) => [id, type, seq, data]),
      [['evt_testtesttest', 'webhook.test', 0, { endpoint: endpoint.id }]],
    );
    receiver.answer = (_call, response) => response.writeHead(500).end();
    await scene.store.webhooks.addTest(scene.app, endpoint.id, 'whc_anothertest', scene.now);
    await settle(dispatcher);
    const [tried] = await callsOf(endpoint.id);
    assert.deepEqual([tried?.id, tried?.state, tried?.attempts], ['whc_anothertest', 'parked', 1], 'it is tried once');
    assert.equal((await scene.find(endpoint.id)).failingSince, undefined);
    receiver.answer = (_call, response) => response.end();
    await scene.store.webhooks.setState(scene.app, endpoint.id, 'active', undefined, scene.now);
    await settle(dispatcher);
    assert.equal(seqsOf().filter((seq) => seq > 0).length, 3);
  });

  it('tells the app’s other endpoints after a day of nothing but failures, and disables it after five', async () => {
    const endpoint = await scene.endpoint(receiver.url, { events: ['device.*', 'webhook.*'] });
    const other = await openReceiver();
    await scene.endpoint(other.url, { events: ['webhook.*'] });
    receiver.answer = (_call, response) => response.writeHead(500).end();
    const failedAt = scene.now;
    for (let hour = 0; hour < 6 * 24; hour += 3) {
      if (hour % 24 === 0) await scene.happen('device.updated');
      await settle(dispatcher);
      scene.now += 3 * 60 * MINUTE_MS;
    }
    const told = other.calls.flatMap((call) => bodyOf(call).data.events);
    assert.deepEqual(
      told.map(({ type, data }) => [type, data.endpoint, data.since]),
      [
        ['webhook.failing', endpoint.id, new Date(failedAt).toISOString()],
        ['webhook.paused', endpoint.id, new Date(failedAt).toISOString()],
      ],
    );
    assert.equal((await scene.find(endpoint.id)).state, 'disabled');
    receiver.answer = (_call, response) => response.end();
    await scene.store.webhooks.setState(scene.app, endpoint.id, 'active', undefined, scene.now);
    receiver.calls.length = 0;
    await settle(dispatcher);
    const types = receiver.calls.flatMap((call) => bodyOf(call).data.events.map(({ type }) => type));
    assert.deepEqual(new Set(types), new Set(['device.updated']), 'it hears nothing of itself');
    await other.close();
  });

  it('takes nothing from a dispatcher that holds it, and takes over when that one is gone', async () => {
    await scene.endpoint(receiver.url, { maxWaitMs: 3_600_000 });
    await scene.happen('device.updated');
    const first = scene.open();
    await first.tick();
    const second = scene.open();
    await second.tick();
    assert.equal(first.isIdle(), false);
    assert.equal(second.isIdle(), true);
    scene.now += 21_000;
    await second.tick();
    assert.equal(second.isIdle(), false);
    await first.tick();
    assert.equal(first.isIdle(), true, 'it knows that it lost it');
    await second.drain(0);
    assert.equal(second.isIdle(), true);
    await first.drain(0);
  });

  it('lets calls end when it stops, breaks off what takes too long, and gives everything back', async () => {
    const slow = await openReceiver();
    slow.answer = () => undefined;
    const [quickOne, slowOne] = [await scene.endpoint(receiver.url), await scene.endpoint(slow.url)];
    let answer: () => void = () => undefined;
    receiver.answer = (_call, response) => {
      answer = () => response.end();
    };
    await scene.happen('device.updated');
    const stopping = scene.open({ timeoutMs: 60_000 });
    await stopping.tick();
    while (receiver.calls.length + slow.calls.length < 2) await new Promise((resolve) => setImmediate(resolve));
    const drained = stopping.drain(300);
    answer();
    await drained;
    assert.equal(stopping.underWay(), 0);
    assert.deepEqual(
      (await callsOf(quickOne.id)).map(({ state, attempts }) => [state, attempts]),
      [['delivered', 1]],
    );
    assert.deepEqual(
      (await callsOf(slowOne.id)).map(({ state, attempts }) => [state, attempts]),
      [['waiting', 0]],
    );
    slow.answer = (_call, response) => response.end();
    await settle(dispatcher);
    assert.equal(distinct(slow.calls).length, 1);
    assert.equal(slow.calls.length, 2);
    await slow.close();
  });
});
