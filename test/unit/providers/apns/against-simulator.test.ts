import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { APNS_LIMITS, apnsKind } from '../../../../providers/apns/kind.js';
import { ApnsProvider } from '../../../../providers/apns/provider.js';
import { ProviderToken, readSigningKey } from '../../../../providers/apns/provider-token.js';
import type { Message, Outcome, ProviderEnv, Target } from '../../../../providers/contract.js';
import type { Fault } from '../../../../providers/simulation.js';
import { createEgress } from '../../../../src/egress/egress.js';
import { openRelay } from '../shared/raw-server.js';
import { BUNDLE_ID, MINUTE_MS, openRig, type Rig } from './simulator-rig.js';

const never = new AbortController().signal;
const message: Message = {
  id: 'msg_1',
  app: 'shop',
  notification: { title: 'Hello', body: 'Grüße 🔔', image: 'https://cdn.example/a.png', sound: 'default' },
  data: { order: '8812' },
  collapseKey: 'order-8812',
  ttlSeconds: 600,
  priority: 'normal',
};

function target(seed: number, part: Partial<Target> = {}): Target {
  const hex = createHash('sha256').update(String(seed)).digest('hex');
  return { pushToken: apnsKind.parsePushToken(hex), notificationId: randomUUID(), ...part };
}

function targetsOf(count: number): Target[] {
  return Array.from({ length: count }, (_, at) => target(at));
}

