import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import { freePort } from './free-port.js';
import { redisProgram } from './redis-program.js';

const START_TIMEOUT_MS = 10_000;

/** A Redis server of one test, on a free port and in a directory of its own. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Ends it, with SIGKILL where asked; what it held is gone unless it wrote it. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port, empty. */
  start(): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

const running = new Set<RedisServer>();

/** A server whose settings do not let it answer in the clear. */
interface Unusual {
  /** Instead of waiting until it answers. */
  answers(port: number): Promise<void>;
  /** Settings with which it listens; a free port and 127.0.0.1 in the clear when absent. */
  listens?(port: number): readonly string[];
}

/**
 * In a hook or a test: a Redis server from Debian's binaries, or a pending test with its reason.
 *
 * @param settings further ones, such as `['--maxmemory-policy', 'allkeys-lru']`
 * @throws when there is none although `REQUIRE_BACKENDS` (a comma-separated list) names `redis`
 */
export async function startRedis(
  context: Mocha.Context,
  settings: readonly string[] = [],
  unusual?: Unusual,
): Promise<RedisServer> {
  const binary = redisProgram();
  if (binary === undefined) {
    const why = 'no redis-server: apt-get install redis-server';
    if ((process.env.REQUIRE_BACKENDS ?? '').split(',').includes('redis')) {
      throw new Error(`REQUIRE_BACKENDS names redis: ${why}`);
    }
    if (context.test) context.test.title = `${context.test.title} (${why})`;
    return context.skip();
  }
  const directory = await mkdtemp(join(tmpdir(), 'pealbell-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const listens = unusual?.listens?.(port) ?? ['--port', String(port)];
    const options = [...listens, '--bind', '127.0.0.1', '--dir', directory, '--save', '', ...settings];
    child = spawn(binary ?? '', options, { stdio: 'ignore' });
    await (unusual === undefined ? answers(url) : unusual.answers(port));
  }

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null) return;
    const ended = once(ending, 'exit');
    ending.kill('SIGCONT');
    ending.kill(signal);
    await ended;
  }

  const server: RedisServer = {
    ...{ url, port, start, stop },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    async close() {
      running.delete(server);
      await stop('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
  };
  running.add(server);
  await start();
  return server;
}

/** Resolves when the server answers. */
export async function answers(url: string, options: RedisOptions = {}): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const redis = new Redis(url, { ...options, lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      await redis.ping();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await wait(20);
    } finally {
      redis.disconnect();
    }
  }
}

after(() => Promise.all([...running].map((server) => server.close())));
