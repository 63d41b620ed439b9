import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { apnsKind } from '../../../../providers/apns/kind.js';
import type { Message, Outcome, Provider, ProviderObservation, Target } from '../../../../providers/contract.js';
import { createEgress } from '../../../../src/egress/egress.js';
import { ok, openRawServer, type RawRequest, type RawServer } from '../shared/raw-server.js';

const MINUTE = 60_000;
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const never = new AbortController().signal;
const message: Message = {
  id: 'msg_1',
  app: 'shop',
  notification: { body: 'Hi' },
  ttlSeconds: 60,
  priority: 'high',
};

const opened: { close(): Promise<unknown> }[] = [];

function target(at: number, part: Partial<Target> = {}): Target {
  const hash = createHash('sha256').update(String(at)).digest('hex');
  const id = `${hash.slice(0, 8)}-${hash.slice(8, 12)}-5${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
  return { pushToken: apnsKind.parsePushToken(hash), notificationId: id, ...part };
}

function refuse({ stream }: RawRequest, status: number, body: object): void {
  stream.respond({ ':status': status, 'content-type': 'application/json' });
  stream.end(JSON.stringify(body));
}

async function world(handle: (request: RawRequest) => void) {
  const production = await openRawServer(handle);
  const sandbox = await openRawServer(handle);
  const clock = { now: 1_700_000_000_000 };
  const observed: ProviderObservation[] = [];
  const logged: [string, Readonly<Record<string, unknown>>][] = [];
  const provider = await apnsKind.open(
    {
      key,
      key_id: 'ABC123DEFG',
      team_id: 'DEF123GHIJ',
      bundle_id: 'com.shop',
      endpoints: { production: production.origin, sandbox: sandbox.origin },
      // One file of two authorities would do as well; both servers share one certificate.
      ca: production.ca,
    },
    {
      name: 'apns',
      app: 'shop',
      now: () => clock.now,
      log: { info: () => {}, warn: () => {}, error: (fields, event) => logged.push([event, fields]) },
      observe: (one) => observed.push(one),
      egress: createEgress({ allow: [] }),
    },
  );
  opened.push(production, sandbox, provider);
  return { provider, production, sandbox, clock, observed, logged };
}

async function sendOne(
  provider: Provider,
  to: Target = target(1),
  signal: AbortSignal = never,
): Promise<Outcome | undefined> {
  return (await provider.send({ message, targets: [to] }, signal))[0];
}

function tokens(server: RawServer): (string | undefined)[] {
  return [...new Set(server.requests.map(({ headers }) => headers.authorization))];
}

describe('APNs provider', () => {
  afterEach(async () => {
    for (const one of opened.reverse()) await one.close();
    opened.length = 0;
  });

  it('sends path, topic, id, token and body as Apple asks', async () => {
    const { provider, production } = await world(ok);
    const to = target(7);
    assert.equal((await sendOne(provider, to))?.kind, 'accepted');
    const got = production.requests[0];
    assert.equal(got?.headers[':method'], 'POST');
    assert.equal(got?.headers[':path'], `/3/device/${to.pushToken}`);
    assert.equal(got?.headers['apns-topic'], 'com.shop');
    assert.equal(got?.headers['apns-id'], to.notificationId);
    assert.equal(got?.headers['apns-push-type'], 'alert');
    assert.equal(got?.headers['apns-expiration'], '1700000060');
    assert.match(got?.headers.authorization ?? '', /^bearer [\w-]+\.[\w-]+\.[\w-]{86}$/);
    assert.equal(got?.body.toString(), '{"aps":{"alert":{"body":"Hi"}},"pealbell":{"id":"msg_1"}}');
  });

  it('sends each target to its environment, opened when first needed, and to its own bundle id', async () => {
    const { provider, production, sandbox } = await world(ok);
    await sendOne(provider, target(1, { environment: 'sandbox' }));
    assert.equal(production.sessions.length, 0);
    await provider.send(
      { message, targets: [target(2, { bundleId: 'com.shop.beta', environment: 'sandbox' }), target(3)] },
      never,
    );
    assert.deepEqual(
      sandbox.requests.map(({ headers }) => headers['apns-topic']),
      ['com.shop', 'com.shop.beta'],
    );
    assert.equal(production.requests.length, 1);
    assert.deepEqual(tokens(production), tokens(sandbox));
  });

  it('gives one outcome per target, in order, whatever each one is', async () => {
    const reasons: Record<string, [number, object]> = {
      [String(target(1).pushToken)]: [410, { reason: 'Unregistered', timestamp: 1_690_000_000_000 }],
      [String(target(2).pushToken)]: [400, { reason: 'BadDeviceToken' }],
      [String(target(3).pushToken)]: [429, { reason: 'TooManyRequests' }],
    };
    const { provider, observed } = await world((got) => {
      const answer = reasons[got.headers[':path']?.slice('/3/device/'.length) ?? ''];
      if (answer === undefined) ok(got);
      else refuse(got, ...answer);
    });
    const outcomes = await provider.send({ message, targets: [0, 1, 2, 3, 4].map((at) => target(at)) }, never);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['accepted', 'unregistered', 'rejected', 'deferred', 'accepted'],
    );
    assert.deepEqual(observed.flatMap((one) => (one.kind === 'request' ? [one.code] : [])).sort(), [
      '200',
      '200',
      '400 BadDeviceToken',
      '410 Unregistered',
      '429 TooManyRequests',
    ]);
  });

  it('renews an expired provider token once for all and repeats, and is misconfigured if that does not help', async () => {
    const seen = new Set<string>();
    let isStuck = false;
    const { provider, production, clock } = await world((got) => {
      const token = got.headers.authorization ?? '';
      const isFirst = seen.size === 0 || (seen.size === 1 && seen.has(token));
      seen.add(token);
      if (isFirst || isStuck) refuse(got, 403, { reason: 'ExpiredProviderToken' });
      else ok(got);
    });
    assert.equal((await sendOne(provider))?.kind, 'misconfigured', 'signed just now: below the floor');
    clock.now += 30 * MINUTE;
    const outcomes = await provider.send({ message, targets: [1, 2, 3, 4].map((at) => target(at)) }, never);
    assert.deepEqual(new Set(outcomes.map(({ kind }) => kind)), new Set(['accepted']));
    assert.equal(tokens(production).length, 2);
    isStuck = true;
    clock.now += 30 * MINUTE;
    assert.equal((await sendOne(provider))?.kind, 'misconfigured');
    assert.equal(tokens(production).length, 3);
  });

  it('leaves a connection that is shut down, and repeats at once after IdleTimeout', async () => {
    const { provider, production } = await world((got) => {
      if (got.nth === 1) refuse(got, 503, { reason: 'Shutdown' });
      else if (got.nth === 2) refuse(got, 400, { reason: 'IdleTimeout' });
      else ok(got);
    });
    assert.deepEqual(await sendOne(provider), {
      kind: 'deferred',
      scope: 'target',
      reason: 'provider_unavailable',
      detail: { status: 503, code: 'Shutdown' },
    });
    assert.equal((await sendOne(provider))?.kind, 'accepted');
    assert.equal(production.sessions.length, 3);
  });

  it('tells the operator of answers that show a fault, without the push token', async () => {
    const { provider, logged } = await world((got) => refuse(got, 405, { reason: 'MethodNotAllowed' }));
    assert.equal((await sendOne(provider))?.kind, 'rejected');
    assert.equal(logged[0]?.[0], 'apns.answer_unexpected');
    assert.deepEqual(logged[0]?.[1], { provider: 'apns', app: 'shop', status: 405, code: 'MethodNotAllowed' });
  });

  it('rejects what does not fit without asking APNs, and only the targets it cannot serve', async () => {
    const { provider, production } = await world(ok);
    const large = { ...message, notification: { body: 'x'.repeat(5000) } };
    const [tooLarge] = await provider.send({ message: large, targets: [target(1)] }, never);
    assert.ok(tooLarge?.kind === 'rejected' && tooLarge.reason === 'payload_too_large');
    assert.equal(production.requests.length, 0);
    const mixed = await provider.send(
      { message, targets: [target(1, { purpose: 'smoke_signal' }), target(2, { bundleId: 'a\nb' }), target(3)] },
      never,
    );
    assert.deepEqual(
      mixed.map(({ kind }) => kind),
      ['rejected', 'rejected', 'accepted'],
    );
  });

  it('is uncertain of what was written when the caller gives up, and defers what was not', async () => {
    const { provider, production } = await world(() => {});
    const given = new AbortController();
    const sending = provider.send({ message, targets: [target(1), target(2)] }, given.signal);
    await production.arrived(1);
    given.abort();
    const [first, second] = await sending;
    assert.equal(first?.kind, 'uncertain');
    assert.ok(second?.kind === 'deferred' && second.scope === 'target' && second.reason === 'timeout');
  });

  it('defers the account when APNs cannot be reached', async () => {
    const { provider, production } = await world(ok);
    await production.close();
    const outcome = await sendOne(provider);
    assert.ok(outcome?.kind === 'deferred' && outcome.scope === 'account');
    assert.equal(outcome.reason, 'provider_unavailable');
    assert.match(outcome.detail?.text ?? '', /ECONNREFUSED/);
  });

  it('names an authority it does not trust', async () => {
    const server = await openRawServer(ok);
    opened.push(server);
    const env = { name: 'apns', app: 'shop', now: () => 0, observe: () => {}, egress: createEgress({ allow: [] }) };
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const options = { key, key_id: 'ABC123DEFG', team_id: 'DEF123GHIJ', bundle_id: 'com.shop' };
    const provider = await apnsKind.open({ ...options, endpoints: { production: server.origin } }, { ...env, log });
    opened.push(provider);
    const outcome = await sendOne(provider);
    assert.ok(outcome?.kind === 'deferred');
    assert.match(outcome.detail?.text ?? '', /self.signed/);
  });
});
