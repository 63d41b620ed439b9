import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createApnsCredentials } from '../../providers/apns/simulator.js';
import { SCOPES } from '../../src/ports/key-store.js';
import { freshDataDirectory } from '../support/pglite-template.js';
import { runCommand } from '../support/run-command.js';
import { judge } from '../support/verdict.js';
import { createCaller, type GatewayProcess, type LogLine, openWorld, until, type World } from '../support/world.js';
import { QUICK_RETRY, sceneOver } from './delivery/scene.js';

const TOLD_WITHIN_MS = 30_000;
/**
 * A send of 5,000, at most 800 of it under way, is to outlast the look at files that have changed; and one window of 50,
 * which a new connection to APNs takes one by one until its token is known, is to end well within the time to tell.
 */
const LATENCY_MS = 150;

/** A configuration that changes under a running gateway, as operators and orchestrators change it. */
describe('reloading the configuration', function () {
  this.timeout(90_000);

  let world: World;
  let server: GatewayProcess;
  let storeUrl: string;
  let key: string;

  const places = () => ({
    app: (id: string) => join(world.configDir, 'apps', `${id}.yaml`),
    gateway: join(world.configDir, 'gateway.yaml'),
    p8: world.simulators.endpoints.providers.apns.key_file,
  });
  const lines = (event: string) => server.lines.filter((line) => line.event === event);
  /** Waits for the next line of this name after those that `before` counted. */
  const next = async (event: string, before: number): Promise<LogLine> => {
    const all = await until(
      async () => lines(event),
      (found) => found.length > before,
      TOLD_WITHIN_MS,
    );
    return all[before] as LogLine; // there is one more than before
  };
  const write = (path: string, text: string) => writeFile(path, text, { mode: 0o600 });
  const strangersKey = () => createApnsCredentials({ bundleIds: ['com.example.demo'] }).privateKey;
  const call = <T = Record<string, unknown>>(method: string, path: string, body?: unknown) =>
    createCaller(server.url, key)<T>(method, path, body);
  const scene = () => sceneOver(world, server.url, key);

  beforeEach(async () => {
    // One provider, so that what changed is told in one line.
    world = await openWorld({ latencyMs: LATENCY_MS, roads: 'apns' });
    storeUrl = `pglite:${await freshDataDirectory()}`;
    key = await keyOf('demo');
  });
  afterEach(() => world.close());

  const start = async () => {
    server = await world.spawn({ settings: { ...QUICK_RETRY, 'store.url': storeUrl } });
  };

  it('takes up a new app file by itself, and gives up one that was removed', async () => {
    await start();
    await write(places().app('fresh'), await readFile(places().app('demo'), 'utf8'));
    const added = await next('config.reloaded', 0);
    assert.deepEqual(added.changed, [
      { key: 'apps.fresh', change: 'added' },
      { key: 'apps.fresh.providers.apns', change: 'added' },
    ]);
    assert.equal(added.cause, 'files');
    const other = sceneOver(world, server.url, await keyOf('fresh'));
    const token = await other.device('first');
    await other.reaches(await other.send({ devices: ['first'] }));
    assert.equal(other.arrivals(token).length, 1);

    await rm(places().app('fresh'));
    await next('config.reloaded', 1);
    const gone = await other.call('GET', '/v1/devices/first');
    assert.deepEqual([gone.status, gone.body.code], [404, 'app_not_found']);
    await scene().reaches(await scene().send({ devices: [await named('still')] }));
  });

  it('replaces credentials in the middle of a send: nothing is lost, nothing comes twice', async () => {
    const DEVICES = 5_000;
    await start();
    const tokens = await scene().devices('mid', DEVICES);
    const id = await scene().send('everyone');
    const { ledger } = world.simulators;
    await scene().reaches(id, () => ledger.summary().accepted.total >= DEVICES / 10, 30_000);

    // Well-formed, but not the key that the vendor knows: the account is stopped, and everything waits.
    await write(places().p8, strangersKey());
    const swapped = await next('config.reloaded', 0);
    assert.deepEqual(swapped.changed, [{ key: 'apps.demo.providers.apns', change: 'changed' }]);
    await next('account.blocked', 0);
    assert.ok(ledger.summary().accepted.total < DEVICES, 'the send was over before the swap');
    const during = await scene().reaches(id, (message) => message.blocked.length > 0, 40_000);
    assert.deepEqual([during.counts.failed, during.status === 'completed'], [0, false]);

    await write(places().p8, world.simulators.endpoints.providers.apns.key);
    await next('config.reloaded', 1);
    // By itself, and at once: a blocked account that nobody lets go is looked at after a minute only.
    const mendedAt = Date.now();
    const done = await scene().reaches(id, undefined, 40_000);
    assert.ok(Date.now() - mendedAt < 30_000, `it took ${Date.now() - mendedAt} ms`);
    assert.equal(done.counts.sent, DEVICES);
    const { lost, repeated, unexpected } = judge(scene().arrivals(), new Set(tokens));
    assert.deepEqual([lost, repeated, unexpected], [0, 0, 0]);
    assert.equal(lines('config.reload_refused').length, 0);
  });

  it('changes nothing for a faulty file, tells every fault, and goes on when it is mended', async () => {
    await start();
    const demo = await readFile(places().app('demo'), 'utf8');
    const device = await named('steady');
    const unbound = await keyOf(null);
    await write(places().app('fresh'), demo);
    await write(places().p8, 'this is no key');
    await write(places().app('demo'), `${demo}    bundle: com.example.typo\n`);
    const refused = await next('config.reload_refused', 0);
    const faults = refused.faults as string[];
    assert.equal(refused.level, 'error');
    assert.ok(
      faults.some((fault) => fault.includes('demo.yaml:') && fault.includes('bundle')),
      faults.join('\n'),
    );
    assert.ok(
      faults.some((fault) => fault.includes('fresh.yaml:') && fault.includes('providers.apns.key')),
      faults.join('\n'),
    );
    assert.ok(faults.every((fault) => !fault.includes('this is no key')));
    // The faultless new app waits with the others; what ran runs on, with the old key.
    const anyApp = createCaller(server.url, unbound);
    const asked = await anyApp('GET', '/v1/devices/steady', undefined, { 'x-app': 'fresh' });
    assert.deepEqual([asked.status, asked.body.code], [404, 'app_not_found']);
    await scene().reaches(await scene().send({ devices: [device] }));
    assert.equal(lines('config.reloaded').length, 0);

    const answer = await call<{ code: string; errors: { detail: string }[] }>('POST', '/v1/admin/reload');
    assert.deepEqual([answer.status, answer.body.code], [422, 'config_refused']);
    assert.deepEqual(
      answer.body.errors.map(({ detail }) => detail),
      faults,
    );

    await write(places().app('demo'), demo);
    await write(places().p8, world.simulators.endpoints.providers.apns.key);
    const mended = await next('config.reloaded', 0);
    assert.deepEqual(mended.changed, [
      { key: 'apps.fresh', change: 'added' },
      { key: 'apps.fresh.providers.apns', change: 'added' },
    ]);
    await scene().reaches(await scene().send({ devices: [device] }));
  });

  it('takes up a file that a faulty configuration was waiting for', async () => {
    await start();
    const secrets = join(world.configDir, 'secrets');
    const demo = await readFile(places().app('demo'), 'utf8');
    await write(places().app('late'), demo.replace('../apns-key.p8', '../secrets/late/key.p8'));
    const refused = await next('config.reload_refused', 0);
    assert.match(String(refused.faults), /secrets\/late\/key\.p8, which does not exist/);
    await mkdir(join(secrets, 'late'), { recursive: true });
    await write(join(secrets, 'late', 'key.p8'), world.simulators.endpoints.providers.apns.key);
    const taken = await next('config.reloaded', 0);
    assert.deepEqual((taken.changed as { key: string }[])[0]?.key, 'apps.late');
    // A key that others could read is refused, one that was mended with chmod alone is not.
    await chmod(join(secrets, 'late', 'key.p8'), 0o644);
    await next('config.reload_refused', lines('config.reload_refused').length);
    await chmod(join(secrets, 'late', 'key.p8'), 0o600);
    await next('config.reloaded', 1);
  });

  it('follows a mount whose `..data` link is swapped', async () => {
    const { apns } = world.simulators.endpoints.providers;
    const mount = join(world.configDir, 'mount');
    const version = async (name: string, text: string) => {
      await mkdir(join(mount, name), { recursive: true });
      await write(join(mount, name, 'key.p8'), text);
      await symlink(name, join(mount, '..data_tmp'));
      await rename(join(mount, '..data_tmp'), join(mount, '..data'));
    };
    await version('..2026_01', strangersKey());
    await symlink(join('..data', 'key.p8'), join(mount, 'key.p8'));
    const demo = await readFile(places().app('demo'), 'utf8');
    await write(places().app('demo'), demo.replace('../apns-key.p8', '../mount/key.p8'));
    await start();
    const id = await scene().send({ devices: [await named('mounted')] });
    await scene().reaches(id, (message) => message.status === 'blocked');

    await version('..2026_02', apns.key);
    await rm(join(mount, '..2026_01'), { recursive: true });
    const first = await next('config.reloaded', 0);
    assert.deepEqual(first.changed, [{ key: 'apps.demo.providers.apns', change: 'changed' }]);
    await scene().reaches(id);
    // And again: the folder behind the link is another by now.
    await version('..2026_03', strangersKey());
    await next('config.reloaded', 1);
    await write(join(mount, '..2026_03', 'key.p8'), apns.key);
    await next('config.reloaded', 2);
    await scene().reaches(await scene().send({ devices: ['mounted'] }));
  });

  it('finds the one that changed among 300 app files, and takes up many more together', async () => {
    const demo = await readFile(places().app('demo'), 'utf8');
    const many = (from: number, to: number) =>
      Promise.all(Array.from({ length: to - from }, (_, n) => write(places().app(`many${from + n}`), demo)));
    await many(0, 300);
    await start();
    await write(places().app('many7'), demo.replace('com.example.demo', 'com.example.seven'));
    const one = await next('config.reloaded', 0);
    assert.deepEqual(one.changed, [{ key: 'apps.many7.providers.apns', change: 'changed' }]);
    await many(300, 400);
    const added = () => lines('config.reloaded').flatMap((line) => line.changed as { change: string }[]);
    await until(
      async () => added().filter(({ change }) => change === 'added'),
      (found) => found.length === 200,
      TOLD_WITHIN_MS,
    );
    await scene().reaches(await scene().send({ devices: [await named('among')] }));
    assert.equal(lines('config.reload_refused').length, 0);
  });

  it('reads again on SIGHUP and on call, and says what only a restart changes', async () => {
    await start();
    server.child.kill('SIGHUP');
    const hangUp = await next('config.reloaded', 0);
    assert.deepEqual([hangUp.cause, hangUp.changed, hangUp.needs_restart], ['signal', [], []]);

    const gateway = await readFile(places().gateway, 'utf8');
    await write(places().gateway, `${gateway}retry: { attempts: 3 }\nlimits: { body: 2MB }\nlog: { level: debug }\n`);
    const seen = await next('config.reloaded', 1);
    assert.deepEqual(seen.changed, [{ key: 'log.level', change: 'changed' }]);
    assert.deepEqual(seen.needs_restart, ['limits.body', 'retry.attempts']);
    // It is in force: requests of probes are told at this level only.
    await fetch(`${server.url}/livez`);
    await until(
      async () => lines('http.request'),
      (found) => found.some((line) => line.level === 'debug'),
      TOLD_WITHIN_MS,
    );
    const again = await call('POST', '/v1/admin/reload');
    assert.deepEqual(
      [again.status, again.body],
      [200, { changed: [], needs_restart: ['limits.body', 'retry.attempts'] }],
    );
    const small = await call('POST', '/v1/admin/reload', { now: true });
    assert.equal(small.status, 422);
    const reader = createCaller(server.url, await keyOf('demo', ['devices:read']));
    assert.equal((await reader('POST', '/v1/admin/reload')).status, 403);
    assert.equal(await server.end(), 0);
  });

  async function named(id: string): Promise<string> {
    await scene().device(id);
    return id;
  }

  async function keyOf(app: string | null, scopes: readonly string[] = SCOPES): Promise<string> {
    const made = await runCommand([
      ...['keys', 'create', '--config', world.configDir, '--set', `store.url=${storeUrl}`],
      ...(app === null ? [] : ['--app', app]),
      ...['--scopes', scopes.join(','), '--json'],
    ]);
    assert.equal(made.code, 0, made.stderr);
    return (JSON.parse(made.stdout) as { key: string }).key;
  }
});
