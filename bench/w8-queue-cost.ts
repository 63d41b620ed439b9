import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulators } from '../src/simulators.js';
import { type Beside, type Contender, hold } from './harness/contest.js';
import { divideCores, machine, shareCores } from './harness/cores.js';
import { type Datastores, startDatastores } from './harness/datastores.js';
import { deviceId, NOTIFICATION } from './harness/devices.js';
import { createGatewayClient } from './harness/gateway-client.js';
import { type NowhereFace, startNowhere, startNowhereCrew } from './harness/nowhere.js';
import { type BenchOptions, placeOf } from './harness/options.js';
import type { QueueOrder, QueueTold } from './harness/queue-order.js';
import { type Report, reportRuns } from './harness/report.js';
import { type Rival, startRival } from './harness/rival.js';

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
  const { backend } = options;
  const cores = backend === 'embedded' ? divideCores() : shareCores();
  const devices = options.devices ?? DEVICES;
  const peerDevices = Math.min(devices, options.peerDevices ?? PEER_DEVICES);
  const dir = await mkdtemp(join(tmpdir(), 'pealbell-bench-'));
  const closing: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
  try {
    const stores = backend === 'embedded' ? undefined : await startDatastores(backend);
    if (stores !== undefined) closing.push(() => stores.close());
    const queue = stores === undefined ? {} : { queueUrl: stores.peerQueueUrl };
    const open = async (name: string) => {
      const rival = await startRival<QueueOrder, QueueTold>(name, { dir: join(dir, name), ...queue }, cores);
      closing.push(() => rival.stop());
      return rival;
    };
    const contenders = [
      queueContender('Pealbell, its queue alone', devices, await open('queue-alone'), stores?.beside),
      ...(await gatewayContenders(devices, stores)),
      queueContender('BullMQ, a job for each device', peerDevices, await open('job-per-device'), stores?.beside),
    ];
    const conditions = [
      `${devices.toLocaleString('en')} devices, ${peerDevices.toLocaleString('en')} where each has a job; ${stores === undefined ? 'embedded database' : `one api process over ${stores.names}`}.`,
      `Medians of ${options.runs} runs in turn; ${cores.sentence}; ${machine()}.`,
    ];
    const ownColumn = 'queue MB per million devices';
    const heading = { workload: placeOf('W8', options), unit: 'device', conditions, ownColumn };
    return reportRuns(heading, await hold(contenders, options.runs));
  } finally {
    for (const close of closing.reverse()) await close();
  }

  async function gatewayContenders(count: number, stores: Datastores | undefined): Promise<Contender[]> {
    const home = join(dir, 'gateway');
    // Nothing is sent to it: it is there for credentials that a configuration may have.
    const simulators = await startSimulators({ controlPort: 0, dir: home });
    closing.push(() => simulators.close());
    const setup = { dir: home, simulators, devices: count, cores };
    const { ready, faces, stop } =
      stores === undefined ? await startNowhere(setup) : await startNowhereCrew(setup, stores, options.workers);
    closing.push(stop);
    const gateway = createGatewayClient(ready.url, ready.key);
    await gateway.importDevices(count, 'apns');
    const send = (to: unknown) => gateway.send({ to, notification: NOTIFICATION, max_devices: count });
    const warmUp = async (face: NowhereFace) => {
      await send({ devices: Array.from({ length: Math.min(count, WARM_UP_DEVICES) }, (_, n) => deviceId(n)) });
      await face.tally();
    };
    return faces.map((face) => ({
      who: `Pealbell, the whole gateway${face.suffix}`,
      process: face.process,
      ...(face.beside === undefined ? {} : { beside: face.beside }),
      // Workers that are new in each round are warmed up in each.
      warmUp: async () => (face.prepare === undefined ? warmUp(face) : undefined),
      async prepare() {
        if (face.prepare === undefined) return;
        await face.prepare();
        await warmUp(face);
      },
      rest: async () => face.rest?.(),
      async run() {
        const startedAt = performance.now();
        const counts = await send('everyone');
        const perSecond = (count / (performance.now() - startedAt)) * 1_000;
        const { arrivals, distinct } = await face.tally();
        const account = { sent: count, received: distinct, failed: count - (counts.sent ?? 0) };
        return { units: count, perSecond, latencies: [], account: { ...account, duplicates: arrivals - distinct } };
      },
    }));
  }
}

function queueContender(
  who: string,
  devices: number,
  rival: Rival<QueueOrder, QueueTold, object>,
  beside: readonly Beside[] = [],
): Contender {
  return {
    who,
    process: rival.process,
    beside,
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
