import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  isValidating,
  type JsonObject,
  type Message,
  type Outcome,
  type Provider,
  type ProviderLog,
  type Target,
} from '../../../../providers/contract.js';
import { credentialFailure } from '../../../../providers/fcm/credential-failure.js';
import { openGoogleCredential } from '../../../../providers/fcm/google-credential.js';
import { fcmKind } from '../../../../providers/fcm/kind.js';
import { readServiceAccount } from '../../../../providers/fcm/service-account.js';
import { createFcmCredentials, serviceAccountJson } from '../../../../providers/fcm/simulator.js';
import type { Fault } from '../../../../providers/simulation.js';
import { createLoopbackCertificate } from '../../../../src/simulators/certificates.js';
import { testEnv } from '../../../contract/provider.suite.js';
import { openRig, PROJECT_ID, type Rig } from './simulator-rig.js';

const never = new AbortController().signal;
const silent = () => {};
const message: Message = {
  id: 'msg_1',
  app: 'shop',
  notification: {
    title: 'Hello',
    body: 'Grüße 🔔',
    image: 'https://cdn.example/a.png',
    sound: 'default',
    badge: 3,
    click: { url: 'https://shop.example/8812', deepLink: 'shop://8812' },
    actions: [{ id: 'track', title: 'Track' }],
  },
  data: { order: '8812' },
  collapseKey: 'order 8812',
  ttlSeconds: 600,
  priority: 'normal',
};

function target(seed: number): Target {
  const hash = createHash('sha512').update(String(seed)).digest('base64url');
  const pushToken = fcmKind.parsePushToken(`${hash.slice(0, 22)}:APA91b${hash}${hash}`);
  return { pushToken, notificationId: randomUUID() };
}

function targetsOf(count: number): Target[] {
  return Array.from({ length: count }, (_, at) => target(at));
}

/** Kind, and what tells outcomes of one kind apart. */
function short(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'rejected':
      return `rejected ${outcome.reason}`;
    case 'deferred':
      return `deferred ${outcome.scope} ${outcome.reason}`;
    default:
      return outcome.kind;
  }
}

