import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulators } from '../src/simulators.js';
import { readArrivals } from './harness/arrivals.js';
import { type Contender, hold } from './harness/contest.js';
import { divideCores, machine } from './harness/cores.js';
import type { BenchOptions } from './harness/options.js';
import { type Report, reportRuns } from './harness/report.js';
import { startRival, type Told } from './harness/rival.js';
import type { VendorSetup } from './rivals/vendor-sends.js';

const DEVICES = 40_000;
const RTT_MS = 60;
/** What the worker puts into one request. */
const WINDOW = 200;

type Way = Pick<VendorSetup, 'by' | 'targetsOfRequest'> & { readonly who: string };

const WAYS: readonly Way[] = [
  { who: `Pealbell's provider, ${WINDOW} devices a request`, by: 'provider', targetsOfRequest: WINDOW },
  { who: `node:https alone, ${WINDOW} devices a request`, by: 'https', targetsOfRequest: WINDOW },
  { who: "Pealbell's provider, one device a request", by: 'provider', targetsOfRequest: 1 },
  { who: 'node:https alone, one device a request', by: 'https', targetsOfRequest: 1 },
];

/**
 * W21, vendor batches: the frame of vendors that take many targets in a request, by OPPO's provider without a gateway around
 * it, beside `node:https` alone with the same bodies, 800 targets under way.
 */
export async function w21VendorBatches(options: BenchOptions): Promise<Report> {
  const cores = divideCores();
  const devices = options.devices ?? DEVICES;
  /** With one in a request it takes too long. */
  const fewer = Math.min(devices, options.peerDevices ?? Math.ceil(devices / 10));
  const rttMs = options.rttMs ?? RTT_MS;
  const dir = await mkdtemp(join(tmpdir(), 'pealbell-bench-'));
  const closing: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
  try {
    const simulators = await startSimulators({ controlPort: 0, dir, latencyMs: rttMs });
    closing.push(() => simulators.close());
    const { settings, ca } = simulators.endpoints.providers.oppo;
    const contenders: Contender[] = [];
    for (const { who, by, targetsOfRequest } of WAYS) {
      const setup: VendorSetup = { settings, ca, by, targetsOfRequest };
      const rival = await startRival<{ units: number }, Told>('vendor-sends', setup, cores);
      closing.push(() => rival.stop());
      const units = targetsOfRequest === 1 ? fewer : devices;
      contenders.push({
        who,
        process: rival.process,
        warmUp: () => rival.ask({ units: Math.min(units, 1_000) }),
        async run() {
          simulators.ledger.clear();
          const startedAt = Date.now();
          const told = await rival.ask({ units });
          const elapsedMs = Math.max(1, Date.now() - startedAt);
          const arrivals = readArrivals(simulators.ledger);
          const account = { sent: units, received: arrivals.distinct, failed: told.failed };
          return {
            units,
            perSecond: (units / elapsedMs) * 1_000,
            latencies: [],
            account: { ...account, duplicates: arrivals.at.length - arrivals.distinct },
          };
        },
      });
    }
    const conditions = [
      `${devices.toLocaleString('en')} devices of OPPO, ${fewer.toLocaleString('en')} with one a request, ${rttMs} ms round trip, TLS over HTTP/1.1, 16 connections.`,
      `Medians of ${options.runs} runs in turn; ${cores.sentence}; ${machine()}.`,
    ];
    return reportRuns({ workload: 'W21', unit: 'notification', conditions }, await hold(contenders, options.runs));
  } finally {
    for (const close of closing.reverse()) await close();
  }
}
