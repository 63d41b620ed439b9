import { parseArgs } from 'node:util';
import { BACKENDS, type Backend } from './datastores.js';

/** What the command line may say of every workload; each workload has its own defaults and reads what concerns it. */
export interface BenchOptions {
  /** Workloads to run, in this order. */
  readonly workloads: readonly string[];
  /** Runs of each contender; their medians are shown. */
  readonly runs: number;
  /** Devices that ours sends to, and those of the peers where theirs takes too long; each workload's own when absent. */
  readonly devices?: number;
  readonly peerDevices?: number;
  /** From a request's arrival at the simulator to its answer, milliseconds. */
  readonly rttMs?: number;
  /** W7: accepts per second offered; W7, W9 to W12, W19: connections; W7, W10, W11: seconds of each run. */
  readonly rate?: number;
  readonly connections?: number;
  readonly seconds?: number;
  /** W17: numbers of devices, W14: of nodes, W22: of chunks, one after the other. */
  readonly sizes?: readonly number[];
  /** Where the gateway keeps what it has: within itself, or on servers that are started for the run. */
  readonly backend: Backend;
  /** Numbers of worker processes, one after the other; where `backend` is `embedded` there is one process of all roles. */
  readonly workers: readonly number[];
  /** Put the results into docs/performance.md, in place of the last ones. */
  readonly write: boolean;
}

export const USAGE = `npm run bench -- W1 W3 … [options]

  --runs N           runs of each contender (default 3)
  --devices N        devices that Pealbell sends to; W13: devices that are away
  --peer-devices N   devices that the others send to
  --rtt MS           time from a request to its answer at the simulator
  --rate N           W7, W10, W14, W15, W20: accepts, messages or events per second offered
  --connections N    W7: keep-alive connections; W9 to W12, W19: clients
  --seconds N        W7, W10, W11, W14, W15, W20: length of a run
  --sizes N,N        W17: numbers of devices; W14: numbers of nodes; W22: of chunks
  --backend NAME     W1 to W3, W7, W8, W15, W22: embedded (default), postgres, postgres+redis or mongo+redis, started for the run
  --workers N,N      numbers of worker processes beside one api, with a backend that is not embedded (default 1)
  --write            put the results into docs/performance.md

Without options every workload has the size of its table, but for these, which take longer at their real sizes:

  npm run bench -- W9 --connections 10000      (the default)
  npm run bench -- W13 --devices 100000        (20,000 by default)
  npm run bench -- W19 --connections 10000     (1,000 by default)
`;

/** @throws Error with a sentence for the person at the command line */
export function readOptions(argv: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      runs: { type: 'string' },
      devices: { type: 'string' },
      'peer-devices': { type: 'string' },
      rtt: { type: 'string' },
      rate: { type: 'string' },
      connections: { type: 'string' },
      seconds: { type: 'string' },
      sizes: { type: 'string' },
      backend: { type: 'string', default: 'embedded' },
      workers: { type: 'string', default: '1' },
      write: { type: 'boolean', default: false },
    },
  });
  const backend = BACKENDS.find((known) => known === values.backend);
  if (backend === undefined) throw new Error(`--backend takes ${BACKENDS.join(', ')}, not '${values.backend}'`);
  const number = (name: Exclude<keyof typeof values, 'write'>, least = 1) => readNumber(name, values[name], least);
  return {
    workloads: positionals.map((name) => name.toUpperCase()),
    runs: number('runs') ?? 3,
    ...given('devices', number('devices')),
    ...given('peerDevices', number('peer-devices')),
    ...given('rttMs', number('rtt', 0)),
    ...given('rate', number('rate')),
    ...given('connections', number('connections')),
    ...given('seconds', number('seconds')),
    ...given(
      'sizes',
      values.sizes?.split(',').map((size) => readNumber('sizes', size, 1) ?? 0),
    ),
    backend,
    workers: values.workers.split(',').map((count) => readNumber('workers', count, 1) ?? 1),
    write: values.write,
  };
}

/** The place of a workload's table in docs/performance.md: each backend has its own. */
export function placeOf(workload: string, { backend }: BenchOptions): string {
  return backend === 'embedded' ? workload : `${workload} ${backend}`;
}

function readNumber(name: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least)) throw new Error(`--${name} takes a whole number, ${least} or more, not '${text}'`);
  return value;
}

function given<K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: T }); // one key, the one that was asked for
}
