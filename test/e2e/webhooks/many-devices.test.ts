import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { eventTypesOf } from '../../../src/domain/event.js';
import { newId } from '../../../src/domain/ids.js';
import { WEBHOOK_DEFAULTS } from '../../../src/domain/webhook.js';
import { makeWebhookSecret } from '../../../src/domain/webhook-secret.js';
import type { Store } from '../../../src/store/store.js';
import { openReceiver, type Receiver } from '../../support/receiver-farm.js';
import { bodyOf, distinct, verify } from '../../support/webhook-scene.js';
import { createCaller, importDevices, openWorld, until, type World } from '../../support/world.js';

/** `PEALBELL_DEVICES=100000` runs what the short form stands for. */
const DEVICES = Number(process.env.PEALBELL_DEVICES ?? 5_000);
/** 2,500 for 100,000 devices. */
const CALLS_MAX = (DEVICES / 100_000) * 2_500;
/** A call a second at the most: of a large send as many as it takes seconds. */
const SUMMARY_CALLS_MAX = Math.max(20, DEVICES / 500);
const PATIENCE_MS = 90_000 + DEVICES * 2;

describe('a send to many devices, as an endpoint is told of it', function () {
  this.timeout(120_000 + DEVICES * 10);
  let world: World;
  let receiver: Receiver;
  before(async () => {
    [world, receiver] = await Promise.all([openWorld({ roads: 'apns' }), openReceiver()]);
  });
  after(async () => {
    await world.close();
    await receiver.close();
  });

  it(`of ${DEVICES} comes completely, in at most ${CALLS_MAX} calls, and to a summary in a few`, async () => {
    let store: Store | undefined;
    const gateway = await world.open({
      settings: { 'egress.allow': '127.0.0.0/8' },
      variations: {
        observeParts: (parts) => {
          store = parts.store;
        },
      },
    });
    assert.ok(store !== undefined);
    const secret = makeWebhookSecret(randomBytes);
    for (const level of ['events', 'summary'] as const) {
      const events = ['delivery.*', 'message.completed'];
      const url = `${receiver.url}?${level}`;
      const settings = { ...WEBHOOK_DEFAULTS, url, events, types: eventTypesOf(events).types, level };
      const id = newId('whe', Date.now(), randomBytes);
      const now = Date.now();
      await store.webhooks.create({ id, app: 'demo', settings }, { value: secret, createdAt: now }, now);
    }
    const key = await world.key(gateway);
    const url = gateway.api?.url ?? '';
    await importDevices(url, key, DEVICES);
    const sent = await createCaller(url, key)<{ id: string }>('POST', '/v1/messages', {
      to: 'everyone',
      notification: { title: 'To all' },
    });
    assert.equal(sent.status, 202);

    const callsOf = (level: string) => distinct(receiver.calls.filter(({ path }) => path.endsWith(`?${level}`)));
    const eventsOf = (level: string) => callsOf(level).flatMap((call) => bodyOf(call).data.events);
    const isTold = (level: string) => eventsOf(level).some(({ type }) => type === 'message.completed');
    await until(
      async () => [isTold('events'), isTold('summary'), eventsOf('events').length],
      ([single, counted, count]) => single === true && counted === true && Number(count) > DEVICES,
      PATIENCE_MS,
    );
    const accepted = eventsOf('events').filter(({ type }) => type === 'delivery.sent');
    assert.equal(new Set(accepted.map(({ data }) => data.device)).size, DEVICES);
    assert.equal(accepted.length, DEVICES);
    assert.ok(callsOf('events').length <= CALLS_MAX, `${callsOf('events').length} calls`);
    const counts = eventsOf('summary').filter(({ type }) => type === 'delivery.sent');
    assert.equal(
      counts.reduce((sum, { data }) => sum + Number(data.count), 0),
      DEVICES,
    );
    assert.ok(callsOf('summary').length <= SUMMARY_CALLS_MAX, `${callsOf('summary').length} calls of a summary`);
    for (const call of receiver.calls.slice(0, 5)) verify(secret, call);
    if (process.env.PEALBELL_DEVICES !== undefined)
      console.log(`      ${callsOf('events').length} calls, ${callsOf('summary').length} of a summary`);
  });
});
