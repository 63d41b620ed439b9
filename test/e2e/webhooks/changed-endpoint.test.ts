import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { eventTypesOf } from '../../../src/domain/event.js';
import type { Dispatcher } from '../../../src/webhooks/dispatcher.js';
import { openReceiver, type Receiver } from '../../support/receiver-farm.js';
import { bodyOf, openWebhookScene, settle, type WebhookScene } from '../../support/webhook-scene.js';
import { until } from '../../support/world.js';

/** An endpoint is changed while a process has it in hand: what happens afterwards is told as it is then. */
describe('an endpoint that is changed while it is called', function () {
  this.timeout(60_000);
  let scene: WebhookScene;
  let dispatcher: Dispatcher;
  let receiver: Receiver;
  let held: ServerResponse[];
  before(async () => {
    scene = await openWebhookScene();
  });
  after(() => scene.close());
  beforeEach(async () => {
    held = [];
    receiver = await openReceiver();
    receiver.answer = (_call, answer) => void held.push(answer);
    dispatcher = scene.open();
  });
  afterEach(async () => {
    await dispatcher.drain(0);
    await receiver.close();
  });
  const told = () => receiver.calls.flatMap((call) => bodyOf(call).data.events.map(({ type }) => type));
  const release = async () => {
    receiver.answer = (_call, answer) => answer.writeHead(204).end();
    for (const answer of held) answer.writeHead(204).end();
    await settle(dispatcher);
  };
  /** One call is under way, so the endpoint stays in the dispatcher's hand. */
  const inHand = async () => {
    const endpoint = await scene.endpoint(receiver.url, eventsOf('device.registered'));
    await scene.happen('device.registered');
    await dispatcher.tick();
    await until(
      async () => held.length,
      (count) => count === 1,
      30_000,
    );
    return endpoint;
  };
  const eventsOf = (...events: string[]) => ({ events, types: eventTypesOf(events).types, maxWaitMs: 0 });

  it('is told of what it asks for now, although the log was about to be passed over by what it asked for before', async () => {
    const { app, id } = await inHand();
    await scene.store.webhooks.update(app, id, eventsOf('device.removed'), scene.now);
    await scene.happen('device.registered');
    await scene.happen('device.removed');
    await dispatcher.tick();
    await release();
    assert.deepEqual(told(), ['device.registered', 'device.removed']);
  });

  it('is told of nothing more once it is paused, and of all of it when it goes on', async () => {
    const { app, id } = await inHand();
    await scene.store.webhooks.setState(app, id, 'paused', undefined, scene.now);
    await scene.happen('device.registered', 2);
    await dispatcher.tick();
    await release();
    assert.deepEqual(told(), ['device.registered']);
    await scene.store.webhooks.setState(app, id, 'active', undefined, scene.now);
    await settle(dispatcher);
    assert.equal(told().length, 3);
  });
});
