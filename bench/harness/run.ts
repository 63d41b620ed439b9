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
  readonly seconds: number;
  readonly cpuMicros: number;
  readonly peakMb: number;
  /** Share of one core that simulators and load used. */
  readonly loadShare: number;
  /** Milliseconds from when each was meant to be sent. */
  readonly latencies: readonly number[];
  readonly account: Account;
}

export interface Summary {
  readonly who: string;
  readonly cpuMicros: { readonly median: number; readonly least: number; readonly most: number };
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly peakMb: number;
  readonly loadShare: number;
  /** Over all runs together. */
  readonly account: Account;
  readonly lost: number;
}

/** Medians over the runs; the account is their sum. */
export function summarise(who: string, runs: readonly Run[]): Summary {
  const cpu = runs.map((run) => run.cpuMicros / run.units);
  const account = runs.reduce(
    (sum, { account: one }) => ({
      sent: sum.sent + one.sent,
      received: sum.received + one.received,
      failed: sum.failed + one.failed,
      duplicates: sum.duplicates + one.duplicates,
    }),
    { sent: 0, received: 0, failed: 0, duplicates: 0 },
  );
  const medianOf = (read: (run: Run) => number) => median(runs.map(read));
  return {
    who,
    cpuMicros: { median: median(cpu), least: Math.min(...cpu), most: Math.max(...cpu) },
    perSecond: medianOf((run) => run.units / run.seconds),
    p50: medianOf((run) => quantile(run.latencies, 0.5)),
    p99: medianOf((run) => quantile(run.latencies, 0.99)),
    p999: medianOf((run) => quantile(run.latencies, 0.999)),
    peakMb: medianOf((run) => run.peakMb),
    loadShare: medianOf((run) => run.loadShare),
    account,
    lost: lostOf(account),
  };
}

export function lostOf({ sent, received, failed }: Account): number {
  return sent - received - failed;
}

/** sent = received + failed, and nothing came twice. */
export function isExact(account: Account): boolean {
  return lostOf(account) === 0 && account.duplicates === 0;
}
