import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { mongo } from 'mongoose';
import { loadConfig, readConfig } from '../../config/load.js';
import { createApnsCredentials } from '../../providers/apns/simulator.js';
import { createFcmCredentials, serviceAccountJson } from '../../providers/fcm/simulator.js';
import { type DoctorVariations, doctor } from '../../src/cli/doctor.js';
import { openStore } from '../../src/compose.js';
import { makeDataKey } from '../../src/domain/data-key.js';
import { type Simulators, startSimulators, writeConfig } from '../../src/simulators.js';
import { openPostgresServer } from '../../src/store/postgres/engine/server.js';
import { freshMongo } from '../support/mongo-server.js';
import { emptyDataDirectory, freshDataDirectory } from '../support/pglite-template.js';
import { freshDatabase } from '../support/postgres-server.js';
import { runCommand } from '../support/run-command.js';
import { openWorld } from '../support/world.js';
import { certificateUntil } from './doctor/certificate-until.js';

interface Finding {
  readonly check: string;
  readonly subject: string;
  readonly verdict: 'ok' | 'warning' | 'fault' | 'skipped';
  readonly says: string;
  readonly cure?: string;
}

/** A folder that an operator has made a mess of. */
interface Space {
  readonly dir: string;
  path(name: string): string;
  write(name: string, text: string, mode?: number): Promise<void>;
  /** Replaces a part of a file, which must be there. */
  edit(name: string, from: string | RegExp, to: string): Promise<void>;
}

interface Planted {
  readonly what: string;
  readonly plant?: (space: Space) => Promise<unknown>;
  readonly settings?: Readonly<Record<string, string>>;
  readonly variations?: DoctorVariations;
  /** Asks no vendor: the mistake lies elsewhere, or would lead to a real one. */
  readonly offline?: true;
  readonly finds: {
    readonly check: string;
    readonly verdict: 'warning' | 'fault';
    readonly says: RegExp;
    readonly cure: RegExp;
  };
}

const APP = 'apps/demo.yaml';
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const FOR_OTHERS = { 'server.public_url': 'https://push.shop.example' };

