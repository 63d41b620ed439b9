import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { loadConfig } from '../../config/load.js';
import { openStore } from '../../src/compose.js';
import { eventTypesOf } from '../../src/domain/event.js';
import { newId } from '../../src/domain/ids.js';
import { WEBHOOK_DEFAULTS } from '../../src/domain/webhook.js';
import { makeWebhookSecret } from '../../src/domain/webhook-secret.js';
import { openReceiver, type Receiver } from '../support/receiver-farm.js';
import { judge, readLedger } from '../support/verdict.js';
import { bodyOf, distinct } from '../support/webhook-scene.js';
import {
  createCaller,
  type GatewayProcess,
  importDevices,
  openWorld,
  pushTokenOf,
  silentLog,
  until,
  type World,
} from '../support/world.js';

const DEVICES = 4_000;
const KILLS = 3;
const SETTINGS = { 'egress.allow': '127.0.0.0/8' };

describe('a gateway killed with SIGKILL between change, event, call and record', function () {
  this.timeout(120_000);
  let world: World;
  let receivers: Receiver[];
  before(async () => {
    world = await openWorld({ roads: 'apns', latencyMs: 20 });
    receivers = await Promise.all([openReceiver(), openReceiver()]);
  });
  after(async () => {
    await world.close();
    await Promise.all(receivers.map((receiver) => receiver.close()));
  });

  it('tells of every device in the end, repeats calls only under their ids and with their bytes, and keeps the order', async () => {
    const key = await prepare();
    let gateway = await world.spawn({ settings: SETTINGS });
    await importDevices(gateway.url, key, DEVICES);
    const sent = await createCaller(gateway.url, key)<{ id: string }>('POST', '/v1/messages', {
      to: 'everyone',
      notification: { title: 'Kill' },
    });
    assert.equal(sent.status, 202);
    for (let kill = 1; kill <= KILLS; kill++) gateway = await killAfter(gateway, (kill * DEVICES) / (KILLS + 2));

    const told = () => distinct(receivers[0]?.calls ?? []).flatMap((call) => bodyOf(call).data.events);
    const isOver = (receiver: Receiver | undefined) =>
      distinct(receiver?.calls ?? []).some(({ body }) => body.includes('"message.completed"'));
    await until(async () => receivers.every(isOver), Boolean, 60_000);
    await until(
      async () => told().filter(({ type }) => type === 'delivery.sent').length,
      (n) => n >= DEVICES,
      30_000,
    );

    for (const [index, receiver] of receivers.entries()) {
      const calls = distinct(receiver.calls); // throws where a repeat has other bytes
      const numbers = calls.map((call) => bodyOf(call).data.endpoint_seq).toSorted((a, b) => a - b);
      assert.deepEqual(
        numbers,
        numbers.map((_, n) => n + 1),
      );
      const events = calls.flatMap((call) => bodyOf(call).data.events);
      assert.equal(new Set(events.map(({ id }) => id)).size, events.length, 'an event stands in one call');
      const seqs = events.map(({ seq }) => seq);
      if (index === 1)
        assert.deepEqual(
          seqs,
          seqs.toSorted((a, b) => a - b),
          'strict order',
        );
      const devices = events.filter(({ type }) => type === 'delivery.sent').map(({ data }) => data.device);
      assert.equal(devices.length, DEVICES);
      assert.equal(new Set(devices).size, DEVICES);
    }
    const wanted = new Set(Array.from({ length: DEVICES }, (_, n) => pushTokenOf(n)));
    assert.equal(judge(readLedger(world.simulators.ledger), wanted).lost, 0);
    assert.equal(await gateway.end('SIGTERM'), 0);
  });

  /** A key, and an endpoint at each receiver, the second one strict; made while nothing runs. */
  async function prepare(): Promise<string> {
    const key = await world.key();
    const config = await loadConfig({ dir: world.configDir, env: {}, flags: { ...world.flags, ...SETTINGS } });
    const { store, close } = await openStore(config, { log: silentLog });
    const events = ['delivery.*', 'message.completed'];
    for (const [index, { url }] of receivers.entries()) {
      const order = index === 1 ? ('strict' as const) : ('loose' as const);
      const settings = {
        ...WEBHOOK_DEFAULTS,
        url,
        events,
        types: eventTypesOf(events).types,
        order,
        maxEvents: 25,
        maxWaitMs: 0,
      };
      const secret = { value: makeWebhookSecret(randomBytes), createdAt: Date.now() };
      await store.webhooks.create(
        { id: newId('whe', Date.now(), randomBytes), app: 'demo', settings },
        secret,
        Date.now(),
      );
    }
    await close();
    return key;
  }

  /** Kills it in the middle of a call: after one has arrived and before it is answered. */
  async function killAfter(gateway: GatewayProcess, devices: number): Promise<GatewayProcess> {
    await until(
      async () => world.simulators.ledger.summary().accepted.total,
      (total) => total >= devices,
      60_000,
    );
    let isUnanswered = false;
    const count = Math.floor(Math.random() * 10);
    let seen = 0;
    for (const receiver of receivers) {
      receiver.answer = (_call, response) => {
        seen += 1;
        if (seen <= count) response.writeHead(204).end();
        else isUnanswered = true;
      };
    }
    await until(async () => isUnanswered, Boolean, 20_000);
    await gateway.end('SIGKILL');
    for (const receiver of receivers) receiver.answer = (_call, response) => response.writeHead(204).end();
    return world.spawn({ settings: SETTINGS });
  }
});
