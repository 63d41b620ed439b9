import assert from 'node:assert/strict';
import type { Fault } from '../../providers/simulation.js';
import { sized } from '../support/full.js';
import { readLedger } from '../support/verdict.js';
import { type GatewayProcess, openWorld, pushTokenOf, type World } from '../support/world.js';
import { type Arrival, type DeliveryBody, QUICK_RETRY, type Scene, sceneOver } from './delivery/scene.js';

/** Of the devices of each road. */
const SCALE = sized(1, 0.2);
/** Of each road, how many addresses its vendor calls dead. */
const DEAD = 25;

/** Some vendors tell of what they delivered at once. */
const REACHED = ['sent', 'delivered', 'displayed'];

/** One vendor, the devices that it reaches, and its documented ways to misbehave. */
interface Road {
  readonly provider: string;
  readonly devices: number;
  readonly platform: string;
  readonly manufacturer?: string;
  /** Absent for browsers, which the simulator subscribes. */
  readonly token?: (n: number) => string;
  readonly dead: Fault;
  /** An answer to an access token that has ended: the same attempt goes on with another one. */
  readonly renewed?: string;
  readonly troubles: readonly { readonly fault: Fault; readonly times: number; readonly rate: number }[];
}

const answer = (status: number, reason?: string, retryAfterSeconds?: number): Fault => ({
  kind: 'answer',
  status,
  ...(reason === undefined ? {} : { reason }),
  ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
});
/** Said of one target, or of a whole request, in an answer with HTTP status 200. */
const code = (reason: string): Fault => ({ kind: 'answer', reason });

/** What connections do, whosever they are. */
const BROKEN: Road['troubles'] = [
  { fault: { kind: 'goaway' }, times: 3, rate: 0.001 },
  { fault: { kind: 'reset' }, times: 20, rate: 0.01 },
  { fault: { kind: 'stall' }, times: 3, rate: 0.001 },
];

interface VendorRoad extends Pick<Road, 'provider' | 'manufacturer' | 'token'> {
  /** Its code for one dead address. */
  readonly dead: string;
  /** Its codes for a whole request: busy, too fast, a fault of its own. */
  readonly codes: readonly string[];
  /** Its code for an access token that has ended. */
  readonly renewed?: string;
}

/** Of vendors whose requests name up to 200 targets, each of which may draw the fault. */
function vendor({ codes, dead, renewed, ...road }: VendorRoad): Road {
  const said = renewed === undefined ? codes : [...codes, renewed];
  return {
    ...{ ...road, platform: 'android', devices: 6_000 * SCALE, dead: code(dead) },
    ...(renewed === undefined ? {} : { renewed }),
    troubles: [
      ...said.map((reason) => ({ fault: code(reason), times: 3, rate: 0.002 })),
      { fault: answer(503, 'html'), times: 2, rate: 0.001 },
      { fault: answer(200, 'empty'), times: 2, rate: 0.001 },
      { fault: { kind: 'reset' }, times: 2, rate: 0.001 },
      { fault: { kind: 'stall' }, times: 1, rate: 0.0005 },
    ],
  };
}

const digits = (n: number, length: number) => String(n).padStart(length, '0');

