import assert from 'node:assert/strict';
import { Agent } from 'node:https';
import webPush, { WebPushError } from 'web-push';
import { SERVICE_NAMES } from '../../../../providers/webpush/simulator.js';
import { openRig, type Rig, SUBJECT } from './simulator-rig.js';

/** A client that others wrote judges whether the simulator speaks Web Push. It speaks HTTP/1.1. */
describe('Web Push simulator, as web-push sees it', () => {
  let rig: Rig;
  let agent: Agent;

  beforeEach(async () => {
    rig = await openRig();
    // web-push signs by the clock of the machine.
    rig.clock.now = Date.now();
    agent = new Agent({ ca: rig.ca, keepAlive: true });
  });
  afterEach(async () => {
    agent.destroy();
    await rig.close();
  });

  const options = (): webPush.RequestOptions => ({ agent, TTL: 60, vapidDetails: { subject: SUBJECT, ...rig.vapid } });

  for (const service of SERVICE_NAMES) {
    it(`sends to ${service}, and the browser reads what was sent`, async () => {
      const subscription = await rig.subscribe(service);
      const payload = JSON.stringify({ title: 'Grüße', n: 1 });
      const result = await webPush.sendNotification(subscription, payload, {
        ...options(),
        topic: 'n',
        urgency: 'high',
      });
      assert.equal(result.statusCode, 201);
      assert.match(String(result.headers.location), /^https:\/\/127\.0\.0\.1:\d+\/m\//);
      const [entry] = rig.ledger;
      assert.deepEqual([entry?.token, entry?.accepted, entry?.payloadJson], [subscription.endpoint, true, payload]);
    });
  }

  it('takes the keys that web-push makes, and web-push takes those of the simulator', async () => {
    const keys = webPush.generateVAPIDKeys();
    const [subscription] = await rig.simulator.subscribe({ service: 'apple', count: 1, vapidKey: keys.publicKey });
    assert.ok(subscription !== undefined);
    const vapidDetails = { subject: SUBJECT, ...keys };
    assert.equal(
      (await webPush.sendNotification(subscription, 'text', { ...options(), vapidDetails })).statusCode,
      201,
    );
    assert.equal(rig.ledger[0]?.payloadJson, '"text"', 'what is no JSON is kept as a JSON string');
  });

  it('learns that a subscription is gone', async () => {
    const subscription = await rig.subscribe('mozilla');
    rig.simulator.expire(subscription.endpoint);
    await assert.rejects(webPush.sendNotification(subscription, 'x', options()), (error) => {
      assert.ok(error instanceof WebPushError);
      assert.deepEqual([error.statusCode, JSON.parse(error.body).errno], [410, 106]);
      return true;
    });
  });

  it('is refused with a key that the subscription was not made with', async () => {
    const subscription = await rig.subscribe('apple');
    const vapidDetails = { subject: SUBJECT, ...webPush.generateVAPIDKeys() };
    await assert.rejects(webPush.sendNotification(subscription, 'x', { ...options(), vapidDetails }), (error) => {
      assert.ok(error instanceof WebPushError);
      assert.deepEqual([error.statusCode, error.body], [400, '{"reason":"VapidPkHashMismatch"}']);
      return true;
    });
  });

  it('sends a push without a payload', async () => {
    const subscription = await rig.subscribe();
    assert.equal((await webPush.sendNotification(subscription, null, options())).statusCode, 201);
    assert.deepEqual([rig.ledger[0]?.payloadJson, rig.ledger[0]?.accepted], [null, true]);
  });

  it('is refused with the legacy content coding', async () => {
    const subscription = await rig.subscribe('mozilla');
    const legacy = webPush.sendNotification(subscription, 'x', { ...options(), contentEncoding: 'aesgcm' });
    await assert.rejects(legacy, (error) => error instanceof WebPushError && error.statusCode === 401);
    assert.equal(rig.ledger[0]?.answer.reason, '109', 'its authorization scheme is not that of RFC 8292');
  });

  it('counts a JWT for each message, for that is how web-push signs', async () => {
    const subscription = await rig.subscribe('apple');
    for (let i = 0; i < 3; i += 1) await webPush.sendNotification(subscription, 'x', options());
    const { apple, google } = rig.simulator.summary();
    assert.deepEqual(apple, { subscriptions: 1, jwts: { distinct: 3, mostPerHour: 3 } });
    assert.deepEqual(google, { subscriptions: 0, jwts: { distinct: 0, mostPerHour: 0 } });
  });
});
