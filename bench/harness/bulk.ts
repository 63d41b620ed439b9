/** Bulk workloads: one message to everyone through the gateway, beside clients of the vendor that get the same tokens. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ledger } from '../../src/simulators/ledger.js';
import { type Simulators, startSimulators } from '../../src/simulators.js';
import { readArrivals } from './arrivals.js';
import { type Contender, hold } from './contest.js';
import { type Cores, divideCores, machine } from './cores.js';
import { deviceId, NOTIFICATION, type Road } from './devices.js';
import { startGateway } from './gateway.js';
import type { MeasuredProcess } from './measured-process.js';
import type { BenchOptions } from './options.js';
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
  const cores = divideCores();
  const devices = options.devices ?? workload.devices;
  const rttMs = options.rttMs ?? workload.rttMs;
  const dir = await mkdtemp(join(tmpdir(), 'pealbell-bench-'));
  const closing: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
  try {
    const simulators = await startSimulators({ controlPort: 0, dir, latencyMs: rttMs });
    closing.push(() => simulators.close());
    const contenders = await startContenders(workload, options, { simulators, dir, cores, devices, closing });
    const conditions = [
      `One message to ${devices.toLocaleString('en')} devices over ${workload.road.toUpperCase()}, ${rttMs} ms round trip, TLS.`,
      `Medians of ${options.runs} runs in turn; ${cores.sentence}; ${machine()}.`,
    ];
    const summaries = await hold(contenders, options.runs);
    return reportRuns({ workload: workload.name, unit: 'notification', conditions }, summaries);
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
}

async function startContenders(workload: BulkWorkload, options: BenchOptions, stage: Stage): Promise<Contender[]> {
  const { simulators, dir, cores, devices, closing } = stage;
  const gateway = await startGateway(dir, simulators, cores);
  closing.push(() => gateway.stop());
  await gateway.importDevices(devices, workload.road);
  const sendTo = async (count: number): Promise<Told> => {
    const to = count === devices ? 'everyone' : { devices: Array.from({ length: count }, (_, n) => deviceId(n)) };
    const counts = await gateway.send({ to, notification: NOTIFICATION, max_devices: count });
    return { sent: counts.sent ?? 0, failed: count - (counts.sent ?? 0) };
  };
  const contenders: Contender[] = [contender('Pealbell', gateway.process, devices, sendTo, simulators.ledger)];
  for (const { who, file, setup, devices: fewer } of workload.rivals) {
    const rival = await startRival<{ units: number }, Told>(file, setup(simulators, dir), cores);
    closing.push(() => rival.stop());
    const count = Math.min(devices, options.peerDevices ?? fewer ?? devices);
    contenders.push(contender(who, rival.process, count, (units) => rival.ask({ units }), simulators.ledger));
  }
  return contenders;
}

/** A run lasts from the call to the last arrival at the simulator; its CPU, until everything is put down. */
function contender(
  who: string,
  process: MeasuredProcess,
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
