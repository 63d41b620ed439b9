import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulators, writeConfig } from '../src/simulators.js';
import { type Contender, hold } from './harness/contest.js';
import { divideCores, machine } from './harness/cores.js';
import { deviceId, NOTIFICATION } from './harness/devices.js';
import { createGatewayClient } from './harness/gateway-client.js';
import type { BenchOptions } from './harness/options.js';
import type { QueueOrder, QueueTold } from './harness/queue-order.js';
import { type Report, reportRuns } from './harness/report.js';
import { type Rival, startRival } from './harness/rival.js';
import type { TallyReading } from './harness/tally.js';
import type { GatewayReady } from './rivals/gateway-to-nowhere.js';

const DEVICES = 1_000_000;
/** A million of them takes most of an hour. */
const PEER_DEVICES = 20_000;
const WARM_UP_DEVICES = 1_000;
const MEGABYTE = 1_048_576;

/**
 * W8, queue cost: what a message to very many devices costs on its way through the queue, nothing being sent: Pealbell's
 * queue alone (a job names a chunk of 500 devices), the whole gateway, and the usual job per device on the same database.
 */
export async function w8QueueCost(options: BenchOptions): Promise<Report> {
  const cores = divideCores();
  const devices = options.devices ?? DEVICES;
  const peerDevices = Math.min(devices, options.peerDevices ?? PEER_DEVICES);
  const dir = await mkdtemp(join(tmpdir(), 'pealbell-bench-'));
  const closing: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
  try {
    const open = async (name: string) => {
      const rival = await startRival<QueueOrder, QueueTold>(name, { dir: join(dir, name) }, cores);
      closing.push(() => rival.stop());
      return rival;
    };
    const contenders = [
      queueContender('Pealbell, its queue alone', devices, await open('queue-alone')),
      await gatewayContender(devices),
      queueContender('BullMQ, a job for each device', peerDevices, await open('job-per-device')),
    ];
    const conditions = [
      `${devices.toLocaleString('en')} devices, ${peerDevices.toLocaleString('en')} where each has a job; embedded database.`,
      `Medians of ${options.runs} runs in turn; ${cores.sentence}; ${machine()}.`,
    ];
    const ownColumn = 'queue MB per million devices';
    return reportRuns({ workload: 'W8', unit: 'device', conditions, ownColumn }, await hold(contenders, options.runs));
  } finally {
    for (const close of closing.reverse()) await close();
  }

  async function gatewayContender(count: number): Promise<Contender> {
    const home = join(dir, 'gateway');
    // Nothing is sent to it: it is there for credentials that a configuration may have.
    const simulators = await startSimulators({ controlPort: 0, dir: home });
    closing.push(() => simulators.close());
    await writeConfig(home, { apns: simulators.endpoints.providers.apns });
    const setup = { dir: home, devices: count };
    const rival = await startRival<'tally', TallyReading, GatewayReady>('gateway-to-nowhere', setup, cores);
    closing.push(() => rival.stop());
    const gateway = createGatewayClient(rival.ready.url, rival.ready.key);
    await gateway.importDevices(count, 'apns');
    const send = (to: unknown) => gateway.send({ to, notification: NOTIFICATION, max_devices: count });
    return {
      who: 'Pealbell, the whole gateway',
      process: rival.process,
      async warmUp() {
        await send({ devices: Array.from({ length: Math.min(count, WARM_UP_DEVICES) }, (_, n) => deviceId(n)) });
        await rival.ask('tally');
      },
      async run() {
        const startedAt = performance.now();
        const counts = await send('everyone');
        const perSecond = (count / (performance.now() - startedAt)) * 1_000;
        const { arrivals, distinct } = await rival.ask('tally');
        const account = { sent: count, received: distinct, failed: count - (counts.sent ?? 0) };
        return { units: count, perSecond, latencies: [], account: { ...account, duplicates: arrivals - distinct } };
      },
    };
  }
}

function queueContender(who: string, devices: number, rival: Rival<QueueOrder, QueueTold, object>): Contender {
  return {
    who,
    process: rival.process,
    warmUp: () => rival.ask({ devices: Math.min(devices, WARM_UP_DEVICES) }),
    async run() {
      const startedAt = performance.now();
      const { arrivals, distinct, bytes } = await rival.ask({ devices });
      return {
        units: devices,
        perSecond: (devices / (performance.now() - startedAt)) * 1_000,
        latencies: [],
        own: (bytes / MEGABYTE / devices) * 1_000_000,
        account: { sent: devices, received: distinct, failed: 0, duplicates: arrivals - distinct },
      };
    },
  };
}
