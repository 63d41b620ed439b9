import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Registry } from 'prom-client';
import { admitDevice, type DeviceDoor } from '../../../src/http/device-gate.js';
import { createEdge } from '../../../src/http/edge.js';
import { createKeyLimit } from '../../../src/http/key-limit.js';
import { type DeviceOperation, json } from '../../../src/http/operation.js';
import { type HttpListener, listen } from '../../../src/http/server.js';
import { createOwnAllowances } from '../../../src/runtime/own-allowances.js';
import { createAccessTickets } from '../../../src/usecases/access-tickets.js';
import type { Access, Refused } from '../../../src/usecases/access-tokens.js';
import { silentLog } from '../../support/world.js';

const SHOP = 'https://shop.example';
const clock = { now: () => 1_000 };
const accessOf = (app: string): Access => ({
  kind: 'access',
  app,
  device: 'd1',
  user: 'alice',
  scopes: new Set(['receive']),
  issuedAt: 0,
  expiresAt: 3_600_000,
  keyId: 'k',
});
const TOKENS: Readonly<Record<string, Access | Refused>> = {
  'of-shop': accessOf('shop'),
  'of-news': accessOf('news'),
  'of-sold': accessOf('sold'),
  'of-fresh': accessOf('fresh'),
  'of-busy': accessOf('busy'),
  old: { kind: 'refused', code: 'token_expired', detail: 'it has expired' },
  revoked: { kind: 'refused', code: 'access_revoked', detail: 'it was revoked' },
  nowhere: { kind: 'refused', code: 'no_realtime', detail: 'there is no realtime road' },
};

