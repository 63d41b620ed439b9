import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import apn from '@parse/node-apn';
import { simulate } from '../../src/cli/simulate.js';
import type { LedgerSummary } from '../../src/simulators/ledger.js';
import { PortTakenError, type SimulatorEndpoints, type Simulators, startSimulators } from '../../src/simulators.js';

const DEVICE = 'a1'.repeat(32);
const OTHER_DEVICE = 'b2'.repeat(32);

interface Line {
  readonly token: string;
  readonly payload: unknown;
  readonly answer: { readonly status: number | null; readonly reason: string | null };
  readonly accepted: boolean;
}

/** node-apn, set up with nothing but what `/endpoints` says. */
function senderOf({ providers: { apns } }: SimulatorEndpoints): apn.Provider {
  return new apn.Provider({
    token: { key: apns.key_file, keyId: apns.key_id, teamId: apns.team_id },
    address: 'localhost',
    port: Number(new URL(apns.production).port),
    ca: [apns.ca_file],
  });
}

function alertFor({ providers: { apns } }: SimulatorEndpoints): apn.Notification {
  return new apn.Notification({ alert: 'hello', topic: apns.bundle_id, pushType: 'alert' });
}

interface ServiceAccount {
  readonly client_email: string;
  readonly private_key: string;
}

/** What Google's token endpoint says to an assertion of the account. */
async function grantStatus(account: ServiceAccount, url: string, agent: Agent): Promise<number | undefined> {
  const iat = Math.floor(Date.now() / 1000);
  const scope = 'https://www.googleapis.com/auth/firebase.messaging';
  const parts = [{ alg: 'RS256' }, { iss: account.client_email, scope, aud: url, iat, exp: iat + 3600 }];
  const head = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = sign('sha256', Buffer.from(head), account.private_key).toString('base64url');
  const form = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: `${head}.${signature}`,
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const request = httpsRequest(url, { method: 'POST', headers, agent }).end(form.toString());
  const [response] = await once(request, 'response');
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}

