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

const FILES = [
  { file: 'compose.yaml', store: 'postgres', kind: 'postgres' },
  { file: 'compose.mongodb.yaml', store: 'mongo', kind: 'mongodb' },
] as const;

for (const { file, store: storeService, kind } of FILES)
  describe(`deploy/${file}`, () => {
    const DATASTORES: readonly string[] = [storeService, 'redis'];
    let text: string;
    let gatewayText: string;
    let services: Readonly<Record<string, Service>>;
    let secrets: Readonly<Record<string, { readonly file: string }>>;
    let networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
    let files: Workspace;

    before(async () => {
      text = await textOf(`deploy/${file}`);
      gatewayText = await textOf('deploy/compose/config/gateway.yaml');
      ({ services, secrets, networks } = parse(text, { merge: true }));
      files = await openWorkspace();
    });
    after(() => files.remove());

    const service = (name: string): Service => services[name] ?? assert.fail(`no service ${name}`);
    const gateways = () => Object.entries(services).filter(([name]) => !DATASTORES.includes(name));

    /** As Compose hands them over, with the secrets where the test has them. */
    const environmentOf = ({ environment = {} }: Service) =>
      Object.fromEntries(
        Object.entries(environment).map(([key, value]) => [
          key,
          value.replaceAll('$$', '$').replaceAll('/run/secrets/', `${files.dir}/secrets/`),
        ]),
      );

    async function load(env: Readonly<Record<string, string>> = environmentOf(service('api'))): Promise<Config> {
      for (const name of Object.keys(secrets)) {
        const value = name === 'data_key' ? makeDataKey((size) => randomBytes(size)) : `${name}-9`;
        await files.write(`secrets/${name}`, value);
      }
      await files.write('config/gateway.yaml', gatewayText.replaceAll('/run/secrets/', `${files.dir}/secrets/`));
      return files.load({ env });
    }

    it('runs the gateway as api and worker, from one image, configuration and set of secrets', () => {
      assert.deepEqual(Object.keys(services).sort(), ['api', 'worker', ...DATASTORES].sort());
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
      for (const [, each] of gateways()) assert.deepEqual((await load(environmentOf(each))).warnings, []);
      await assert.rejects(load({ PEALBELL_SERVER__LISTEN_ON: '1' }), /is not a setting/);
    });

    it('has the datastores under the names and with the passwords that gateway.yaml uses', async () => {
      const { store, queue } = await load();
      assert.ok(store.url.kind === kind && queue.url.kind === 'redis');
      const [database, redis] = [new URL(store.url.url), new URL(queue.url.url)];
      assert.deepEqual([database.hostname, redis.hostname], DATASTORES);
      assert.deepEqual([database.password, redis.password], [`${storeService}_password-9`, 'redis_password-9']);
      const given = service(storeService).environment ?? {};
      if (kind === 'postgres') {
        assert.deepEqual([given.POSTGRES_USER, `/${given.POSTGRES_DB}`], [database.username, database.pathname]);
        assert.equal(given.POSTGRES_PASSWORD_FILE, '/run/secrets/postgres_password');
      } else {
        assert.equal(given.MONGO_INITDB_ROOT_USERNAME, database.username);
        assert.equal(given.MONGO_INITDB_ROOT_PASSWORD_FILE, '/run/secrets/mongo_password');
        assert.equal(database.searchParams.get('authSource'), 'admin', 'where the image makes its user');
        assert.deepEqual((await load()).bus.url, queue.url);
      }
      assert.match(service('redis').command.join(), /maxmemory-policy noeviction\n/);
      const inForce = kind === 'postgres' ? gatewayText : Object.values(service('api').environment ?? {}).join('\n');
      for (const [, reference = ''] of inForce.matchAll(/\$\{file:\/run\/secrets\/(\w+)\}/g)) {
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