describe('FCM provider against the simulator', () => {
  let rig: Rig;
  let provider: Provider;

  function open(
    part: {
      project_id?: string;
      account?: string;
      endpoint?: string;
      token_endpoint?: string;
      ca?: string;
      log?: ProviderLog;
    } = {},
  ): Promise<Provider> {
    const { account, log, ...options } = part;
    return fcmKind.open(
      {
        service_account: account ?? serviceAccountJson(rig.credentials, 'https://nobody.invalid/token'),
        endpoint: rig.simulator.url,
        token_endpoint: rig.simulator.tokenUrl,
        ca: rig.ca,
        ...options,
      },
      testEnv({ now: () => rig.clock.now, ...(log === undefined ? {} : { log }) }),
    );
  }

  async function sendOne(by: Provider = provider, to: Target = target(1)): Promise<Outcome | undefined> {
    return (await by.send({ message, targets: [to] }, never))[0];
  }

  function sent(): JsonObject[] {
    return rig.ledger.flatMap(({ provider: road, payloadJson }) =>
      road === 'fcm' ? [JSON.parse(payloadJson ?? '{}') as JsonObject] : [],
    );
  }

  /** What the token endpoint answered, one by one. */
  function logins(): (number | null)[] {
    return rig.ledger.flatMap(({ provider: road, answer }) => (road === 'fcm_oauth' ? [answer.status] : []));
  }

  beforeEach(async () => {
    rig = await openRig();
    rig.clock.now = Date.now(); // firebase-admin signs by the real clock
    provider = await open();
  });

  afterEach(async () => {
    await provider.close();
    await rig.close();
  });

  it('signs in once for all and is accepted with everything a message may hold', async () => {
    const targets = targetsOf(120);
    const outcomes = await provider.send({ message, targets }, never);
    assert.deepEqual(new Set(outcomes.map(({ kind }) => kind)), new Set(['accepted']));
    const [first] = outcomes;
    assert.ok(first?.kind === 'accepted');
    assert.match(first.vendorId ?? '', new RegExp(`^projects/${PROJECT_ID}/messages/`));
    assert.deepEqual(
      sent()
        .map(({ message: one }) => (one as JsonObject).token)
        .sort(),
      targets.map(({ pushToken }) => String(pushToken)).sort(),
    );
    assert.deepEqual(logins(), [200]);
  });

  it('is accepted with a silent message, with a full payload, and at every priority', async () => {
    const { notification: _, ...silentMessage } = message;
    const full = { title: 'x'.repeat(3600) };
    const some: Message[] = [
      silentMessage,
      { ...message, notification: full, data: {} },
      { ...message, priority: 'low', ttlSeconds: 0 },
      { ...message, priority: 'high', ttlSeconds: 28 * 86_400, notification: { badge: 0 } },
      { ...message, override: { android: { notification: { channel_id: 'orders', color: '#00ff00' } } } },
    ];
    for (const one of some) {
      const outcomes = await provider.send({ message: one, targets: targetsOf(1) }, never);
      assert.equal(outcomes[0]?.kind, 'accepted', JSON.stringify(outcomes[0]));
    }
  });

  it('knows a dead device from one of another project and from a token that is none', async () => {
    const [dead, other, good] = targetsOf(3);
    assert.ok(dead && other && good);
    rig.simulator.setDevice(dead.pushToken, { kind: 'unregistered' });
    rig.simulator.setDevice(other.pushToken, { kind: 'sender_id_mismatch' });
    const malformed = { ...target(9), pushToken: fcmKind.parsePushToken('a'.repeat(64)) };
    const outcomes = await provider.send({ message, targets: [dead, other, malformed, good] }, never);
    assert.deepEqual(outcomes.map(short), [
      'unregistered',
      'rejected token_wrong_app',
      'rejected token_wrong_app',
      'accepted',
    ]);
  });

  it('signs in anew, once for a whole batch, when the access token was revoked', async () => {
    assert.equal((await sendOne())?.kind, 'accepted');
    rig.simulator.revokeAccessTokens();
    const outcomes = await provider.send({ message, targets: targetsOf(50) }, never);
    assert.deepEqual(new Set(outcomes.map(({ kind }) => kind)), new Set(['accepted']));
    assert.deepEqual(logins(), [200, 200]);
    assert.equal(sent().filter((one) => one.message !== undefined).length >= 51, true);
  });

  it('is misconfigured when a fresh access token is refused as well', async () => {
    const to = target(1);
    const refusal: Fault = { kind: 'answer', status: 401 };
    rig.faults.set(to.pushToken, [refusal, refusal]);
    const outcome = await sendOne(provider, to);
    assert.ok(outcome?.kind === 'misconfigured');
    assert.match(outcome.what, /refuses a fresh access token \(401 UNAUTHENTICATED\)/);
    assert.equal(logins().length, 2);
    assert.equal((await sendOne(provider, to))?.kind, 'accepted', 'and goes on by itself');
  });

  it('does not sign in anew for credentials that Firebase holds for others', async () => {
    const to = target(1);
    rig.faults.set(to.pushToken, [{ kind: 'answer', status: 401, reason: 'THIRD_PARTY_AUTH_ERROR' }]);
    const outcome = await sendOne(provider, to);
    assert.ok(outcome?.kind === 'misconfigured');
    assert.match(outcome.what, /APNs key/);
    assert.equal(logins().length, 1);
  });

  const faults: readonly [Fault & { kind: 'answer' }, string, number | undefined][] = [
    [{ kind: 'answer', status: 400 }, 'rejected payload_rejected', undefined],
    [{ kind: 'answer', status: 400, reason: 'INVALID_ARGUMENT message.token' }, 'rejected token_wrong_app', undefined],
    [{ kind: 'answer', status: 400, reason: 'INVALID_ARGUMENT message.data' }, 'rejected payload_rejected', undefined],
    [{ kind: 'answer', status: 403, reason: 'PERMISSION_DENIED' }, 'misconfigured', undefined],
    [{ kind: 'answer', status: 404, reason: 'NOT_FOUND' }, 'misconfigured', undefined],
    [{ kind: 'answer', status: 404, reason: 'html' }, 'misconfigured', undefined],
    [{ kind: 'answer', status: 429 }, 'deferred account rate_limited', 60_000],
    [{ kind: 'answer', status: 429, retryAfterSeconds: 7 }, 'deferred account rate_limited', 7_000],
    [{ kind: 'answer', status: 500 }, 'deferred target provider_unavailable', undefined],
    [{ kind: 'answer', status: 502 }, 'deferred account provider_unavailable', undefined],
    [{ kind: 'answer', status: 503, retryAfterSeconds: 120 }, 'deferred account provider_unavailable', 120_000],
    [{ kind: 'answer', status: 503, reason: 'bare UNAVAILABLE' }, 'deferred account provider_unavailable', undefined],
  ];
  for (const [fault, expected, waitMs] of faults) {
    const asked = [fault.status, fault.reason, fault.retryAfterSeconds].filter((part) => part !== undefined);
    it(`takes ${asked.join(' ')} as ${expected}, for that device alone`, async () => {
      const [struck, spared] = targetsOf(2);
      assert.ok(struck && spared);
      rig.faults.set(struck.pushToken, [fault]);
      const outcomes = await provider.send({ message, targets: [struck, spared] }, never);
      assert.deepEqual(outcomes.map(short), [expected, 'accepted']);
      assert.equal(outcomes[0]?.kind === 'deferred' ? outcomes[0].retryAfterMs : undefined, waitMs);
    });
  }

  it('sends again what was handed back, and is uncertain of what was reset', async () => {
    const [first, second] = targetsOf(2);
    assert.ok(first && second);
    rig.faults.set(first.pushToken, [{ kind: 'reset' }]);
    const outcomes = await provider.send({ message, targets: [first, second] }, never);
    assert.deepEqual(outcomes.map(short), ['uncertain', 'accepted']);
  });

  it('blames the project, and no device, where the project is unknown', async () => {
    const elsewhere = await open({ project_id: 'nobody-s-project' });
    const outcome = await sendOne(elsewhere);
    await elsewhere.close();
    assert.equal(outcome?.kind, 'misconfigured', JSON.stringify(outcome));
  });

  it('is misconfigured with a key that Google does not know, and says so once for all targets', async () => {
    const warned: unknown[] = [];
    const log = { info: silent, warn: (fields: unknown) => warned.push(fields), error: silent };
    const stranger = await createFcmCredentials({ projectId: PROJECT_ID });
    const unknown = await open({ account: serviceAccountJson(stranger, 'https://nobody.invalid'), log });
    const outcomes = await unknown.send({ message, targets: targetsOf(20) }, never);
    await unknown.close();
    for (const outcome of outcomes) {
      assert.ok(outcome.kind === 'misconfigured');
      assert.match(outcome.what, /invalid_grant: .*account not found/);
    }
    assert.deepEqual(sent(), []);
    assert.equal(logins().length, 1);
    assert.equal(warned.length, 1);
    assert.ok(!JSON.stringify(warned).includes('PRIVATE KEY'));
  });

  it('names this machine’s clock where Google’s differs', async () => {
    rig.clock.now += 2 * 60 * 60_000; // two hours later at Google, who dates its answers by the real clock
    const outcome = await sendOne();
    assert.ok(outcome?.kind === 'misconfigured');
    assert.match(outcome.what, /invalid_grant.*the clock of this machine is 7\d\d\d s ahead/);
  });

  const down: readonly (Fault & { kind: 'answer' })[] = [
    { kind: 'answer', status: 500 },
    { kind: 'answer', status: 502 },
    { kind: 'answer', status: 503, retryAfterSeconds: 3 },
  ];
  for (const fault of down) {
    it(`defers the account while the token endpoint answers ${fault.status}, asking once, and goes on after`, async () => {
      rig.faults.set(`fcm_oauth ${rig.credentials.clientEmail}`, [fault]);
      const outcomes = await provider.send({ message, targets: targetsOf(10) }, never);
      assert.deepEqual(new Set(outcomes.map(short)), new Set(['deferred account provider_unavailable']));
      const [first] = outcomes;
      const wait = fault.retryAfterSeconds === undefined ? undefined : fault.retryAfterSeconds * 1000;
      assert.equal(first?.kind === 'deferred' ? first.retryAfterMs : 'none', wait);
      assert.deepEqual(logins(), [fault.status]);
      rig.clock.now += 3_000;
      assert.equal((await sendOne())?.kind, 'accepted');
    });
  }

  it('defers the account when nobody listens at the token endpoint, or somebody untrusted does', async () => {
    const nobody = await open({ token_endpoint: 'https://127.0.0.1:1/token' });
    const refused = await sendOne(nobody);
    await nobody.close();
    assert.equal(refused && short(refused), 'deferred account provider_unavailable');
    assert.match(refused?.detail?.text ?? '', /ECONNREFUSED|bad port|Unsafe/i);
    const strange = await open({ ca: (await createLoopbackCertificate()).ca });
    const untrusted = await sendOne(strange);
    await strange.close();
    assert.equal(untrusted && short(untrusted), 'deferred account provider_unavailable');
    assert.match(untrusted?.detail?.text ?? '', /certificate|self.signed/);
  });

  it('waits for an access token no longer than its caller, and ends when closed meanwhile', async () => {
    rig.faults.set(`fcm_oauth ${rig.credentials.clientEmail}`, [{ kind: 'stall' }]);
    const given = new AbortController();
    const sending = provider.send({ message, targets: targetsOf(2) }, given.signal);
    while (logins().length === 0) await new Promise((resolve) => setImmediate(resolve));
    given.abort();
    assert.deepEqual((await sending).map(short), ['deferred target timeout', 'deferred target timeout']);
    await provider.close();
    assert.deepEqual(sent(), []);
  });

  describe('showing a message without sending it', () => {
    const to = target(1);
    const ask = async (by: Provider = provider, signal: AbortSignal = never) => {
      assert.ok(isValidating(by));
      const { verdict, detail } = await by.validate(message, to, signal);
      return `${verdict}: ${detail}`;
    };

    it('is what FCM would take, with everything of the message, and is no arrival', async () => {
      assert.equal(await ask(), 'accepted: FCM would take it');
      const [trial, ...more] = sent();
      assert.equal(more.length, 0);
      assert.equal(trial?.validate_only, true);
      assert.equal(
        rig.ledger.some(({ accepted, provider: road }) => road === 'fcm' && accepted),
        false,
      );
      await sendOne(provider, to);
      assert.deepEqual(sent()[1]?.message, trial?.message);
    });

    it('tells what FCM says against address, message or credentials', async () => {
      rig.simulator.setDevice(to.pushToken, { kind: 'unregistered' });
      assert.match(await ask(), /^refused: FCM says that this registration token is dead \(404 UNREGISTERED/);
      const strange = await open({ project_id: 'somebody-elses' });
      assert.match(await ask(strange), /^refused: FCM does not accept the credentials \(/);
      await strange.close();
      const closed = await open({ endpoint: 'https://127.0.0.1:9' });
      assert.match(await ask(closed), /^unreachable: FCM gave no verdict \(/);
      await closed.close();
    });

    it('ends when its time is over', async () => {
      rig.faults.set(to.pushToken, [{ kind: 'stall' }]);
      assert.match(await ask(provider, AbortSignal.timeout(50)), /^unreachable: /);
    });
  });
});

describe('the SDK’s credential', () => {
  let rig: Rig;

  beforeEach(async () => {
    rig = await openRig();
    rig.clock.now = Date.now();
    rig.faults.set(`fcm_oauth ${rig.credentials.clientEmail}`, [{ kind: 'stall' }]);
  });

  afterEach(() => rig.close());

  async function fails(signal: AbortSignal): Promise<void> {
    const source = await openGoogleCredential({
      serviceAccount: readServiceAccount(serviceAccountJson(rig.credentials, '')).json,
      tokenEndpoint: rig.simulator.tokenUrl,
      ca: rig.ca,
      requestTimeoutMs: 50,
    });
    await assert.rejects(source.issue(signal), (error: Error) => {
      assert.equal(short(credentialFailure(error, 0)), 'deferred account provider_unavailable', error.stack);
      return true;
    });
  }

  it('gives up a token endpoint that never answers', () => fails(never));

  it('may be given up before it has begun', async () => {
    await fails(AbortSignal.abort());
    // Past its own limit: nothing is thrown behind our back.
    await once(AbortSignal.timeout(60), 'abort');
  });
});
