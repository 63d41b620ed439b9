import assert from 'node:assert/strict';
import { readLedger } from '../support/verdict.js';
import { type GatewayProcess, openWorld, pushTokenOf, type World } from '../support/world.js';
import { type Arrival, type DeliveryBody, QUICK_RETRY, type Scene, sceneOver } from './delivery/scene.js';

/** Devices on each of the three roads. */
const EACH = 10_000;
/** Of those, how many addresses each vendor calls dead. */
const DEAD = 25;

/** 22 characters, a colon and 140 more: the form that Google's registration tokens have. */
function fcmTokenOf(n: number): string {
  return `${String(n).padStart(22, 'f')}:${'A'.repeat(140)}`;
}

function byToken(lines: readonly Arrival[]): ReadonlyMap<string, readonly Arrival[]> {
  const groups = new Map<string, Arrival[]>();
  for (const line of lines) {
    const group = groups.get(line.token);
    if (group === undefined) groups.set(line.token, [line]);
    else group.push(line);
  }
  return groups;
}

/** The address at which the simulators' ledger names a device, by device. */
type Addresses = ReadonlyMap<string, string>;

describe(`one message to ${EACH * 3} devices over three roads`, function () {
  this.timeout(240_000);
  let world: World;
  let server: GatewayProcess;
  let scene: Omit<Scene, 'gateway' | 'clock' | 'log'>;
  let addresses: Addresses;

  before(async () => {
    world = await openWorld({ latencyMs: 5 });
    const key = await world.key();
    server = await world.spawn({ settings: { ...QUICK_RETRY, 'retry.cap': '500ms' } });
    scene = sceneOver(world, server.url, key);
    addresses = await importEverybody(server.url, key);
  });
  after(() => world.close());

  it('settles while every vendor misbehaves in its own ways; ledger and deliveries agree token by token', async () => {
    const dead = misbehave();
    const id = await scene.send('everyone', {
      notification: { title: 'Order 8812', body: 'It is on its way.', click: { url: 'https://shop.example/8812' } },
    });
    const done = await scene.reaches(id, undefined, 200_000);

    const deliveries = await scene.deliveries(id);
    assert.equal(deliveries.length, addresses.size);
    assert.equal(new Set(deliveries.map(({ device }) => device)).size, addresses.size);
    const lines = byToken(readLedger(world.simulators.ledger) as Arrival[]);
    const faults = deliveries.flatMap((delivery) => {
      const address = addresses.get(delivery.device ?? '') ?? '';
      const fault = disagreement(delivery, lines.get(address) ?? [], dead.has(address));
      return fault === undefined ? [] : [`${delivery.device}: ${fault}`];
    });
    assert.deepEqual(faults, []);
    assert.equal(done.counts.sent, addresses.size - dead.size);
    assert.deepEqual(done.reasons, { token_invalid: dead.size });
    const known = new Set(addresses.values());
    const strangers = [...lines].filter(([token, [line]]) => !known.has(token) && line?.accepted === true);
    assert.deepEqual(strangers, []);

    // Each road was really troubled, in more than one way, and by more than the dead.
    const { providers } = world.simulators.ledger.summary();
    for (const road of ['apns', 'fcm', 'webpush']) {
      const troubles = Object.keys(providers[road] ?? {}).filter((answer) => !/^20[01]$/.test(answer));
      assert.ok(troubles.length >= 4, `${road}: ${troubles.join(', ')}`);
    }
  });

  /** What is wrong between a delivery and what its address's vendor wrote down; undefined when they agree. */
  function disagreement(delivery: DeliveryBody, lines: readonly Arrival[], isDead: boolean): string | undefined {
    const accepted = lines.filter((line) => line.accepted);
    if (delivery.state === 'sent') {
      if (isDead) return 'sent, but its address is dead';
      if (accepted.length !== 1) return `sent, but accepted ${accepted.length} times`;
    } else {
      if (!isDead || delivery.reason !== 'token_invalid') return `${delivery.state} ${delivery.reason}`;
      if (accepted.length !== 0) return 'failed, but accepted';
    }
    // An answer that was given is an attempt that is told: those that never came are told as well, as uncertain.
    const told = delivery.attempts.filter(({ vendor }) => vendor?.status !== undefined);
    const answered = lines.filter(({ answer }) => answer.status !== null);
    const pairs = told.map((attempt, i) => [attempt.vendor?.status, answered[i]?.answer.status]);
    const matches = pairs.every(([ours, theirs]) => ours === theirs);
    const settledByAccept = delivery.state === 'sent' && answered.length - told.length <= 1;
    if (!matches || !(settledByAccept || answered.length === told.length))
      return `attempts ${JSON.stringify(pairs)} of ${answered.length} answers`;
    return undefined;
  }

  /** @returns the addresses that are dead */
  function misbehave(): Set<string> {
    const { faults } = world.simulators;
    const everywhere = (
      provider: string,
      fault: Parameters<typeof faults.add>[0]['fault'],
      times: number,
      rate = 0.05,
    ) => faults.add({ provider, match: { rate }, fault, times });
    everywhere('apns', { kind: 'answer', status: 429, reason: 'TooManyRequests' }, 100);
    everywhere('apns', { kind: 'answer', status: 500, reason: 'InternalServerError' }, 100);
    everywhere('apns', { kind: 'answer', status: 503, reason: 'ServiceUnavailable', retryAfterSeconds: 1 }, 20);
    everywhere('apns', { kind: 'goaway' }, 3, 0.001);
    everywhere('apns', { kind: 'reset' }, 20, 0.01);
    everywhere('apns', { kind: 'stall' }, 3, 0.001);
    everywhere('fcm', { kind: 'answer', status: 429, reason: 'QUOTA_EXCEEDED', retryAfterSeconds: 1 }, 20);
    everywhere('fcm', { kind: 'answer', status: 500, reason: 'INTERNAL' }, 100);
    everywhere('fcm', { kind: 'answer', status: 503, reason: 'UNAVAILABLE', retryAfterSeconds: 1 }, 20);
    everywhere('fcm', { kind: 'goaway' }, 3, 0.001);
    everywhere('fcm', { kind: 'reset' }, 20, 0.01);
    everywhere('fcm', { kind: 'stall' }, 3, 0.001);
    everywhere('webpush', { kind: 'answer', status: 429, retryAfterSeconds: 1 }, 100);
    everywhere('webpush', { kind: 'answer', status: 500 }, 100);
    everywhere('webpush', { kind: 'answer', status: 503, retryAfterSeconds: 1 }, 20);
    everywhere('webpush', { kind: 'goaway' }, 3, 0.001);
    everywhere('webpush', { kind: 'reset' }, 20, 0.01);
    everywhere('webpush', { kind: 'stall' }, 3, 0.001);

    const dead = new Set<string>();
    const ends = {
      ios: { provider: 'apns', fault: { kind: 'answer', status: 410, reason: 'Unregistered' } },
      android: { provider: 'fcm', fault: { kind: 'answer', status: 404, reason: 'UNREGISTERED' } },
      web: { provider: 'webpush', fault: { kind: 'answer', status: 410 } },
    } as const;
    for (const [platform, { provider, fault }] of Object.entries(ends)) {
      for (let n = 0; n < DEAD; n++) {
        const token = addresses.get(`${platform}${n * 397}`) ?? '';
        dead.add(token);
        faults.add({ provider, match: { token }, fault });
      }
    }
    return dead;
  }

  async function importEverybody(url: string, key: string): Promise<Addresses> {
    const browsers = await subscribe();
    const found = new Map<string, string>();
    const lines: string[] = [];
    const add = (id: string, platform: string, provider: string, token: unknown, address: string) => {
      found.set(id, address);
      lines.push(`${JSON.stringify({ id, platform, registrations: [{ provider, token }] })}\n`);
    };
    for (let n = 0; n < EACH; n++) {
      const browser = browsers[n];
      add(`ios${n}`, 'ios', 'apns', pushTokenOf(n), pushTokenOf(n));
      add(`android${n}`, 'android', 'fcm', fcmTokenOf(n), fcmTokenOf(n));
      add(`web${n}`, 'web', 'webpush', browser, browser?.endpoint ?? '');
    }
    const imported = await fetch(`${url}/v1/devices/import`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
      body: lines.join(''),
    });
    assert.equal((await imported.text()).match(/"status":201/g)?.length, EACH * 3);
    return found;
  }

  /** Browsers of all four makers. */
  async function subscribe(): Promise<{ readonly endpoint: string }[]> {
    const { vapid, subscriptions, origins } = world.simulators.endpoints.providers.webpush;
    const services = Object.keys(origins);
    const made: { endpoint: string }[] = [];
    for (let left = EACH, s = 0; left > 0; s++) {
      const count = Math.min(1_000, left);
      const body = JSON.stringify({ count, service: services[s % services.length], vapid_key: vapid.publicKey });
      const answer = await fetch(subscriptions, { method: 'POST', body });
      assert.equal(answer.ok, true, await answer.clone().text());
      made.push(...((await answer.json()) as { endpoint: string }[]));
      left -= count;
    }
    return made;
  }
});
