/** Bulk workloads: one message to everyone through the gateway, beside clients of the vendor that get the same tokens. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulators, startSimulators } from '../../src/simulators.js';
import { type Cores, divideCores, machine } from './cores.js';
import { deviceId, NOTIFICATION, type Road } from './devices.js';
import { startGateway } from './gateway.js';
import type { MeasuredProcess } from './measured-process.js';
import type { BenchOptions } from './options.js';
import { type Report, reportRuns } from './report.js';
import { startRival, type Told } from './rival.js';
import { type Run, summarise } from './run.js';

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

interface Contender {
  readonly who: string;
  readonly devices: number;
  readonly process: MeasuredProcess;
  run(devices: number): Promise<Told>;
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
    for (const contender of contenders) await contender.run(Math.min(WARM_UP_DEVICES, contender.devices));
    const runs = new Map<Contender, Run[]>(contenders.map((contender) => [contender, []]));
    for (let round = 0; round < options.runs; round += 1) {
      for (const [contender, done] of runs) done.push(await measure(contender, simulators));
    }
    const conditions = [
      `One message to ${devices.toLocaleString('en')} devices over ${workload.road.toUpperCase()}, ${rttMs} ms round trip, TLS.`,
      `Medians of ${options.runs} runs in turn; ${cores.sentence}; ${machine()}.`,
    ];
    const summaries = [...runs].map(([{ who }, done]) => summarise(who, done));
    return reportRuns(workload.name, 'notification', conditions, summaries);
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
  const contenders: Contender[] = [
    {
      who: 'Pealbell',
      devices,
      process: gateway.process,
      async run(count) {
        const named = Array.from({ length: count }, (_, n) => deviceId(n));
        const to = count === devices ? 'everyone' : { devices: named };
        const counts = await gateway.send({ to, notification: NOTIFICATION, max_devices: count });
        return { sent: counts.sent ?? 0, failed: count - (counts.sent ?? 0) };
      },
    },
  ];
  for (const { who, file, setup, devices: fewer } of workload.rivals) {
    const rival = await startRival(file, setup(simulators, dir), cores);
    closing.push(() => rival.stop());
    const count = Math.min(devices, options.peerDevices ?? fewer ?? devices);
    contenders.push({ who, devices: count, process: rival.process, run: (units) => rival.run(units) });
  }
  return contenders;
}

/** From the call to the last arrival at the simulator; CPU until the contender has put everything down. */
async function measure({ devices, process: measured, run }: Contender, { ledger }: Simulators): Promise<Run> {
  ledger.clear();
  measured.forgetPeak();
  const loadBefore = process.cpuUsage();
  const cpuBefore = measured.cpuMicros();
  const meantAt = Date.now();
  const told = await run(devices);
  const cpuMicros = measured.cpuMicros() - cpuBefore;
  const load = process.cpuUsage(loadBefore);
  const elapsedMs = Date.now() - meantAt;
  const arrivals = readArrivals(ledger.chunks());
  const lastAt = arrivals.at.at(-1) ?? meantAt;
  return {
    units: devices,
    seconds: Math.max(1, lastAt - meantAt) / 1_000,
    cpuMicros,
    peakMb: measured.peakMb(),
    loadShare: (load.user + load.system) / 1_000 / elapsedMs,
    latencies: arrivals.at.map((at) => at - meantAt),
    account: {
      sent: devices,
      received: arrivals.tokens,
      failed: told.failed,
      duplicates: arrivals.at.length - arrivals.tokens,
    },
  };
}

/** When the simulator took each notification, in order, and to how many different tokens. */
function readArrivals(chunks: readonly Buffer[]): { readonly at: readonly number[]; readonly tokens: number } {
  const at: number[] = [];
  const tokens = new Set<string>();
  for (const chunk of chunks) {
    for (const line of chunk.toString('utf8').split('\n')) {
      if (line === '') continue;
      const entry = JSON.parse(line) as { token: string | null; accepted: boolean; at: number };
      if (!entry.accepted) continue;
      at.push(entry.at);
      tokens.add(String(entry.token));
    }
  }
  return { at, tokens: tokens.size };
}
