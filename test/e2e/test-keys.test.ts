import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Gateway } from '../../src/compose.js';
import { SCOPES } from '../../src/ports/key-store.js';
import { type Simulators, startSimulators } from '../../src/simulators.js';
import { freshDataDirectory } from '../support/pglite-template.js';
import { runCommand } from '../support/run-command.js';
import { readLedger } from '../support/verdict.js';
import { type Caller, createCaller, openWorld, pushTokenOf, until, type World } from '../support/world.js';
import { QUICK_RETRY } from './delivery/scene.js';

interface Done {
  readonly app: string;
  readonly status: string;
  readonly counts: Readonly<Record<string, number>>;
}
interface Device {
  readonly app?: string;
  readonly registrations: readonly { readonly provider: string }[];
  readonly retired: readonly { readonly reason: string }[];
}

const TITLE = 'Order 8812';
const FCM_TOKEN = `${'f'.repeat(22)}:${'A'.repeat(140)}`;
/** The form of a real one; nobody has its keys, and nothing may ever be sent there. */
const REAL_BROWSER = {
  endpoint: 'https://updates.push.services.mozilla.com/wpush/v2/gAAAAABn-of-a-real-browser',
  keys: {
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  },
};

const linesOf = ({ ledger }: Simulators) =>
  readLedger(ledger) as (ReturnType<typeof readLedger>[number] & {
    readonly provider: string;
    readonly payload: unknown;
  })[];
const pushesTo = (simulators: Simulators) => linesOf(simulators).filter(({ provider }) => provider !== 'fcm_oauth');

async function finished(call: Caller, id: string): Promise<Done> {
  const ask = async () => (await call<Done>('GET', `/v1/messages/${id}`)).body;
  return until(ask, ({ status }) => status === 'completed');
}

describe('test keys beside real keys', function () {
  this.timeout(60_000);
  /** `world.simulators` stand for the real vendors here, `simulators` for what a test key reaches. */
  let world: World;
  let simulators: Simulators;
  let gateway: Gateway;
  let real: Caller;
  let test: Caller;
  let url: string;

  before(async () => {
    world = await openWorld();
    simulators = await startSimulators({ controlPort: 0 });
    gateway = await world.open({ settings: { ...QUICK_RETRY, simulators: simulators.controlUrl } });
    url = gateway.api?.url ?? '';
    real = createCaller(url, await world.key(gateway));
    test = createCaller(url, (await gateway.keys.create({ app: 'demo', scopes: SCOPES, isTest: true })).key);
  });
  after(async () => {
    await world.close();
    await simulators.close();
  });

  const browserOf = async (of: Simulators) => (await of.webpush.subscribe({ service: 'mozilla', count: 1 }))[0];
  const send = async (call: Caller, more: object = {}) => {
    const body = { to: { users: ['alice'] }, notification: { title: TITLE }, ...more };
    const answer = await call<{ id: string; app: string }>('POST', '/v1/messages', body);
    assert.equal(answer.status, 202, JSON.stringify(answer.body));
    return answer.body;
  };
  const clear = () => {
    world.simulators.ledger.clear();
    simulators.ledger.clear();
    simulators.faults.clear();
  };
  /** The same devices for both, with the same addresses. */
  const register = async (browser: unknown) => {
    const devices = {
      phone: { platform: 'ios', registrations: [{ provider: 'apns', token: pushTokenOf(1) }] },
      droid: { platform: 'android', registrations: [{ provider: 'fcm', token: FCM_TOKEN }] },
      laptop: { platform: 'web', registrations: [{ provider: 'webpush', token: browser }] },
    };
    for (const call of [real, test]) {
      for (const [id, device] of Object.entries(devices)) {
        const { status } = await call('PUT', `/v1/devices/${id}`, { user: 'alice', ...device });
        assert.ok(status === 201 || status === 200);
      }
    }
  };

  it('never meet: each reaches its own side over all three roads, with the same addresses', async () => {
    clear();
    await register(await browserOf(world.simulators));
    const tested = await send(test);
    assert.equal(tested.app, 'demo:test');
    assert.equal((await finished(test, tested.id)).counts.sent, 3);
    assert.deepEqual(
      pushesTo(simulators)
        .map(({ provider }) => provider)
        .sort(),
      ['apns', 'fcm', 'webpush'],
    );
    assert.deepEqual(linesOf(world.simulators), [], 'a test message asked the vendor for something');

    simulators.ledger.clear();
    const sent = await send(real);
    assert.equal(sent.app, 'demo');
    assert.equal((await finished(real, sent.id)).counts.sent, 3);
    assert.equal(pushesTo(world.simulators).length, 3);
    assert.deepEqual(linesOf(simulators), []);

    for (const [call, id] of [
      [real, tested.id],
      [test, sent.id],
    ] as const) {
      assert.equal((await call('GET', `/v1/messages/${id}`)).status, 404);
    }
  });

  it('touch nothing of the real app when a simulator calls an address dead', async () => {
    clear();
    await register(await browserOf(world.simulators));
    simulators.faults.add({ provider: 'apns', match: { rate: 1 }, fault: { kind: 'answer', status: 410 } });
    const { id } = await send(test);
    assert.equal((await finished(test, id)).counts.failed, 1);
    const retired = async (call: Caller) => (await call<Device>('GET', '/v1/devices/phone')).body.retired.length;
    await until(
      () => retired(test),
      (count) => count === 1,
    );
    assert.equal(await retired(real), 0);
    assert.equal((await real<Device>('GET', '/v1/devices/phone')).body.registrations.length, 1);
  });

  it('take a real browser, and what is for it goes no further than the simulator, unread', async () => {
    clear();
    await test('PUT', '/v1/devices/real-browser', {
      ...{ user: 'bob', platform: 'web' },
      registrations: [{ provider: 'webpush', token: REAL_BROWSER }],
    });
    const { id } = await send(test, { to: { users: ['bob'] } });
    assert.equal((await finished(test, id)).counts.sent, 1);
    const [line, ...more] = linesOf(simulators);
    assert.equal(more.length, 0);
    assert.ok(line?.token.startsWith('https://127.0.0.1:') && line.token.endsWith('/gAAAAABn-of-a-real-browser'));
    assert.equal(line?.payload, null);
    assert.deepEqual(linesOf(world.simulators), []);
  });

  it("show what the simulators' own browsers decrypted", async () => {
    clear();
    await test('PUT', '/v1/devices/tab', {
      ...{ user: 'carol', platform: 'web' },
      registrations: [{ provider: 'webpush', token: await browserOf(simulators) }],
    });
    assert.equal((await finished(test, (await send(test, { to: { users: ['carol'] } })).id)).counts.sent, 1);
    const [line] = linesOf(simulators);
    const shown = line?.payload as { notification?: { title?: string } } | undefined;
    assert.equal(shown?.notification?.title, TITLE);
  });

  it('work unbound with X-App, and never by the name of a twin', async () => {
    const make = async (isTest: boolean) =>
      createCaller(url, (await gateway.keys.create({ app: null, scopes: SCOPES, isTest })).key);
    const unbound = await make(true);
    const devices = (call: Caller, app: string) => call('GET', '/v1/devices/phone', undefined, { 'X-App': app });
    assert.equal((await devices(unbound, 'demo')).status, 200);
    for (const call of [unbound, await make(false)]) {
      assert.deepEqual((await devices(call, 'demo:test')).body.code, 'app_not_found');
    }
    assert.equal((await unbound('POST', '/v1/admin/reload', {}, { 'X-App': 'demo' })).status, 404); // no files here
  });

  it('are counted apart in the metrics', async () => {
    const text = await (await fetch(`${gateway.admin.url}/metrics`)).text();
    assert.match(text, /^pealbell_deliveries_total\{[^}]*app="demo:test"[^}]*\} \d+$/m);
    assert.match(text, /^pealbell_provider_request\w*_count\{[^}]*provider="apns:test"[^}]*\} \d+$/m);
  });
});

