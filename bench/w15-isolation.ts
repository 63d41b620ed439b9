import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Ledger } from '../src/simulators/ledger.js';
import { type Simulators, startSimulators } from '../src/simulators.js';
import { type Cores, divideCores, machine, shareCores } from './harness/cores.js';
import { nameOf } from './harness/crew.js';
import { type Datastores, startDatastores } from './harness/datastores.js';
import { deviceId, NOTIFICATION } from './harness/devices.js';
import { startGateway, startGatewayCrew } from './harness/gateway.js';
import { type LoadResult, offer, type Target } from './harness/http-load.js';
import type { Measured } from './harness/measured-process.js';
import { type BenchOptions, placeOf } from './harness/options.js';
import { quantile } from './harness/quantiles.js';
import { figure, type Report } from './harness/report.js';
import { startRival } from './harness/rival.js';
import { type Account, add, isExact, lostOf } from './harness/run.js';
import type { GatewayReady } from './rivals/gateway-to-nowhere.js';

const DEVICES = 20_000;
const RTT_MS = 50;
const PER_SECOND = 50;
const IDLE_SECONDS = 10;
const WARM_UP_SECONDS = 3;
const CONNECTIONS = 64;
/** After the load: what was accepted must have arrived by then. */
const SETTLE_MS = 120_000;
const LOOK_EVERY_MS = 100;
const BROADCAST = 'To everyone';
/** Title of a message to one device: with its number, and when it was meant to be sent (ms since 1970). */
const SINGLE = /^Single (\d+) ([\d.]+)$/;

interface Contender {
  readonly who: string;
  readonly ready: GatewayReady;
  readonly process: Pick<Measured, 'cpuMicros'>;
  /** Before its rows, and after them: what only it needs. */
  prepare?(): Promise<void>;
  rest?(): Promise<void>;
}

interface Row {
  readonly who: string;
  readonly when: 'idle' | 'during the broadcast';
  readonly latencies: readonly number[];
  readonly broadcastSeconds: number | undefined;
  readonly loadShare: number;
  readonly account: Account;
  /** Of a message, the ones to everyone's devices included: its own CPU, then that of each server. */
  readonly cpuMicros: readonly number[];
}

type Seen = Omit<Row, 'cpuMicros'>;

/**
 * W15, isolation: messages to one device each at a steady rate, first alone, then while a message to everyone is being sent.
 * What is asked: how much longer do they take; from when each was meant to be sent until the vendor has it.
 */
