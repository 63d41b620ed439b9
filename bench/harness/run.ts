/** What one run of one contender came to, and what several came to together. */
import { median, quantile } from './quantiles.js';

/** Counts that a run ends with; every one of them is read from a ledger or told by what was measured, none is assumed. */
export interface Account {
  readonly sent: number;
  /** Distinct ones that arrived. */
  readonly received: number;
  /** Told as failed by what was measured. */
  readonly failed: number;
  /** Arrivals beyond the first. */
  readonly duplicates: number;
}

export interface Run {
  /** Notifications, or whatever the workload counts. */
  readonly units: number;
  readonly perSecond: number;
  readonly cpuMicros: number;
  /** CPU of others that belong to it, by the name of their column; none when absent. */
  readonly beside?: Readonly<Record<string, number>>;
  readonly peakMb: number;
  /** Share of one core that simulators and load used. */
  readonly loadShare: number;
  /** Milliseconds from when each was meant to be sent; empty where nobody waits for one. */
  readonly latencies: readonly number[];
  /** The figure that only this workload has, named by its column. */
  readonly own?: number;
  readonly account: Account;
}

export interface Summary {
  readonly who: string;
  readonly cpuMicros: { readonly median: number; readonly least: number; readonly most: number };
  /** For each unit. */
  readonly beside: Readonly<Record<string, number>>;
  readonly perSecond: number;
  /** Absent without latencies. */
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly p999: number } | undefined;
  readonly own: number | undefined;
  readonly peakMb: number;
  readonly loadShare: number;
  /** Over all runs together. */
  readonly account: Account;
  readonly lost: number;
}

/** Medians over the runs; the account is their sum. */
export function summarise(who: string, runs: readonly Run[]): Summary {
  const cpu = runs.map((run) => run.cpuMicros / run.units);
  const account = runs.map((run) => run.account).reduce(add);
  const medianOf = (read: (run: Run) => number) => median(runs.map(read));
  const besides = Object.keys(runs[0]?.beside ?? {});
  return {
    who,
    cpuMicros: { median: median(cpu), least: Math.min(...cpu), most: Math.max(...cpu) },
    beside: Object.fromEntries(besides.map((name) => [name, medianOf((run) => (run.beside?.[name] ?? 0) / run.units)])),
    perSecond: medianOf((run) => run.perSecond),
    latencyMs: runs.some((run) => run.latencies.length === 0)
      ? undefined
      : {
          p50: medianOf((run) => quantile(run.latencies, 0.5)),
          p99: medianOf((run) => quantile(run.latencies, 0.99)),
          p999: medianOf((run) => quantile(run.latencies, 0.999)),
        },
    own: runs.some((run) => run.own === undefined) ? undefined : medianOf((run) => run.own ?? 0),
    peakMb: medianOf((run) => run.peakMb),
    loadShare: medianOf((run) => run.loadShare),
    account,
    lost: lostOf(account),
  };
}

export function add(a: Account, b: Account): Account {
  return {
    sent: a.sent + b.sent,
    received: a.received + b.received,
    failed: a.failed + b.failed,
    duplicates: a.duplicates + b.duplicates,
  };
}

export function lostOf({ sent, received, failed }: Account): number {
  return sent - received - failed;
}

/** sent = received + failed, and nothing came twice. */
export function isExact(account: Account): boolean {
  return lostOf(account) === 0 && account.duplicates === 0;
}
