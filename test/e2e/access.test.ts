import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '../../config/load.js';
import type { Gateway } from '../../src/compose.js';
import { goodClaims, newSigningKey, signAccess } from '../support/access-token.js';
import { type Caller, createCaller, openWorld, pushTokenOf, type World } from '../support/world.js';
import { openPlain } from './realtime/plain-client.js';

const KEY = newSigningKey('ES256');
const ORIGIN = 'https://shop.example';

/** Access of devices as servers, devices and pages meet it. */
describe('access tokens over HTTP', function () {
  this.timeout(60_000);

  let world: World;
  let gateway: Gateway;
  let url: string;
  let server: Caller;
  const appFile = () => join(world.configDir, 'apps', 'demo.yaml');
  let providers: string;
  const writeApp = (section: string) => writeFile(appFile(), `${providers}\n${section}`, { mode: 0o600 });
  const withKey = `realtime:\n  issuer: shop\n  origins: ["${ORIGIN}"]\n  keys:\n    - { kid: k1, key: ${JSON.stringify(KEY.publicPem)} }\n`;

  before(async () => {
    world = await openWorld({ roads: 'apns' });
    providers = (await readFile(appFile(), 'utf8')).replace(/^realtime:.*\n/m, '');
    await writeApp(withKey);
    const read = () => readConfig({ dir: world.configDir, env: {}, flags: world.flags });
    gateway = await world.open({ variations: { readConfig: read } });
    url = gateway.api?.url ?? '';
    server = createCaller(url, await world.key(gateway));
  });
  after(() => world.close());

  const sign = (change: Readonly<Record<string, unknown>> = {}) =>
    signAccess(KEY, goodClaims(Date.now(), { aud: 'demo', ...change }), { kid: 'k1' });
  const device = (id: string, user: string | null) => server('PUT', `/v1/devices/${id}`, { platform: 'ios', user });
  const me = (token: string, body: unknown, headers?: Record<string, string>) =>
    createCaller(url, token)('PUT', '/v1/devices/me', body, headers);
  const code = async (answer: Promise<{ status: number; body: Record<string, unknown> }>) => {
    const { status, body } = await answer;
    return [status, body.code];
  };
  async function made(id: string, more: object = {}): Promise<string> {
    const { status, body } = await server<{ token: string }>('POST', '/v1/realtime/tokens', { device: id, ...more });
    assert.equal(status, 201, JSON.stringify(body));
    return body.token;
  }

  it('are made for a device as its user has it now, and tell where to connect', async () => {
    await device('made', 'alice');
    const before = Date.now();
    const { status, body, headers } = await server<{ token: string; expires_at: string; urls: object }>(
      'POST',
      '/v1/realtime/tokens',
      { device: 'made', scopes: ['register'], ttl: '2h' },
    );
    assert.equal(status, 201);
    assert.equal(headers.get('cache-control'), 'no-store');
    const left = Date.parse(body.expires_at) - before;
    assert.ok(left > 7_190_000 && left <= 7_200_000 + 1_000, String(left));
    assert.deepEqual(body.urls, {
      ws: 'ws://127.0.0.1:8080/v1/realtime/ws',
      sse: 'http://127.0.0.1:8080/v1/realtime/sse',
      poll: 'http://127.0.0.1:8080/v1/realtime/poll',
    });
    assert.equal((await me(body.token, { locale: 'fr' })).status, 200);
  });

  it('are not made for a device that is not there, with scopes that are none, or for too long', async () => {
    const ask = (body: object) => code(server('POST', '/v1/realtime/tokens', body));
    assert.deepEqual(await ask({ device: 'nobody' }), [404, 'device_not_found']);
    assert.deepEqual(await ask({}), [422, 'validation_failed']);
    assert.deepEqual(await ask({ device: 'made', scopes: ['admin'] }), [422, 'validation_failed']);
    assert.deepEqual(await ask({ device: 'made', scopes: [] }), [422, 'validation_failed']);
    assert.deepEqual(await ask({ device: 'made', ttl: '25h' }), [422, 'validation_failed']);
    assert.deepEqual(await ask({ device: 'made', ttl: '59s' }), [422, 'validation_failed']);
  });

  it('let a device register itself as its user’s, and keep itself current', async () => {
    const token = sign({ device: 'self', sub: 'bob' });
    const registrations = [{ provider: 'apns', token: pushTokenOf(7) }];
    const first = await me(token, { platform: 'ios', locale: 'de', registrations });
    assert.equal(first.status, 201);
    assert.deepEqual([first.body.user, first.body.platform, first.body.locale], ['bob', 'ios', 'de']);
    const second = await me(token, {
      platform: 'ios',
      app_version: '5',
      notifications: 'off',
      timezone: 'Europe/Paris',
    });
    assert.deepEqual([second.status, second.body.app_version, second.body.locale], [200, '5', 'de']);
    assert.equal((await server('GET', '/v1/devices/self')).body.notifications, 'off');
  });

  it('do not let a device say what its server says, with a sentence for each', async () => {
    const token = sign({ device: 'self', sub: 'bob' });
    const body = { user: 'eve', tags: ['vip'], topics: ['x'], attributes: { rich: true }, locale: 'it' };
    const refused = await me(token, body);
    assert.equal(refused.status, 422);
    assert.deepEqual(
      (refused.body.errors as { pointer: string; code: string }[]).map((fault) => [fault.pointer, fault.code]),
      ['/user', '/tags', '/topics', '/attributes'].map((pointer) => [pointer, 'for_servers_only']),
    );
    const moved = await me(token, { platform: 'android' });
    assert.deepEqual([moved.status, (moved.body.errors as { code: string }[])[0]?.code], [422, 'read_only']);
    assert.equal((await server('GET', '/v1/devices/self')).body.locale, 'de');
    assert.deepEqual(await code(me(sign({ device: 'fresh' }), { locale: 'de' })), [422, 'validation_failed']);
  });

  it('are worth nothing where their device is another user’s, or gone', async () => {
    await device('sold', 'carol');
    const [hers, nobodys] = [sign({ device: 'sold', sub: 'carol' }), sign({ device: 'sold', sub: undefined })];
    assert.equal((await me(hers, {})).status, 200);
    assert.deepEqual(await code(me(nobodys, {})), [403, 'not_theirs']);
    await device('sold', 'dave');
    assert.deepEqual(await code(me(hers, {})), [403, 'not_theirs']);
    await server('DELETE', '/v1/devices/sold');
    assert.deepEqual(await code(me(hers, {})), [422, 'validation_failed'], 'it would have to register anew');
  });

  it('need their scope', async () => {
    assert.deepEqual(await code(me(sign({ device: 'self', sub: 'bob', scope: 'receive' }), {})), [
      403,
      'missing_scope',
    ]);
  });

  it('are taken away from a device, a user or one by one, and a new one is good again', async () => {
    for (const [id, user] of [
      ['r1', 'rita'],
      ['r2', 'rita'],
      ['r3', null],
    ] as const)
      await device(id, user);
    const tokens = { r1: await made('r1'), r2: await made('r2'), r3: await made('r3'), own: '' };
    tokens.own = sign({ device: 'r3', sub: undefined, jti: 'one' });
    const states = async () => {
      const answers = await Promise.all(Object.values(tokens).map((token) => me(token, {})));
      return answers.map(({ status, body }) => body.code ?? status);
    };
    assert.deepEqual(await states(), [200, 200, 200, 200]);
    const revoke = (body: object) => server('POST', '/v1/realtime/revocations', body);
    const one = await revoke({ jti: 'one' });
    assert.deepEqual([one.status, one.body.revoked], [200, { jti: 'one' }]);
    assert.deepEqual(await states(), [200, 200, 200, 'access_revoked']);
    assert.equal((await revoke({ user: 'rita' })).status, 200);
    assert.deepEqual(await states(), ['access_revoked', 'access_revoked', 200, 'access_revoked']);
    assert.equal((await revoke({ device: 'r3' })).status, 200);
    assert.deepEqual((await states())[2], 'access_revoked');
    await new Promise((resolve) => setTimeout(resolve, 2)); // another millisecond than that of the revocation
    tokens.r1 = await made('r1');
    assert.deepEqual((await states())[0], 200);
    assert.deepEqual(await code(revoke({})), [422, 'validation_failed']);
    assert.deepEqual(await code(revoke({ device: 'a', user: 'b' })), [422, 'validation_failed']);
  });

  it('are refused as soon as their key leaves the file, and those that the gateway made are not', async () => {
    await device('live', 'lily');
    const [own, gateways] = [sign({ device: 'live', sub: 'lily' }), await made('live')];
    assert.equal((await me(own, {})).status, 200);
    await writeApp('realtime: {}\n');
    assert.equal((await gateway.liveConfig?.reload('api'))?.kind, 'reloaded');
    assert.deepEqual(await code(me(own, {})), [401, 'token_refused']);
    assert.equal((await me(gateways, {})).status, 200);
    await writeApp('');
    await gateway.liveConfig?.reload('api');
    assert.deepEqual(await code(me(gateways, {})), [404, 'no_realtime']);
    assert.deepEqual(await code(server('POST', '/v1/realtime/tokens', { device: 'live' })), [404, 'no_realtime']);
    await writeApp(withKey);
    await gateway.liveConfig?.reload('api');
    assert.equal((await me(own, {})).status, 200);
  });

  it('end open connections within 5 s of being taken away, with their key as well, and nobody else’s', async () => {
    const ids = ['c-device', 'c-user', 'c-token', 'c-key', 'c-none'];
    for (const id of ids) await device(id, id === 'c-user' ? 'ursula' : null);
    const hello = async (token: string) => {
      const client = await openPlain(url);
      client.say({ t: 'hello', token });
      await client.next('welcome');
      return client;
    };
    const own = (id: string, more = {}) => sign({ device: id, sub: undefined, ...more });
    const byDevice = await hello(await made('c-device'));
    const byUser = await hello(sign({ device: 'c-user', sub: 'ursula' }));
    const byToken = await hello(own('c-token', { jti: 'leaked' }));
    const byKey = await hello(own('c-key'));
    const stays = await hello(await made('c-none'));
    for (const body of [{ device: 'c-device' }, { user: 'ursula' }, { jti: 'leaked' }]) {
      assert.equal((await server('POST', '/v1/realtime/revocations', body)).status, 200);
    }
    for (const client of [byDevice, byUser, byToken]) {
      const { code, bye } = await client.ended();
      assert.deepEqual([code, bye?.reason], [4510, 'access_revoked']);
    }
    await writeApp('realtime: {}\n');
    await gateway.liveConfig?.reload('api');
    assert.equal((await byKey.ended(5_000)).code, 4510);
    await writeApp(withKey);
    await gateway.liveConfig?.reload('api');
    stays.say({ t: 'ping' });
    await stays.next('pong');
    stays.cut();
  });

  it('work from pages of the app’s origins, and of no other', async () => {
    const token = sign({ device: 'self', sub: 'bob' });
    const good = await me(token, {}, { origin: ORIGIN });
    assert.deepEqual([good.status, good.headers.get('access-control-allow-origin')], [200, ORIGIN]);
    assert.deepEqual(await code(me(token, {}, { origin: 'https://evil.example' })), [403, 'foreign_origin']);
    const preflight = await fetch(`${url}/v1/devices/me`, {
      method: 'OPTIONS',
      headers: { origin: ORIGIN, 'access-control-request-method': 'PUT' },
    });
    assert.deepEqual([preflight.status, preflight.headers.get('access-control-allow-methods')], [204, 'PUT']);
  });

  it('are of no use where a server key is asked for, nor the other way round', async () => {
    const refused = await createCaller(url, sign({ device: 'self', sub: 'bob' }))('GET', '/v1/devices/self');
    assert.deepEqual([refused.status, refused.body.code], [401, 'unauthorized']);
    assert.match(String(refused.body.detail), /access token of a device/);
    assert.deepEqual(await code(server('PUT', '/v1/devices/me', {})), [401, 'token_refused']);
  });

  it('let a device say something to its server, which reads it once', async () => {
    const list = (query = '') =>
      server<{ data: Record<string, unknown>[]; next_cursor: string }>('GET', `/v1/upstream${query}`);
    assert.deepEqual((await list()).body, { data: [], next_cursor: null, has_more: false });
    await device('talker', 'tom');
    const client = await openPlain(url);
    client.say({ t: 'hello', token: sign({ device: 'talker', sub: 'tom' }), stream: 's1' });
    await client.next('welcome');
    for (const n of [1, 2, 2]) client.say({ t: 'up', n, topic: 'chat', data: { text: `say ${n}` } });
    while ((await client.next('ok')).n !== 2);
    client.cut();
    const first = (await list('?limit=1')).body;
    const second = (await list(`?limit=5&cursor=${first.next_cursor}`)).body;
    assert.deepEqual(
      [...first.data, ...second.data].map((one) => [one.device, one.user, one.topic, one.data]),
      [
        ['talker', 'tom', 'chat', { text: 'say 1' }],
        ['talker', 'tom', 'chat', { text: 'say 2' }],
      ],
    );
    assert.equal((await server('GET', '/v1/upstream?cursor=bm90aGluZw')).status, 422);
  });
});
