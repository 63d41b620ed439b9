import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createApnsCredentials } from '../../providers/apns/simulator.js';
import { sized } from '../support/full.js';
import { readLedger } from '../support/verdict.js';
import { type GatewayProcess, openWorld, pushTokenOf, until, type World } from '../support/world.js';
import { type Arrival, type MessageBody, QUICK_RETRY, type Scene, sceneOver } from './delivery/scene.js';

const MESSAGES = sized(10_000, 4_000);
/** As many as a batch call takes. */
const BATCH = 500;
/** Devices on each road; every one is sent to many times. */
const EACH = 100;
const ROADS = ['apns', 'fcm', 'webpush'] as const;

interface Line {
  readonly event: string;
  readonly provider?: string;
}

describe(`credentials that break while ${MESSAGES} messages are under way`, function () {
  this.timeout(180_000);
  let world: World;
  let server: GatewayProcess;
  let scene: Omit<Scene, 'gateway' | 'clock' | 'log'>;
  /** Ledger addresses by device. */
  const addresses = new Map<string, string>();

  before(async () => {
    world = await openWorld({ latencyMs: 10 });
    const key = await world.key();
    server = await world.spawn({ settings: { ...QUICK_RETRY, 'limits.per_key': '100000/s' } });
    scene = sceneOver(world, server.url, key);
    await register(server.url, key);
  });
  after(() => world.close());

  it('stops or goes on with the old ones by account, loses and doubles nothing, and resumes by itself when mended', async () => {
    const file = (name: string) => join(world.configDir, name);
    const good = new Map<string, string>();
    for (const name of ['apns-key.p8', 'fcm.json', 'vapid.json']) good.set(name, await readFile(file(name), 'utf8'));
    const write = (name: string, text: string) => writeFile(file(name), text, { mode: 0o600 });

    const half = MESSAGES / 2;
    await send(0, half);
    // Well-formed, but not what the vendors know: Apple refuses the signature, Google the sign-in.
    await write('apns-key.p8', createApnsCredentials({ bundleIds: ['com.example.demo'] }).privateKey);
    await write('fcm.json', withStrangersKey(good.get('fcm.json') ?? ''));
    await send(half, MESSAGES);
    await told('account.blocked', ({ provider }) => provider === 'apns');
    await told('account.blocked', ({ provider }) => provider === 'fcm');

    // Not even well-formed: refused as a whole, and what is in force stays so.
    await write('vapid.json', 'this is no key pair');
    await told('config.reload_refused', () => true);
    const { ledger } = world.simulators;
    await until(
      async () => ledger.summary().providers.webpush?.['201'],
      (count) => count === messagesOf('webpush'),
      60_000,
    );
    const waiting = (await everyMessage()).filter(({ counts }) => (counts.sent ?? 0) === 0);
    assert.ok(waiting.length > 0, 'everything was over before the credentials broke');
    assert.deepEqual(
      waiting.filter(({ counts }) => counts.queued !== 1),
      [],
    );

    for (const [name, text] of good) await write(name, text);
    await until(
      async () => ledger.summary().accepted.total,
      (total) => total >= MESSAGES,
      90_000,
    );
    const messages = await until(everyMessage, (all) => all.every(({ status }) => status === 'completed'), 90_000);
    assert.equal(messages.length, MESSAGES);
    assert.deepEqual(
      messages.filter((message) => message.counts.sent !== 1).map(({ id, reasons }) => ({ id, reasons })),
      [],
    );
    for (const road of ROADS) {
      const perAddress = new Map<string, number>();
      for (const { token } of arrivals(road)) perAddress.set(token, (perAddress.get(token) ?? 0) + 1);
      const wanted = devicesOf(road).map((device) => [addresses.get(device), messagesTo(device)] as const);
      assert.deepEqual(
        new Map([...perAddress].sort()),
        new Map([...wanted].map(([a, n]) => [a ?? '', n] as const).sort()),
      );
    }
    // Nobody's address was given up for what were our own credentials.
    for (const device of [...addresses.keys()].slice(0, 3)) assert.deepEqual((await scene.show(device)).retired, []);
  });

  /** The n-th message goes to the n-th device, in turn. */
  function deviceOf(n: number): string {
    return `${ROADS[n % ROADS.length]}${Math.floor(n / ROADS.length) % EACH}`;
  }

  function devicesOf(road: string): string[] {
    return Array.from({ length: EACH }, (_, n) => `${road}${n}`);
  }

  function messagesTo(device: string): number {
    let count = 0;
    for (let n = 0; n < MESSAGES; n++) if (deviceOf(n) === device) count++;
    return count;
  }

  function messagesOf(road: string): number {
    return devicesOf(road).reduce((sum, device) => sum + messagesTo(device), 0);
  }

  async function send(from: number, to: number): Promise<void> {
    for (let start = from; start < to; start += BATCH) {
      const messages = Array.from({ length: BATCH }, (_, i) => ({
        to: { devices: [deviceOf(start + i)] },
        notification: { title: `Order ${start + i}` },
        idempotency_key: `order-${start + i}`,
      }));
      const answer = await scene.call<{ results: { status: number }[] }>('POST', '/v1/messages/batch', { messages });
      assert.equal(answer.status, 200, JSON.stringify(answer.body).slice(0, 600));
      assert.deepEqual(new Set(answer.body.results.map(({ status }) => status)), new Set([202]));
    }
  }

  function arrivals(road: string): Arrival[] {
    const lines = readLedger(world.simulators.ledger) as (Arrival & { provider: string })[];
    return lines.filter((line) => line.provider === road && line.accepted);
  }

  async function everyMessage(): Promise<MessageBody[]> {
    const all: MessageBody[] = [];
    for (let cursor = ''; ; ) {
      const page = await scene.call<{ data: MessageBody[]; next_cursor: string | null }>(
        'GET',
        `/v1/messages?limit=1000${cursor}`,
      );
      all.push(...page.body.data);
      if (page.body.next_cursor === null) return all;
      cursor = `&cursor=${encodeURIComponent(page.body.next_cursor)}`;
    }
  }

  async function told(event: string, wanted: (line: Line) => boolean): Promise<void> {
    await until(
      async () => (server.lines as readonly Line[]).filter((line) => line.event === event),
      (lines) => lines.some(wanted),
      60_000,
    );
  }

  async function register(url: string, key: string): Promise<void> {
    const { vapid, subscriptions } = world.simulators.endpoints.providers.webpush;
    const asked = JSON.stringify({ count: EACH, service: 'mozilla', vapid_key: vapid.publicKey });
    const browsers = (await (await fetch(subscriptions, { method: 'POST', body: asked })).json()) as {
      endpoint: string;
    }[];
    const lines: string[] = [];
    const add = (provider: string, platform: string, n: number, token: unknown, address: string) => {
      addresses.set(`${provider}${n}`, address);
      lines.push(`${JSON.stringify({ id: `${provider}${n}`, platform, registrations: [{ provider, token }] })}\n`);
    };
    for (let n = 0; n < EACH; n++) {
      const fcmToken = `${String(n).padStart(22, 'f')}:${'A'.repeat(140)}`;
      add('apns', 'ios', n, pushTokenOf(n), pushTokenOf(n));
      add('fcm', 'android', n, fcmToken, fcmToken);
      add('webpush', 'web', n, browsers[n], browsers[n]?.endpoint ?? '');
    }
    const imported = await fetch(`${url}/v1/devices/import`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
      body: lines.join(''),
    });
    assert.equal((await imported.text()).match(/"status":201/g)?.length, EACH * ROADS.length);
  }
});

/** The service account's file with a key that Google has never seen. */
function withStrangersKey(file: string): string {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return JSON.stringify({ ...(JSON.parse(file) as object), private_key: privateKey });
}
