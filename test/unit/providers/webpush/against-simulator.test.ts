/** The adapter and the simulator were written from the RFCs apart from each other; here they meet. */
import assert from 'node:assert/strict';
import type { Message, Outcome, ProviderEnv, Target } from '../../../../providers/contract.js';
import { WEBPUSH_LIMITS } from '../../../../providers/webpush/kind.js';
import { WebPushProvider } from '../../../../providers/webpush/provider.js';
import { pushServices, type ServiceOf } from '../../../../providers/webpush/push-service.js';
import { SERVICE_NAMES, type ServiceName } from '../../../../providers/webpush/simulator.js';
import { parseSubscription } from '../../../../providers/webpush/subscription.js';
import { readVapidKeys, VapidHeaders } from '../../../../providers/webpush/vapid.js';
import { createEgress } from '../../../../src/egress/egress.js';
import { HOUR_MS, openRig, type Rig, SUBJECT } from './simulator-rig.js';

const ID = 'a3d1c7f0-1111-5222-8333-444455556666';
const never = new AbortController().signal;
const message: Message = {
  id: 'msg_1',
  app: 'shop',
  notification: { title: 'Grüße 🔔' },
  ttlSeconds: 600,
  priority: 'high',
  collapseKey: 'order 42',
};

describe('Web Push provider against the simulator', () => {
  let rig: Rig;
  let serviceOf: ServiceOf;
  let provider: WebPushProvider;

  beforeEach(async () => {
    rig = await openRig();
    serviceOf = pushServices(SERVICE_NAMES.map((name) => `${name}=${new URL(rig.simulator.origins[name]).host}`));
    provider = open(rig.vapid);
  });
  afterEach(async () => {
    await provider.close();
    await rig.close();
  });

  function open(vapidKeys: { publicKey: string; privateKey: string }): WebPushProvider {
    const env: ProviderEnv = {
      name: 'web',
      app: 'shop',
      now: () => rig.clock.now,
      log: { info: () => {}, warn: () => {}, error: () => {} },
      observe: () => {},
      egress: createEgress({ allow: ['127.0.0.0/8', '::1'] }),
    };
    const vapid = new VapidHeaders(readVapidKeys(JSON.stringify(vapidKeys)), SUBJECT, () => rig.clock.now);
    return new WebPushProvider(
      {
        vapid,
        serviceOf,
        ca: rig.ca,
        limits: WEBPUSH_LIMITS,
        pool: { pingBusyMs: 100, pingAnswerMs: 150, requestTimeoutMs: 1_000, dialBaseMs: 5, dialCapMs: 20 },
      },
      env,
    );
  }

  async function target(service: ServiceName): Promise<Target & { endpoint: string }> {
    const subscription = await rig.subscribe(service);
    return {
      pushToken: parseSubscription(subscription, serviceOf),
      notificationId: ID,
      endpoint: subscription.endpoint,
    };
  }

  async function sendOne(to: Target, what: Message = message, from = provider): Promise<Outcome> {
    const [outcome] = await from.send({ message: what, targets: [to] }, never);
    assert.ok(outcome !== undefined);
    return outcome;
  }

  for (const service of SERVICE_NAMES) {
    it(`${service}: takes, decrypts and shows a message; one token serves many`, async () => {
      const to = await target(service);
      for (let at = 0; at < 5; at += 1) assert.equal((await sendOne(to)).kind, 'accepted');
      assert.equal((await sendOne(to, { ...message, ttlSeconds: 0 })).kind, 'accepted');
      const { notification, pealbell } = JSON.parse(rig.ledger[0]?.payloadJson ?? 'null');
      assert.deepEqual(notification, { title: 'Grüße 🔔' });
      assert.deepEqual(pealbell, { tag: 'order 42', id: 'msg_1' });
      assert.equal(rig.ledger.filter(({ accepted }) => accepted).length, 6);
      assert.equal(rig.simulator.jwts(service).distinct, 1);
    });

    it(`${service}: takes a body of the largest size`, async () => {
      const to = await target(service);
      const room = 3993 - Buffer.byteLength('{"pealbell":{"tag":"","id":"msg_1"},"data":{"a":""}}') - ID.length;
      const full: Message = {
        id: 'msg_1',
        app: 'shop',
        data: { a: 'x'.repeat(room) },
        ttlSeconds: 60,
        priority: 'high',
      };
      assert.equal((await sendOne(to, full)).kind, 'accepted');
    });

    it(`${service}: a browser that unsubscribed is unregistered`, async () => {
      const to = await target(service);
      rig.simulator.expire(to.endpoint);
      assert.equal((await sendOne(to)).kind, 'unregistered');
    });

    it(`${service}: throttled and unavailable defer the target, as long as is asked for`, async () => {
      const to = await target(service);
      rig.faults.set(to.endpoint, [
        { kind: 'answer', status: 429, retryAfterSeconds: 7 },
        { kind: 'answer', status: 503, retryAfterSeconds: 9 },
      ]);
      for (const [reason, retryAfterMs] of [
        ['rate_limited', 7_000],
        ['provider_unavailable', 9_000],
      ] as const) {
        const { detail: _, ...outcome } = await sendOne(to);
        assert.deepEqual(outcome, { kind: 'deferred', scope: 'target', reason, retryAfterMs });
      }
    });

    it(`${service}: a stream that is reset or never answered is uncertain`, async () => {
      const to = await target(service);
      rig.faults.set(to.endpoint, [{ kind: 'reset' }, { kind: 'stall' }]);
      assert.equal((await sendOne(to)).kind, 'uncertain');
      assert.equal((await sendOne(to)).kind, 'uncertain');
    });

    it(`${service}: a subscription of another key does not stop the account once ours was taken`, async () => {
      const to = await target(service);
      const stranger = open((await import('web-push')).default.generateVAPIDKeys());
      try {
        const outcome = await sendOne(to, message, stranger);
        assert.ok(
          outcome.kind === 'misconfigured' || (outcome.kind === 'rejected' && outcome.reason === 'token_wrong_app'),
          JSON.stringify(outcome),
        );
        assert.equal(rig.ledger.filter(({ accepted }) => accepted).length, 0);
      } finally {
        await stranger.close();
      }
    });
  }

  it('a batch over all services reaches each of them', async () => {
    const targets = await Promise.all(SERVICE_NAMES.map(target));
    const outcomes = await provider.send({ message, targets }, never);
    assert.deepEqual(new Set(outcomes.map(({ kind }) => kind)), new Set(['accepted']));
    assert.equal(rig.ledger.filter(({ accepted }) => accepted).length, SERVICE_NAMES.length);
  });

  it('goes on over days with a token that is never too old', async () => {
    const to = await target('apple');
    for (let hour = 0; hour < 48; hour += 1) {
      assert.equal((await sendOne(to)).kind, 'accepted');
      rig.clock.now += HOUR_MS;
    }
    assert.equal(rig.simulator.jwts('apple').distinct, 8);
  });

  it('a connection that GOAWAY ends costs nothing', async () => {
    const to = await target('google');
    rig.faults.set(to.endpoint, [{ kind: 'goaway' }]);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => sendOne(to)));
    assert.deepEqual(new Set(outcomes.map(({ kind }) => kind)), new Set(['accepted']));
  });
});
