/** Servers that a workload starts for itself: on ports of their own, in folders of their own, ended with it. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import { makeDataKey } from '../../src/domain/data-key.js';
import { freePort } from '../../test/support/free-port.js';
import { findMongo, mongoAnswers } from '../../test/support/mongo-program.js';
import { newestBinaries, unprivileged } from '../../test/support/postgres-program.js';
import { redisProgram } from '../../test/support/redis-program.js';
import type { Beside } from './contest.js';
import { keepLastLines } from './measured-process.js';
import { treeCpuMicros } from './process-tree.js';

export const BACKENDS = ['embedded', 'postgres', 'postgres+redis', 'mongo+redis'] as const;
export type Backend = (typeof BACKENDS)[number];

const START_TIMEOUT_MS = 20_000;

/** A server of its own, with nothing in it yet. */
export interface Datastore {
  /** Such as `Redis`. */
  readonly name: string;
  readonly url: string;
  /** CPU microseconds of its processes so far, to 10 ms. */
  cpuMicros(): number;
  close(): Promise<void>;
}

/** What the gateway's processes share. */
export interface Datastores {
  /** `store.url` and all else that every process of the gateway is started with. */
  readonly settings: Readonly<Record<string, string>>;
  /** Names joined, as in `FerretDB and Redis`. */
  readonly names: string;
  /** CPU of each, for {@link Contender.beside}. */
  readonly beside: readonly Beside[];
  /** Where peers may have their jobs: on the same server, apart from the gateway's. */
  readonly peerQueueUrl: string;
  close(): Promise<void>;
}

export async function startDatastores(backend: Exclude<Backend, 'embedded'>): Promise<Datastores> {
  const started: Datastore[] = [];
  const close = async () => {
    for (const one of started.reverse()) await one.close();
  };
  try {
    const store = backend === 'mongo+redis' ? await startMongo() : await startPostgres();
    started.push(store);
    const redis = backend === 'postgres' ? undefined : await startRedis();
    if (redis !== undefined) started.push(redis);
    return {
      settings: {
        'store.url': store.url,
        ...(redis === undefined ? {} : { 'queue.url': redis.url, 'bus.url': redis.url }),
        'security.data_key': makeDataKey((size) => randomBytes(size)),
      },
      names: started.map(({ name }) => name).join(' and '),
      beside: started.map(({ name, cpuMicros }) => ({ column: `${name} CPU-µs`, cpuMicros })),
      peerQueueUrl: redis === undefined ? `${new URL('/peers', store.url)}` : `${redis.url}/1`,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @throws Error where neither `mongod` nor what FerretDB is built with is installed */
export async function startMongo(): Promise<Datastore> {
  const program = await findMongo();
  if (program.kind === 'absent') throw new Error(program.why);
  const port = await freePort();
  const url = `mongodb://127.0.0.1:${port}/bench`;
  return start(program.name, url, async (dir) => ({
    command: program.command(dir, port),
    answers: (ended) => mongoAnswers(url, ended),
  }));
}

/** @throws Error where none is installed */
export async function startRedis(): Promise<Datastore> {
  const file = redisProgram();
  if (file === undefined) throw new Error('no redis-server: apt-get install redis-server');
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  // As a Redis that is to survive its machine: what it was told is on the disk within a second.
  const durable = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec'];
  return start('Redis', url, async (dir) => ({
    command: [file, ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, ...durable]],
    async answers() {
      const redis = new Redis(url, { maxRetriesPerRequest: null });
      redis.on('error', () => undefined); // until it listens
      await redis.ping();
      redis.disconnect();
    },
  }));
}

/** Durable as it comes: `fsync` and `synchronous_commit` on. @throws Error where none is installed */
export async function startPostgres(): Promise<Datastore> {
  const binaries = newestBinaries();
  if (binaries === undefined) throw new Error('no Postgres: apt-get install postgresql');
  const port = await freePort();
  const url = `postgres://pealbell@127.0.0.1:${port}/postgres`;
  return start('Postgres', url, async (dir) => {
    const as = await unprivileged(dir);
    const data = join(dir, 'data');
    const initdb = ['-D', data, '-U', 'pealbell', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8'];
    const [code] = await once(spawn(...as(join(binaries, 'initdb'), initdb), { stdio: 'ignore' }), 'exit');
    if (code !== 0) throw new Error(`initdb ended with ${code}`);
    const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${dir}`];
    const flags = [...settings, 'max_connections=200'].flatMap((setting) => ['-c', setting]);
    return {
      command: as(join(binaries, 'postgres'), ['-D', data, ...flags]),
      async answers() {
        for (;;) {
          const client = new pg.Client({ connectionString: url });
          client.on('error', () => undefined);
          try {
            await client.connect();
            await client.query('CREATE DATABASE peers');
            await client.end();
            return;
          } catch {
            await pause(50);
          }
        }
      },
    };
  });
}

interface Program {
  readonly command: readonly [file: string, args: readonly string[]];
  /** Resolves when it answers. `ended`: its last words once it has ended. */
  answers(ended: () => string | undefined): Promise<void>;
}

async function start(name: string, url: string, prepare: (dir: string) => Promise<Program>): Promise<Datastore> {
  const dir = await mkdtemp(join(tmpdir(), 'pealbell-bench-server-'));
  const { command, answers } = await prepare(dir);
  const [file, args] = command;
  // FerretDB ends with its standard input, and so with this process, however that ends.
  const child = spawn(file, args, { stdio: ['pipe', 'ignore', 'pipe'] });
  const lastWords = keepLastLines(child.stderr);
  const ended = once(child, 'exit');
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const close = async () => {
    process.off('exit', kill);
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
    await ended;
    await rm(dir, { recursive: true, force: true });
  };
  const words = () => (child.exitCode === null ? undefined : lastWords().join('\n'));
  const late = pause(START_TIMEOUT_MS, undefined, { ref: false }).then(() => 'it does not answer');
  const failed = Promise.race([ended.then(() => `it ended: ${lastWords().join('\n')}`), late]);
  const why = await Promise.race([answers(words).then(() => undefined), failed]);
  if (why !== undefined) {
    await close();
    throw new Error(`${name} did not start: ${why}`);
  }
  return { name, url, cpuMicros: () => treeCpuMicros(child.pid ?? 0), close };
}
