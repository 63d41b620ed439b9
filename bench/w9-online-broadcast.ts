import { divideCores, machine } from './harness/cores.js';
import { aedes, type Contest, type Contestant, socketIoHub, wsAlone } from './harness/live/contestants.js';
import { pealbellGateway, pealbellOverPoll, pealbellOverSse } from './harness/live/pealbell.js';
import type { BenchOptions } from './harness/options.js';
import { quantile } from './harness/quantiles.js';
import { figure, type Report } from './harness/report.js';
import { isExact, lostOf } from './harness/run.js';

const CLIENTS = 10_000;
/** Of W19, whose clients cost the load's core far more. */
const OTHER_CLIENTS = 1_000;
/** Messages a second, and how many of them. */
const PACES = [
  { perSecond: 1, times: 10 },
  { perSecond: 20, times: 40 },
] as const;
const SETTLE_MS = 60_000;

interface Row {
  readonly who: string;
  readonly perSecond: number;
  readonly cpuMicros: number;
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  readonly spread: number;
  readonly peakMb: number;
  readonly loadShare: number;
  readonly sent: number;
  readonly received: number;
  readonly duplicates: number;
}

/**
 * W9, online broadcast: one 200-byte message to everyone who is connected, once a second and twenty times a second.
 * Pealbell's is a call to its API: written down before 202, `got` and `done` from every client, counted exactly.
 */
export function w9OnlineBroadcast(options: BenchOptions): Promise<Report> {
  return compete('W9', [pealbellGateway, wsAlone, socketIoHub, aedes], options.connections ?? CLIENTS);
}

/** W19, the other transports: W9 over SSE and long poll, beside our own WebSocket. */
export function w19OtherTransports(options: BenchOptions): Promise<Report> {
  const contests = [pealbellGateway, pealbellOverSse, pealbellOverPoll];
  return compete('W19', contests, options.connections ?? OTHER_CLIENTS);
}

async function compete(workload: string, contests: readonly Contest[], clients: number): Promise<Report> {
  const cores = divideCores();
  const rows: Row[] = [];
  for (const contest of contests) {
    const open = await contest.open(clients, cores);
    try {
      await open.fleet.connect();
      await broadcast(contest, open, clients, { perSecond: 1, times: 2 }, 0);
      let from = 2;
      for (const pace of PACES) {
        rows.push(await broadcast(contest, open, clients, pace, from));
        from += pace.times;
      }
    } finally {
      await open.stop();
    }
  }
  const paces = PACES.map(({ perSecond, times }) => `${times} at ${perSecond}/s`).join(', then ');
  return {
    workload,
    conditions: [
      `200 bytes to ${figure(clients)} clients, ${paces}; one run each, one contender after the other.`,
      `${cores.sentence}; ${machine()}.`,
    ],
    columns: [
      ...['', 'offered per second', 'CPU-µs per delivery', 'deliveries per second', 'p50 ms', 'p99 ms'],
      ...['first to last ms', 'peak RSS MB', 'load core', 'sent', 'received', 'duplicates', 'lost'],
    ],
    rows: rows.map((row) => [
      ...[row.who, figure(row.perSecond), figure(row.cpuMicros), figure(row.rate), figure(row.p50), figure(row.p99)],
      ...[figure(row.spread), figure(row.peakMb), `${Math.round(row.loadShare * 100)} %`],
      ...[row.sent, row.received, row.duplicates, lostOf({ ...row, failed: 0 })].map(figure),
    ]),
    notes: PACES.flatMap(({ perSecond }) => compare(rows.filter((row) => row.perSecond === perSecond))),
    account: rows.every((row) => isExact({ ...row, failed: 0 })) ? 'holds' : 'broken',
  };
}

async function broadcast(
  { who }: Contest,
  { process: measured, fleet, ask }: Contestant,
  clients: number,
  { perSecond, times }: { readonly perSecond: number; readonly times: number },
  from: number,
): Promise<Row> {
  measured.forgetPeak();
  const loadBefore = process.cpuUsage();
  const cpuBefore = measured.cpuMicros();
  const startedAt = performance.now();
  const { sent } = await ask({ kind: 'broadcast', from, times, everyMs: 1_000 / perSecond });
  await fleet.untilCame(clients * times, SETTLE_MS);
  const elapsedMs = performance.now() - startedAt;
  // What the clients answered is dealt with before the CPU is read.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const load = process.cpuUsage(loadBefore);
  const cpuMicros = measured.cpuMicros() - cpuBefore;
  const { arrivals, duplicates, latencies, spreads } = fleet.read();
  return {
    ...{ who, perSecond, sent, duplicates, received: arrivals - duplicates },
    cpuMicros: cpuMicros / Math.max(1, arrivals),
    rate: arrivals / (elapsedMs / 1_000),
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    spread: quantile(spreads, 0.5),
    peakMb: measured.peakMb(),
    loadShare: (load.user + load.system) / 1_000 / elapsedMs,
  };
}

function compare([ours, ...others]: readonly Row[]): string[] {
  if (ours === undefined) return [];
  return others.map((other) => {
    const cpu = (ours.cpuMicros / other.cpuMicros).toFixed(2);
    return `At ${ours.perSecond}/s beside ${other.who}: ${cpu} times the CPU per delivery.`;
  });
}