describe('simulators behind their control port', () => {
  let simulators: Simulators;
  let endpoints: SimulatorEndpoints;
  let sender: apn.Provider;

  before(async () => {
    simulators = await startSimulators({ controlPort: 0 });
    endpoints = (await (await ask('/endpoints')).json()) as SimulatorEndpoints;
    sender = senderOf(endpoints);
  });
  beforeEach(async () => {
    await ask('/ledger', 'DELETE');
    await ask('/faults', 'DELETE');
  });
  after(async () => {
    await sender.shutdown();
    await simulators.close();
  });

  const ask = (path: string, method = 'GET', body?: unknown): Promise<Response> =>
    fetch(
      `${simulators.controlUrl}${path}`,
      body === undefined ? { method } : { method, body: typeof body === 'string' ? body : JSON.stringify(body) },
    );

  async function ledgerLines(): Promise<Line[]> {
    const answer = await ask('/ledger');
    assert.equal(answer.headers.get('content-type'), 'application/x-ndjson');
    const lines = (await answer.text()).split('\n');
    assert.equal(lines.pop(), '');
    return lines.map((line) => JSON.parse(line) as Line);
  }

  it('tells addresses and credentials that work, key and CA as content and as private files', async () => {
    const { apns } = endpoints.providers;
    assert.equal(await readFile(apns.ca_file, 'utf8'), apns.ca);
    assert.equal(await readFile(apns.key_file, 'utf8'), apns.key);
    assert.equal((await stat(apns.key_file)).mode & 0o777, 0o600);
    const result = await sender.send(alertFor(endpoints), DEVICE);
    assert.deepEqual([result.sent.length, result.failed], [1, []]);
  });

  it('tells the same of FCM: its service account gets an access token where it says', async () => {
    const { fcm } = endpoints.providers;
    assert.equal(await readFile(fcm.service_account_file, 'utf8'), fcm.service_account);
    assert.equal((await stat(fcm.service_account_file)).mode & 0o777, 0o600);
    const account = JSON.parse(fcm.service_account);
    assert.deepEqual([account.project_id, account.token_uri], [fcm.project_id, fcm.token_url]);
    const agent = new Agent({ ca: await readFile(fcm.ca_file, 'utf8') });
    await ask('/faults', 'POST', { provider: 'fcm_oauth', token: account.client_email, times: 1, status: 503 });
    for (const status of [503, 200]) assert.equal(await grantStatus(account, fcm.token_url, agent), status);
    await ask('/faults', 'POST', { provider: 'fcm', rate: 1, status: 500 });
    assert.equal(await grantStatus(account, fcm.token_url, agent), 200, 'faults of fcm are not those of fcm_oauth');
    const summary = (await (await ask('/ledger/summary')).json()) as LedgerSummary;
    assert.deepEqual(summary.providers.fcm_oauth, {
      '503 temporarily_unavailable': 1,
      '200': 2,
    });
    agent.destroy();
  });

  it('lists requests in order of arrival, counts them, and forgets them when asked', async () => {
    await sender.send(alertFor(endpoints), DEVICE);
    await sender.send(alertFor(endpoints), OTHER_DEVICE);
    const lines = await ledgerLines();
    assert.deepEqual(
      lines.map(({ token, payload, accepted }) => ({ token, payload, accepted })),
      [DEVICE, OTHER_DEVICE].map((token) => ({ token, payload: { aps: { alert: 'hello' } }, accepted: true })),
    );
    assert.deepEqual(await (await ask('/ledger/summary')).json(), {
      lines: 2,
      dropped_lines: 0,
      accepted: { total: 2, distinct: 2, repeated: 0 },
      providers: { apns: { '200': 2 } },
    });
    assert.equal((await ask('/ledger', 'DELETE')).status, 204);
    assert.deepEqual(await ledgerLines(), []);
  });

  it('carries out a fault for one token until it is used up', async () => {
    const fault = { provider: 'apns', token: DEVICE, times: 1, status: 410, timestamp: 1234 };
    const answer = await ask('/faults', 'POST', fault);
    assert.equal(answer.status, 201);
    assert.match(((await answer.json()) as { id: string }).id, /^fault_\d+$/);
    const [failure] = (await sender.send(alertFor(endpoints), DEVICE)).failed;
    assert.deepEqual([failure?.status, failure?.response], [410, { reason: 'Unregistered', timestamp: 1234 }]);
    assert.equal((await sender.send(alertFor(endpoints), OTHER_DEVICE)).sent.length, 1);
    assert.equal((await sender.send(alertFor(endpoints), DEVICE)).sent.length, 1);
  });

  it('lets go of all faults when they are deleted', async () => {
    await ask('/faults', 'POST', { provider: 'apns', rate: 1, status: 400, reason: 'BadTopic' });
    assert.equal((await sender.send(alertFor(endpoints), DEVICE)).sent.length, 0);
    assert.equal((await ask('/faults', 'DELETE')).status, 204);
    assert.equal((await sender.send(alertFor(endpoints), DEVICE)).sent.length, 1);
  });

  it('refuses faults that it cannot read with a sentence, and goes on', async () => {
    for (const [body, status, sentence] of [
      ['{', 400, /not JSON/],
      ['', 400, /not JSON/],
      [{ provider: 'apns', rate: 7, stall: true }, 400, /rate: /],
      [{ provider: 'apns', rate: 1 }, 400, /one thing to do/],
      ['x'.repeat(100_000), 413, /65536 bytes/],
    ] as const) {
      const answer = await ask('/faults', 'POST', body);
      assert.equal(answer.status, status);
      assert.equal(answer.headers.get('content-type'), 'application/problem+json');
      assert.match(((await answer.json()) as { detail: string }).detail, sentence);
    }
    assert.equal((await sender.send(alertFor(endpoints), DEVICE)).sent.length, 1);
  });

  it('answers 404 for what it does not have and 405 for what cannot be done with it', async () => {
    assert.equal((await ask('/nothing')).status, 404);
    const answer = await ask('/endpoints', 'DELETE');
    assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'GET']);
  });

  it('removes its temporary directory at the end, and closing twice is harmless', async () => {
    const others = await startSimulators({ controlPort: 0 });
    const dir = dirname(others.endpoints.providers.apns.key_file);
    assert.ok(existsSync(dir));
    await others.close();
    await others.close();
    assert.ok(!existsSync(dir));
    await assert.rejects(fetch(others.controlUrl));
  });

  it('waits for the base latency before each answer', async () => {
    const slow = await startSimulators({ controlPort: 0, latencyMs: 80 });
    const slowSender = senderOf(slow.endpoints);
    const start = performance.now();
    assert.equal((await slowSender.send(alertFor(slow.endpoints), DEVICE)).sent.length, 1);
    assert.ok(performance.now() - start >= 79);
    await slowSender.shutdown();
    await slow.close();
  });

  it('names the port that is taken, and leaves nothing running', async () => {
    const port = Number(new URL(simulators.controlUrl).port);
    await assert.rejects(
      startSimulators({ controlPort: port }),
      (error) => error instanceof PortTakenError && error.port === port,
    );
  });
});