const ROADS: readonly Road[] = [
  {
    ...{
      provider: 'apns',
      devices: 5_000 * SCALE,
      platform: 'ios',
      token: pushTokenOf,
      dead: answer(410, 'Unregistered'),
    },
    troubles: [
      { fault: answer(429, 'TooManyRequests'), times: 100, rate: 0.05 },
      { fault: answer(500, 'InternalServerError'), times: 100, rate: 0.05 },
      { fault: answer(503, 'ServiceUnavailable', 1), times: 20, rate: 0.05 },
      ...BROKEN,
    ],
  },
  {
    ...{ provider: 'fcm', devices: 5_000 * SCALE, platform: 'android', dead: answer(404, 'UNREGISTERED') },
    // 22 characters, a colon and 140 more: the form that Google's registration tokens have.
    token: (n) => `${String(n).padStart(22, 'f')}:${'A'.repeat(140)}`,
    troubles: [
      { fault: answer(429, 'QUOTA_EXCEEDED', 1), times: 20, rate: 0.05 },
      { fault: answer(500, 'INTERNAL'), times: 100, rate: 0.05 },
      { fault: answer(503, 'UNAVAILABLE', 1), times: 20, rate: 0.05 },
      ...BROKEN,
    ],
  },
  {
    ...{ provider: 'webpush', devices: 4_000 * SCALE, platform: 'web', dead: answer(410) },
    troubles: [
      { fault: answer(429, undefined, 1), times: 100, rate: 0.05 },
      { fault: answer(500), times: 100, rate: 0.05 },
      { fault: answer(503, undefined, 1), times: 20, rate: 0.05 },
      ...BROKEN,
    ],
  },
  vendor({
    ...{ provider: 'huawei', manufacturer: 'HUAWEI', dead: '80100000' },
    ...{ codes: ['80600003', '81000001', '80100017'], renewed: '80200003' },
    token: (n) => `IQAAAACy0${digits(n, 121)}`,
  }),
  vendor({
    ...{ provider: 'honor', manufacturer: 'HONOR', dead: '80300007', codes: ['500', '502'], renewed: '403' },
    token: (n) => `BAEAAAAAB.${digits(n, 120)}`,
  }),
  vendor({
    ...{ provider: 'xiaomi', manufacturer: 'Redmi', dead: 'bad_regids', codes: ['200002', '10001', '22102'] },
    // Base64, whose signs a form must encode.
    token: (n) => `${digits(n, 40)}+/+/${'A'.repeat(19)}=`,
  }),
  vendor({
    ...{ provider: 'oppo', manufacturer: 'OnePlus', dead: '10000', codes: ['13', '-1', '-2'], renewed: '11' },
    token: (n) => `CN_${digits(n, 32)}`,
  }),
  vendor({
    ...{ provider: 'vivo', manufacturer: 'vivo', dead: '10302', codes: ['10072', '10040'], renewed: '10000' },
    token: (n) => digits(n, 23),
  }),
  vendor({
    ...{ provider: 'meizu', manufacturer: 'Meizu', dead: '110002', codes: ['1001', '1003', '501'] },
    token: (n) => `UU${digits(n, 43)}`,
  }),
];

function byToken(lines: readonly Arrival[]): ReadonlyMap<string, readonly Arrival[]> {
  const groups = new Map<string, Arrival[]>();
  for (const line of lines) {
    const group = groups.get(line.token);
    if (group === undefined) groups.set(line.token, [line]);
    else group.push(line);
  }
  return groups;
}

const DEVICES = ROADS.reduce((sum, { devices }) => sum + devices, 0);

