import assert from 'node:assert/strict';
import { createECDH, randomBytes } from 'node:crypto';
import type {
  Message,
  Outcome,
  Provider,
  ProviderEnv,
  ProviderObservation,
  PushToken,
  Target,
} from '../../../../providers/contract.js';
import { WEBPUSH_LIMITS } from '../../../../providers/webpush/kind.js';
import { WebPushProvider } from '../../../../providers/webpush/provider.js';
import { pushServices } from '../../../../providers/webpush/push-service.js';
import { parseSubscription } from '../../../../providers/webpush/subscription.js';
import { readVapidKeys, VapidHeaders } from '../../../../providers/webpush/vapid.js';
import { createEgress } from '../../../../src/egress/egress.js';
import { openRawServer, type RawRequest, type RawServer } from '../shared/raw-server.js';
import { decrypt } from './decrypt.js';

const ID = 'a3d1c7f0-1111-5222-8333-444455556666';
const HOUR_MS = 3_600_000;
const never = new AbortController().signal;
const message: Message = {
  id: 'msg_1',
  app: 'shop',
  notification: { title: 'Hello' },
  ttlSeconds: 600,
  priority: 'normal',
};

const browser = createECDH('prime256v1');
const p256dh = browser.generateKeys('base64url');
const auth = randomBytes(16);
const sender = createECDH('prime256v1');
const keys = JSON.stringify({
  publicKey: sender.generateKeys('base64url'),
  // Node leaves leading zeros out: one key in 256 is a byte short.
  privateKey: Buffer.concat([Buffer.alloc(32 - sender.getPrivateKey().length), sender.getPrivateKey()]).toString(
    'base64url',
  ),
});

interface World {
  readonly provider: Provider;
  readonly server: RawServer;
  readonly clock: { now: number };
  readonly observed: ProviderObservation[];
  readonly logged: string[];
  target(path?: string, origin?: string): Target;
}

const opened: { close(): Promise<void> }[] = [];

async function open(
  handle: (request: RawRequest) => void = created,
  options: { readonly like?: string; readonly allow?: readonly string[] } = {},
): Promise<World> {
  const server = await openRawServer(handle);
  const clock = { now: Date.UTC(2026, 0, 1) };
  const observed: ProviderObservation[] = [];
  const logged: string[] = [];
  const port = new URL(server.origin).port;
  const serviceOf = pushServices([`${options.like ?? ''}localhost:${port}`, `127.0.0.1:${port}`]);
  const log = (_fields: unknown, event: string) => void logged.push(event);
  const env: ProviderEnv = {
    name: 'web',
    app: 'shop',
    now: () => clock.now,
    log: { info: log, warn: log, error: log },
    observe: (one) => void observed.push(one),
    egress: createEgress({ allow: options.allow ?? ['127.0.0.0/8', '::1'] }),
  };
  const vapid = new VapidHeaders(readVapidKeys(keys), 'mailto:ops@example.com', () => clock.now);
  const provider = new WebPushProvider(
    { vapid, serviceOf, ca: server.ca, limits: WEBPUSH_LIMITS, pool: { dialBaseMs: 5, dialCapMs: 5 } },
    env,
  );
  opened.push(server, provider);
  return {
    provider,
    server,
    clock,
    observed,
    logged,
    target: (path = '/push/1', origin = server.origin) => ({
      pushToken: parseSubscription(
        { endpoint: origin + path, keys: { p256dh, auth: auth.toString('base64url') } },
        serviceOf,
      ),
      notificationId: ID,
    }),
  };
}

function created({ stream }: RawRequest): void {
  stream.respond({ ':status': 201 }, { endStream: true });
}

function answering(status: number, body = ''): (request: RawRequest) => void {
  return ({ stream }) => {
    stream.respond({ ':status': status });
    stream.end(body);
  };
}

async function sendOne({ provider, target }: World, to: Target = target(), what = message): Promise<Outcome> {
  const [outcome] = await provider.send({ message: what, targets: [to] }, never);
  assert.ok(outcome !== undefined);
  return outcome;
}

