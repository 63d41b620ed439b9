import type { Beside } from './contest.js';
import { type Measured, type MeasuredProcess, together } from './measured-process.js';

/** One `api` process, and as many workers as a round needs, over datastores that they share. */
export interface Crew<Worker> {
  readonly workers: readonly Worker[];
  /** All of them together. */
  readonly process: Measured;
  /** What of it is the api's. */
  readonly beside: readonly Beside[];
  /** Starts or ends workers until there are so many. */
  become(count: number): Promise<void>;
  stop(): Promise<void>;
}

export function createCrew<Worker>(
  api: MeasuredProcess,
  startWorker: () => Promise<Worker>,
  processOf: (worker: Worker) => MeasuredProcess,
): Crew<Worker> {
  const workers: Worker[] = [];
  async function become(count: number): Promise<void> {
    while (workers.length < count) workers.push(await startWorker());
    while (workers.length > count) {
      const last = workers.pop();
      if (last !== undefined) await processOf(last).stop();
    }
  }
  return {
    workers,
    process: together(() => [api, ...workers.map(processOf)]),
    beside: [{ column: 'of it the api’s', cpuMicros: () => api.cpuMicros() }],
    become,
    async stop() {
      await become(0);
      await api.stop();
    },
  };
}

/** A contender of that many workers. */
export function nameOf(workers: number): string {
  return `Pealbell, ${workersOf(workers)}`;
}

function workersOf(count: number): string {
  return count === 1 ? 'one worker' : `${count} workers`;
}

const IDLE_MS = 3_000;

/** CPU milliseconds a second of a crew that has nothing to do, in a sentence. */
export async function idleSentence(crew: Crew<unknown>, stores: readonly Beside[]): Promise<string> {
  const parts = [{ column: 'its processes together', cpuMicros: () => crew.process.cpuMicros() }, ...stores];
  const before = parts.map((part) => part.cpuMicros());
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const spent = parts.map(({ column, cpuMicros }, at) => {
    const millis = (cpuMicros() - (before[at] ?? 0)) / IDLE_MS;
    return `${column.replace(' CPU-µs', '')} ${millis.toFixed(0)}`;
  });
  return `With nothing to do, one api and ${workersOf(crew.workers.length)}, CPU-ms a second: ${spent.join(', ')}.`;
}
