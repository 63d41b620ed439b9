import assert from 'node:assert/strict';
import {
  HOSTILE_KINDS,
  type HostileReceiver,
  openBadCertificate,
  openHostile,
  openReceiver,
  openTlsStall,
  type Receiver,
} from '../../support/receiver-farm.js';
import { bodyOf, distinct, openWebhookScene, type WebhookScene } from '../../support/webhook-scene.js';
import { until } from '../../support/world.js';

const HEALTHY = 10;
const ROUNDS = 10;
/** Those that hang hold on to their first call through the whole test. */
const TIMEOUT_MS = 110_000;
const HANGING = 4;

describe('receivers of every hostile kind beside those that work', function () {
  this.timeout(120_000);
  let scene: WebhookScene;
  let hostile: HostileReceiver[];
  let healthy: Receiver[];
  before(async () => {
    scene = await openWebhookScene();
    hostile = await Promise.all([...HOSTILE_KINDS.map(openHostile), openTlsStall(), openBadCertificate()]);
    healthy = await Promise.all(Array.from({ length: HEALTHY }, () => openReceiver()));
  });
  after(async () => {
    await scene.close();
    await Promise.all([...hostile, ...healthy].map((receiver) => receiver.close()));
  });

  it('take no time and no memory from the others', async () => {
    for (const { url } of hostile) await scene.endpoint(url);
    for (const { url } of healthy) await scene.endpoint(url);
    const dispatcher = scene.open({ timeoutMs: TIMEOUT_MS });
    const toldOf = (receiver: Receiver) => distinct(receiver.calls).flatMap((call) => bodyOf(call).data.events);
    const before = process.memoryUsage().arrayBuffers;
    for (let round = 1; round <= ROUNDS; round++) {
      await scene.happen('device.updated', 3);
      const isTold = async () => {
        await dispatcher.tick();
        return healthy.every((receiver) => toldOf(receiver).length === 3 * round);
      };
      await until(isTold, Boolean, 30_000);
      scene.now += 1_000;
    }
    // Those that hang still do, and hold one place each.
    await until(
      async () => dispatcher.underWay(),
      (count) => count === HANGING,
      30_000,
    );
    assert.ok(!scene.outcomes.includes('timeout'));
    for (const outcome of ['garbled', 'connection', 'tls', 'delivered'])
      assert.ok(scene.outcomes.includes(outcome), outcome);
    assert.ok(
      hostile.every((receiver) => receiver.connections() > 0),
      'each of them was called',
    );
    const grown = process.memoryUsage().arrayBuffers - before;
    assert.ok(grown < 20 * 1024 ** 2, `${grown} bytes more of buffers`);
    for (const receiver of healthy) assert.equal(distinct(receiver.calls).length, receiver.calls.length);
    await dispatcher.drain(0);
    assert.equal(dispatcher.underWay(), 0);
  });
});

describe('an endpoint that names the gateway itself', () => {
  it('is refused before anything is looked up or connected', async () => {
    const { notOurselves } = await import('../../../src/webhooks/not-ourselves.js');
    const asked: string[] = [];
    const poster = notOurselves(
      {
        post: async (url) => {
          asked.push(url);
          return { kind: 'aborted', ms: 0 };
        },
        close: () => undefined,
      },
      { allowsSome: true, isAllowed: () => true, publicUrl: 'https://push.example.org' },
    );
    const post = (url: string) => poster.post(url, {}, Buffer.alloc(0), new AbortController().signal);
    const result = await post('https://PUSH.example.org:443/v1/messages');
    assert.ok(result.kind === 'failed' && result.reason === 'refused');
    assert.match(result.sentence, /gateway itself/);
    await post('https://push.example.org.evil.example/');
    assert.deepEqual(asked, ['https://push.example.org.evil.example/']);
  });
});