export async function w15Isolation(options: BenchOptions): Promise<Report> {
  const { backend } = options;
  const cores = backend === 'embedded' ? divideCores() : shareCores();
  const load = { devices: options.devices ?? DEVICES, rate: options.rate ?? PER_SECOND };
  const idleSeconds = options.seconds ?? IDLE_SECONDS;
  const rttMs = options.rttMs ?? RTT_MS;
  const dir = await mkdtemp(join(tmpdir(), 'pealbell-bench-'));
  const closing: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
  try {
    const simulators = await startSimulators({ controlPort: 0, dir, latencyMs: rttMs });
    closing.push(() => simulators.close());
    const stores = backend === 'embedded' ? undefined : await startDatastores(backend);
    if (stores !== undefined) closing.push(() => stores.close());
    const stage = { dir, simulators, cores, stores, closing };
    const contenders = [...(await ours(options, load.devices, stage)), await fifo(stage)];
    const beside = stores?.beside ?? [];
    const rows: Row[] = [];
    for (const contender of contenders) {
      await contender.prepare?.();
      await alone(contender, simulators.ledger, load.rate, WARM_UP_SECONDS);
      const meters = [contender.process, ...beside];
      rows.push(await spending(meters, () => alone(contender, simulators.ledger, load.rate, idleSeconds)));
      rows.push(await spending(meters, () => during(contender, simulators.ledger, load)));
      await contender.rest?.();
    }
    const where = stores === undefined ? 'embedded database' : `over ${stores.names}`;
    return {
      workload: placeOf('W15', options),
      conditions: [
        `${load.rate} messages a second to one device each, for ${idleSeconds} s alone, then for as long as a message to ${load.devices.toLocaleString('en')} devices takes; APNs, ${rttMs} ms round trip, TLS; ${where}.`,
        `Milliseconds from when a message was meant to be sent to its arrival at the vendor; one run each; ${cores.sentence}; ${machine()}.`,
      ],
      columns: [
        ...['', 'when', 'CPU-µs per message', ...beside.map(({ column }) => column)],
        ...['p50 ms', 'p99 ms', 'most ms', 'broadcast s', 'load core'],
        ...['sent', 'received', 'failed', 'duplicates', 'lost'],
      ],
      rows: rows.map(({ who, when, cpuMicros, latencies, broadcastSeconds, loadShare, account }) => [
        ...[who, when, ...cpuMicros.map(figure)],
        ...[quantile(latencies, 0.5), quantile(latencies, 0.99), quantile(latencies, 1)].map(figure),
        broadcastSeconds === undefined ? '' : broadcastSeconds.toFixed(1),
        `${Math.round(loadShare * 100)} %`,
        ...[account.sent, account.received, account.failed, account.duplicates, lostOf(account)].map(figure),
      ]),
      notes: contenders.map(({ who }) => compare(rows.filter((row) => row.who === who))),
      account: rows.every(({ account }) => isExact(account)) ? 'holds' : 'broken',
    };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

interface Stage {
  readonly dir: string;
  readonly simulators: Simulators;
  readonly cores: Cores;
  readonly stores: Datastores | undefined;
  readonly closing: (() => Promise<void>)[];
}

/** One contender, or one for each number of workers, which share an api. */
async function ours({ workers }: BenchOptions, devices: number, stage: Stage): Promise<readonly Contender[]> {
  const { dir, simulators, cores, stores, closing } = stage;
  if (stores === undefined) {
    const gateway = await startGateway(dir, simulators, cores);
    closing.push(() => gateway.stop());
    await gateway.importDevices(devices, 'apns');
    return [{ who: 'Pealbell', ready: gateway.ready, process: gateway.process }];
  }
  const { crew, ready, importDevices } = await startGatewayCrew(dir, simulators, cores, stores.settings);
  closing.push(() => crew.stop());
  await importDevices(devices, 'apns');
  return workers.map((count) => ({
    ...{ who: nameOf(count), ready, process: crew.process },
    prepare: () => crew.become(count),
    rest: () => crew.become(0),
  }));
}

async function fifo({ dir, simulators, cores, stores, closing }: Stage): Promise<Contender> {
  const { apns } = simulators.endpoints.providers;
  const queue = stores === undefined ? {} : { queueUrl: stores.peerQueueUrl };
  const setup = { dir: join(dir, 'fifo'), apns, ...queue };
  const rival = await startRival<never, undefined, GatewayReady>('fifo-queue', setup, cores);
  closing.push(() => rival.stop());
  return { who: 'one BullMQ queue for all, in order', ready: rival.ready, process: rival.process };
}

function targetOf({ ready }: Contender): Target {
  const body = (n: number, meantAt: number) =>
    JSON.stringify({
      to: { devices: [deviceId(n)] },
      notification: { ...NOTIFICATION, title: `Single ${n} ${(performance.timeOrigin + meantAt).toFixed(1)}` },
      class: 'transactional',
    });
  return { ...ready, body };
}

async function spending(meters: readonly Pick<Measured, 'cpuMicros'>[], run: () => Promise<Seen>): Promise<Row> {
  const before = meters.map((meter) => meter.cpuMicros());
  const seen = await run();
  const { sent } = seen.account;
  return { ...seen, cpuMicros: meters.map((meter, at) => (meter.cpuMicros() - (before[at] ?? 0)) / sent) };
}

async function alone(contender: Contender, ledger: Ledger, rate: number, seconds: number): Promise<Seen> {
  ledger.clear();
  const loadBefore = process.cpuUsage();
  const startedAt = performance.now();
  const load = await offer(targetOf(contender), { connections: CONNECTIONS, seconds, rate, from: 0 });
  await untilTaken(ledger, load.asked);
  const loadShare = shareSince(loadBefore, startedAt);
  const { latencies, distinct, arrivals } = readSingles(ledger);
  return {
    ...{ who: contender.who, when: 'idle', latencies, broadcastSeconds: undefined, loadShare },
    account: accountOf(load, distinct, arrivals),
  };
}

async function during(
  contender: Contender,
  ledger: Ledger,
  { devices, rate }: { readonly devices: number; readonly rate: number },
): Promise<Seen> {
  ledger.clear();
  const loadBefore = process.cpuUsage();
  const startedAt = performance.now();
  const message = { to: 'everyone', notification: { ...NOTIFICATION, title: BROADCAST }, max_devices: devices };
  const { url, key } = contender.ready;
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const calledAt = Date.now();
  const body = JSON.stringify({ ...message, class: 'marketing' });
  const broadcast = fetch(`${url}/v1/messages`, { method: 'POST', headers, body });
  // So many have arrived a little before the end of the broadcast: none is sent once it is over.
  let asked = 0;
  const target = targetOf(contender);
  const counted: Target = {
    ...target,
    body(n, meantAt) {
      asked += 1;
      return target.body(n, meantAt);
    },
  };
  const isOver = () => ledger.summary().accepted.total >= devices || performance.now() - startedAt > SETTLE_MS;
  const options = { connections: CONNECTIONS, seconds: SETTLE_MS / 1_000, rate, from: 0, isOver };
  const load = await offer(counted, options);
  if (!(await broadcast).ok) throw new Error(`the message to everyone was answered ${(await broadcast).status}`);
  await untilTaken(ledger, devices + asked);
  const loadShare = shareSince(loadBefore, startedAt);
  const singles = readSingles(ledger);
  const everyone = readBroadcast(ledger);
  const account = accountOf(load, singles.distinct, singles.arrivals);
  return {
    ...{ who: contender.who, when: 'during the broadcast', latencies: singles.latencies, loadShare },
    broadcastSeconds: (everyone.lastAt - calledAt) / 1_000,
    account: add(account, {
      sent: devices,
      received: everyone.distinct,
      failed: 0,
      duplicates: everyone.arrivals - everyone.distinct,
    }),
  };
}

function accountOf({ asked, statuses }: LoadResult, distinct: number, arrivals: number): Account {
  return {
    sent: asked,
    received: distinct,
    failed: asked - (statuses.get(202) ?? 0),
    duplicates: arrivals - distinct,
  };
}

async function untilTaken(ledger: Ledger, count: number): Promise<void> {
  const deadline = performance.now() + SETTLE_MS;
  while (ledger.summary().accepted.total < count && performance.now() < deadline) await pause(LOOK_EVERY_MS);
  await pause(LOOK_EVERY_MS); // one that came twice comes now
}

interface Taken {
  readonly title: string;
  readonly token: string;
  readonly at: number;
}

function readTaken(ledger: Ledger): readonly Taken[] {
  const taken: Taken[] = [];
  for (const chunk of ledger.chunks()) {
    for (const line of chunk.toString('utf8').split('\n')) {
      if (line === '') continue;
      const entry = JSON.parse(line) as LedgerLine;
      if (entry.accepted) taken.push({ title: entry.payload.aps.alert.title, token: entry.token, at: entry.at });
    }
  }
  return taken;
}

/** As both contenders write it. */
interface LedgerLine {
  readonly accepted: boolean;
  readonly token: string;
  readonly at: number;
  readonly payload: { readonly aps: { readonly alert: { readonly title: string } } };
}

function readSingles(ledger: Ledger) {
  const numbers = new Set<string>();
  const latencies: number[] = [];
  for (const { title, at } of readTaken(ledger)) {
    const [, number, meantAt] = SINGLE.exec(title) ?? [];
    if (number === undefined) continue;
    if (!numbers.has(number)) latencies.push(at - Number(meantAt));
    numbers.add(number);
  }
  const arrivals = readTaken(ledger).filter(({ title }) => SINGLE.test(title)).length;
  return { latencies, distinct: numbers.size, arrivals };
}

function readBroadcast(ledger: Ledger) {
  const taken = readTaken(ledger).filter(({ title }) => title === BROADCAST);
  const distinct = new Set(taken.map(({ token }) => token)).size;
  return { distinct, arrivals: taken.length, lastAt: taken.at(-1)?.at ?? 0 };
}

function shareSince(before: NodeJS.CpuUsage, startedAt: number): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / (performance.now() - startedAt);
}

function compare([idle, busy]: readonly Row[]): string {
  if (idle === undefined || busy === undefined) return '';
  const times = quantile(busy.latencies, 0.99) / Math.max(1, quantile(idle.latencies, 0.99));
  return `${idle.who}: p99 during the broadcast is ${times.toFixed(1)} times that of idle.`;
}