describe('the door for devices', () => {
  const tickets = createAccessTickets({ clock, random: (size) => randomBytes(size) });
  const door: DeviceDoor = {
    tickets,
    owners: { ask: async ({ app }) => (app === 'sold' ? 'not_theirs' : app === 'fresh' ? 'unknown_device' : 'theirs') },
    limit: createKeyLimit(createOwnAllowances(clock), 'device', { units: 100, windowSeconds: 60 }),
    tokens: {
      verify: async (token) => TOKENS[token] ?? { kind: 'refused', code: 'token_refused', detail: 'not known' },
      check: (access) =>
        access.app === 'gone' ? { kind: 'refused', code: 'no_realtime', detail: 'there is none' } : undefined,
    },
    allowsOrigin: (app, origin) => origin === SHOP && app !== 'news',
  };
  const shared = { tag: 'realtime', summary: '', body: 'none', answers: [], problems: [], scopes: 'device' } as const;
  const tell: DeviceOperation['handle'] = async ({ access }) => json(200, { app: access.app, device: access.device });
  const parameters = [{ name: 'ticket', in: 'query', description: '' } as never];
  const operations: readonly DeviceOperation[] = [
    { ...shared, method: 'get', path: '/any', operationId: 'any', access: 'receive', handle: tell },
    { ...shared, method: 'put', path: '/new', operationId: 'new', makesDevice: true, handle: tell },
    { ...shared, method: 'post', path: '/up', operationId: 'up', access: 'upstream', handle: tell },
    { ...shared, method: 'get', path: '/stream', operationId: 'stream', tickets: true, parameters, handle: tell },
  ];
  let listener: HttpListener;

  before(async () => {
    const house = {
      health: { live: () => true, ready: async () => ({ ok: true, checks: {} }) },
      metrics: new Registry(),
      clock,
      random: (size: number) => randomBytes(size),
      log: silentLog,
      version: 'test',
    };
    const edge = createEdge(house, operations, {
      bodyBytes: 1_000,
      requestsMax: 1,
      admit: async () => assert.fail('no operation here needs a key'),
      countMore: () => Promise.resolve(),
      devices: { origins: door, admit: (req, query, operation) => admitDevice(door, clock, req, query, operation) },
    });
    listener = await listen(edge, { host: '127.0.0.1', port: 0, setting: 'server.listen' });
  });
  after(() => listener.close(0));

  async function call(path: string, headers: Record<string, string> = {}, method = 'GET') {
    const answer = await fetch(listener.url + path, { method, headers });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === '' ? {} : JSON.parse(text) };
  }
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  it('lets a device in with its access token, and tells the operation which it is', async () => {
    const { status, body } = await call('/any', bearer('of-shop'));
    assert.deepEqual([status, body], [200, { app: 'shop', device: 'd1' }]);
  });

  it('says what is wrong with an access token, and asks for one in the words of RFC 6750', async () => {
    const seen: unknown[] = [];
    for (const token of ['unknown', 'old', 'revoked', 'nowhere']) {
      const { status, body, headers } = await call('/any', bearer(token));
      seen.push([status, body.code, headers.has('www-authenticate')]);
    }
    const { status, body } = await call('/any');
    assert.deepEqual(
      [...seen, [status, body.code, true]],
      [
        [401, 'token_refused', true],
        [401, 'token_expired', true],
        [403, 'access_revoked', false],
        [404, 'no_realtime', false],
        [401, 'token_refused', true],
      ],
    );
  });

  it('asks for the scope of the operation', async () => {
    const { status, body, headers } = await call('/up', bearer('of-shop'), 'POST');
    assert.deepEqual([status, body.code], [403, 'missing_scope']);
    assert.match(headers.get('www-authenticate') ?? '', /scope="upstream"/);
  });

  it('takes a ticket once, where the operation takes tickets', async () => {
    const { ticket } = tickets.issue(accessOf('shop')) ?? {};
    assert.equal((await call(`/any?ticket=${ticket}`)).status, 401);
    assert.equal((await call(`/stream?ticket=${ticket}`)).status, 200);
    assert.deepEqual((await call(`/stream?ticket=${ticket}`)).body.code, 'token_refused');
  });

  it('judges what a ticket stands for anew', async () => {
    const { ticket } = tickets.issue(accessOf('gone')) ?? {};
    assert.equal((await call(`/stream?ticket=${ticket}`)).body.code, 'no_realtime');
  });

  it('lets pages of the app’s origins call, and read a problem too', async () => {
    const good = await call('/any', { ...bearer('of-shop'), origin: SHOP });
    assert.deepEqual([good.status, good.headers.get('access-control-allow-origin')], [200, SHOP]);
    assert.equal(good.headers.get('vary'), 'Origin');
    const bad = await call('/any', { ...bearer('old'), origin: SHOP });
    assert.deepEqual([bad.status, bad.headers.get('access-control-allow-origin')], [401, SHOP]);
  });

  it('refuses a page of another origin, also where another app names it', async () => {
    const foreign = await call('/any', { ...bearer('of-shop'), origin: 'https://evil.example' });
    assert.deepEqual([foreign.status, foreign.body.code], [403, 'foreign_origin']);
    assert.equal(foreign.headers.get('access-control-allow-origin'), null);
    const other = await call('/any', { ...bearer('of-news'), origin: SHOP });
    assert.deepEqual([other.status, other.body.code], [403, 'foreign_origin']);
  });

  it('asks whose the device is now', async () => {
    const sold = await call('/any', bearer('of-sold'));
    assert.deepEqual([sold.status, sold.body.code], [403, 'not_theirs']);
    const fresh = await call('/any', bearer('of-fresh'));
    assert.deepEqual([fresh.status, fresh.body.code], [404, 'unknown_device']);
    assert.equal((await call('/new', bearer('of-fresh'), 'PUT')).status, 200);
    assert.equal((await call('/new', bearer('of-sold'), 'PUT')).status, 403);
  });

  it('bounds what one device asks, and no other for it', async () => {
    const statuses = new Set<number>();
    for (let asked = 0; asked <= 100; asked++) statuses.add((await call('/any', bearer('of-busy'))).status);
    assert.deepEqual([...statuses], [200, 429]);
    const refused = await call('/any', bearer('of-busy'));
    assert.ok(Number(refused.headers.get('retry-after')) >= 1);
    assert.equal((await call('/any', bearer('of-shop'))).status, 200);
  });

  it('answers a preflight for an origin that some app names, and for no other', async () => {
    const asks = (origin: string) => ({ origin, 'access-control-request-method': 'POST' });
    const good = await call('/up', asks(SHOP), 'OPTIONS');
    assert.equal(good.status, 204);
    assert.equal(good.headers.get('access-control-allow-origin'), SHOP);
    assert.equal(good.headers.get('access-control-allow-methods'), 'POST');
    assert.match(good.headers.get('access-control-allow-headers') ?? '', /authorization.*last-event-id/);
    assert.equal(good.headers.get('access-control-allow-credentials'), null);
    const bad = await call('/up', asks('https://evil.example'), 'OPTIONS');
    assert.deepEqual([bad.status, bad.headers.get('access-control-allow-origin')], [204, null]);
  });
});
