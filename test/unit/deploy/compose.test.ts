import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { parse } from 'yaml';
import type { Config } from '../../../config/load.js';
import { checkRoles, parseRoles } from '../../../config/roles.js';
import { makeDataKey } from '../../../src/domain/data-key.js';
import { openWorkspace, type Workspace } from '../config/workspace.js';
import { textOf } from './files.js';

interface Service {
  readonly image: string;
  readonly command: readonly string[];
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks: readonly string[];
  readonly stop_grace_period?: string;
}

const DATASTORES = ['postgres', 'redis'];

describe('deploy/compose.yaml', () => {
  let text: string;
  let gatewayText: string;
  let services: Readonly<Record<string, Service>>;
  let secrets: Readonly<Record<string, { readonly file: string }>>;
  let networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  let files: Workspace;

  before(async () => {
    text = await textOf('deploy/compose.yaml');
    gatewayText = await textOf('deploy/compose/config/gateway.yaml');
    ({ services, secrets, networks } = parse(text, { merge: true }));
    files = await openWorkspace();
  });
  after(() => files.remove());

  const service = (name: string): Service => services[name] ?? assert.fail(`no service ${name}`);
  const gateways = () => Object.entries(services).filter(([name]) => !DATASTORES.includes(name));

  async function load(env: Readonly<Record<string, string>> = {}): Promise<Config> {
    for (const name of Object.keys(secrets)) {
      const value = name === 'data_key' ? makeDataKey((size) => randomBytes(size)) : `${name}-9`;
      await files.write(`secrets/${name}`, value);
    }
    await files.write('config/gateway.yaml', gatewayText.replaceAll('/run/secrets/', `${files.dir}/secrets/`));
    return files.load({ env });
  }

  it('runs the gateway as api and worker, from one image, configuration and set of secrets', () => {
    assert.deepEqual(Object.keys(services).sort(), ['api', 'postgres', 'redis', 'worker']);
    const [api, worker] = [service('api'), service('worker')];
    assert.equal(worker.image, api.image);
    assert.deepEqual(worker.secrets, api.secrets);
    assert.deepEqual(worker.volumes, api.volumes);
    assert.deepEqual(worker.environment, api.environment);
  });

  it('has a gateway.yaml that loads, with roles that run under it', async () => {
    const config = await load();
    assert.deepEqual(config.warnings, []);
    for (const [name, { command }] of gateways()) {
      const [verb, flag, roles = ''] = command.map((word) => word.replace(/^\$\{\w+:-(.*)\}$/, '$1'));
      assert.deepEqual([verb, flag, roles], ['serve', '--role', name]);
      const parsed = parseRoles(roles);
      assert.ok(typeof parsed !== 'string', String(parsed));
      assert.deepEqual(checkRoles(config, parsed), []);
    }
  });

  it('names no variable that the gateway would refuse or pass over', async () => {
    for (const [, { environment = {} }] of gateways()) assert.deepEqual((await load(environment)).warnings, []);
    await assert.rejects(load({ PEALBELL_SERVER__LISTEN_ON: '1' }), /is not a setting/);
  });

  it('has the datastores under the names and with the passwords that gateway.yaml uses', async () => {
    const { store, queue } = await load();
    assert.ok(store.url.kind === 'postgres' && queue.url.kind === 'redis');
    const [postgres, redis] = [new URL(store.url.url), new URL(queue.url.url)];
    assert.deepEqual([postgres.hostname, redis.hostname], DATASTORES);
    assert.deepEqual([postgres.password, redis.password], ['postgres_password-9', 'redis_password-9']);
    const { POSTGRES_USER, POSTGRES_DB, POSTGRES_PASSWORD_FILE } = service('postgres').environment ?? {};
    assert.deepEqual([POSTGRES_USER, `/${POSTGRES_DB}`], [postgres.username, postgres.pathname]);
    assert.equal(POSTGRES_PASSWORD_FILE, '/run/secrets/postgres_password');
    assert.match(service('redis').command.join(), /maxmemory-policy noeviction\n/);
    for (const [, reference = ''] of gatewayText.matchAll(/\$\{file:\/run\/secrets\/(\w+)\}/g)) {
      for (const [name, { secrets: given = [] }] of gateways()) {
        assert.ok(given.includes(reference), `${name} lacks ${reference}`);
      }
    }
  });

  it('holds no secret', () => {
    for (const [name, { file }] of Object.entries(secrets)) assert.match(file, /^\.\/compose\/secrets\//, name);
    for (const [name, { environment = {} }] of Object.entries(services)) {
      for (const key of Object.keys(environment)) assert.doesNotMatch(key, /(PASSWORD|SECRET|KEY|TOKEN)$/, name);
    }
    assert.doesNotMatch(`${text}${gatewayText}`, /:\/\/[^\s$]*:[^\s$@]+@/);
  });

  it('lets no container write to its root, be root or gain rights', () => {
    for (const [name, container] of Object.entries(services)) {
      assert.equal(container.read_only, true, name);
      assert.match(container.user ?? '', /^[1-9]\d*:[1-9]\d*$/, name);
      assert.deepEqual(container.cap_drop, ['ALL'], name);
      assert.deepEqual(container.security_opt, ['no-new-privileges:true'], name);
      assert.ok((container.healthcheck?.test.length ?? 0) > 1, name);
    }
  });

  it('publishes the API only, and gives the datastores no way out', async () => {
    const { server } = await load();
    assert.deepEqual(
      Object.keys(services).filter((name) => service(name).ports !== undefined),
      ['api'],
    );
    assert.match(service('api').ports?.join() ?? '', new RegExp(`:-127\\.0\\.0\\.1:\\d+\\}:${server.listen.port}$`));
    assert.notEqual(server.listen.port, server.admin.port);
    for (const name of DATASTORES) {
      assert.ok(
        service(name).networks.every((network) => networks[network]?.internal === true),
        name,
      );
    }
    for (const [name, { environment = {} }] of gateways()) {
      assert.equal(new URL(environment.PEALBELL_HEALTH_URL ?? '').port, String(server.admin.port), name);
    }
  });
});