describe('APNs provider against the simulator', () => {
  let rig: Rig;
  let provider: ApnsProvider;

  function open(
    signer: { keyId: string; teamId: string } = rig.credentials,
    endpoints: Readonly<Record<'production' | 'sandbox', string>> = rig.simulator.urls,
  ): ApnsProvider {
    const env: ProviderEnv = {
      name: 'apns',
      app: 'shop',
      now: () => rig.clock.now,
      log: { info: () => {}, warn: () => {}, error: () => {} },
      observe: () => {},
      egress: createEgress({ allow: [] }),
    };
    const key = readSigningKey(rig.credentials.privateKey);
    return new ApnsProvider(
      {
        credential: { kind: 'token', token: new ProviderToken(key, signer.keyId, signer.teamId, () => rig.clock.now) },
        bundleId: BUNDLE_ID,
        endpoints,
        channelEndpoints: rig.simulator.manageUrls,
        ca: rig.ca,
        limits: APNS_LIMITS,
        pool: { pingBusyMs: 100, pingAnswerMs: 150, requestTimeoutMs: 1_000, dialBaseMs: 5, dialCapMs: 20 },
      },
      env,
    );
  }

  beforeEach(async () => {
    rig = await openRig();
    provider = open();
  });
  afterEach(async () => {
    await provider.close();
    await rig.close();
  });

  /** How often the simulator took a notification for this token. */
  function takenBy(pushToken: string): number {
    return rig.ledger.filter((entry) => entry.accepted && entry.token === pushToken).length;
  }

  function assertTruthful(targets: readonly Target[], outcomes: readonly Outcome[]): void {
    assert.equal(outcomes.length, targets.length);
    outcomes.forEach((outcome, at) => {
      const taken = takenBy(targets[at]?.pushToken ?? '');
      const allowed = outcome.kind === 'accepted' ? [1] : outcome.kind === 'uncertain' ? [0, 1] : [0];
      assert.ok(allowed.includes(taken), `${outcome.kind} but taken ${taken} times`);
    });
  }

  it('has a full batch accepted on a fresh connection, each once, with the ids it gave', async () => {
    const targets = targetsOf(500);
    const outcomes = await provider.send({ message, targets }, never);
    assert.deepEqual(new Set(outcomes.map(({ kind }) => kind)), new Set(['accepted']));
    assertTruthful(targets, outcomes);
    assert.deepEqual(
      new Set(rig.ledger.map(({ id }) => id)),
      new Set(targets.map(({ notificationId }) => notificationId)),
    );
  });

  it('sends visible, silent and overridden messages that the strict rules take', async () => {
    const { notification: _, ...silent } = message;
    const messages: Message[] = [
      message,
      silent,
      { ...message, ttlSeconds: 0, priority: 'low' },
      {
        ...message,
        override: { headers: { 'apns-priority': '10' }, payload: { aps: { 'interruption-level': 'time-sensitive' } } },
      },
      { ...message, notification: { body: 'x'.repeat(3_800) }, data: {} },
    ];
    for (const [at, one] of messages.entries()) {
      const [outcome] = await provider.send({ message: one, targets: [target(at)] }, never);
      assert.deepEqual(outcome?.kind, 'accepted', JSON.stringify(outcome));
    }
  });

  it('knows the vendor id by which Apple finds a notification of the sandbox', async () => {
    const [outcome] = await provider.send({ message, targets: [target(1, { environment: 'sandbox' })] }, never);
    assert.ok(outcome?.kind === 'accepted');
    assert.ok(outcome.vendorId !== undefined);
  });

  it('reports dead, foreign and throttled devices as what they are', async () => {
    const [dead, foreign, throttled] = targetsOf(3);
    assert.ok(dead && foreign && throttled);
    rig.faults.set(dead.pushToken, [
      { kind: 'answer', status: 410, reason: 'Unregistered', timestampMs: 1_799_999_999_000 },
    ]);
    rig.faults.set(foreign.pushToken, [{ kind: 'answer', status: 400, reason: 'BadDeviceToken' }]);
    rig.faults.set(throttled.pushToken, [
      { kind: 'answer', status: 429, reason: 'TooManyRequests', retryAfterSeconds: 9 },
    ]);
    const outcomes = await provider.send({ message, targets: [dead, foreign, throttled] }, never);
    assert.deepEqual(outcomes, [
      { kind: 'unregistered', asOf: 1_799_999_999_000, detail: { status: 410, code: 'Unregistered' } },
      { kind: 'rejected', reason: 'token_wrong_app', detail: { status: 400, code: 'BadDeviceToken' } },
      {
        kind: 'deferred',
        scope: 'target',
        reason: 'rate_limited',
        retryAfterMs: 9_000,
        detail: { status: 429, code: 'TooManyRequests' },
      },
    ]);
  });

  it('is misconfigured with a team that the key does not belong to', async () => {
    const wrong = open({ keyId: rig.credentials.keyId, teamId: 'WRONGTEAM1' });
    const [outcome] = await wrong.send({ message, targets: [target(1)] }, never);
    assert.equal(outcome?.kind, 'misconfigured');
    await wrong.close();
  });

  it('never trips Apple’s limit on provider tokens in six hours of use', async () => {
    for (let minute = 0; minute < 360; minute += 5, rig.clock.now += 5 * MINUTE_MS) {
      const outcomes = await provider.send(
        { message, targets: [target(1), target(2, { environment: 'sandbox' })] },
        never,
      );
      assert.deepEqual(
        outcomes.map(({ kind }) => kind),
        ['accepted', 'accepted'],
        JSON.stringify(outcomes),
      );
    }
  });

  const faults: [string, Fault][] = [
    ['GOAWAY', { kind: 'goaway' }],
    ['a reset', { kind: 'reset' }],
    ['a stall', { kind: 'stall' }],
    ['a limit of 1', { kind: 'max_streams', streams: 1 }],
  ];
  for (const [name, fault] of faults) {
    it(`says the truth about each of 300 targets when ${name} falls among them, and goes on afterwards`, async () => {
      const targets = targetsOf(300);
      const struck = targets[120];
      assert.ok(struck);
      rig.faults.set(struck.pushToken, [fault]);
      const outcomes = await provider.send({ message, targets }, never);
      assertTruthful(targets, outcomes);
      const uncertain = outcomes.filter(({ kind }) => kind === 'uncertain').length;
      const accepted = outcomes.filter(({ kind }) => kind === 'accepted').length;
      assert.equal(accepted + uncertain, 300, JSON.stringify(outcomes.find(({ kind }) => kind === 'deferred')));
      if (fault.kind === 'max_streams') assert.equal(uncertain, 0);
      if (fault.kind === 'reset' || fault.kind === 'stall') assert.ok(uncertain <= 1);
      const again = await provider.send({ message, targets: [target(999)] }, never);
      assert.equal(again[0]?.kind, 'accepted');
    });
  }

  it('says the truth about each of 300 targets when the connection freezes, and goes on over another', async () => {
    const relay = await openRelay({ origin: rig.simulator.urls.production });
    const relayed = open(rig.credentials, { ...rig.simulator.urls, production: relay.origin });
    const targets = targetsOf(300);
    const sending = relayed.send({ message, targets }, never);
    while (rig.ledger.length === 0) await new Promise((resolve) => setImmediate(resolve));
    relay.freeze();
    const outcomes = await sending;
    assertTruthful(targets, outcomes);
    const kinds = new Set(outcomes.map(({ kind }) => kind));
    assert.ok(kinds.has('uncertain'), 'what was on the frozen connection');
    const again = await relayed.send({ message, targets: [target(999)] }, never);
    assert.equal(again[0]?.kind, 'accepted');
    await relayed.close();
    await relay.close();
  });
});
