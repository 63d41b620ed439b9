import assert from 'node:assert/strict';
import { createECDH, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { ClientHttp2Session } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import {
  createVapidKeys,
  type PushSubscriptionJson,
  SERVICE_NAMES,
  type ServiceName,
  startWebPushSimulator,
  TooManySubscriptionsError,
} from '../../../../providers/webpush/simulator.js';
import { encrypt, encryptAs, openRig, PAYLOAD, push, pushHeaders, type Rig, START_MS } from './simulator-rig.js';

type Changes = Record<string, string | undefined>;

describe('Web Push simulator', () => {
  let rig: Rig;
  const sessions = new Map<string, ClientHttp2Session>();

  beforeEach(async () => {
    rig = await openRig();
  });
  afterEach(async () => {
    sessions.clear();
    await rig.close();
  });

  async function sessionWith(endpoint: string): Promise<ClientHttp2Session> {
    const { origin } = new URL(endpoint);
    const session = sessions.get(origin) ?? (await rig.connect(endpoint));
    sessions.set(origin, session);
    return session;
  }

  /** Status and word of the answer, as the wire has them; the ledger must tell the same. */
  async function verdict(subscription: PushSubscriptionJson, changes: Changes = {}, body?: Buffer): Promise<string> {
    const session = await sessionWith(subscription.endpoint);
    const answer = await push(session, pushHeaders(rig, subscription, changes), body ?? encrypt(subscription));
    const entry = rig.ledger.at(-1);
    assert.deepEqual([entry?.answer.status, entry?.accepted], [answer.status, answer.status === 201]);
    const json = answer.body.startsWith('{') ? JSON.parse(answer.body) : {};
    const word = json.reason ?? json.errno ?? answer.headers['x-wns-error-description'] ?? answer.body;
    return word === '' ? String(answer.status) : `${answer.status} ${word}`;
  }

  /** The same request to every service. */
  async function verdicts(changes: Changes, body?: (subscription: PushSubscriptionJson) => Buffer): Promise<object> {
    const found: Partial<Record<ServiceName, string>> = {};
    for (const service of SERVICE_NAMES) {
      const subscription = await rig.subscribe(service);
      found[service] = await verdict(subscription, changes, body?.(subscription));
    }
    return found;
  }
  const everywhere = (word: string): object => Object.fromEntries(SERVICE_NAMES.map((name) => [name, word]));

  it('answers 201 with the address of the message and the TTL it grants', async () => {
    for (const service of SERVICE_NAMES) {
      const subscription = await rig.subscribe(service);
      const session = await sessionWith(subscription.endpoint);
      const answer = await push(session, pushHeaders(rig, subscription, { ttl: '77' }), encrypt(subscription));
      assert.deepEqual([answer.status, answer.headers.ttl, answer.body], [201, '77', '']);
      const id = rig.ledger.at(-1)?.id;
      assert.equal(answer.headers.location, `${new URL(subscription.endpoint).origin}/m/${id}`);
      assert.equal('apns-id' in answer.headers, service === 'apple');
      assert.equal(answer.headers['x-wns-status'], service === 'windows' ? 'received' : undefined);
    }
  });

  it('writes down endpoint, headers, the decrypted payload, answer and time', async () => {
    const subscription = await rig.subscribe('mozilla');
    await verdict(subscription, { topic: 'news', urgency: 'low' });
    const { headers, id, ...entry } = rig.ledger[0] ?? assert.fail('nothing was written');
    assert.deepEqual(entry, {
      provider: 'webpush',
      token: subscription.endpoint,
      payloadJson: PAYLOAD,
      answer: { status: 201, reason: null },
      accepted: true,
      at: START_MS,
    });
    assert.deepEqual([headers.topic, headers.urgency, headers.ttl], ['news', 'low', '60']);
    assert.ok(!Object.keys(headers).some((name) => name.startsWith(':')));
    assert.match(id, /^[\w-]{22}$/);
  });

  it('gives each service endpoints of its own shape, and each subscription keys of its own', async () => {
    const paths = { google: /^\/fcm\/send\/[\w-]+$/, mozilla: /^\/wpush\/v2\/[\w-]+$/, apple: /^\/[\w-]+$/ };
    for (const [service, path] of Object.entries(paths)) {
      const { endpoint } = await rig.subscribe(service as ServiceName);
      assert.match(new URL(endpoint).pathname, path);
      assert.ok(endpoint.startsWith(`${rig.simulator.origins[service as ServiceName]}/`));
    }
    assert.match(new URL((await rig.subscribe('windows')).endpoint).search, /^\?token=[\w-]+$/);
    const made = await rig.simulator.subscribe({ service: 'google', count: 250 });
    assert.equal(new Set(made.flatMap(({ endpoint, keys }) => [endpoint, keys.p256dh, keys.auth])).size, 750);
    for (const { keys } of made.slice(0, 3)) {
      assert.equal(Buffer.from(keys.p256dh, 'base64url').length, 65);
      assert.equal(Buffer.from(keys.auth, 'base64url').length, 16);
    }
  });

  it('refuses to keep more than 100,000 subscriptions at one service', async () => {
    await assert.rejects(rig.simulator.subscribe({ service: 'google', count: 100_001 }), TooManySubscriptionsError);
  });

  it('takes any VAPID key where a subscription is bound to none', async () => {
    const [subscription] = await rig.simulator.subscribe({ service: 'google', count: 1 });
    assert.ok(subscription !== undefined);
    const authorization = rig.authorization(subscription.endpoint, { keys: createVapidKeys() });
    assert.equal(await verdict(subscription, { authorization }), '201');
  });

  it('refuses a VAPID key that the subscription was not made with', async () => {
    const keys = createVapidKeys();
    const found: Record<string, string> = {};
    for (const service of SERVICE_NAMES) {
      const subscription = await rig.subscribe(service);
      const authorization = rig.authorization(subscription.endpoint, { keys });
      found[service] = await verdict(subscription, { authorization });
    }
    assert.deepEqual(found, {
      google: '403 the VAPID credentials do not correspond to those used to create the subscription',
      mozilla: '401 109',
      apple: '400 VapidPkHashMismatch',
      windows: '401',
    });
    assert.equal(rig.ledger.at(-1)?.answer.reason, 'other_key', 'the ledger says what Windows keeps to itself');
  });

  it('refuses every method but POST', async () => {
    assert.deepEqual(await verdicts({ ':method': 'PUT' }), {
      google: '405 method not allowed',
      mozilla: '405 999',
      apple: '405 MethodNotAllowed',
      windows: '405 Only POST is supported.',
    });
  });

  it('answers 404 for an endpoint it never gave out, whatever the service', async () => {
    for (const service of SERVICE_NAMES) {
      const subscription = await rig.subscribe(service);
      const stranger = { ...subscription, endpoint: `${subscription.endpoint}x` };
      assert.match(await verdict(stranger), /^404 ./);
      assert.equal(rig.ledger.at(-1)?.token, stranger.endpoint);
      assert.match(await verdict(subscription, { ':path': '/' }), /^404 ./);
      assert.equal(rig.ledger.at(-1)?.token, null);
    }
  });

  it('answers 410 in the words of the service for a subscription that is gone', async () => {
    const found: Record<string, string> = {};
    for (const service of SERVICE_NAMES) {
      const subscription = await rig.subscribe(service);
      rig.simulator.expire(subscription.endpoint);
      found[service] = await verdict(subscription);
    }
    assert.deepEqual(found, {
      google: '410 push subscription has unsubscribed or expired.',
      mozilla: '410 106',
      apple: '410 ExpiredToken',
      windows: '410 The channel has expired.',
    });
    const other = await rig.subscribe();
    rig.simulator.expire(`${rig.simulator.origins.google}/fcm/send/nobody`);
    assert.equal(await verdict(other), '201');
  });

  it('refuses a request without VAPID', async () => {
    // An empty value stands for none: the rig fills in what is left out.
    assert.deepEqual(await verdicts({ authorization: '' }), {
      google: '401 authorization header is missing',
      mozilla: '401 109',
      apple: '403 BadJwtToken',
      windows: '401',
    });
  });

  for (const [what, claims, words] of [
    ['for another origin', { aud: 'https://push.example.net' }, ['403 invalid aud claim', '403 BadJwtToken']],
    ['without an expiry', { exp: undefined }, ['403 exp claim is missing', '403 BadJwtToken']],
    ['that has expired', { exp: START_MS / 1000 - 1 }, ['403 token has expired', '403 BadJwtToken']],
    [
      'that lives more than 24 hours',
      { exp: START_MS / 1000 + 86_401 },
      ['403 exp claim MUST NOT be more than 24 hours from the time of the request', '403 BadJwtToken'],
    ],
    ['without a contact', { sub: undefined }, ['403 invalid JWT provided', '403 BadJwtToken']],
    ['with a contact at localhost', { sub: 'mailto:ops@localhost' }, ['201', '403 BadJwtToken']],
  ] as const) {
    it(`judges a JWT ${what} as Google and Apple do`, async () => {
      const found: string[] = [];
      for (const service of ['google', 'apple'] as const) {
        const subscription = await rig.subscribe(service);
        const authorization = rig.authorization(subscription.endpoint, { claims });
        found.push(await verdict(subscription, { authorization }));
      }
      assert.deepEqual(found, words);
    });
  }

  it('refuses a malformed header and a key that is none, in the words of Google and Apple', async () => {
    for (const [service, words] of [
      ['google', ['403 sender is not authenticated.', '403 public key must be 65 bytes long']],
      ['apple', ['403 BadAuthorizationHeader', '403 BadVapidPublicKey']],
    ] as const) {
      const subscription = await rig.subscribe(service);
      const good = rig.authorization(subscription.endpoint);
      assert.equal(await verdict(subscription, { authorization: good.replace('vapid ', 'Bearer ') }), words[0]);
      assert.equal(await verdict(subscription, { authorization: good.slice(0, -2) }), words[1]);
    }
  });

  it('wants a TTL', async () => {
    assert.deepEqual(await verdicts({ ttl: undefined }), {
      google: '400 missing TTL header',
      mozilla: '400 111',
      apple: '400 BadTtl',
      windows: '400 Ttl value is missing.',
    });
  });
  it('refuses a TTL that is no number of seconds', async () => {
    for (const ttl of ['1.5', 'soon', '60s', '+5']) {
      assert.deepEqual(await verdicts({ ttl }), {
        google: '400 invalid TTL header',
        mozilla: '400 112',
        apple: '400 BadTtl',
        windows: '400 Ttl value is invalid.',
      });
    }
  });
  it('refuses a negative TTL', async () => {
    assert.deepEqual(await verdicts({ ttl: '-1' }), {
      google: '400 invalid TTL header',
      mozilla: '400 114',
      apple: '400 BadTtl',
      windows: '400 Ttl value is invalid.',
    });
  });
  it('takes TTL 0, but for Windows, which wants to hear no-cache beside it', async () => {
    assert.deepEqual(await verdicts({ ttl: '0' }), {
      ...everywhere('201'),
      windows: '400 Ttl value conflicts with X-WNS-Cache-Policy.',
    });
    assert.deepEqual(await verdicts({ ttl: '0', 'x-wns-cache-policy': 'no-cache' }), everywhere('201'));
  });
  it('shortens a long TTL, but for Apple, which refuses more than 30 days', async () => {
    assert.deepEqual(await verdicts({ ttl: '2592001' }), { ...everywhere('201'), apple: '400 BadTtl' });
    const subscription = await rig.subscribe('mozilla');
    const session = await sessionWith(subscription.endpoint);
    const answer = await push(session, pushHeaders(rig, subscription, { ttl: '2592001' }), encrypt(subscription));
    assert.equal(answer.headers.ttl, '2592000');
    assert.equal(await verdict(await rig.subscribe('apple'), { ttl: '2592000' }), '201');
  });

  it('knows four urgencies, in any case', async () => {
    const subscription = await rig.subscribe();
    for (const urgency of ['very-low', 'low', 'normal', 'high', 'High', undefined]) {
      assert.equal(await verdict(subscription, { urgency }), '201');
    }
    assert.deepEqual(await verdicts({ urgency: 'urgent' }), {
      google: '400 invalid Urgency header',
      mozilla: '400 999',
      apple: '400 BadUrgency',
      windows: '400 Urgency value is invalid.',
    });
  });

  it('refuses a topic of more than 32 characters or of others than base64url', async () => {
    const words = {
      google: '400 invalid Topic header',
      mozilla: '400 113',
      apple: '400 BadWebPushTopic',
      windows: '400 Topic value is invalid.',
    };
    assert.deepEqual(await verdicts({ topic: 't'.repeat(33) }), words);
    for (const topic of ['a b', 'a.b', 'a/b', 'a=']) assert.deepEqual(await verdicts({ topic }), words);
    assert.deepEqual(await verdicts({ topic: 'aZ0-_'.repeat(6) }), everywhere('201'));
  });

  it('takes bodies in aes128gcm only', async () => {
    for (const encoding of ['aesgcm', 'gzip', undefined]) {
      assert.deepEqual(await verdicts({ 'content-encoding': encoding }), {
        google: '400 invalid Content-Encoding header',
        mozilla: '400 110',
        apple: '400 BadWebPushRequest',
        windows: '400 Content-Encoding value is invalid.',
      });
    }
  });

  it('takes a push without a body, which needs no encoding', async () => {
    assert.deepEqual(await verdicts({ 'content-encoding': undefined }, () => Buffer.alloc(0)), everywhere('201'));
    assert.equal(rig.ledger.at(-1)?.payloadJson, null);
  });

  it('takes a plaintext of 3993 bytes and no more, but 5 KB of body at Windows', async () => {
    const plain = (bytes: number) => (subscription: PushSubscriptionJson) => encrypt(subscription, 'x'.repeat(bytes));
    assert.equal(plain(3993)(await rig.subscribe()).length, 4096);
    assert.deepEqual(await verdicts({}, plain(3993)), everywhere('201'));
    assert.deepEqual(
      await verdicts({}, (subscription) => Buffer.concat([plain(3993)(subscription), Buffer.alloc(1)])),
      {
        google: '400 payload is too large',
        mozilla: '413 104',
        apple: '413 PayloadTooLarge',
        windows: '400 Bad request.',
      },
    );
    assert.match(String(rig.ledger.at(-1)?.answer.reason), /^undecryptable: /, 'Windows took the length');
    const windows = await rig.subscribe('windows');
    assert.equal(await verdict(windows, {}, Buffer.alloc(5121)), '413 The payload is too large.');
    assert.equal(await verdict(windows, {}, Buffer.alloc(200_000)), '413 The payload is too large.');
  });

  it('refuses what the browser could not read, and the ledger says why', async () => {
    const subscription = await rig.subscribe('mozilla');
    const other = await rig.subscribe('mozilla');
    for (const [body, why] of [
      [encrypt(other), /the tag of a record does not match/],
      [Buffer.from('{"title":"plain"}'), /the header is cut off/],
      [encrypt(subscription, 'x'.repeat(3900)).subarray(0, 200), /the tag of a record does not match/],
    ] as const) {
      assert.equal(await verdict(subscription, {}, body), '400 110');
      assert.match(String(rig.ledger.at(-1)?.answer.reason), why);
      assert.equal(rig.ledger.at(-1)?.payloadJson, null);
    }
  });

  it('takes the same body again, but not another one under the same key pair', async () => {
    const subscription = await rig.subscribe();
    const pair = createECDH('prime256v1');
    pair.generateKeys();
    const [first, second] = [encryptAs(pair, subscription), encryptAs(pair, subscription)];
    assert.equal(await verdict(subscription, {}, first), '201');
    assert.equal(await verdict(subscription, {}, first), '201');
    assert.equal(await verdict(subscription, {}, second), '400 bad request');
    assert.equal(rig.ledger.at(-1)?.answer.reason, 'undecryptable: a key pair was used twice');
  });

  it('refuses a message that the VAPID key itself encrypted', async () => {
    const subscription = await rig.subscribe();
    const pair = createECDH('prime256v1');
    pair.setPrivateKey(Buffer.from(rig.vapid.privateKey, 'base64url'));
    assert.equal(await verdict(subscription, {}, encryptAs(pair, subscription)), '400 bad request');
    assert.equal(rig.ledger.at(-1)?.answer.reason, 'undecryptable: the VAPID key was used to encrypt');
  });

  it('writes nothing down for a request whose body never arrived whole', async () => {
    const subscription = await rig.subscribe();
    const session = await sessionWith(subscription.endpoint);
    const stream = session.request(pushHeaders(rig, subscription));
    stream.write('half');
    // An answer to a later stream shows that the piece of the earlier one has arrived.
    assert.equal(await verdict(subscription), '201');
    stream.destroy();
    await once(stream, 'close');
    assert.equal(await verdict(subscription), '201');
    assert.equal(rig.ledger.length, 2);
  });

  it('speaks HTTP/1.1 on the same port, to those who ask for nothing and to those who ask for it', async () => {
    const subscription = await rig.subscribe('apple');
    const { authorization, ttl, 'content-encoding': encoding } = pushHeaders(rig, subscription);
    for (const ALPNProtocols of [undefined, ['http/1.1']]) {
      const request = httpsRequest(subscription.endpoint, {
        method: 'POST',
        ca: rig.ca,
        agent: false,
        headers: { authorization, ttl, 'content-encoding': encoding },
        ...(ALPNProtocols === undefined ? {} : { ALPNProtocols }),
      });
      request.end(encrypt(subscription));
      const [response] = await once(request, 'response');
      assert.deepEqual([response.statusCode, response.httpVersion], [201, '1.1']);
      response.resume();
      await once(response, 'end');
    }
    assert.deepEqual(
      rig.ledger.map(({ payloadJson }) => payloadJson),
      [PAYLOAD, PAYLOAD],
    );
  });

  it('leaves nothing open when one of its ports is taken', async () => {
    const port = Number(new URL(rig.simulator.origins.google).port);
    const [ledger, faults] = [{ write: () => undefined }, { take: () => undefined }];
    const { createLoopbackCertificate } = await import('../../../../src/simulators/certificates.js');
    const { tls } = await createLoopbackCertificate();
    await assert.rejects(startWebPushSimulator({ tls, ledger, faults, now: Date.now, ports: { windows: port } }), {
      code: 'EADDRINUSE',
    });
  });

  it('takes what is for a browser elsewhere by its headers, unread', async () => {
    const keys = { p256dh: '', auth: '' };
    for (const service of SERVICE_NAMES) {
      const elsewhere = { endpoint: `${rig.simulator.standIns[service]}/wpush/v2/real`, keys };
      const nobodyCanReadThis = randomBytes(200);
      assert.equal(await verdict(elsewhere, {}, nobodyCanReadThis), '201', service);
      const entry = rig.ledger.at(-1);
      assert.deepEqual([entry?.token, entry?.payloadJson], [elsewhere.endpoint, null]);
      assert.notEqual(await verdict(elsewhere, { authorization: undefined }, nobodyCanReadThis), '201', service);
      assert.notEqual(await verdict(elsewhere, { ttl: undefined }, nobodyCanReadThis), '201', service);
    }
    const atTheDoor = { endpoint: rig.simulator.standIns.mozilla, keys };
    assert.notEqual(await verdict(atTheDoor, {}, randomBytes(200)), '201');
  });
});
