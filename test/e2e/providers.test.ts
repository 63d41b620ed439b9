import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createApnsCredentials } from '../../providers/apns/simulator.js';
import { VENDOR_KINDS } from '../../providers/catalogue.js';
import type { Gateway } from '../../src/compose.js';
import { createCaller, importDevices, openWorld, until, type World } from '../support/world.js';

interface Health {
  readonly name: string;
  readonly kind: string;
  readonly state: string;
  readonly reason: string | null;
  readonly since: string | null;
  readonly until: string | null;
  readonly last_accepted_at: string | null;
  readonly quotas: readonly { class: string; per: string; used: number | null; parked_until: string | null }[];
  readonly native_for: readonly string[];
  readonly limits: object;
}
interface Test {
  readonly verdict: string;
  readonly ms: number;
  readonly detail: string;
  readonly cure?: string;
}

/** `/v1/providers`: how the roads fare, and whether the vendors accept the credentials. */
describe('providers of an app', function () {
  this.timeout(60_000);
  let world: World;
  let gateway: Gateway;
  let call: ReturnType<typeof createCaller>;
  let key: string;

  before(async () => {
    world = await openWorld({ roads: 'every' });
    gateway = await world.open();
    key = await world.key(gateway);
    call = createCaller(gateway.api?.url ?? '', key);
  });
  after(() => world.close());

  const health = async (name: string) => (await call<Health>('GET', `/v1/providers/${name}`)).body;
  const callWith = async (scope: 'messages:read' | 'messages:send') =>
    createCaller(gateway.api?.url ?? '', (await gateway.keys.create({ app: 'demo', scopes: [scope] })).key);

  it('are listed in the order of the file, untried at first', async () => {
    const { status, body } = await call<{ data: Health[]; has_more: boolean; next_cursor: null }>(
      'GET',
      '/v1/providers',
    );
    assert.deepEqual([status, body.has_more, body.next_cursor], [200, false, null]);
    assert.deepEqual(
      body.data.map(({ name, kind, state }) => [name, kind, state]),
      VENDOR_KINDS.map(({ name }) => [name, name, 'untried']),
    );
    const capped = body.data.find(({ name }) => name === 'huawei')?.quotas ?? [];
    assert.deepEqual(
      capped.map(({ per, used, parked_until }) => [per, capped[0]?.class, used, parked_until]),
      [['device', 'marketing', null, null]],
    );
    assert.deepEqual(body.data[1], {
      ...{ name: 'fcm', kind: 'fcm', state: 'untried', reason: null, since: null, until: null, last_accepted_at: null },
      ...{ parked: [], quotas: [] },
      native_for: ['android'],
      limits: { batch: 500, payload_bytes: 4096, ttl: '28d' },
    });
  });

  it('are tested without reaching or counting anything', async () => {
    const before = await (await fetch(`${gateway.admin.url}/metrics`)).text();
    const verdicts: Record<string, string> = {};
    for (const name of ['apns', 'fcm', 'webpush']) {
      const { status, body } = await call<Test>('POST', `/v1/providers/${name}/test`);
      assert.equal(status, 200);
      assert.ok(body.ms < 5_500);
      verdicts[name] = body.verdict;
    }
    assert.deepEqual(verdicts, { apns: 'accepted', fcm: 'accepted', webpush: 'not_askable' });
    assert.equal(world.simulators.ledger.summary().accepted.total, 0);
    assert.equal((await health('apns')).state, 'untried', 'a test is no message');
    const after = await (await fetch(`${gateway.admin.url}/metrics`)).text();
    const counted = (text: string) =>
      text
        .split('\n')
        // Some other vendors are asked about dead addresses meanwhile.
        .filter((line) => /^pealbell_(?:deliveries|provider_request).*provider="(?:apns|fcm|webpush)"/.test(line));
    assert.deepEqual(counted(after), counted(before));
  });

  it('are ok once the vendor took a message, and tell when that was', async () => {
    await importDevices(gateway.api?.url ?? '', key, 1);
    const sentAt = Date.now();
    await call('POST', '/v1/messages', { to: { users: ['u0'] }, notification: { title: 'Hello' } });
    const apns = await until(
      () => health('apns'),
      ({ state }) => state === 'ok',
    );
    assert.ok(Date.parse(apns.last_accepted_at ?? '') >= sentAt);
    assert.equal((await health('fcm')).state, 'untried');
  });

  it('are refused with a cure when the vendor refuses them, and blocked once a message met that', async () => {
    const stranger = createApnsCredentials({ bundleIds: ['com.example.demo'] });
    const other = await openWorld({ roads: 'apns' });
    try {
      await writeFile(other.simulators.endpoints.providers.apns.key_file, stranger.privateKey, { mode: 0o600 });
      const wrong = await other.open();
      const url = wrong.api?.url ?? '';
      const wrongKey = await other.key(wrong);
      const ask = createCaller(url, wrongKey);
      const { body } = await ask<Test>('POST', '/v1/providers/apns/test');
      assert.equal(body.verdict, 'refused');
      assert.match(body.cure ?? '', /key_id/);
      assert.equal((await ask<Health>('GET', '/v1/providers/apns')).body.state, 'untried', 'a test blocks nothing');
      await importDevices(url, wrongKey, 1);
      await ask('POST', '/v1/messages', { to: { users: ['u0'] }, notification: { title: 'Hello' } });
      const blocked = await until(
        async () => (await ask<Health>('GET', '/v1/providers/apns')).body,
        ({ state }) => state === 'blocked',
      );
      assert.equal(blocked.reason, 'credential_rejected');
      assert.ok(Date.parse(blocked.until ?? '') > Date.parse(blocked.since ?? ''));
    } finally {
      await other.close();
    }
  });

  it('answer 404 with a guess for a name that is not there, and 403 to a key that may not', async () => {
    const missing = await call<{ code: string; detail: string }>('GET', '/v1/providers/apn');
    assert.deepEqual([missing.status, missing.body.code], [404, 'provider_not_found']);
    assert.match(missing.body.detail, /did you mean 'apns'/);
    assert.equal((await call('POST', '/v1/providers/nobody/test')).status, 404);
    const reader = await callWith('messages:read');
    assert.equal((await reader('GET', '/v1/providers')).status, 200);
    assert.equal((await reader('POST', '/v1/providers/apns/test')).status, 403);
    const sender = await callWith('messages:send');
    assert.equal((await sender('GET', '/v1/providers')).status, 403);
  });

  it('share one answer when several ask at once', async () => {
    const before = world.simulators.ledger.summary().lines;
    const answers = await Promise.all([1, 2, 3, 4].map(() => call<Test>('POST', '/v1/providers/apns/test')));
    assert.ok(answers.every(({ body }) => body.verdict === 'accepted'));
    assert.ok(world.simulators.ledger.summary().lines - before < 4);
  });
});
