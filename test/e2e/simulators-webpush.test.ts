import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { Agent } from 'node:https';
import webPush, { WebPushError } from 'web-push';
import { SERVICE_NAMES, TooManySubscriptionsError } from '../../providers/webpush/simulator.js';
import { startControlServer } from '../../src/simulators/control-server.js';
import { type SimulatorEndpoints, type Simulators, startSimulators } from '../../src/simulators.js';
import { type Caller, createCaller, openWorld, until, type World } from '../support/world.js';

type Subscription = webPush.PushSubscription;

interface Line {
  readonly provider: string;
  readonly token: string;
  readonly payload: unknown;
  readonly answer: { readonly status: number | null; readonly reason: string | null };
}

async function linesOf(controlUrl: string): Promise<Line[]> {
  const text = await (await fetch(`${controlUrl}/ledger`)).text();
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Line).filter(({ provider }) => provider === 'webpush');
}

describe('push services behind the control port', () => {
  let simulators: Simulators;
  let endpoints: SimulatorEndpoints['providers']['webpush'];
  let agent: Agent;

  before(async () => {
    simulators = await startSimulators({ controlPort: 0 });
    const answer = (await (await fetch(`${simulators.controlUrl}/endpoints`)).json()) as SimulatorEndpoints;
    endpoints = answer.providers.webpush;
    agent = new Agent({ ca: await readFile(endpoints.ca_file, 'utf8'), keepAlive: true });
  });
  beforeEach(async () => {
    await fetch(`${simulators.controlUrl}/ledger`, { method: 'DELETE' });
    await fetch(`${simulators.controlUrl}/faults`, { method: 'DELETE' });
  });
  after(async () => {
    agent.destroy();
    await simulators.close();
  });

  const ask = (body: unknown): Promise<Response> =>
    fetch(endpoints.subscriptions, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
  const subscribe = async (body: unknown): Promise<Subscription[]> =>
    (await (await ask(body)).json()) as Subscription[];
  const send = (subscription: Subscription, keys = endpoints.vapid): Promise<webPush.SendResult> =>
    webPush.sendNotification(subscription, '{"n":1}', { agent, vapidDetails: { subject: endpoints.subject, ...keys } });

  it('tells keys that work, as content and as a private file', async () => {
    assert.deepEqual(JSON.parse(await readFile(endpoints.vapid_file, 'utf8')), endpoints.vapid);
    assert.equal((await stat(endpoints.vapid_file)).mode & 0o777, 0o600);
    for (const service of SERVICE_NAMES) {
      const asked = { service, count: 2, vapid_key: endpoints.vapid.publicKey };
      const made = await subscribe(asked);
      assert.equal(made.length, 2);
      for (const subscription of made) {
        assert.deepEqual(Object.keys(subscription), ['endpoint', 'keys']);
        assert.equal(new URL(subscription.endpoint).origin, endpoints.origins[service]);
        assert.equal((await send(subscription)).statusCode, 201);
      }
    }
    const lines = await linesOf(simulators.controlUrl);
    assert.deepEqual(
      lines.map(({ payload }) => payload),
      Array(8).fill({ n: 1 }),
    );
  });

  it('counts the subscriptions of each service, and the JWTs it took', async () => {
    const [subscription] = await subscribe({ service: 'mozilla' });
    assert.ok(subscription !== undefined);
    type Counts = Record<string, { subscriptions: number; vapid_jwts: { distinct: number; most_per_hour: number } }>;
    const counts = async (): Promise<Counts> => (await (await fetch(endpoints.subscriptions)).json()) as Counts;
    const before = await counts();
    assert.deepEqual(Object.keys(before), [...SERVICE_NAMES]);
    // web-push signs anew for each message.
    for (let i = 0; i < 2; i += 1) await send(subscription);
    await subscribe({ service: 'mozilla', count: 5 });
    const { subscriptions, vapid_jwts: jwts } = before.mozilla ?? assert.fail('nothing of Mozilla');
    assert.deepEqual(await counts(), {
      ...before,
      mozilla: {
        subscriptions: subscriptions + 5,
        vapid_jwts: { distinct: jwts.distinct + 2, most_per_hour: jwts.most_per_hour + 2 },
      },
    });
  });

  it('binds subscriptions to a key only when asked', async () => {
    const [free] = await subscribe({});
    const [bound] = await subscribe({ service: 'google', count: 1, vapid_key: endpoints.vapid.publicKey });
    assert.ok(free !== undefined && bound !== undefined);
    const other = webPush.generateVAPIDKeys();
    assert.equal((await send(free, other)).statusCode, 201);
    await assert.rejects(send(bound, other), (error) => error instanceof WebPushError && error.statusCode === 403);
  });

  it('carries out a fault for one endpoint', async () => {
    const [struck, spared] = await subscribe({ count: 2, service: 'apple' });
    assert.ok(struck !== undefined && spared !== undefined);
    const fault = { provider: 'webpush', token: struck.endpoint, times: 1, status: 410 };
    assert.equal(
      (await fetch(`${simulators.controlUrl}/faults`, { method: 'POST', body: JSON.stringify(fault) })).status,
      201,
    );
    assert.equal((await send(spared)).statusCode, 201);
    await assert.rejects(send(struck), (error) => error instanceof WebPushError && error.statusCode === 410);
    assert.equal((await send(struck)).statusCode, 201);
  });

  for (const [body, status, sentence] of [
    ['{', 400, /not JSON/],
    [{ service: 'opera' }, 400, /service: /],
    [{ count: 0 }, 400, /count: /],
    [{ count: 10_001 }, 400, /count: /],
    [{ vapid_key: 'short' }, 400, /vapid_key: must be a VAPID public key/],
    [{ number: 3 }, 400, /number/],
    ['x'.repeat(100_000), 413, /65536 bytes/],
  ] as const) {
    it(`refuses ${JSON.stringify(body).slice(0, 30)} with a sentence`, async () => {
      const answer = await ask(body);
      assert.equal(answer.status, status);
      assert.equal(answer.headers.get('content-type'), 'application/problem+json');
      assert.match(((await answer.json()) as { detail: string }).detail, sentence);
    });
  }

  it('says that a service is full with a sentence', async () => {
    // Filling a real one takes 100,000 key pairs.
    const control = await startControlServer({
      port: 0,
      ledger: simulators.ledger,
      faults: simulators.faults,
      providers: [],
      endpoints: Promise.resolve({}),
      pushServices: Promise.resolve({
        ...simulators.webpush,
        subscribe: () => Promise.reject(new TooManySubscriptionsError('it is full')),
      }),
    });
    const answer = await fetch(`${control.url}/subscriptions`, { method: 'POST', body: '{}' });
    assert.deepEqual([answer.status, ((await answer.json()) as { detail: string }).detail], [409, 'it is full']);
    await control.close();
  });
});

describe('a gateway on the written configuration', function () {
  this.timeout(30_000);
  let world: World;
  let call: Caller;
  before(async () => {
    world = await openWorld();
    const gateway = await world.open();
    call = createCaller(gateway.api?.url ?? '', await world.key(gateway));
  });
  after(() => world.close());

  it('reaches browsers at every push service', async () => {
    const { vapid } = world.simulators.endpoints.providers.webpush;
    const sent = new Map<string, string>();
    for (const service of SERVICE_NAMES) {
      const [subscription] = await world.simulators.webpush.subscribe({ service, count: 1, vapidKey: vapid.publicKey });
      assert.ok(subscription !== undefined);
      const registrations = [{ provider: 'webpush', token: subscription }];
      const device = await call('PUT', `/v1/devices/${service}`, { user: 'alice', platform: 'web', registrations });
      assert.equal(device.status, 201, JSON.stringify(device.body));
      sent.set(service, subscription.endpoint);
    }
    const body = { to: { devices: [...SERVICE_NAMES] }, notification: { title: 'Order 8812', body: 'Paid' } };
    const accepted = await call<{ id: string }>('POST', '/v1/messages', body);
    assert.equal(accepted.status, 202, JSON.stringify(accepted.body));
    await until(
      async () => (await call<{ status: string }>('GET', `/v1/messages/${accepted.body.id}`)).body.status,
      (status) => status === 'completed',
    );
    const lines = await linesOf(world.simulators.controlUrl);
    assert.deepEqual(
      lines.map(({ token, answer }) => [token, answer.status]).sort(),
      [...sent.values()].map((endpoint) => [endpoint, 201]).sort(),
    );
    for (const { payload } of lines) assert.match(JSON.stringify(payload), /"Order 8812"/);
  });

  it('learns from each service in its own words that a browser is gone', async () => {
    const { webpush, endpoints } = world.simulators;
    const { vapid } = endpoints.providers.webpush;
    for (const service of SERVICE_NAMES) {
      const [subscription] = await webpush.subscribe({ service, count: 1, vapidKey: vapid.publicKey });
      assert.ok(subscription !== undefined);
      webpush.expire(subscription.endpoint);
      const registrations = [{ provider: 'webpush', token: subscription }];
      await call('PUT', `/v1/devices/gone-${service}`, { user: 'bob', platform: 'web', registrations });
    }
    const to = { devices: SERVICE_NAMES.map((service) => `gone-${service}`) };
    const { body } = await call<{ id: string }>('POST', '/v1/messages', {
      to,
      notification: { title: 'a', body: 'b' },
    });
    await until(
      async () => (await call<{ status: string }>('GET', `/v1/messages/${body.id}`)).body.status,
      (status) => status === 'completed',
    );
    type Page = { data: { reason: string }[] };
    const { data } = (await call<Page>('GET', `/v1/messages/${body.id}/deliveries`)).body;
    assert.deepEqual(
      data.map(({ reason }) => reason),
      Array(4).fill('token_invalid'),
    );
  });
});
