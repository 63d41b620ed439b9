/** Bulk workloads: one message to everyone through the gateway, beside clients of the vendor that get the same tokens. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ledger } from '../../src/simulators/ledger.js';
import { type Simulators, startSimulators } from '../../src/simulators.js';
import { readArrivals } from './arrivals.js';
import { type Contender, hold } from './contest.js';
import { type Cores, divideCores, machine, shareCores } from './cores.js';
import { idleSentence, nameOf } from './crew.js';
import { type Datastores, startDatastores } from './datastores.js';
import { deliveryBytes } from './delivery-bytes.js';
import { deviceId, NOTIFICATION, type Road } from './devices.js';
import { startGateway, startGatewayCrew } from './gateway.js';
import type { GatewayClient } from './gateway-client.js';
import type { Measured } from './measured-process.js';
import { type BenchOptions, placeOf } from './options.js';
import { type Report, reportRuns } from './report.js';
import { startRival, type Told } from './rival.js';

const WARM_UP_DEVICES = 1_000;

export interface BulkWorkload {
  readonly name: string;
  readonly road: Road;
  readonly devices: number;
  readonly rttMs: number;
  readonly rivals: readonly BulkRival[];
}

export interface BulkRival {
  readonly who: string;
  /** File in bench/rivals. */
  readonly file: string;
  readonly setup: (simulators: Simulators, dir: string) => unknown;
  /** Notifications of a run where those of the gateway would take too long. */
  readonly devices?: number;
}

export async function runBulk(workload: BulkWorkload, options: BenchOptions): Promise<Report> {
  const cores = options.backend === 'embedded' ? divideCores() : shareCores();
  const devices = options.devices ?? workload.devices;
  const rttMs = options.rttMs ?? workload.rttMs;
  const dir = await mkdtemp(join(tmpdir(), 'pealbell-bench-'));
  const closing: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
  try {
    const simulators = await startSimulators({ controlPort: 0, dir, latencyMs: rttMs });
    closing.push(() => simulators.close());
    const stage: Stage = { simulators, dir, cores, devices, closing, remarks: [] };
    const stores = options.backend === 'embedded' ? undefined : await startDatastores(options.backend);
    if (stores !== undefined) closing.push(() => stores.close());
    const contenders = [
      ...(stores === undefined
        ? [await startEmbedded(workload, stage)]
        : await startCrews(workload, options.workers, stage, stores)),
      ...(await startRivals(workload, options, stage)),
    ];
    const among =
      stores === undefined
        ? ''
        : `; one api process and 1 to ${Math.max(...options.workers)} workers over ${stores.names}`;
    const conditions = [
      `One message to ${devices.toLocaleString('en')} devices over ${workload.road.toUpperCase()}, ${rttMs} ms round trip, TLS${among}.`,
      `Medians of ${options.runs} runs in turn; ${cores.sentence}; ${machine()}.`,
    ];
    const summaries = await hold(contenders, options.runs);
    if (stores !== undefined) stage.remarks.push(await deliveryBytes(stores.settings['store.url'] ?? ''));
    const report = reportRuns(
      { workload: placeOf(workload.name, options), unit: 'notification', conditions },
      summaries,
    );
    return { ...report, notes: [...report.notes, ...stage.remarks] };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

interface Stage {
  readonly simulators: Simulators;
  readonly dir: string;
  readonly cores: Cores;
  readonly devices: number;
  readonly closing: (() => Promise<void>)[];
  /** Sentences below the table. */
  readonly remarks: string[];
}

async function startEmbedded({ road }: BulkWorkload, stage: Stage): Promise<Contender> {
  const { simulators, dir, cores, devices, closing } = stage;
  const gateway = await startGateway(dir, simulators, cores);
  closing.push(() => gateway.stop());
  await gateway.importDevices(devices, road);
  return contender('Pealbell', gateway.process, devices, (count) => sendBy(gateway, count, devices), simulators.ledger);
}

/** For each number of workers a contender of its own: the same api, the same devices. */
async function startCrews(
  { road }: BulkWorkload,
  numbers: readonly number[],
  { simulators, dir, cores, devices, closing, remarks }: Stage,
  stores: Datastores,
): Promise<Contender[]> {
  const { crew, ...gateway } = await startGatewayCrew(dir, simulators, cores, stores.settings);
  closing.push(() => crew.stop());
  await gateway.importDevices(devices, road);
  const { ledger } = simulators;
  const sendTo = (count: number) => sendBy(gateway, count, devices, () => ledger.summary().accepted.total >= count);
  return numbers.map((count) => {
    const one = contender(nameOf(count), crew.process, devices, sendTo, ledger);
    let isNew = true;
    return {
      ...one,
      beside: [...crew.beside, ...stores.beside],
      warmUp: async () => undefined,
      async prepare() {
        await crew.become(count);
        await one.warmUp();
        if (isNew) remarks.push(await idleSentence(crew, stores.beside));
        isNew = false;
      },
      rest: () => crew.become(0),
    };
  });
}

async function startRivals(workload: BulkWorkload, options: BenchOptions, stage: Stage): Promise<Contender[]> {
  const { simulators, dir, cores, devices, closing } = stage;
  const contenders: Contender[] = [];
  for (const { who, file, setup, devices: fewer } of workload.rivals) {
    const rival = await startRival<{ units: number }, Told>(file, setup(simulators, dir), cores);
    closing.push(() => rival.stop());
    const count = Math.min(devices, options.peerDevices ?? fewer ?? devices);
    contenders.push(contender(who, rival.process, count, (units) => rival.ask({ units }), simulators.ledger));
  }
  return contenders;
}

async function sendBy(gateway: GatewayClient, count: number, all: number, isNear?: () => boolean): Promise<Told> {
  const to = count === all ? 'everyone' : { devices: Array.from({ length: count }, (_, n) => deviceId(n)) };
  const counts = await gateway.send({ to, notification: NOTIFICATION, max_devices: count }, isNear);
  return { sent: counts.sent ?? 0, failed: count - (counts.sent ?? 0) };
}

/** A run lasts from the call to the last arrival at the simulator; its CPU, until everything is put down. */
function contender(
  who: string,
  process: Measured,
  devices: number,
  sendTo: (count: number) => Promise<Told>,
  ledger: Ledger,
): Contender {
  return {
    who,
    process,
    warmUp: () => sendTo(Math.min(WARM_UP_DEVICES, devices)),
    async run() {
      ledger.clear();
      const meantAt = Date.now();
      const told = await sendTo(devices);
      const arrivals = readArrivals(ledger);
      return {
        units: devices,
        perSecond: (devices / Math.max(1, (arrivals.at.at(-1) ?? meantAt) - meantAt)) * 1_000,
        latencies: arrivals.at.map((at) => at - meantAt),
        account: {
          sent: devices,
          received: arrivals.distinct,
          failed: told.failed,
          duplicates: arrivals.at.length - arrivals.distinct,
        },
      };
    },
  };
}
