import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Which core what runs on. */
export interface Cores {
  /** Command and first arguments that start a program on the core of what is measured. */
  readonly measured: readonly string[];
  /** One line for the report. */
  readonly sentence: string;
}

/** As it was when the process began: a workload that ran before has pinned it since. */
const ALLOWED = allowedCores();

/**
 * Gives the simulators and the load (this process) a core, and what is measured another, so that they do not take time
 * from each other. Without `taskset` or a second core nothing is pinned, and the report says so.
 */
export function divideCores(): Cores {
  const allowed = ALLOWED;
  const [measured, rest] = allowed;
  if (measured === undefined || rest === undefined) {
    return { measured: [], sentence: 'not pinned: fewer than two cores may be used' };
  }
  try {
    execFileSync('taskset', ['--all-tasks', '--pid', '--cpu-list', allowed.slice(1).join(','), String(process.pid)], {
      stdio: 'ignore',
    });
  } catch {
    return { measured: [], sentence: 'not pinned: there is no taskset here' };
  }
  const others = allowed.length === 2 ? `core ${rest}` : `cores ${allowed.slice(1).join(',')}`;
  return {
    measured: ['taskset', '--cpu-list', String(measured)],
    sentence: `what is measured on core ${measured}, simulators and load on ${others}`,
  };
}

/** Nothing is pinned: a gateway of several processes, its datastores, simulators and load share what there is. */
export function shareCores(): Cores {
  try {
    // A workload that ran before may have pinned this process, and whatever it starts with it.
    execFileSync('taskset', ['--all-tasks', '--pid', '--cpu-list', ALLOWED.join(','), String(process.pid)], {
      stdio: 'ignore',
    });
  } catch {
    // Then nothing was pinned before either.
  }
  return { measured: [], sentence: 'nothing is pinned: gateway, datastores, simulators and load share the cores' };
}

export function machine(): string {
  return `${cpus().length} cores, ${cpus()[0]?.model.trim() ?? 'unknown'}, Node ${process.versions.node}`;
}

/** Numbers of the cores that this process may use; proc(5) gives them as `0-3,6`. */
function allowedCores(): number[] {
  let list: string | undefined;
  try {
    list = /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  } catch {
    return []; // no /proc: not Linux
  }
  return (list ?? '').split(',').flatMap((range) => {
    const [from = Number.NaN, to = from] = range.split('-').map(Number);
    return Number.isNaN(from) ? [] : Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
}
