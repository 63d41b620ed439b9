import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { WebhookStore } from '../../../src/ports/webhook-store.js';
import { openReceiver, type Receiver } from '../../support/receiver-farm.js';
import { bodyOf, openWebhookScene, settle, type WebhookScene } from '../../support/webhook-scene.js';

/** Longer than a tick takes over an embedded store: each tick comes while the look before is under way. */
const SLOW_MS = 40;

describe('a dispatcher that is asked again before the store has answered', function () {
  this.timeout(60_000);
  let scene: WebhookScene;
  let receiver: Receiver;
  before(async () => {
    scene = await openWebhookScene();
    receiver = await openReceiver();
  });
  after(async () => {
    await scene.close();
    await receiver.close();
  });
  const slowly = (webhooks: WebhookStore): WebhookStore => ({
    ...webhooks,
    async due(...asked) {
      await wait(SLOW_MS);
      return webhooks.due(...asked);
    },
    async record(...told) {
      await wait(SLOW_MS);
      return webhooks.record(...told);
    },
  });

  it('tells everything once, and gives endpoints back when nothing is left', async () => {
    const dispatcher = scene.open({ webhooks: slowly(scene.store.webhooks) });
    await scene.endpoint(receiver.url, { maxEvents: 10 });
    await scene.happen('device.updated', 50);
    await settle(dispatcher, 10_000);
    const seqs = receiver.calls.flatMap((call) => bodyOf(call).data.events.map(({ seq }) => seq));
    assert.deepEqual(
      seqs.toSorted((a, b) => a - b),
      Array.from({ length: 50 }, (_, n) => n + 1),
    );
  });

  it('stops in the time it is given, although the store does not answer', async () => {
    const { webhooks } = scene.store;
    let asked = 0;
    const mute: WebhookStore = {
      ...webhooks,
      due: () => {
        asked += 1;
        return new Promise(() => {});
      },
    };
    const dispatcher = scene.open({ webhooks: mute });
    await scene.happen('device.updated');
    void dispatcher.tick(); // waits for the store
    while (asked === 0) await wait(2);
    const began = performance.now();
    await dispatcher.drain(100);
    assert.ok(performance.now() - began < 5_000);
    await settle(scene.open());
  });
});
