import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpuMicrosOf } from './process-tree.js';

const LINES_KEPT = 20;

/** What the kernel tells of the cost of a process, or of several together. */
export interface Measured {
  /** CPU microseconds used so far, user and system, to 10 ms. */
  cpuMicros(): number;
  /** Largest resident memory since the last {@link forgetPeak}, MB (VmHWM). */
  peakMb(): number;
  forgetPeak(): void;
}

/** A process of its own whose cost the kernel tells. */
export interface MeasuredProcess extends Measured {
  readonly child: ChildProcess;
  /** SIGTERM, and waits for the end. */
  stop(): Promise<void>;
}

/** Starts Node with `argv` behind `prefix` (`taskset …`), with an IPC channel and standard error piped. */
export function startMeasured(prefix: readonly string[], argv: readonly string[]): MeasuredProcess {
  const [command = process.execPath, ...args] = [...prefix, process.execPath, ...argv];
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const proc = (file: string) => readFileSync(`/proc/${child.pid}/${file}`, 'utf8');
  return {
    child,
    cpuMicros: () => cpuMicrosOf(child.pid ?? 0),
    peakMb: () => Number(/VmHWM:\s+(\d+)/.exec(proc('status'))?.[1] ?? 0) / 1024,
    forgetPeak: () => writeFileSync(`/proc/${child.pid}/clear_refs`, '5'), // proc(5): 5 resets VmHWM
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** Several as one: their CPU together, and the peak of the largest. */
export function together(processes: () => readonly Measured[]): Measured {
  return {
    cpuMicros: () => processes().reduce((sum, one) => sum + one.cpuMicros(), 0),
    peakMb: () => Math.max(...processes().map((one) => one.peakMb())),
    forgetPeak() {
      for (const one of processes()) one.forgetPeak();
    },
  };
}

/** Reads a stream so that it never fills up, and gives its last lines when something went wrong. */
export function keepLastLines(
  stream: NodeJS.ReadableStream | null,
  onLine: (line: string) => void = () => undefined,
): () => readonly string[] {
  let rest = '';
  let last: string[] = [];
  stream?.setEncoding('utf8').on('data', (part: string) => {
    const lines = (rest + part).split('\n');
    rest = lines.pop() ?? '';
    last = [...last, ...lines].slice(-LINES_KEPT);
    for (const line of lines) onLine(line);
  });
  return () => last;
}