describe(`one message to ${DEVICES} devices over ${ROADS.length} roads`, function () {
  this.timeout(240_000);
  let world: World;
  let server: GatewayProcess;
  let scene: Omit<Scene, 'gateway' | 'clock' | 'log'>;
  /** The address at which the simulators' ledger names a device, by device. */
  let addresses: ReadonlyMap<string, string>;

  before(async () => {
    world = await openWorld({ roads: 'every', latencyMs: 5 });
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
    assert.deepEqual(faults.slice(0, 20), []);
    const reached = REACHED.reduce((sum, state) => sum + (done.counts[state] ?? 0), 0);
    assert.equal(reached, addresses.size - dead.size);
    assert.deepEqual(done.reasons, { token_invalid: dead.size });
    const known = new Set(addresses.values());
    const strangers = [...lines].filter(([token, [line]]) => !known.has(token) && line?.accepted === true);
    assert.deepEqual(strangers, []);

    // Each road was really troubled, in more than one way, and by more than the dead.
    const { providers } = world.simulators.ledger.summary();
    for (const { provider } of ROADS) {
      const troubles = Object.keys(providers[provider] ?? {}).filter((said) => !/^20[01]$/.test(said));
      assert.ok(troubles.length >= 4, `${provider}: ${troubles.join(', ')}`);
    }
  });

  /** What is wrong between a delivery and what its address's vendor wrote down; undefined when they agree. */
  function disagreement(delivery: DeliveryBody, lines: readonly Arrival[], isDead: boolean): string | undefined {
    const accepted = lines.filter((line) => line.accepted);
    if (REACHED.includes(delivery.state)) {
      if (isDead) return 'sent, but its address is dead';
      if (accepted.length !== 1) return `sent, but accepted ${accepted.length} times`;
    } else {
      if (!isDead || delivery.reason !== 'token_invalid') return `${delivery.state} ${delivery.reason}`;
      if (accepted.length !== 0) return 'failed, but accepted';
    }
    // An answer that was given is an attempt that is told: those that never came are told as well, as uncertain. An access
    // token that has ended is no attempt's end; only where its successor is refused too it is told.
    const renewed = ROADS.find(({ provider }) => provider === delivery.provider)?.renewed ?? '';
    const told = delivery.attempts.filter(({ vendor: said }) => said?.status !== undefined && said.code !== renewed);
    const answered = lines.filter((line) => line.answer.status !== null && line.answer.reason !== renewed);
    const pairs = told.map((attempt, i) => [attempt.vendor?.status, answered[i]?.answer.status]);
    const matches = pairs.every(([ours, theirs]) => ours === theirs);
    const settledByAccept = REACHED.includes(delivery.state) && answered.length - told.length <= 1;
    if (!matches || !(settledByAccept || answered.length === told.length))
      return `attempts ${JSON.stringify(pairs)} of ${answered.length} answers`;
    return undefined;
  }

  /** @returns the addresses that are dead */
  function misbehave(): Set<string> {
    const { faults } = world.simulators;
    const dead = new Set<string>();
    for (const { provider, devices, dead: end, troubles } of ROADS) {
      for (const { fault, times, rate } of troubles) {
        // As many among fewer devices; what is frequent anyhow stays so.
        faults.add({ provider, match: { rate: Math.min(0.05, rate / SCALE) }, fault, times });
      }
      for (let n = 0; n < DEAD; n++) {
        const token = addresses.get(`${provider}${n * Math.floor(devices / DEAD)}`) ?? '';
        dead.add(token);
        faults.add({ provider, match: { token }, fault: end });
      }
    }
    return dead;
  }

  async function importEverybody(url: string, key: string): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    const lines: string[] = [];
    for (const { provider, devices, platform, manufacturer, token } of ROADS) {
      const browsers = token === undefined ? await subscribe(devices) : [];
      for (let n = 0; n < devices; n++) {
        const id = `${provider}${n}`;
        const address = token?.(n) ?? browsers[n];
        found.set(id, typeof address === 'string' ? address : (address?.endpoint ?? ''));
        const registrations = [{ provider, token: address }];
        lines.push(`${JSON.stringify({ id, platform, manufacturer, registrations })}\n`);
      }
    }
    const imported = await fetch(`${url}/v1/devices/import`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
      body: lines.join(''),
    });
    assert.equal((await imported.text()).match(/"status":201/g)?.length, DEVICES);
    return found;
  }

  /** Browsers of all four makers. */
  async function subscribe(wanted: number): Promise<{ readonly endpoint: string }[]> {
    const { vapid, subscriptions, origins } = world.simulators.endpoints.providers.webpush;
    const services = Object.keys(origins);
    const made: { endpoint: string }[] = [];
    for (let left = wanted, s = 0; left > 0; s++) {
      const count = Math.min(1_000, left);
      const body = JSON.stringify({ count, service: services[s % services.length], vapid_key: vapid.publicKey });
      const answered = await fetch(subscriptions, { method: 'POST', body });
      assert.equal(answered.ok, true, await answered.clone().text());
      made.push(...((await answered.json()) as { endpoint: string }[]));
      left -= count;
    }
    return made;
  }
});
