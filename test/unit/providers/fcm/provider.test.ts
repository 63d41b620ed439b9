import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import type { Message, ProviderObservation, Target } from '../../../../providers/contract.js';
import type { IssuedToken } from '../../../../providers/fcm/access-tokens.js';
import { FCM_LIMITS, fcmKind } from '../../../../providers/fcm/kind.js';
import { FcmProvider } from '../../../../providers/fcm/provider.js';
import { testEnv } from '../../../contract/provider.suite.js';
import { openRawServer, type RawRequest } from '../shared/raw-server.js';

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
  const hash = createHash('sha512').update(String(at)).digest('base64url');
  return { pushToken: fcmKind.parsePushToken(`${hash.slice(0, 22)}:${hash}`), notificationId: randomUUID(), ...part };
}

function say({ stream }: RawRequest, status: number, body: object): void {
  stream.respond({ ':status': status, 'content-type': 'application/json' });
  stream.end(JSON.stringify(body));
}

function accept(request: RawRequest): void {
  say(request, 200, { name: `projects/shop/messages/${request.nth}` });
}

async function world(handle: (request: RawRequest) => void, part: Partial<IssuedToken> = {}) {
  const server = await openRawServer(handle, { maxConcurrentStreams: 1000 });
  const observed: ProviderObservation[] = [];
  const logged: [string, Readonly<Record<string, unknown>>][] = [];
  let issued = 0;
  const provider = new FcmProvider(
    {
      tokens: {
        issue: async () => {
          issued += 1;
          return { value: `access-${issued}`, expiresInSeconds: 3600, ...part };
        },
      },
      projectId: 'shop-1a2b3',
      endpoint: server.origin,
      ca: server.ca,
      limits: FCM_LIMITS,
    },
    testEnv({
      log: { info: () => {}, warn: () => {}, error: (fields, event) => logged.push([event, fields]) },
      observe: (one) => observed.push(one),
    }),
  );
  opened.push(server, provider);
  return { provider, server, observed, logged };
}

describe('FCM provider', () => {
  afterEach(async () => {
    for (const one of opened.reverse()) await one.close();
    opened.length = 0;
  });

  it('sends path, token and body as Google asks', async () => {
    const { provider, server } = await world(accept);
    const to = target(7);
    const outcomes = await provider.send({ message, targets: [to] }, never);
    assert.deepEqual(outcomes, [{ kind: 'accepted', vendorId: 'projects/shop/messages/1' }]);
    const got = server.requests[0];
    assert.equal(got?.headers[':method'], 'POST');
    assert.equal(got?.headers[':path'], '/v1/projects/shop-1a2b3/messages:send');
    assert.equal(got?.headers['content-type'], 'application/json');
    assert.equal(got?.headers.authorization, 'Bearer access-1');
    assert.equal(got?.headers['x-goog-user-project'], undefined);
    const body = JSON.parse(got?.body.toString() ?? '') as { message: Record<string, unknown> };
    assert.equal(body.message.token, to.pushToken);
    assert.deepEqual(body.message.notification, { body: 'Hi' });
    assert.deepEqual((body.message.android as Record<string, unknown>).notification, { tag: 'msg_1' });
  });

  it('names the project that is billed where the credentials do', async () => {
    const { provider, server } = await world(accept, { quotaProject: 'billed' });
    await provider.send({ message, targets: [target(1)] }, never);
    assert.equal(server.requests[0]?.headers['x-goog-user-project'], 'billed');
  });

  it('opens no more than 100 streams on a connection, and reuses connections from send to send', async () => {
    const { provider, server } = await world(accept);
    for (let round = 0; round < 3; round += 1) {
      const targets = Array.from({ length: 300 }, (_, at) => target(at));
      const outcomes = await provider.send({ message, targets }, never);
      assert.ok(outcomes.every(({ kind }) => kind === 'accepted'));
    }
    assert.equal(server.requests.length, 900);
    assert.ok(server.streamsPeak() <= 100, String(server.streamsPeak()));
    assert.ok(server.sessions.length <= 4, String(server.sessions.length));
  });

  it('rejects targets of a purpose it does not serve, and them alone', async () => {
    const { provider, server } = await world(accept);
    const targets = [target(1, { purpose: 'voip' }), target(2, { purpose: 'alert' })];
    const outcomes = await provider.send({ message, targets }, never);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['rejected', 'accepted'],
    );
    assert.equal(server.requests.length, 1);
  });

  it('tells the operator of answers unknown to it, without the push token, and counts answers', async () => {
    const { provider, logged, observed } = await world((request) => {
      if (request.nth === 1) say(request, 418, { error: { status: 'TEAPOT', message: 'short and stout' } });
      else accept(request);
    });
    const [strange] = await provider.send({ message, targets: [target(1)] }, never);
    assert.equal(strange?.kind, 'rejected');
    await provider.send({ message, targets: [target(2)] }, never);
    const fields = { provider: 'under_test', app: 'shop', status: 418, code: 'TEAPOT', text: 'short and stout' };
    assert.deepEqual(logged, [['fcm.answer_unexpected', fields]]);
    assert.deepEqual(
      observed.flatMap((one) => (one.kind === 'request' ? [one.code] : [])),
      ['418', '200'],
    );
  });

  it('repeats once on a 401, and not when the next token is the same', async () => {
    const { provider, server } = await world((request) => {
      if (request.headers.authorization === 'Bearer access-1')
        say(request, 401, { error: { status: 'UNAUTHENTICATED' } });
      else accept(request);
    });
    const [outcome] = await provider.send({ message, targets: [target(1)] }, never);
    assert.equal(outcome?.kind, 'accepted');
    assert.equal(server.requests.length, 2);
    const same = await world((request) => say(request, 401, { error: { status: 'UNAUTHENTICATED' } }), {
      value: 'same',
    });
    const [refused] = await same.provider.send({ message, targets: [target(1)] }, never);
    assert.equal(refused?.kind, 'misconfigured');
    assert.equal(same.server.requests.length, 1);
  });
});
