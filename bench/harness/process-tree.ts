import { readFileSync } from 'node:fs';

/** Kernel clock ticks per second in /proc/<pid>/stat; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/**
 * CPU microseconds used so far, user and system, to 10 ms: of the process, of those it has started, and of those among them
 * that have ended.
 *
 * @throws Error when there is no such process
 */
export function treeCpuMicros(pid: number): number {
  let micros = cpuMicrosOf(pid, true);
  for (const child of childrenOf(pid)) {
    try {
      micros += treeCpuMicros(child);
    } catch {
      // It ended between the two readings; its parent has its time from now on.
    }
  }
  return micros;
}

/** `withEnded`: with what its children had used when they ended. */
export function cpuMicrosOf(pid: number, withEnded = false): number {
  const [, afterName = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  // State is field 3 of proc(5); utime and stime are 14 and 15, those of children that were waited for 16 and 17.
  const fields = afterName.split(' ').slice(11, withEnded ? 15 : 13);
  return (fields.reduce((sum, field) => sum + Number(field), 0) / TICKS_PER_SECOND) * 1_000_000;
}

function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}
