import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import type { Dispatcher } from '../../../src/webhooks/dispatcher.js';
import { openReceiver, type Receiver } from '../../support/receiver-farm.js';
import { bodyOf, distinct, openWebhookScene, settle, type WebhookScene } from '../../support/webhook-scene.js';

const ROUNDS = 80;
const HOUR_MS = 3_600_000;

/** What a receiver does with a call, by chance; most of them work. */
const WAYS: readonly ((response: ServerResponse) => void)[] = [
  (response) => response.writeHead(204).end(),
  (response) => response.writeHead(200).end('x'.repeat(100_000)),
  (response) => response.writeHead(200, { 'content-length': '1000' }).end('only this'),
  (response) => response.writeHead(500).end(),
  (response) => response.writeHead(429, { 'retry-after': '7' }).end(),
  (response) => response.writeHead(302, { location: 'https://elsewhere.example/' }).end(),
  (response) => response.socket?.destroy(),
];

describe('dispatchers that come and go, before receivers that fail by chance', function () {
  this.timeout(120_000);
  let scene: WebhookScene;
  let receivers: Receiver[];
  before(async () => {
    scene = await openWebhookScene();
    receivers = await Promise.all([openReceiver(), openReceiver(), openReceiver()]);
  });
  after(async () => {
    await scene.close();
    await Promise.all(receivers.map((receiver) => receiver.close()));
  });

  const seed = Date.now() % 1_000_000;
  it(`tell of everything, in one call each, and in order where it is strict (chance ${seed})`, async () => {
    const random = chance(seed);
    const below = (bound: number) => Math.floor(random() * bound);
    const orders = ['strict', 'loose', 'loose'] as const;
    const ids: string[] = [];
    for (const [index, receiver] of receivers.entries()) {
      receiver.answer = (_call, response) => WAYS[random() < 0.6 ? 0 : below(WAYS.length)]?.(response);
      const change = { order: orders[index] ?? 'loose', maxEvents: 1 + below(20), maxWaitMs: below(3) * 1_000 };
      ids.push((await scene.endpoint(receiver.url, { events: ['device.*'], ...change })).id);
    }
    let happened = 0;
    const crew: Dispatcher[] = [scene.open(), scene.open()];
    for (let round = 0; round < ROUNDS; round++) {
      const count = below(4) === 0 ? below(60) : below(3);
      await scene.happen('device.updated', count);
      happened += count;
      await crew[below(crew.length)]?.tick();
      if (below(8) === 0) {
        await crew.splice(below(crew.length), 1)[0]?.drain(below(2) * 50);
        crew.push(scene.open());
      }
      scene.now += below(3) === 0 ? below(600_000) : below(5_000);
    }
    for (const dispatcher of crew) await dispatcher.drain(0);
    for (const receiver of receivers) receiver.answer = (_call, response) => response.writeHead(204).end();
    scene.now += HOUR_MS; // nothing waits for more to come into its call: while the clock stands, that would wait for ever
    const last = scene.open();
    for (let hour = 0; hour < 8; hour++) {
      await settle(last);
      scene.now += HOUR_MS;
    }
    for (const [index, receiver] of receivers.entries()) {
      const calls = distinct(receiver.calls); // throws where a repeat has other bytes
      const seqs = calls.flatMap((call) => bodyOf(call).data.events.map(({ seq }) => seq));
      const wanted = Array.from({ length: happened }, (_, n) => n + 1);
      assert.deepEqual(orders[index] === 'strict' ? seqs : seqs.toSorted((a, b) => a - b), wanted);
      const { items } = await scene.store.webhooks.calls(scene.app, ids[index] ?? '', {}, { limit: 1_000 });
      assert.deepEqual(new Set(items.map(({ state }) => state)), new Set(['delivered']));
      assert.equal(items.length, calls.length);
    }
  });
});

/** The same numbers for the same seed (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
