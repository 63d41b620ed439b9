import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { loadConfig } from '../../config/load.js';
import { openStore } from '../../src/compose.js';
import type { Track } from '../../src/domain/accepted-message.js';
import { EVENT_TYPES, type LoggedEvent } from '../../src/domain/event.js';
import { newId, notificationId } from '../../src/domain/ids.js';
import { WEBHOOK_DEFAULTS } from '../../src/domain/webhook.js';
import { makeWebhookSecret } from '../../src/domain/webhook-secret.js';
import type { Store } from '../../src/store/store.js';
import { readLedger } from '../support/verdict.js';
import { createCaller, importDevices, openWorld, pushTokenOf, silentLog, until, type World } from '../support/world.js';

const DEVICES = 1_000;
const DEVICE_IDS = Array.from({ length: DEVICES }, (_, n) => `d${String(n).padStart(7, '0')}`);
/** The first ones are refused for good. */
const DEAD = 20;
const TRACKS = ['all', 'none'] as const satisfies readonly Track[];
const APP = 'demo';

describe('what the log tells of a send through which gateways are killed', function () {
  this.timeout(120_000);
  let world: World;
  let key: string;

  before(async () => {
    world = await openWorld({ roads: 'apns', latencyMs: 25 });
    key = await world.key();
    await withStore(({ webhooks }) =>
      webhooks.create(
        {
          id: newId('whe', Date.now(), randomBytes),
          app: APP,
          settings: { ...WEBHOOK_DEFAULTS, url: 'https://hooks.example/push', events: ['*'], types: EVENT_TYPES },
        },
        { value: makeWebhookSecret(randomBytes), createdAt: Date.now() },
        Date.now(),
      ),
    );
    for (let n = 0; n < DEAD; n++) {
      const fault = { kind: 'answer' as const, status: 410, reason: 'Unregistered' };
      world.simulators.faults.add({ provider: 'apns', match: { token: pushTokenOf(n) }, fault });
    }
  });
  after(() => world.close());

  /** The store of a world in which no gateway runs at this moment. */
  async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
    const config = await loadConfig({ dir: world.configDir, env: {}, flags: world.flags });
    const opened = await openStore(config, { log: silentLog });
    try {
      return await work(opened.store);
    } finally {
      await opened.close();
    }
  }

  function readAll(): Promise<readonly LoggedEvent[]> {
    return withStore(async ({ events }) => {
      const all: LoggedEvent[] = [];
      for (let after = 0; ; ) {
        const step = await events.read(APP, { after }, EVENT_TYPES, 1_000);
        all.push(...step.events);
        if (step.scanned <= after) return all;
        after = step.scanned;
      }
    });
  }

  it('is what the simulators accepted, device by device: nobody is missing, nobody is told twice', async () => {
    const { ledger } = world.simulators;
    const reached = (share: number) =>
      until(
        async () => ledger.summary().accepted.total,
        (count) => count >= DEVICES * TRACKS.length * share,
        60_000,
      );
    const first = await world.spawn();
    await importDevices(first.url, key, DEVICES);
    const messages = await Promise.all(TRACKS.map((track) => send(first.url, track)));
    await reached(0.15);
    await first.end('SIGKILL');
    const second = await world.spawn();
    await reached(0.6);
    await second.end('SIGKILL');
    const third = await world.spawn();
    const done = await Promise.all(messages.map((message) => completed(third.url, message)));
    assert.equal(await third.end('SIGTERM'), 0);

    // A vendor sees neither message nor device: the id of both together tells them.
    const pairs = messages.flatMap((message) => DEVICE_IDS.map((device) => `${message} ${device}`));
    const pairOf = new Map(pairs.map((pair) => [notificationId(...(pair.split(' ') as [string, string])), pair]));
    const lines = readLedger(ledger).filter(({ accepted }) => accepted);
    const taken = new Set(lines.map(({ id }) => pairOf.get(id)));
    const told = await readAll();
    const toldOf = (type: string) =>
      told.filter((event) => event.type === type).map(({ data }) => `${data.message} ${data.device}`);
    const sent = toldOf('delivery.sent');
    assert.equal(taken.size, (DEVICES - DEAD) * TRACKS.length);
    assert.deepEqual(new Set(sent), taken);
    assert.equal(new Set(sent).size, sent.length, 'somebody was told twice');
    const dead = messages.flatMap((message) => DEVICE_IDS.slice(0, DEAD).map((device) => `${message} ${device}`));
    assert.deepEqual(toldOf('delivery.failed').sort(), dead.sort());
    for (const [n, message] of messages.entries()) {
      const counts = done[n];
      assert.deepEqual([counts?.sent, counts?.failed], [DEVICES - DEAD, DEAD]);
      const words = told.filter(({ data }) => data.message === message);
      assert.equal(words[0]?.type, 'message.queued');
      assert.deepEqual([words.at(-1)?.type, words.at(-1)?.data.counts], ['message.completed', counts]);
    }
  });

  async function send(url: string, track: Track): Promise<string> {
    const body = { to: 'everyone', notification: { title: 'Kill' }, delivery: { track } };
    const sent = await createCaller(url, key)<{ id: string }>('POST', '/v1/messages', body);
    assert.equal(sent.status, 202);
    return sent.body.id;
  }

  async function completed(url: string, message: string) {
    const call = createCaller(url, key)<{ status: string; counts: Record<string, number> }>;
    const { body } = await until(
      () => call('GET', `/v1/messages/${message}`),
      ({ body: { status } }) => status === 'completed',
      60_000,
    );
    return body.counts;
  }
});
