import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import {
  APNS_KEY_FILE,
  CA_FILE,
  findForeignFiles,
  SERVICE_ACCOUNT_FILE,
  VAPID_FILE,
  writeConfig,
} from '../../../src/simulators/written-config.js';

const APNS = {
  production: 'https://127.0.0.1:4001',
  sandbox: 'https://127.0.0.1:4002',
  channels_production: 'https://127.0.0.1:4006',
  channels_sandbox: 'https://127.0.0.1:4007',
  key_id: '12E4567890',
  team_id: '0123456789',
  bundle_id: 'com.example.demo',
};

const FCM = { base_url: 'https://127.0.0.1:4003', token_url: 'https://127.0.0.1:4003/token' };
const WEBPUSH = {
  origins: { google: 'https://127.0.0.1:4004', mozilla: 'https://127.0.0.1:4005' },
  subject: 'mailto:ops@example.com',
};

describe('written configuration', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'pealbell-test-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('describes a loopback gateway with its store beside the file', async () => {
    await writeConfig(dir, { apns: APNS, fcm: FCM });
    assert.deepEqual(parse(await readFile(join(dir, 'gateway.yaml'), 'utf8')), {
      server: { listen: '127.0.0.1:8080', admin: '127.0.0.1:9090' },
      store: { url: 'pglite:./data' },
    });
  });

  it('points at the push services with name, host and port, and lets connections out to this machine', async () => {
    await writeConfig(dir, { apns: APNS, webpush: WEBPUSH });
    const { egress } = parse(await readFile(join(dir, 'gateway.yaml'), 'utf8'));
    assert.deepEqual(egress, { allow: ['127.0.0.0/8'] });
    const { providers } = parse(await readFile(join(dir, 'apps', 'demo.yaml'), 'utf8'));
    assert.deepEqual(Object.keys(providers), ['apns', 'webpush']);
    assert.deepEqual(providers.webpush, {
      subject: 'mailto:ops@example.com',
      keys: `\${file:../${VAPID_FILE}}`,
      push_services: ['google=127.0.0.1:4004', 'mozilla=127.0.0.1:4005'],
      ca: `\${file:../${CA_FILE}}`,
    });
  });

  it('points the demo app at the simulators, with files named relative to its own', async () => {
    await writeConfig(dir, { apns: APNS, fcm: FCM });
    const path = join(dir, 'apps', 'demo.yaml');
    const { apns, fcm } = parse(await readFile(path, 'utf8')).providers;
    const fileNamed = (value: string): string =>
      resolve(dirname(path), /^\$\{file:(\..+)\}$/.exec(value)?.[1] ?? assert.fail(value));
    assert.deepEqual(
      { ...apns, key: fileNamed(apns.key), ca: fileNamed(apns.ca) },
      {
        key: join(dir, APNS_KEY_FILE),
        key_id: '12E4567890',
        team_id: '0123456789',
        bundle_id: 'com.example.demo',
        endpoints: {
          production: APNS.production,
          sandbox: APNS.sandbox,
          channels_production: APNS.channels_production,
          channels_sandbox: APNS.channels_sandbox,
        },
        ca: join(dir, CA_FILE),
      },
    );
    assert.deepEqual(
      { ...fcm, service_account: fileNamed(fcm.service_account), ca: fileNamed(fcm.ca) },
      {
        service_account: join(dir, SERVICE_ACCOUNT_FILE),
        endpoint: FCM.base_url,
        token_endpoint: FCM.token_url,
        ca: join(dir, CA_FILE),
      },
    );
  });

  it('leaves out FCM and Web Push when they are not given', async () => {
    await writeConfig(dir, { apns: APNS });
    const { providers } = parse(await readFile(join(dir, 'apps', 'demo.yaml'), 'utf8'));
    assert.deepEqual(Object.keys(providers), ['apns']);
  });

  it('leaves only whole files that nobody else may read', async () => {
    await writeConfig(dir, { apns: APNS, fcm: FCM });
    await writeConfig(dir, { apns: APNS, fcm: FCM });
    assert.deepEqual((await readdir(dir)).sort(), ['apps', 'gateway.yaml']);
    assert.deepEqual(await readdir(join(dir, 'apps')), ['demo.yaml']);
    for (const file of ['gateway.yaml', 'apps/demo.yaml']) {
      assert.equal((await stat(join(dir, file))).mode & 0o777, 0o600);
    }
  });

  it('sees no foreign files in a directory that is missing, empty, or written and used before', async () => {
    assert.deepEqual(await findForeignFiles(join(dir, 'missing')), []);
    assert.deepEqual(await findForeignFiles(dir), []);
    await writeConfig(dir, { apns: APNS, fcm: FCM });
    await mkdir(join(dir, 'data'));
    assert.deepEqual(await findForeignFiles(dir), []);
  });

  it('sees the files of others, also among the apps', async () => {
    await mkdir(join(dir, 'apps'));
    await writeFile(join(dir, 'apps', 'shop.yaml'), '');
    await writeFile(join(dir, 'notes.txt'), '');
    assert.deepEqual(await findForeignFiles(dir), ['notes.txt', 'apps/shop.yaml']);
  });
});