describe('Web Push provider', () => {
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
  });

  it('sends what the browser can read, with the header fields of RFC 8030', async () => {
    const world = await open();
    assert.deepEqual(await sendOne(world, world.target('/push/a?token=b%2Fc')), { kind: 'accepted' });
    const [request] = world.server.requests;
    assert.ok(request !== undefined);
    const { authorization, ...headers } = request.headers;
    assert.match(authorization ?? '', /^vapid t=[\w.-]+, k=[\w-]{87}$/);
    assert.deepEqual(
      Object.fromEntries(Object.entries(headers)),
      Object.fromEntries(
        Object.entries({
          ':method': 'POST',
          ':path': '/push/a?token=b%2Fc',
          ':scheme': 'https',
          ':authority': new URL(world.server.origin).host,
          ttl: '600',
          urgency: 'normal',
          'content-encoding': 'aes128gcm',
          'content-type': 'application/octet-stream',
          'content-length': String(request.body.length),
        }),
      ),
    );
    assert.deepEqual(JSON.parse(decrypt(request.body, browser, auth)), {
      pealbell: { tag: 'msg_1', id: 'msg_1' },
      notification: { title: 'Hello' },
    });
  });

  it('uses a new key pair and a new salt for every message, and one token for all', async () => {
    const world = await open();
    const targets = Array.from({ length: 60 }, (_, at) => world.target(`/push/${at}`));
    await world.provider.send({ message, targets }, never);
    await world.provider.send({ message, targets }, never);
    const { requests } = world.server;
    assert.equal(requests.length, 120);
    assert.equal(new Set(requests.map(({ body }) => body.subarray(0, 16).toString('hex'))).size, 120);
    assert.equal(new Set(requests.map(({ body }) => body.subarray(21, 86).toString('hex'))).size, 120);
    assert.equal(new Set(requests.map(({ headers }) => headers.authorization)).size, 1);
  });

  it('tells WNS how to keep the message, and nobody else', async () => {
    const world = await open(created, { like: 'windows=' });
    await sendOne(world);
    await sendOne(world, world.target(), { ...message, ttlSeconds: 0 });
    assert.deepEqual(
      world.server.requests.map(({ headers }) => headers['x-wns-cache-policy']),
      ['cache', 'no-cache'],
    );
  });

  it('opens no connection where the house lets nothing out, whether by name or by address', async () => {
    const world = await open(created, { allow: [] });
    const byName = await sendOne(world);
    assert.ok(byName.kind === 'deferred' && byName.scope === 'target');
    assert.match(byName.detail?.text ?? '', /not on the public internet/);
    const byAddress = await sendOne(world, world.target('/x', world.server.origin.replace('localhost', '127.0.0.1')));
    assert.ok(byAddress.kind === 'rejected' && byAddress.reason === 'token_wrong_app');
    assert.deepEqual(world.server.sockets, []);
    assert.ok(world.logged.includes('webpush.connect_failed'));
  });

  it('follows no redirect', async () => {
    const world = await open(({ stream, headers }) => {
      stream.respond({ ':status': 307, location: `https://${headers[':authority']}/elsewhere` }, { endStream: true });
    });
    const outcome = await sendOne(world);
    assert.ok(outcome.kind === 'deferred' && outcome.scope === 'target');
    assert.equal(world.server.requests.length, 1);
    assert.ok(world.logged.includes('webpush.answer_unexpected'));
  });

  it('signs anew, once, for a push service that calls an old token expired', async () => {
    const refused = new Set<string | undefined>();
    const world = await open(
      (request) => {
        const { authorization } = request.headers;
        if (refused.has(authorization)) answering(403, 'token has expired')(request);
        else created(request);
      },
      { like: 'google=' },
    );
    await sendOne(world);
    refused.add(world.server.requests[0]?.headers.authorization);
    const early = await sendOne(world);
    assert.equal(early.kind, 'misconfigured');
    assert.equal(world.server.requests.length, 2);
    world.clock.now += HOUR_MS;
    assert.equal((await sendOne(world)).kind, 'accepted');
    assert.equal(world.server.requests.length, 4);
    for (const one of world.server.requests) refused.add(one.headers.authorization);
    assert.equal((await sendOne(world)).kind, 'misconfigured');
  });

  it('holds a bare 401 against the key at first, and against the subscription while others are served', async () => {
    const world = await open(
      (request) => {
        if (request.headers[':path'] === '/push/foreign') answering(401)(request);
        else created(request);
      },
      { like: 'windows=' },
    );
    const foreign = world.target('/push/foreign');
    assert.equal((await sendOne(world, foreign)).kind, 'misconfigured');
    await sendOne(world);
    for (let at = 0; at < 5; at += 1) {
      const outcome = await sendOne(world, foreign);
      assert.ok(outcome.kind === 'rejected' && outcome.reason === 'token_wrong_app');
    }
    assert.equal((await sendOne(world, foreign)).kind, 'misconfigured');
    await sendOne(world);
    assert.equal((await sendOne(world, foreign)).kind, 'rejected');
  });

  it('a push service that is gone defers its own targets and no others', async () => {
    const world = await open();
    const gone = await open();
    const host = new URL(gone.server.origin).host;
    await gone.server.close();
    const serviceOf = pushServices([new URL(world.server.origin).host, host]);
    const provider = new WebPushProvider(
      {
        vapid: new VapidHeaders(readVapidKeys(keys), 'mailto:ops@example.com', () => world.clock.now),
        serviceOf,
        ca: world.server.ca,
        limits: WEBPUSH_LIMITS,
      },
      {
        name: 'web',
        app: 'shop',
        now: () => world.clock.now,
        log: { info: () => {}, warn: () => {}, error: () => {} },
        observe: () => {},
        egress: createEgress({ allow: ['127.0.0.0/8', '::1'] }),
      },
    );
    opened.push(provider);
    const outcomes = await provider.send(
      { message, targets: [world.target(), gone.target(), world.target('/push/2')] },
      never,
    );
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.kind === 'deferred' ? outcome.scope : outcome.kind)),
      ['accepted', 'target', 'accepted'],
    );
  });

  it('a push token kept badly is that target’s trouble alone', async () => {
    const world = await open();
    const bad = ['', '{}', '{"endpoint":"https://nobody.example/","keys":{}}'].map((text) => ({
      pushToken: text as PushToken,
      notificationId: ID,
    }));
    const outcomes = await world.provider.send({ message, targets: [...bad, world.target()] }, never);
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.kind === 'rejected' ? outcome.reason : outcome.kind)),
      ['token_wrong_app', 'token_wrong_app', 'token_wrong_app', 'accepted'],
    );
  });

  it('counts requests by whose answer it was, and connections over all origins', async () => {
    const world = await open(created, { like: 'mozilla=' });
    await sendOne(world);
    const codes = world.observed.flatMap((one) => (one.kind === 'request' ? [one.code] : []));
    assert.deepEqual(codes, ['mozilla 201']);
    await world.provider.close();
    const open_ = world.observed.flatMap((one) =>
      one.kind === 'connections' && one.state === 'open' ? [one.count] : [],
    );
    assert.equal(Math.max(...open_), 1);
    assert.equal(open_.at(-1), 0);
  });

  it('does not log endpoints', async () => {
    const fields: unknown[] = [];
    const server = await openRawServer(answering(418));
    opened.push(server);
    const { host } = new URL(server.origin);
    const serviceOf = pushServices([host]);
    const log = (one: unknown) => void fields.push(one);
    const provider = new WebPushProvider(
      {
        vapid: new VapidHeaders(readVapidKeys(keys), 'mailto:ops@example.com', () => 0),
        serviceOf,
        ca: server.ca,
        limits: WEBPUSH_LIMITS,
      },
      {
        name: 'web',
        app: 'shop',
        now: () => 0,
        log: { info: log, warn: log, error: log },
        observe: log,
        egress: createEgress({ allow: ['127.0.0.0/8', '::1'] }),
      },
    );
    opened.push(provider);
    const pushToken = parseSubscription(
      { endpoint: `${server.origin}/secret-path`, keys: { p256dh, auth: auth.toString('base64url') } },
      serviceOf,
    );
    await provider.send({ message, targets: [{ pushToken, notificationId: ID }] }, never);
    await provider.close();
    const told = JSON.stringify(fields);
    assert.match(told, /418/);
    assert.ok(!told.includes('secret-path') && !told.includes(p256dh) && !told.includes('vapid'));
  });
});