/** `pealbell doctor` on a real configuration with real simulators, with one thing wrong at a time. */
describe('pealbell doctor', function () {
  this.timeout(90_000);

  let simulators: Simulators;
  let origin: string;

  before(async () => {
    origin = await emptyDataDirectory();
    simulators = await startSimulators({ controlPort: 0, dir: origin });
    await writeConfig(origin, simulators.endpoints.providers);
  });
  after(() => simulators.close());

  async function openSpace(): Promise<Space> {
    const dir = await emptyDataDirectory();
    await cp(origin, dir, { recursive: true });
    const path = (name: string) => join(dir, name);
    const write: Space['write'] = async (name, text, mode = 0o600) => {
      await writeFile(path(name), text, { mode });
      await chmod(path(name), mode);
    };
    return {
      dir,
      path,
      write,
      async edit(name, from, to) {
        const text = await readFile(path(name), 'utf8');
        const edited = text.replace(from, to);
        assert.notEqual(edited, text, `${String(from)} is not in ${name}`);
        await writeFile(path(name), edited);
      },
    };
  }

  async function examine(
    space: Space,
    { settings = {}, variations = {}, offline }: Pick<Planted, 'settings' | 'variations' | 'offline'> = {},
  ): Promise<{ code: number; findings: readonly Finding[] }> {
    const stdout = new PassThrough();
    const all = { 'server.listen': '127.0.0.1:0', 'server.admin': '127.0.0.1:0', ...settings };
    const flags = Object.entries(all).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
    const argv = ['--config', space.dir, '--json', ...(offline === true ? ['--offline'] : []), ...flags];
    const io = { stdout, stderr: stdout, env: {}, signal: new AbortController().signal };
    const code = await doctor(argv, io, variations);
    const answer = JSON.parse(stdout.read().toString()) as { ok: boolean; findings: readonly Finding[] };
    assert.equal(answer.ok, code === 0);
    return { code, findings: answer.findings };
  }

  it('finds a clean workspace clean', async () => {
    const startedAt = performance.now();
    const { code, findings } = await examine(await openSpace());
    assert.equal(code, 0);
    assert.deepEqual(
      findings.filter(({ verdict }) => verdict === 'warning' || verdict === 'fault'),
      [],
    );
    const checks = new Set(findings.map(({ check }) => check));
    assert.ok(checks.size >= 14, [...checks].join());
    assert.ok(performance.now() - startedAt < 15_000);
    assert.equal(simulators.ledger.summary().accepted.total, 0, 'no device was reached');
  });

  const realtime = async (space: Space, section: string) =>
    space.write(APP, `${await readFile(space.path(APP), 'utf8')}\nrealtime: ${section}\n`);

  const planted: readonly Planted[] = [
    {
      what: 'a signing key that everybody can read',
      plant: (space) => chmod(space.path('apns-key.p8'), 0o644),
      finds: {
        check: 'configuration',
        verdict: 'fault',
        says: /can be read by other users/,
        cure: /chmod 600 \S+apns-key\.p8/,
      },
    },
    {
      what: 'a misspelt setting',
      plant: (space) => space.edit('gateway.yaml', 'listen:', 'lisen:'),
      finds: { check: 'configuration', verdict: 'fault', says: /lisen/, cure: /listen/ },
    },
    {
      what: 'an app file that everybody can change',
      plant: (space) => chmod(space.path(APP), 0o666),
      finds: { check: 'files', verdict: 'fault', says: /mode 0666/, cure: /chmod go-w \S+demo\.yaml/ },
    },
    {
      what: 'a secret in the open, in a file that everybody can read',
      async plant(space) {
        const keys = await readFile(space.path('vapid.json'), 'utf8');
        await space.edit(
          APP,
          /keys: "[^"]*vapid\.json\}"/,
          `keys: ${JSON.stringify(JSON.stringify(JSON.parse(keys)))}`,
        );
        await chmod(space.path(APP), 0o644);
      },
      finds: { check: 'files', verdict: 'fault', says: /providers\.webpush\.keys/, cure: /\$\{file:PATH\}.*chmod 600/ },
    },
    {
      what: 'an app without providers',
      plant: (space) => space.write('apps/empty.yaml', 'providers: {}\n'),
      finds: { check: 'apps', verdict: 'warning', says: /no providers/, cure: /config example app/ },
    },
    {
      what: 'two apps with one bundle id',
      plant: async (space) => space.write('apps/copy.yaml', await readFile(space.path(APP), 'utf8')),
      finds: { check: 'apps', verdict: 'warning', says: /com\.example\.demo \(copy, demo\)/, cure: /merge/ },
    },
    {
      what: 'a certificate that has ended',
      plant: async (space) => space.write('simulator-ca.pem', await certificateUntil(Date.now() - 3 * DAY_MS)),
      offline: true,
      finds: { check: 'credentials', verdict: 'fault', says: /ended on 20/, cure: /Replace the authority/ },
    },
    {
      what: 'a certificate that ends soon',
      plant: async (space) => space.write('simulator-ca.pem', await certificateUntil(Date.now() + 10.5 * DAY_MS)),
      offline: true,
      finds: { check: 'credentials', verdict: 'warning', says: /ends in 10 days/, cure: /Replace the authority/ },
    },
    {
      what: 'production messages that go to the sandbox',
      plant: (space) => space.edit(APP, /production: "[^"]*"/, 'production: "https://api.sandbox.push.apple.com"'),
      offline: true,
      finds: { check: 'endpoints', verdict: 'fault', says: /go to api\.sandbox/, cure: /Remove endpoints\.production/ },
    },
    {
      what: 'another host in place of the vendor’s',
      plant: (space) => space.edit(APP, /production: "[^"]*"/, 'production: "https://apns.proxy.example"'),
      offline: true,
      finds: {
        check: 'endpoints',
        verdict: 'warning',
        says: /apns\.proxy\.example.*sees every push token/,
        cure: /Remove endpoints\.production/,
      },
    },
    {
      what: 'simulators left in a gateway that serves others',
      settings: FOR_OTHERS,
      finds: {
        check: 'endpoints',
        verdict: 'fault',
        says: /leads to this machine/,
        cure: /^Remove [\w, ]+ and ca, and give the vendor's own credentials/,
      },
    },
    {
      what: 'a signing key of another account',
      plant: (space) =>
        space.write('apns-key.p8', createApnsCredentials({ bundleIds: ['com.example.demo'] }).privateKey),
      finds: {
        check: 'providers',
        verdict: 'fault',
        says: /403 InvalidProviderToken/,
        cure: /`key`, `key_id` and `team_id`/,
      },
    },
    {
      what: 'a bundle id that the key may not send for',
      plant: (space) => space.edit(APP, 'com.example.demo', 'com.example.other'),
      finds: { check: 'providers', verdict: 'fault', says: /TopicDisallowed/, cure: /bundle_id/ },
    },
    {
      what: 'a service account whose key was deleted',
      async plant(space) {
        const credentials = await createFcmCredentials({ projectId: 'pealbell-demo' });
        await space.write('fcm.json', serviceAccountJson(credentials, 'https://nobody.invalid/token'));
      },
      finds: { check: 'providers', verdict: 'fault', says: /no access token/, cure: /key/ },
    },
    {
      what: 'a vendor that cannot be reached',
      plant: (space) => space.edit(APP, /production: "[^"]*"/, 'production: "https://127.0.0.1:1"'),
      finds: { check: 'providers', verdict: 'fault', says: /ECONNREFUSED/, cure: /port 443/ },
    },
    {
      what: 'a clock ten minutes off',
      variations: { now: () => Date.now() + 10 * MINUTE_MS },
      finds: { check: 'clock', verdict: 'fault', says: /10 min( \d+ s)? ahead of/, cure: /set-ntp/ },
    },
    {
      what: 'a clock a minute off',
      variations: { now: () => Date.now() - MINUTE_MS },
      finds: { check: 'clock', verdict: 'warning', says: /behind/, cure: /set-ntp/ },
    },
    {
      what: 'a database server that does not answer',
      settings: {
        'store.url': 'postgres://nobody@127.0.0.1:1/none',
        'security.data_key': makeDataKey((size) => randomBytes(size)),
      },
      offline: true,
      finds: { check: 'store', verdict: 'fault', says: /./, cure: /Start the server/ },
    },
    {
      what: 'a database server without a key for what is stored',
      settings: { 'store.url': 'postgres://nobody@127.0.0.1:1/none' },
      offline: true,
      finds: { check: 'profile', verdict: 'fault', says: /must share the key/, cure: /config data-key/ },
    },
    {
      what: 'the API under this machine’s own name while it listens to everybody',
      settings: { 'server.listen': '0.0.0.0:0' },
      offline: true,
      finds: { check: 'addresses', verdict: 'warning', says: /this machine's own name/, cure: /https:\/\// },
    },
    {
      what: 'an API that clients are told the wrong port of',
      settings: { 'server.public_url': 'http://127.0.0.1:8088', 'server.listen': '127.0.0.1:18431' },
      offline: true,
      finds: { check: 'addresses', verdict: 'warning', says: /listens on port 18431/, cure: /127\.0\.0\.1:18431/ },
    },
    {
      what: 'an API that is not https',
      settings: { 'server.public_url': 'http://push.shop.example' },
      offline: true,
      finds: { check: 'addresses', verdict: 'fault', says: /in the open/, cure: /TLS/ },
    },
    {
      what: 'metrics for everybody',
      settings: { 'server.admin': '0.0.0.0:0' },
      offline: true,
      finds: { check: 'addresses', verdict: 'warning', says: /asks for no key/, cure: /127\.0\.0\.1/ },
    },
    {
      what: 'proxies that are everybody',
      settings: { 'server.trusted_proxies': '0.0.0.0/0' },
      offline: true,
      finds: { check: 'addresses', verdict: 'fault', says: /pretend/, cure: /own addresses/ },
    },
    {
      what: 'an egress list that lets everything pass',
      settings: { 'egress.allow': '::/0' },
      offline: true,
      finds: { check: 'egress', verdict: 'fault', says: /nearly every private address/, cure: /Remove it/ },
    },
    {
      what: 'an egress list with the cloud’s metadata address',
      settings: { 'egress.allow': '169.254.0.0/16' },
      offline: true,
      finds: { check: 'egress', verdict: 'fault', says: /secrets/, cure: /smaller network/ },
    },
    {
      what: 'the simulators’ network left in the egress list',
      settings: FOR_OTHERS,
      offline: true,
      finds: { check: 'egress', verdict: 'warning', says: /its own machine/, cure: /Remove it/ },
    },
    {
      what: 'an issuer of access tokens without a key to check them with',
      plant: (space) => realtime(space, '{ issuer: shop }'),
      offline: true,
      finds: { check: 'realtime', verdict: 'fault', says: /issuer shop and no key/, cure: /realtime\.keys/ },
    },
    {
      what: 'keys published where nobody answers',
      plant: (space) => realtime(space, '{ issuer: shop, jwks: "https://localhost:1/keys" }'),
      finds: {
        check: 'realtime',
        verdict: 'fault',
        says: /localhost:1\/keys cannot be used/,
        cure: /Open the address/,
      },
    },
    {
      what: 'a page of a trial among the origins',
      plant: (space) => realtime(space, '{ origins: ["http://localhost:3000"] }'),
      settings: FOR_OTHERS,
      offline: true,
      finds: { check: 'realtime', verdict: 'warning', says: /localhost:3000/, cure: /Remove it/ },
    },
    {
      what: 'the embedded profile for others',
      settings: FOR_OTHERS,
      offline: true,
      finds: { check: 'profile', verdict: 'warning', says: /never calls fsync/, cure: /postgres:\/\// },
    },
    {
      what: 'simulators that are not there',
      settings: { simulators: 'http://127.0.0.1:2' },
      offline: true,
      finds: {
        check: 'simulators',
        verdict: 'fault',
        says: /nothing answers as simulators do/,
        cure: /Start pealbell simulate/,
      },
    },
    {
      what: 'content that shall outlive its message',
      settings: { 'retention.content': '60d' },
      offline: true,
      finds: { check: 'retention', verdict: 'warning', says: /longer than retention\.messages/, cure: /30d at most/ },
    },
    {
      what: 'a Node.js that is too old',
      variations: { machine: { nodeVersion: 'v18.20.1', memoryBytes: 2 ** 33 } },
      offline: true,
      finds: { check: 'runtime', verdict: 'fault', says: /v18\.20\.1/, cure: /20\.19/ },
    },
    {
      what: 'too little memory',
      variations: { machine: { nodeVersion: 'v22.1.0', memoryBytes: 256 * 1024 ** 2 } },
      offline: true,
      finds: { check: 'runtime', verdict: 'warning', says: /256 MB/, cure: /512 MB/ },
    },
  ];

  for (const { what, plant, finds, ...how } of planted) {
    it(`finds ${what}, and says how to mend it`, async () => {
      const space = await openSpace();
      await plant?.(space);
      const { code, findings } = await examine(space, how);
      const found = findings.filter(
        ({ check, verdict, says, subject }) =>
          check === finds.check && verdict === finds.verdict && finds.says.test(`${subject} ${says}`),
      );
      assert.ok(
        found.length > 0,
        `not found among ${JSON.stringify(
          findings.filter(({ verdict }) => verdict !== 'ok'),
          null,
          1,
        )}`,
      );
      assert.ok(
        found.every(({ cure }) => finds.cure.test(cure ?? '')),
        JSON.stringify(found),
      );
      assert.equal(code, findings.some(({ verdict }) => verdict === 'fault') ? 1 : 0);
      // A mistake may have a consequence elsewhere, but what is well stays well.
      const others = findings.filter(({ check, verdict }) => verdict === 'fault' && check !== finds.check);
      assert.ok(new Set(others.map(({ check }) => check)).size <= 1, JSON.stringify(others));
    });
  }

  it('finds a port that somebody else has', async () => {
    const server: Server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const { code, findings } = await examine(await openSpace(), {
        settings: { 'server.listen': `127.0.0.1:${port}` },
        offline: true,
      });
      const found = findings.find(({ check, verdict }) => check === 'ports' && verdict === 'fault');
      assert.match(found?.says ?? '', /in use by another process/);
      assert.match(found?.cure ?? '', /Stop that one, or set server\.listen/);
      assert.equal(code, 1);
    } finally {
      server.close();
    }
  });

  it('is content beside a running gateway; once that has ended, finds the key of its store open, replaced or lost', async () => {
    const world = await openWorld({ roads: 'apns' });
    try {
      const data = await freshDataDirectory();
      const flags = { 'server.listen': '127.0.0.1:0', 'server.admin': '127.0.0.1:0', 'store.url': `pglite:${data}` };
      const gateway = await world.open({
        settings: flags,
        variations: { readConfig: () => readConfig({ dir: world.configDir, env: {}, flags }) },
      });
      const address = (url: string | undefined) => new URL(url ?? '').host;
      const { code, findings } = await examine(await openSpace(), {
        settings: {
          'store.url': `pglite:${data}`,
          'server.listen': address(gateway.api?.url),
          'server.admin': address(gateway.admin.url),
        },
      });
      assert.equal(code, 0, JSON.stringify(findings.filter(({ verdict }) => verdict === 'fault')));
      const said = (check: string) =>
        findings
          .filter((found) => found.check === check)
          .map(({ says }) => says)
          .join('\n');
      assert.match(said('ports'), /held by the running gateway.*\n.*held by the running gateway/);
      assert.match(said('store'), new RegExp(`open in process ${process.pid}`));
      assert.match(said('queue'), /nothing waits/);
      assert.match(said('in force'), /does what its files say/);
      await writeFile(join(world.configDir, 'gateway.yaml'), 'retry: { attempts: 3 }\n');
      const changed = await examine(await openSpace(), { settings: { 'store.url': `pglite:${data}` }, offline: true });
      const found = changed.findings.find(({ check }) => check === 'in force');
      assert.deepEqual([found?.verdict, found?.subject], ['warning', `process ${process.pid}`]);
      assert.match(`${found?.says} ${found?.cure}`, /retry\.attempts.*Restart it/);
      await gateway.stop();
      const look = async (more: Record<string, string> = {}) => {
        const settings = { 'store.url': `pglite:${data}`, ...more };
        const { findings: anew } = await examine(await openSpace(), { settings, offline: true });
        return anew.find(({ check, verdict }) => check === 'store' && verdict === 'fault');
      };
      const other = await look({ 'security.data_key': makeDataKey((size) => randomBytes(size)) });
      assert.match(other?.says ?? '', /another key/);
      await chmod(join(data, 'data.key'), 0o644);
      assert.match((await look())?.cure ?? '', /chmod 600 \S+data\.key/);
      await rm(join(data, 'data.key'));
      const lost = await look();
      assert.match(`${lost?.says} ${lost?.cure}`, /is missing.*Restore the file/);
    } finally {
      await world.close();
    }
  });

  it('tells the state of a Postgres server, and of tables that a newer program wrote', async function () {
    const url = await freshDatabase(this);
    const space = await openSpace();
    const dataKey = makeDataKey((size) => randomBytes(size));
    const look = async () => {
      const settings = { 'store.url': url, 'security.data_key': dataKey };
      const { findings } = await examine(space, { settings, offline: true });
      return findings.filter(({ check }) => check === 'store');
    };
    assert.match((await look())[0]?.says ?? '', /^empty/);
    const flags = { 'store.url': url, 'security.data_key': dataKey };
    const store = await openStore(await loadConfig({ dir: space.dir, env: {}, flags }));
    assert.match((await look())[0]?.says ?? '', /this program's own/);
    await store.close();
    const sql = await openPostgresServer({ url });
    await sql.query('INSERT INTO pealbell.migrations (version) VALUES (999)');
    await sql.close();
    const [newer] = await look();
    assert.deepEqual([newer?.verdict, /version 999/.test(newer?.says ?? '')], ['fault', true]);
    assert.match(newer?.cure ?? '', /newer program/);
  });

  it('tells the state of MongoDB, and what a server alone does not protect', async function () {
    const url = await freshMongo(this);
    const space = await openSpace();
    const settings = {
      'store.url': url,
      'queue.url': 'redis://127.0.0.1:1',
      'security.data_key': makeDataKey((size) => randomBytes(size)),
    };
    const look = async () => {
      const { findings } = await examine(space, { settings, offline: true });
      return findings.filter(({ check }) => check === 'store');
    };
    const [empty, alone] = await look();
    assert.match(
      `${empty?.subject}: ${empty?.says}`,
      /^MongoDB \d+\.\d+.*: empty: the first start makes its collections/,
    );
    assert.deepEqual([alone?.verdict, /no replica set/.test(alone?.says ?? '')], ['warning', true]);
    const store = await openStore(await loadConfig({ dir: space.dir, env: {}, flags: settings }));
    await store.close();
    assert.match((await look())[0]?.says ?? '', /its collections are at version \d+, this program's own/);
    const client = new mongo.MongoClient(url);
    await client
      .db()
      .collection<{ _id: string }>('migrations')
      .updateOne({ _id: 'store' }, { $set: { version: 999 } });
    await client.close();
    assert.deepEqual((await look()).map(({ verdict }) => verdict)[0], 'fault');
  });

  it('tells where MongoDB does not answer', async () => {
    const settings = {
      'store.url': 'mongodb://127.0.0.1:1/none',
      'queue.url': 'redis://127.0.0.1:1',
      'security.data_key': makeDataKey((size) => randomBytes(size)),
    };
    const { findings } = await examine(await openSpace(), { settings, offline: true });
    const [found] = findings.filter(({ check }) => check === 'store');
    assert.equal(found?.verdict, 'fault');
    assert.match(`${found?.says} ${found?.cure}`, /does not answer.*Start the server that store\.url names/);
  });

  it('prints a line for each finding, what to do below it, and ends with 1', async () => {
    const space = await openSpace();
    await mkdir(space.path('apps'), { recursive: true });
    await chmod(space.path('vapid.json'), 0o640);
    const { code, stdout, stderr } = await runCommand(['doctor', '--config', space.dir, '--offline']);
    assert.deepEqual([code, stderr], [1, '']);
    assert.match(
      stdout,
      /^FAULT {4}configuration {2}\S+demo\.yaml:\d+:\d+: providers\.webpush\.keys needs the file \S+vapid\.json, which can be read/m,
    );
    assert.match(stdout, /^ +→ Run: chmod 600 \S+vapid\.json\.$/m);
    assert.match(stdout, /\n\n1 fault, \d+ ok, 1 skipped\n$/);
    const misused = await runCommand(['doctor', '--nonsense']);
    assert.equal(misused.code, 2);
  });
});
