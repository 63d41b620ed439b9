import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulators } from '../src/simulators.js';
import { type Cores, divideCores, machine } from './harness/cores.js';
import { NOTIFICATION } from './harness/devices.js';
import { startGateway } from './harness/gateway.js';
import type { BenchOptions } from './harness/options.js';
import { figure, type Report } from './harness/report.js';

const SIZES = [10_000, 100_000];

interface Row {
  readonly devices: number;
  readonly seconds: number;
  readonly cpuMicrosPerDevice: number;
  readonly peakMb: number;
  readonly received: number;
  readonly lost: number;
  readonly repeated: number;
}

/**
 * W17, growth: one message to everyone, at growing numbers of devices, each in a fresh gateway. What is asked: does the
 * cost per device stay, and does memory stay flat?
 */
export async function w17Growth(options: BenchOptions): Promise<Report> {
  const cores = divideCores();
  const rttMs = options.rttMs ?? 0;
  const rows: Row[] = [];
  for (const size of options.sizes ?? SIZES) rows.push(await measure(size, rttMs, cores));
  const [first] = rows;
  const last = rows.at(-1);
  return {
    workload: 'W17',
    conditions: [
      `One message to everyone, each size in a fresh gateway with the embedded store; APNs, ${rttMs} ms round trip, TLS.`,
      `One run each; the peak has the import in it; ${cores.sentence}; ${machine()}.`,
    ],
    columns: ['devices', 'CPU-µs per device', 'per second', 'peak RSS MB', 'received', 'lost', 'repeated'],
    rows: rows.map((row) =>
      [
        row.devices,
        Math.round(row.cpuMicrosPerDevice),
        Math.round(row.devices / row.seconds),
        Math.round(row.peakMb),
        row.received,
        row.lost,
        row.repeated,
      ].map(figure),
    ),
    notes:
      first === undefined || last === undefined || rows.length < 2
        ? []
        : [
            `Last to first: CPU per device ${(last.cpuMicrosPerDevice / first.cpuMicrosPerDevice).toFixed(2)} times, peak RSS ${Math.round(last.peakMb - first.peakMb)} MB more.`,
          ],
    account: rows.every((row) => row.lost === 0 && row.repeated === 0) ? 'holds' : 'broken',
  };
}

async function measure(devices: number, rttMs: number, cores: Cores): Promise<Row> {
  const dir = await mkdtemp(join(tmpdir(), 'pealbell-bench-'));
  const closing: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
  try {
    const simulators = await startSimulators({ controlPort: 0, dir, latencyMs: rttMs });
    closing.push(() => simulators.close());
    const gateway = await startGateway(dir, simulators, cores);
    closing.push(() => gateway.stop());
    await gateway.importDevices(devices, 'apns');
    const cpuBefore = gateway.process.cpuMicros();
    const startedAt = performance.now();
    await gateway.send({ to: 'everyone', notification: NOTIFICATION, max_devices: devices });
    const seconds = (performance.now() - startedAt) / 1_000;
    const { accepted } = simulators.ledger.summary();
    return {
      devices,
      seconds,
      cpuMicrosPerDevice: (gateway.process.cpuMicros() - cpuBefore) / devices,
      peakMb: gateway.process.peakMb(),
      received: accepted.total,
      lost: devices - accepted.distinct,
      repeated: accepted.repeated,
    };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}
