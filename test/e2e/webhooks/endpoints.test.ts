import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Gateway } from '../../../src/compose.js';
import { SCOPES } from '../../../src/ports/key-store.js';
import { type ApiAnswer, type Caller, createCaller, openWorld, type World } from '../../support/world.js';

const PATH = '/v1/webhook-endpoints';
const FILE_SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly source: string;
  readonly name: string | null;
  readonly state: string;
  readonly secret?: string;
  readonly [field: string]: unknown;
}
interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly pointer?: string; readonly code: string; readonly detail: string }[];
}

/** Endpoints as they are made, changed and looked at; what is sent to them is another test's concern. */
describe('webhook endpoints', function () {
  this.timeout(40_000);
  let world: World;
  let gateway: Gateway;
  let call: Caller;

  before(async () => {
    world = await openWorld({ roads: 'apns' });
    const file = join(world.configDir, 'apps', 'demo.yaml');
    await appendFile(file, `\nwebhooks: { crm: { url: "https://crm.example/", secret: "${FILE_SECRET}" } }\n`);
    gateway = await world.open({ settings: { simulators: world.simulators.controlUrl } });
    call = createCaller(gateway.api?.url ?? '', await world.key(gateway));
  });
  after(() => world?.close());

  const create = async (body: object = {}, key?: string) =>
    call<Endpoint & Problem>(
      'POST',
      PATH,
      { url: 'https://a.example/hook', ...body },
      key === undefined ? {} : { 'Idempotency-Key': key },
    );
  const list = async () => (await call<{ data: Endpoint[] }>('GET', PATH)).body.data;
  const said = ({ status, body }: ApiAnswer<Problem>) => [
    status,
    body.code,
    ...(body.errors ?? []).map(({ pointer, code, detail }) => `${pointer} ${code}: ${detail}`),
  ];

  it('are made with defaults, show their secret once, and are found again', async () => {
    const made = await create({ description: 'CRM' });
    assert.equal(made.status, 201);
    assert.match(made.body.id, /^whe_[0-9a-hjkmnp-tv-z]{26}$/);
    assert.equal(made.headers.get('location'), `${PATH}/${made.body.id}`);
    const { secret, ...shown } = made.body;
    assert.match(String(secret), /^whsec_[A-Za-z0-9+/]{43}=$/);
    const { created_at, updated_at, ...rest } = shown;
    assert.equal(created_at, updated_at);
    assert.deepEqual(rest, {
      id: made.body.id,
      object: 'webhook_endpoint',
      app: 'demo',
      url: 'https://a.example/hook',
      description: 'CRM',
      events: ['message.completed', 'delivery.failed', 'device.token_invalid', 'credential.*'],
      level: 'events',
      order: 'loose',
      max_events: 100,
      max_wait: '1s',
      source: 'api',
      name: null,
      state: 'active',
      state_reason: null,
      failing_since: null,
      held_until: null,
      last_success_at: null,
      endpoint_seq: 0,
      lost: null,
    });
    assert.deepEqual((await call('GET', `${PATH}/${made.body.id}`)).body, shown);
    assert.deepEqual(
      (await list()).find(({ id }) => id === made.body.id),
      shown,
    );
  });

  it('are changed in what is given, and are gone when they are deleted', async () => {
    const { id } = (await create({ description: 'x' })).body;
    const change = { events: ['delivery.*'], level: 'summary', order: 'strict', max_events: 7, max_wait: '0s' };
    const changed = await call<Endpoint>('PATCH', `${PATH}/${id}`, { ...change, description: null });
    assert.equal(changed.status, 200);
    const { url, description, events, level, order, max_events, max_wait } = changed.body;
    assert.deepEqual({ events, level, order, max_events, max_wait }, change);
    assert.deepEqual([url, description], ['https://a.example/hook', null]);
    assert.equal(changed.body.secret, undefined);
    assert.equal((await call('DELETE', `${PATH}/${id}`)).status, 204);
    for (const [method, path, body] of [
      ['GET', ''],
      ['PATCH', '', {}],
      ['DELETE', ''],
      ['POST', '/pause'],
      ['POST', '/resume'],
      ['POST', '/rotate-secret', {}],
      ['POST', '/test'],
      ['GET', '/deliveries'],
      ['GET', '/deliveries/whc_1'],
      ['POST', '/replay', { since: '2026-11-21T09:00:00Z' }],
    ] as const) {
      const answer = await call<Problem>(method, `${PATH}/${id}${path}`, body);
      assert.deepEqual([answer.status, answer.body.code], [404, 'webhook_not_found'], `${method} ${path}`);
    }
  });

  it('are refused with every fault at its place, and what was meant', async () => {
    const bad = {
      ...{ url: 'http://a.example/', events: ['delivery.failed', 'delivery.faild', 'message'] },
      ...{ level: 'sumary', max_wait: '61s', secret: 'x' },
    };
    const all = await create(bad);
    const places = (all.body.errors ?? []).map(({ pointer }) => pointer).sort();
    assert.deepEqual(places, ['/events/1', '/events/2', '/level', '/max_wait', '/secret', '/url']);
    for (const [body, fault] of [
      [
        { url: 'http://a.example/' },
        '/url https_required: must be https; http is for networks that egress.allow of the gateway lists',
      ],
      [
        { url: 'https://127.0.0.1/' },
        '/url address_not_allowed: must name a host, not an IP address, unless egress.allow of the gateway lists its network',
      ],
      [
        { url: 'https://u:p@a.example/' },
        '/url credentials_in_url: must not hold a user or a password; calls are signed, which proves more',
      ],
      [{ url: 7 }, '/url invalid_type: must be a string, not a number'],
      [{ events: [] }, '/events too_few_items: must not be empty'],
      [
        { events: ['*', 'delivery.faild'] },
        "/events/1 unknown_event: no event is called 'delivery.faild'; did you mean 'delivery.failed'?",
      ],
      [{ events: ['webhook.test'] }, '/events/0 unknown_event:'],
      [{ level: 'sumary' }, "/level invalid_value: must be 'events' or 'summary'; did you mean 'summary'?"],
      [{ max_wait: '61s' }, '/max_wait too_large: must be at most 60s'],
      [{ max_events: 101 }, '/max_events too_large: must be at most 100'],
      [{ sercet: 'x' }, "/sercet unknown_field: 'sercet' is not a field here;"],
    ] as const) {
      const [status, code, ...faults] = said(await create(body));
      assert.deepEqual([status, code, faults.length], [422, 'validation_failed', 1], JSON.stringify(body));
      assert.ok(String(faults[0]).startsWith(fault), String(faults[0]));
    }
    assert.deepEqual(said(await call('POST', PATH, {})), [422, 'validation_failed', '/url required: is required']);
    const own = await create({ url: 'http://127.0.0.1:8080/v1/events' });
    assert.equal(own.status, 422);
  });

  it('are made once under one key, whoever repeats the call', async () => {
    const first = await create({}, 'crm-1');
    const [again, twin] = await Promise.all([create({}, 'crm-1'), create({}, 'crm-1')]);
    for (const repeated of [again, twin]) {
      assert.deepEqual([repeated.status, repeated.headers.get('idempotency-replayed')], [201, 'true']);
      assert.deepEqual(repeated.body, first.body);
    }
    assert.deepEqual(said(await create({ level: 'summary' }, 'crm-1')), [422, 'idempotency_mismatch']);
    await call('POST', `${PATH}/${first.body.id}/rotate-secret`, { overlap: '0s' });
    // Its secret is another now, which was not for this call to show.
    assert.deepEqual(said(await create({}, 'crm-1')), [422, 'idempotency_mismatch']);
  });

  it('get a new secret beside the old one, five at most', async () => {
    const { id, secret } = (await create()).body;
    const rotate = (body: object = {}) =>
      call<Endpoint & Problem & { overlap_until: string }>('POST', `${PATH}/${id}/rotate-secret`, body);
    const secrets = new Set([secret]);
    for (let n = 0; n < 4; n++) {
      const rotated = await rotate();
      assert.equal(rotated.status, 200);
      secrets.add(rotated.body.secret);
      const overlapMs = Date.parse(rotated.body.overlap_until) - Date.now();
      assert.ok(Math.abs(overlapMs - 86_400_000) < 10_000, rotated.body.overlap_until);
    }
    assert.equal(secrets.size, 5);
    assert.deepEqual(said(await rotate()), [409, 'too_many_secrets']);
    assert.equal((await rotate({ overlap: '0s' })).status, 200);
    assert.equal((await rotate()).status, 200);
    assert.deepEqual(said(await rotate({ overlap: '8d' })), [
      422,
      'validation_failed',
      '/overlap too_large: must be at most 7d',
    ]);
  });

  it('are paused and go on', async () => {
    const { id } = (await create()).body;
    for (const [verb, state] of [
      ['pause', 'paused'],
      ['pause', 'paused'],
      ['resume', 'active'],
      ['resume', 'active'],
    ] as const) {
      const { status, body } = await call<Endpoint>('POST', `${PATH}/${id}/${verb}`);
      assert.deepEqual([status, body.state], [200, state]);
    }
  });

  it('of the file are there from the start, and are changed there alone', async () => {
    const [crm] = (await list()).filter(({ source }) => source === 'file');
    assert.deepEqual([crm?.name, crm?.url, crm?.state], ['crm', 'https://crm.example/', 'active']);
    for (const [method, path, body] of [
      ['PATCH', '', { level: 'summary' }],
      ['DELETE', ''],
      ['POST', '/rotate-secret', {}],
    ] as const) {
      const refused = await call<Problem>(method, `${PATH}/${crm?.id}${path}`, body);
      assert.deepEqual([refused.status, refused.body.code], [409, 'webhook_in_file']);
      assert.match(refused.body.detail, /apps\/demo\.yaml, under webhooks\.crm: change it there/);
    }
    assert.equal((await call<Endpoint>('POST', `${PATH}/${crm?.id}/pause`)).body.state, 'paused');
    assert.equal((await call<Endpoint>('POST', `${PATH}/${crm?.id}/resume`)).body.state, 'active');
    assert.doesNotMatch(JSON.stringify(await list()), /whsec_/);
  });

  it('belong to the app and the kind of key that made them', async () => {
    const { id } = (await create()).body;
    const { key } = await gateway.keys.create({ app: 'demo', scopes: SCOPES, isTest: true });
    const test = createCaller(gateway.api?.url ?? '', key);
    assert.deepEqual(said(await test<Problem>('GET', `${PATH}/${id}`)), [404, 'webhook_not_found']);
    assert.deepEqual((await test<{ data: unknown[] }>('GET', PATH)).body.data, []);
    const own = await test<Endpoint>('POST', PATH, { url: 'https://a.example/' });
    assert.deepEqual([own.status, own.body.app], [201, 'demo:test']);
    assert.equal((await call('GET', `${PATH}/${own.body.id}`)).status, 404);
  });

  it('need a key with the scope webhooks:write, also to be looked at', async () => {
    const scopes = SCOPES.filter((scope) => scope !== 'webhooks:write');
    const other = createCaller(gateway.api?.url ?? '', (await gateway.keys.create({ app: 'demo', scopes })).key);
    for (const [method, body] of [['GET'], ['POST', { url: 'https://a.example/' }]] as const) {
      const refused = await other<Problem>(method, PATH, body);
      assert.deepEqual([refused.status, refused.body.code], [403, 'missing_scope']);
    }
  });

  it('list deliveries by state, and say which states there are', async () => {
    const { id } = (await create()).body;
    await call('POST', `${PATH}/${id}/pause`);
    assert.deepEqual((await call('GET', `${PATH}/${id}/deliveries?state=parked`)).body, {
      data: [],
      next_cursor: null,
      has_more: false,
    });
    const refused = await call<Problem>('GET', `${PATH}/${id}/deliveries?state=parkd`);
    assert.deepEqual(
      [refused.status, refused.body.errors?.[0]?.detail],
      [422, "must be one of waiting, delivered, parked, skipped; did you mean 'parked'?"],
    );
    const cursor = await call<Problem>('GET', `${PATH}/${id}/deliveries?cursor=x`);
    assert.deepEqual([cursor.status, cursor.body.errors?.[0]?.code], [422, 'invalid_cursor']);
    const none = await call<Problem>('GET', `${PATH}/${id}/deliveries/whc_none`);
    assert.deepEqual([none.status, none.body.code], [404, 'webhook_delivery_not_found']);
  });

  it('refuse a replay that says too little or too much', async () => {
    const { id } = (await create()).body;
    const at = '2026-11-21T09:00:00Z';
    for (const [body, fault] of [
      [{}, ' exactly_one: say which: deliveries with their ids, or since with a time'],
      [{ deliveries: ['whc_1'], since: at }, ' exactly_one: deliveries stand alone'],
      [{ deliveries: [] }, '/deliveries too_few_items: must not be empty'],
      [{ since: 'yesterday' }, '/since invalid_format: must be a time'],
      [{ since: at, until: at }, '/until too_small: must be later than since'],
      [{ since: at, state: 'waiting' }, "/state invalid_value: must be 'parked'"],
      [{ since: at, cursor: 'x' }, '/cursor invalid_cursor'],
    ] as const) {
      const [status, code, ...faults] = said(await call('POST', `${PATH}/${id}/replay`, body));
      assert.deepEqual([status, code, faults.length], [422, 'validation_failed', 1], JSON.stringify(body));
      assert.ok(String(faults[0]).startsWith(fault), String(faults[0]));
    }
    const none = await call('POST', `${PATH}/${id}/replay`, { deliveries: ['whc_1', 'whc_2', 'whc_1'] });
    assert.deepEqual(
      [none.status, none.body],
      [202, { replayed: 0, passed_over: 2, gone: 0, has_more: false, next_cursor: null }],
    );
  });

  it('are at most a hundred for an app, those of its file among them', async () => {
    let answer = await create();
    for (let n = 0; answer.status === 201 && n <= 100; n++) answer = await create();
    assert.deepEqual([answer.status, answer.body.code], [409, 'too_many_webhooks']);
    assert.match(answer.body.detail, /at most 100 endpoints: delete one/);
    const page = await call<{ data: Endpoint[]; next_cursor: string }>('GET', `${PATH}?limit=60`);
    const rest = await call<{ data: Endpoint[]; has_more: boolean }>(
      'GET',
      `${PATH}?limit=60&cursor=${page.body.next_cursor}`,
    );
    const ids = [...page.body.data, ...rest.body.data].map(({ id }) => id);
    assert.deepEqual([new Set(ids).size, rest.body.has_more], [100, false]);
    assert.deepEqual(ids, [...ids].sort());
    for (const { id, source } of [...page.body.data, ...rest.body.data]) {
      if (source === 'api') await call('DELETE', `${PATH}/${id}`);
    }
  });
});