describe('simulators inside the gateway', function () {
  this.timeout(60_000);
  let world: World;
  let storeUrl: string;
  before(async () => {
    storeUrl = `pglite:${await freshDataDirectory()}`;
    world = await openWorld({ storeUrl });
  });
  after(() => world.close());

  it('start and end with it, give an app that comes its twin, and are off when they are off', async () => {
    const settings = { ...QUICK_RETRY, 'store.url': storeUrl };
    const server = await world.spawn({ settings: { ...settings, simulators: 'embedded' } });
    const control = String((await server.line('simulators.started')).control);
    const keyFor = async (...flags: string[]) => {
      const set = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
      const made = await runCommand([
        ...['keys', 'create', '--config', world.configDir, '--json', '--scopes', SCOPES.join(',')],
        ...[...flags, ...set],
      ]);
      assert.equal(made.code, 0, made.stderr);
      return { ...(JSON.parse(made.stdout) as { key: string }), stderr: made.stderr };
    };
    const made = await keyFor('--test', '--app', 'demo');
    assert.match(made.key, /^pealbell_test_[0-9a-z]{86}$/);
    assert.match(made.stderr, /simulators is off in gateway\.yaml/); // that command was not told otherwise
    const call = createCaller(server.url, made.key);
    const push = async (caller: Caller) => {
      await caller('PUT', '/v1/devices/p', {
        ...{ platform: 'ios', registrations: [{ provider: 'apns', token: pushTokenOf(7) }] },
      });
      const body = { to: { devices: ['p'] }, notification: { title: TITLE } };
      const { id } = (await caller<{ id: string }>('POST', '/v1/messages', body)).body;
      return (await finished(caller, id)).counts.sent;
    };
    const accepted = async () =>
      ((await (await fetch(`${control}/ledger/summary`)).json()) as { accepted: { total: number } }).accepted.total;
    assert.equal(await push(call), 1);
    assert.equal(await accepted(), 1);

    const apps = join(world.configDir, 'apps');
    const demo = await readFile(join(apps, 'demo.yaml'), 'utf8');
    await writeFile(join(apps, 'fresh.yaml'), demo.replaceAll('com.example.demo', 'com.fresh'), { mode: 0o600 });
    const { changed } = await server.line('config.reloaded');
    assert.deepEqual(
      (changed as { key: string }[]).map(({ key }) => key),
      ['apps.fresh', 'apps.fresh.providers.apns', 'apps.fresh.providers.fcm', 'apps.fresh.providers.webpush'],
    );
    const fresh = createCaller(server.url, (await keyFor('--test', '--app', 'fresh')).key);
    assert.equal(await push(fresh), 1);
    assert.equal(await accepted(), 2);
    assert.deepEqual(linesOf(world.simulators), []);
    const reload = await call<{ code: string; detail: string }>('POST', '/v1/admin/reload', {});
    assert.deepEqual([reload.status, reload.body.code], [403, 'missing_scope']);

    assert.equal(await server.end(), 0);
    await assert.rejects(fetch(`${control}/ledger`));

    const off = await world.spawn({ settings });
    const refused = await createCaller(off.url, made.key)<{ code: string }>('GET', '/v1/devices/p');
    assert.deepEqual([refused.status, refused.body.code], [403, 'test_keys_off']);
    assert.equal(await off.end(), 0);
  });
});