describe('pealbell simulate', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'pealbell-test-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  /** Runs the command; `ready` settles with its control URL, `done` with exit code and error text. */
  function run(...argv: string[]): {
    readonly ready: Promise<string>;
    readonly done: Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;
    stop(): void;
  } {
    const abort = new AbortController();
    const stdout = new PassThrough({ encoding: 'utf8' });
    const stderr = new PassThrough({ encoding: 'utf8' });
    let out = '';
    const ready = new Promise<string>((resolve) => {
      stdout.on('data', (text: string) => {
        out += text;
        const url = /^control +(\S+)\n/m.exec(out)?.[1];
        if (url !== undefined) resolve(url);
      });
    });
    const done = simulate(argv, { stdout, stderr, signal: abort.signal }).then((code) => ({
      code,
      stdout: out + String(stdout.read() ?? ''),
      stderr: String(stderr.read() ?? ''),
    }));
    return { ready, done, stop: () => abort.abort() };
  }

  it('serves until it is stopped, then ends with 0 and frees its port', async () => {
    const command = run('--control-port', '0');
    const url = await command.ready;
    assert.equal((await fetch(`${url}/endpoints`)).status, 200);
    command.stop();
    assert.equal((await command.done).code, 0);
    await assert.rejects(fetch(`${url}/endpoints`));
  });

  it('writes a configuration that points at it before /endpoints is answered, and stays up', async () => {
    const command = run('--control-port', '0', '--write-config', dir);
    const url = await command.ready;
    const { providers } = (await (await fetch(`${url}/endpoints`)).json()) as SimulatorEndpoints;
    assert.deepEqual((await readdir(dir)).sort(), [
      'apns-key.p8',
      'apps',
      'fcm.json',
      'gateway.yaml',
      'simulator-ca.pem',
      'vapid.json',
    ]);
    assert.equal(providers.apns.key_file, join(dir, 'apns-key.p8'));
    const app = await readFile(join(dir, 'apps', 'demo.yaml'), 'utf8');
    assert.ok(app.includes(providers.apns.production) && app.includes(providers.apns.key_id));
    command.stop();
    assert.equal((await command.done).code, 0);
  });

  it('keeps /endpoints waiting while the configuration is not written', async () => {
    const events: string[] = [];
    let asked: Promise<unknown> = Promise.resolve();
    const port = await freePort();
    const simulators = await startSimulators({
      controlPort: port,
      dir,
      beforeReady: async () => {
        asked = fetch(`http://127.0.0.1:${port}/endpoints`).then(() => events.push('answered'));
        // The summary is answered at once: the control port is up, and only the endpoints wait.
        await fetch(`http://127.0.0.1:${port}/ledger/summary`);
        events.push('written');
      },
    });
    await asked;
    assert.deepEqual(events, ['written', 'answered']);
    await simulators.close();
  });

  it('refuses a directory that holds other files, and leaves it as it was', async () => {
    await writeFile(join(dir, 'notes.txt'), 'mine');
    const { code, stderr } = await run('--control-port', '0', '--write-config', dir).done;
    assert.equal(code, 2);
    assert.match(stderr, /holds other files \(notes\.txt\).*--force/);
    assert.deepEqual(await readdir(dir), ['notes.txt']);
  });

  it('writes beside other files with --force', async () => {
    await writeFile(join(dir, 'notes.txt'), 'mine');
    const command = run('--control-port', '0', '--write-config', dir, '--force');
    await command.ready;
    command.stop();
    assert.equal((await command.done).code, 0);
    assert.equal(await readFile(join(dir, 'notes.txt'), 'utf8'), 'mine');
    assert.ok(existsSync(join(dir, 'gateway.yaml')));
  });

  it('writes over a configuration of its own', async () => {
    for (let i = 0; i < 2; i += 1) {
      const command = run('--control-port', '0', '--write-config', dir);
      await command.ready;
      command.stop();
      assert.equal((await command.done).code, 0);
    }
  });

  it('says which port is taken and which flag chooses another, and writes nothing', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as AddressInfo;
    const target = join(dir, 'config');
    const { code, stderr } = await run('--control-port', String(port), '--write-config', target).done;
    holder.close();
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`port ${port} .*taken.*--control-port`));
    assert.ok(!existsSync(target));
  });

  it('says what is wrong when the directory cannot be written', async () => {
    await writeFile(join(dir, 'file'), '');
    const { code, stderr } = await run('--control-port', '0', '--write-config', join(dir, 'file')).done;
    assert.equal(code, 1);
    assert.match(stderr, /ENOTDIR|EEXIST/);
  });

  for (const [argv, sentence] of [
    [['--control-port', '99999'], /--control-port must be a whole number from 0 to 65535/],
    [['--control-port', 'http'], /--control-port must be/],
    [['--latency', '-5'], /--latency/],
    [['--latency', '1e3'], /--latency must be/],
    [['--write-config', ''], /--write-config needs a directory/],
    [['--loud'], /--loud/],
    [['apns'], /apns/],
  ] as const) {
    it(`refuses "${argv.join(' ')}" with 2`, async () => {
      const { code, stderr } = await run(...argv).done;
      assert.equal(code, 2);
      assert.match(stderr, sentence);
    });
  }

  it('explains itself', async () => {
    const { code, stdout } = await run('--help').done;
    assert.equal(code, 0);
    assert.match(stdout, /--control-port PORT[\s\S]*--write-config DIR[\s\S]*--latency MS/);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  return port;
}
