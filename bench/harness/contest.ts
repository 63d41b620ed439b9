/** Contenders in turn, and what each run cost the process that was measured. */
import type { MeasuredProcess } from './measured-process.js';
import { type Account, type Run, type Summary, summarise } from './run.js';

export interface Contender {
  readonly who: string;
  readonly process: MeasuredProcess;
  warmUp(): Promise<unknown>;
  /** One run, from its beginning until everything of it has been put down. */
  run(): Promise<Outcome>;
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
    for (const [contender, done] of runs) done.push(await measure(contender));
  }
  return [...runs].map(([{ who }, done]) => summarise(who, done));
}

async function measure({ process: measured, run }: Contender): Promise<Run> {
  measured.forgetPeak();
  const loadBefore = process.cpuUsage();
  const cpuBefore = measured.cpuMicros();
  const startedAt = performance.now();
  const outcome = await run();
  const elapsedMs = performance.now() - startedAt;
  const load = process.cpuUsage(loadBefore);
  return {
    ...outcome,
    cpuMicros: measured.cpuMicros() - cpuBefore,
    peakMb: measured.peakMb(),
    loadShare: (load.user + load.system) / 1_000 / elapsedMs,
  };
}
