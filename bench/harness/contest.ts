/** Contenders in turn, and what each run cost the process that was measured. */
import type { Measured } from './measured-process.js';
import { type Account, type Run, type Summary, summarise } from './run.js';

export interface Contender {
  readonly who: string;
  readonly process: Measured;
  /** CPU that is shown beside that of `process`, by the name of its column. */
  readonly beside?: readonly Beside[];
  warmUp(): Promise<unknown>;
  /** Before each of its rounds, and after it: what only it needs. Not measured. */
  prepare?(): Promise<void>;
  rest?(): Promise<void>;
  /** One run, from its beginning until everything of it has been put down. */
  run(): Promise<Outcome>;
}

export interface Beside {
  readonly column: string;
  cpuMicros(): number;
}

/** What the workload itself knows of a run. */
export interface Outcome {
  readonly units: number;
  readonly perSecond: number;
  readonly latencies: readonly number[];
  readonly own?: number;
  readonly account: Account;
}

/** Everybody warms up, then `rounds` rounds in which each has a run; medians of each. */
export async function hold(contenders: readonly Contender[], rounds: number): Promise<Summary[]> {
  for (const contender of contenders) await contender.warmUp();
  const runs = new Map<Contender, Run[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [contender, done] of runs) {
      await contender.prepare?.();
      done.push(await measure(contender));
      await contender.rest?.();
    }
  }
  return [...runs].map(([{ who }, done]) => summarise(who, done));
}

async function measure({ process: measured, beside = [], run }: Contender): Promise<Run> {
  measured.forgetPeak();
  const loadBefore = process.cpuUsage();
  const besideBefore = beside.map((one) => one.cpuMicros());
  const cpuBefore = measured.cpuMicros();
  const startedAt = performance.now();
  const outcome = await run();
  const elapsedMs = performance.now() - startedAt;
  const load = process.cpuUsage(loadBefore);
  return {
    ...outcome,
    cpuMicros: measured.cpuMicros() - cpuBefore,
    beside: Object.fromEntries(beside.map((one, at) => [one.column, one.cpuMicros() - (besideBefore[at] ?? 0)])),
    peakMb: measured.peakMb(),
    loadShare: (load.user + load.system) / 1_000 / elapsedMs,
  };
}
