import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import { type App, cert, deleteApp, initializeApp } from 'firebase-admin/app';
import { getMessaging, type Messaging } from 'firebase-admin/messaging';
import { serviceAccountJson } from '../../../../providers/fcm/simulator.js';
import {
  credentialsOf,
  DEVICE,
  GOOGLE_TOKEN_URL,
  OTHER_DEVICE,
  openRig,
  PROJECT_ID,
  type Rig,
} from './simulator-rig.js';

/** Brings whatever asks for Google's hosts to the simulator; host names and paths stay as they are. */
class DetouringAgent extends Agent {
  readonly #port: number;
  readonly #ca: string;

  constructor(url: string, ca: string) {
    super({ keepAlive: true });
    this.#port = Number(new URL(url).port);
    this.#ca = ca;
  }

  override createConnection(): Socket {
    return tlsConnect({ host: '127.0.0.1', port: this.#port, servername: 'localhost', ca: this.#ca });
  }
}

/**
 * A client that others wrote judges whether the simulator speaks Google's language. It is held to HTTP/1.1: over
 * HTTP/2 it sends the scheme with a colon, which node:http2 refuses before any handler runs.
 */
describe('FCM simulator, as firebase-admin sees it', () => {
  let rig: Rig;
  let dir: string;
  let agent: Agent;
  let app: App;
  let messaging: Messaging;

  beforeEach(async () => {
    rig = await openRig();
    // firebase-admin signs its assertions by the clock of the machine.
    rig.clock.now = Date.now();
    dir = await mkdtemp(join(tmpdir(), 'pealbell-test-'));
    agent = new DetouringAgent(rig.simulator.url, rig.ca);
    app = await open('judge', serviceAccountJson(rig.credentials, rig.simulator.tokenUrl));
    messaging = getMessaging(app);
    messaging.enableLegacyHttpTransport();
  });
  afterEach(async () => {
    await deleteApp(app);
    agent.destroy();
    await rm(dir, { recursive: true });
    await rig.close();
  });

  /** Only a credential from a file makes its token request over the agent. */
  async function open(name: string, serviceAccount: string): Promise<App> {
    const path = join(dir, `${name}.json`);
    await writeFile(path, serviceAccount, { mode: 0o600 });
    return initializeApp({ credential: cert(path, agent), httpAgent: agent, projectId: PROJECT_ID }, name);
  }

  const codeOf = (error: unknown): string =>
    error instanceof Error && 'code' in error ? String(error.code) : assert.fail(String(error));

  it('gets a token and sends a message with everything that it knows', async () => {
    const name = await messaging.send({
      token: DEVICE,
      data: { order: '17' },
      notification: { title: 'hello', body: 'world', imageUrl: 'https://example.com/i.png' },
      fcmOptions: { analyticsLabel: 'spring' },
      android: {
        ttl: 3_600_500,
        priority: 'high',
        collapseKey: 'news',
        notification: {
          ...{ color: '#112233', channelId: 'orders', sticky: true, visibility: 'secret', priority: 'max' },
          ...{ titleLocKey: 'k', titleLocArgs: ['x'], eventTimestamp: new Date(), vibrateTimingsMillis: [500, 1000] },
          lightSettings: { color: '#aabbccdd', lightOnDurationMillis: 300, lightOffDurationMillis: 400 },
        },
      },
      apns: {
        headers: { 'apns-priority': '5' },
        payload: { aps: { alert: 'hello', badge: 1, contentAvailable: true } },
      },
      webpush: {
        headers: { TTL: '60' },
        notification: { title: 'hello' },
        fcmOptions: { link: 'https://example.com' },
      },
    });
    assert.match(name, new RegExp(`^projects/${PROJECT_ID}/messages/.+`));
    assert.deepEqual(
      rig.ledger.map(({ provider, token, accepted }) => [provider, token, accepted]),
      [
        ['fcm_oauth', rig.credentials.clientEmail, false],
        ['fcm', DEVICE, true],
      ],
    );
    assert.equal(JSON.parse(rig.ledger[0]?.payloadJson ?? '').claims.aud, GOOGLE_TOKEN_URL);
    const { message } = JSON.parse(rig.ledger[1]?.payloadJson ?? '');
    assert.deepEqual([message.android.ttl, message.data], ['3600.500000000s', { order: '17' }]);
  });

  it('sends to a topic and to a condition', async () => {
    await messaging.send({ topic: 'news', data: { a: 'b' } });
    await messaging.send({ condition: "'news' in topics && 'sport' in topics" });
    assert.equal(rig.ledger.filter(({ accepted }) => accepted).length, 2);
  });

  it('makes a trial run', async () => {
    assert.equal(await messaging.send({ token: DEVICE }, true), `projects/${PROJECT_ID}/messages/fake_message_id`);
    assert.ok(rig.ledger.every(({ accepted }) => !accepted));
  });

  it('tells each of many messages its own fate', async () => {
    rig.simulator.setDevice(OTHER_DEVICE, { kind: 'unregistered' });
    const { successCount, responses } = await messaging.sendEach([{ token: DEVICE }, { token: OTHER_DEVICE }]);
    assert.equal(successCount, 1);
    assert.deepEqual(
      responses.map(({ success, error }) => (success ? 'sent' : error?.code)),
      ['sent', 'messaging/registration-token-not-registered'],
    );
  });

  it('understands what the simulator refuses', async () => {
    rig.simulator.setDevice(OTHER_DEVICE, { kind: 'sender_id_mismatch' });
    for (const [token, code] of [
      [OTHER_DEVICE, 'messaging/mismatched-credential'],
      ['nonsense', 'messaging/invalid-argument'],
    ] as const) {
      await assert.rejects(messaging.send({ token }), (error) => codeOf(error) === code);
    }
  });

  for (const [status, reason, code] of [
    [400, undefined, 'messaging/invalid-argument'],
    [401, 'THIRD_PARTY_AUTH_ERROR', 'messaging/third-party-auth-error'],
    [429, undefined, 'messaging/message-rate-exceeded'],
    [429, 'RESOURCE_EXHAUSTED', 'messaging/message-rate-exceeded'],
    [500, undefined, 'messaging/internal-error'],
    [500, 'html', 'messaging/internal-error'],
    [502, undefined, 'messaging/unknown-error'],
  ] as const) {
    it(`hears ${code} in a fault ${status} ${reason ?? ''}`, async () => {
      rig.faults.set(DEVICE, [{ kind: 'answer', status, ...(reason === undefined ? {} : { reason }) }]);
      await assert.rejects(messaging.send({ token: DEVICE }), (error) => codeOf(error) === code);
    });
  }

  it('asks again by itself after the time that a 503 names', async () => {
    rig.faults.set(DEVICE, [{ kind: 'answer', status: 503, retryAfterSeconds: 0 }]);
    await messaging.send({ token: DEVICE });
    assert.deepEqual(
      rig.ledger.filter(({ provider }) => provider === 'fcm').map(({ answer }) => answer.status),
      [503, 200],
    );
  });

  it('is refused with the key of an account that Google does not know', async () => {
    const stranger = await credentialsOf('stranger-example');
    const foreign = await open('stranger', serviceAccountJson(stranger, rig.simulator.tokenUrl));
    const refused = (error: unknown) =>
      /invalid_grant/.test(String(error)) && /app\/invalid-credential/.test(codeOf(error));
    await assert.rejects(getMessaging(foreign).send({ token: DEVICE }), refused);
    await deleteApp(foreign);
    assert.deepEqual(rig.ledger.at(-1)?.answer, { status: 400, reason: 'invalid_grant' });
  });
});
