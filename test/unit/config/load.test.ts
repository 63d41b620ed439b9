import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { loadConfig } from '../../../config/load.js';
import { VENDOR_KINDS } from '../../../providers/catalogue.js';
import { isGatewayError } from '../../../src/domain/errors.js';
import { KINDS, openWorkspace, PLAIN_SYSTEM, type Workspace } from './workspace.js';

/** The rest of a provider of kind http. */
const REST = 'form: { token: "{{token}}", body: "{{text}}" }';

describe('loading the configuration', () => {
  let space: Workspace;
  beforeEach(async () => {
    space = await openWorkspace();
  });
  afterEach(() => space.remove());

  it('gives the defaults where nothing is written', async () => {
    const config = await space.load();
    assert.deepEqual(config.server.listen, { host: '127.0.0.1', port: 8080 });
    assert.deepEqual(config.store.url, { kind: 'pglite', dir: join(space.dir, 'data') });
    assert.deepEqual(config.queue.url, { kind: 'store' });
    assert.deepEqual(config.retry, { base: 1000, cap: 900_000, attempts: 10 });
    assert.deepEqual(config.brake, { window: 600_000, share: 0.02, floor: 100 });
    assert.deepEqual(config.limits, {
      body: 1024 * 1024,
      broadcast_devices: 100_000,
      per_key: { units: 2_000, windowSeconds: 1 },
    });
    assert.equal(config.retention.content, 7 * 86_400_000);
    assert.equal(config.security.data_key, undefined);
    assert.deepEqual([config.apps, config.warnings, config.sources], [[], [], []]);
  });

  it('lets the file win over defaults, a variable over the file, a flag over both', async () => {
    await space.write(
      'config/gateway.yaml',
      'server:\n  listen: 0.0.0.0:1\n  admin: 0.0.0.0:2\nlog: { level: debug }\nretry: { attempts: 3 }\n',
    );
    const config = await space.load({
      env: {
        PEALBELL_SERVER__LISTEN: '[::1]:3',
        PEALBELL_SERVER__ADMIN: '0.0.0.0:4',
        PEALBELL_RETRY__ATTEMPTS: '7',
        PEALBELL_SERVER__TRUSTED_PROXIES: '10.0.0.0/8, ::1',
        PEALBELL_PORT: 'tcp://10.0.0.1:80',
      },
      flags: { 'server.admin': '0.0.0.0:5', 'brake.share': '0.5' },
    });
    assert.deepEqual(config.server.listen, { host: '::1', port: 3 });
    assert.deepEqual(config.server.admin, { host: '0.0.0.0', port: 5 });
    assert.equal(config.log.level, 'debug');
    assert.equal(config.retry.attempts, 7);
    assert.equal(config.brake.share, 0.5);
    assert.deepEqual(config.server.trusted_proxies, ['10.0.0.0/8', '::1']);
    assert.deepEqual(config.sources, [
      join(space.dir, 'config/gateway.yaml'),
      '$PEALBELL_RETRY__ATTEMPTS',
      '$PEALBELL_SERVER__ADMIN',
      '$PEALBELL_SERVER__LISTEN',
      '$PEALBELL_SERVER__TRUSTED_PROXIES',
      '--set server.admin',
      '--set brake.share',
    ]);
  });

  it('starts a relative store directory at the file that names it, else at the working directory', async () => {
    const dirOf = async (request = {}) => {
      const { url } = (await space.load(request)).store;
      return url.kind === 'pglite' ? url.dir : url.kind;
    };
    await space.write('config/gateway.yaml', 'store: { url: "pglite:./here" }\n');
    assert.equal(await dirOf(), join(space.dir, 'config/here'));
    assert.equal(await dirOf({ env: { PEALBELL_STORE__URL: 'pglite:there' } }), join(space.dir, 'there'));
    assert.equal(await dirOf({ flags: { 'store.url': 'pglite:/abs' } }), '/abs');
    await space.write('config/gateway.yaml', 'store:\n  # nothing\n');
    assert.equal(await dirOf(), join(space.dir, 'data'));
  });

  it('reads one app per file, its providers named by key and of the kind they say', async () => {
    await space.write('k.p8', 'PEM\n');
    await space.write('config/apps/b-side.yaml', '');
    await space.write(
      'config/apps/a.yaml',
      'providers:\n  apns: { key: "${file:../../k.p8}", key_id: ABC }\n  web: { kind: webpush, subject: s }\n',
    );
    await space.write('config/apps/.hidden.yaml', ':');
    await space.write('config/apps/README.md', 'not an app');
    const config = await space.load();
    assert.deepEqual(config.apps, [
      {
        id: 'a',
        providers: [
          { name: 'apns', kind: 'apns', options: { key: 'PEM', key_id: 'ABC', environment: 'production' } },
          { name: 'web', kind: 'webpush', options: { subject: 's' } },
        ],
        channels: [],
        routes: [],
        webhooks: [],
      },
      { id: 'b-side', providers: [], channels: [], routes: [], webhooks: [] },
    ]);
    assert.deepEqual(config.warnings, [
      'config/apps/b-side.yaml: the app has no providers, so nothing can be sent to it.',
    ]);
    assert.ok(config.sources.includes(join(space.dir, 'k.p8')));
  });

  it('is frozen at every depth', async () => {
    await space.write('config/apps/a.yaml', 'providers: { webpush: { subject: s } }\n');
    const config = await space.load();
    const parts = [config, config.server, config.server.listen, config.apps, config.apps[0]?.providers[0]?.options];
    for (const part of [...parts, config.warnings, config.printable]) assert.ok(Object.isFrozen(part));
  });

  it('names every fault of every file at once, in order, with place and suggestion', async () => {
    await space.write(
      'config/gateway.yaml',
      [
        'server:',
        '  lsiten: 1.2.3.4:80',
        '  admin: 80',
        'bus: { url: "memory" }',
        'stor: {}',
        'queue: { url: "kafka://localhost" }',
        'store: { url: "mongodb://localhost" }',
        'retry: { base: 5s, cap: 1 second }',
        'log: { level: wrn }',
        'limits: { broadcast_devices: 0, body: 2GB }',
      ].join('\n'),
    );
    await space.write(
      'config/apps/shop.yaml',
      'providers:\n  apns: { keyid: x, environment: prod }\n  fmc: {}\negress: {}\n',
    );
    assert.deepEqual(await space.faults({ env: { PEALBELL_LOG__LVL: 'x' }, flags: { 'server.lisen': 'x' } }), [
      'config/apps/shop.yaml:2:9 providers.apns.key: is missing. The signing key, PEM.',
      'config/apps/shop.yaml:2:9 providers.apns.key_id: is missing. Ten characters, from the developer account.',
      'config/apps/shop.yaml:2:11 providers.apns.keyid: is not a setting. Did you mean key_id?',
      'config/apps/shop.yaml:2:34 providers.apns.environment: must be one of sandbox, production.',
      'config/apps/shop.yaml:3:3 providers.fmc: is not a kind of provider. Add kind: with one of apns, webpush.',
      'config/apps/shop.yaml:4:1 egress: is not part of this version yet. Remove it.',
      'config/gateway.yaml:2:3 server.lsiten: is not a setting. Did you mean listen?',
      'config/gateway.yaml:3:10 server.admin: must be text, not a number.',
      'config/gateway.yaml:4:13 bus.url: must be memory:, for one process, or redis://user:password@host (rediss:// over TLS) for several.',
      'config/gateway.yaml:5:1 stor: is not a setting. Did you mean store?',
      'config/gateway.yaml:6:15 queue.url: must be store, for the database of the store, or redis://user:password@host (rediss:// over TLS).',
      'config/gateway.yaml:7:15 store.url: must name the database behind the host: mongodb://user:password@host/pealbell.',
      'config/gateway.yaml:8:25 retry.cap: must be a duration: a whole number and ms, s, m, h or d, such as 500ms, 8s or 7d.',
      'config/gateway.yaml:9:15 log.level: must be one of trace, debug, info, warn, error, fatal, silent. Did you mean warn?',
      'config/gateway.yaml:10:30 limits.broadcast_devices: must be at least 1.',
      'config/gateway.yaml:10:39 limits.body: must be from 1KB to 64MB.',
      '$PEALBELL_LOG__LVL: is not a setting. Did you mean PEALBELL_LOG__LEVEL?',
      '--set server.lisen: is not a setting. Did you mean server.listen?',
    ]);
  });

  it('throws all faults as one catalogue error', async () => {
    await space.write('config/gateway.yaml', 'a: 1\nb: 2\n');
    await assert.rejects(loadConfig({ env: {}, kinds: KINDS, cwd: space.dir, system: PLAIN_SYSTEM }), (error) => {
      assert.ok(isGatewayError(error, 'config_invalid'));
      const [head, ...lines] = error.message.split('\n');
      assert.equal(head, 'The configuration has 2 faults:');
      assert.match(lines[0] ?? '', /^ {2}config\/gateway\.yaml:1:1 a: is not a setting\. Known here: server, store,/);
      assert.equal(lines.length, 2);
      return true;
    });
  });

  it('tells where a fault of a variable or a flag comes from', async () => {
    await space.write('config/gateway.yaml', 'server: { listen: "1.2.3.4:80" }\n');
    const faults = await space.faults({
      env: { PEALBELL_SERVER__LISTEN: '999.1.1.1:80', PEALBELL_SERVER__TRUSTED_PROXIES: '10.0.0.0/33' },
      flags: { 'retry.attempts': 'many' },
    });
    assert.deepEqual(faults, [
      '$PEALBELL_SERVER__LISTEN server.listen: must be host:port, such as 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080.',
      '$PEALBELL_SERVER__TRUSTED_PROXIES server.trusted_proxies.0: must be an IP address or a network such as 10.0.0.0/8 or fd00::/8.',
      '--set retry.attempts retry.attempts: must be a number, not text.',
    ]);
  });

  it('refuses settings that contradict each other', async () => {
    await space.write('config/gateway.yaml', 'retry: { base: 2s, cap: 1s }\nserver: { admin: "127.0.0.1:8080" }\n');
    assert.deepEqual(await space.faults(), [
      'config/gateway.yaml:1:16 retry.base: must not be longer than retry.cap, which is 1s.',
      'config/gateway.yaml:2:18 server.admin: must not be the address of server.listen: the metrics are never public. Choose another port.',
    ]);
    assert.deepEqual(await space.faults({ flags: { 'retry.base': '1s', 'server.admin': '127.0.0.1:8081' } }), []);
    const cap = { PEALBELL_RETRY__CAP: '10ms' };
    await space.write('config/gateway.yaml', '');
    assert.deepEqual(await space.faults({ env: cap }), [
      'config/gateway.yaml retry.base: must not be longer than retry.cap, which is 10ms.',
    ]);
  });

  it('warns of a variable with one underscore too few, and lets strangers be', async () => {
    const env = { PEALBELL_SERVER_LISTEN: 'x', PEALBELL_SERVICE_HOST: 'y', OTHER__THING: 'z' };
    assert.deepEqual((await space.load({ env })).warnings, [
      '$PEALBELL_SERVER_LISTEN is not read; did you mean PEALBELL_SERVER__LISTEN, with two underscores?',
    ]);
  });

  it('refuses a folder or file that was named and is not there', async () => {
    const missing = 'none: does not exist. Name the folder that holds gateway.yaml.';
    assert.deepEqual(await space.faults({ dir: 'none' }), [missing]);
    assert.deepEqual(await space.faults({ file: 'none.yaml' }), ['none.yaml: does not exist.']);
    await mkdir(join(space.dir, 'empty'));
    assert.deepEqual(await space.faults({ dir: 'empty' }), [
      'empty: holds neither gateway.yaml nor apps/. Name the folder that holds gateway.yaml.',
    ]);
    await space.write('etc/my.yaml', 'log: { level: warn }');
    await space.write('etc/apps/a.yaml', '');
    const config = await space.load({ file: 'etc/my.yaml' });
    assert.deepEqual([config.log.level, config.apps.map((app) => app.id)], ['warn', ['a']]);
  });

  it('refuses files in apps/ that would be passed over by a slip of their name', async () => {
    await space.write('config/apps/Shop.yaml', '');
    await space.write('config/apps/shop.yml', '');
    await mkdir(join(space.dir, 'config/apps/dir.yaml'));
    assert.deepEqual(await space.faults(), [
      'config/apps/Shop.yaml: has a name that is no app id. Use a-z, 0-9 and -, at most 63, then .yaml, such as shop.yaml.',
      'config/apps/dir.yaml: is not a file.',
      'config/apps/shop.yml: is not read. Rename it to end in .yaml.',
    ]);
  });

  it('refuses unknown options of a kind whose schema would pass over them', async () => {
    await space.write('config/apps/a.yaml', 'providers:\n  webpush: { subject: s, tll: 1 }\n');
    assert.deepEqual(await space.faults(), [
      'config/apps/a.yaml:2:26 providers.webpush.tll: is not a setting. Did you mean ttl?',
    ]);
  });

  it('refuses provider names that routes could not tell apart, and kinds that do not exist', async () => {
    await space.write(
      'config/apps/a.yaml',
      'providers:\n  native: { kind: apns }\n  Web: { kind: webpush }\n  w: { kind: webpsh }\n  apns: [1]\n',
    );
    assert.deepEqual(await space.faults(), [
      'config/apps/a.yaml:2:3 providers.native: is a word with a meaning of its own. Choose another name.',
      'config/apps/a.yaml:3:3 providers.Web: must be a name of a-z, 0-9, - and _, at most 63 characters.',
      'config/apps/a.yaml:4:14 providers.w.kind: must be one of apns, webpush. Did you mean webpush?',
      'config/apps/a.yaml:5:9 providers.apns: must be a group of options.',
    ]);
  });

  it('shows limits per key, which are no keys', async () => {
    const { printable } = await space.load();
    assert.equal((printable as { limits: { per_key: string } }).limits.per_key, '2000/s');
  });

  it('masks what schemas call secret, and nothing else there: neither references nor what says how they are used', async () => {
    await space.write('k.txt', 'FILE-SECRET');
    const sms = (auth: string) =>
      `providers: { sms: { kind: http, url: "https://sms.example/", ${auth}, token: e164, ${REST} } }\n`;
    await space.write('config/apps/a.yaml', sms('auth: { basic: { user: u, password: "${file:../../k.txt}" } }'));
    await space.write('config/apps/b.yaml', sms('auth: { basic: { user: u, password: OPEN-SECRET } }'));
    const hmac = 'secret: OPEN-SECRET, sign: "{{timestamp}}{{secret}}", key: "x{{secret}}", signature: { query: sign }';
    await space.write('config/apps/c.yaml', sms(`auth: { hmac: { ${hmac} } }`));
    const { printable } = await space.load({ kinds: VENDOR_KINDS });
    const { apps } = printable as unknown as { apps: Record<string, { providers: { sms: Record<string, unknown> } }> };
    const shown = (app: string) => apps[app]?.providers.sms;
    assert.deepEqual(shown('a')?.auth, { basic: { user: 'u', password: '${file:../../k.txt}' } });
    assert.deepEqual(shown('b')?.auth, { basic: { user: 'u', password: '***' } });
    const told = { secret: '***', sign: '{{timestamp}}{{secret}}', key: '***', signature: { query: 'sign' } };
    assert.deepEqual(shown('c')?.auth, { hmac: told });
    assert.deepEqual(shown('a')?.token, 'e164');
    assert.deepEqual(shown('a')?.form, { token: '{{token}}', body: '{{text}}' });
  });

  it('names a JSON pointer that is none, where it stands', async () => {
    const rule = '{ outcome: rejected, where: { code: 1 } }';
    await space.write(
      'config/apps/a.yaml',
      `providers: { http: { url: "https://a.example/", form: { to: "{{token}}" }, answer: { rules: [${rule}] } } }\n`,
    );
    const [fault] = await space.faults({ kinds: VENDOR_KINDS });
    assert.match(fault ?? '', /rules\.0\.where\.code: is a JSON pointer, such as \/data\/id/);
  });

  it('shows what was resolved without a secret, however it is printed', async () => {
    await space.write('k.p8', 'FILE-SECRET');
    await space.write('config/gateway.yaml', 'store: { url: "postgres://u:URL-SECRET@db/x?password=QUERY-SECRET" }\n');
    await space.write('config/apps/a.yaml', 'providers: { apns: { key: "${file:../../k.p8}", key_id: ABC } }\n');
    await space.write('config/apps/b.yaml', 'providers: { apns: { key: INLINE-SECRET, key_id: "x-${env:ID}" } }\n');
    const config = await space.load({ env: { ID: 'ENV-VALUE' } });
    assert.deepEqual(config.store.url, {
      kind: 'postgres',
      url: 'postgres://u:URL-SECRET@db/x?password=QUERY-SECRET',
    });
    for (const text of [JSON.stringify(config), inspect(config, { depth: 20 }), JSON.stringify(config.printable)]) {
      assert.doesNotMatch(text, /SECRET|ENV-VALUE/);
      assert.match(text, /postgres:\/\/u:\*\*\*@db\/x\?password=\*\*\*/);
      assert.match(text, /\$\{file:\.\.\/\.\.\/k\.p8\}/);
    }
    const shown = config.printable as { server: unknown; apps: { b: unknown } };
    assert.deepEqual(shown.apps.b, { providers: { apns: { key: '***', key_id: 'x-${env:ID}' } } });
    assert.deepEqual(shown.server, {
      listen: '127.0.0.1:8080',
      admin: '127.0.0.1:9090',
      public_url: 'http://127.0.0.1:8080',
      trusted_proxies: [],
    });
  });
});
