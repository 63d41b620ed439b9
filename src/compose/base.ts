import { randomBytes } from 'node:crypto';
import type { Config } from '../../config/load.js';
import { createMemoryBus } from '../bus/memory.js';
import { openRedisBus } from '../bus/redis/bus.js';
import { parseDataKey } from '../domain/data-key.js';
import { GatewayError } from '../domain/errors.js';
import type { Clock } from '../domain/time.js';
import type { Allowances } from '../ports/allowances.js';
import type { Healthy } from '../ports/lifecycle.js';
import type { LiveBus } from '../ports/live-bus.js';
import type { Log } from '../ports/log.js';
import { migrateQueue, postgresBackend } from '../queue/bullmq/postgres.js';
import { openRedisBackend } from '../queue/bullmq/redis.js';
import { type BullWorkQueue, openWorkQueue } from '../queue/bullmq/work-queue.js';
import type { RedisTls } from '../redis/connect.js';
import { openSharedAllowances } from '../redis/shared-allowances.js';
import { systemClock } from '../runtime/clock.js';
import { createLog } from '../runtime/logger.js';
import { createOwnAllowances } from '../runtime/own-allowances.js';
import { createTokenHasher } from '../store/at-rest.js';
import { createServerKeys, type ServerKeys } from '../usecases/server-keys.js';
import type { StoreEngine } from './engines/engine.js';
import { openPgliteEngine } from './engines/pglite.js';
import { openMongoEngine, openPostgresEngine } from './engines/server.js';
import { type Stack, unwind } from './stack.js';
import type { Variations } from './variations.js';

/** The store, opened, and what comes with it. */
export interface Base extends StoreEngine {
  readonly keys: ServerKeys;
  readonly hasher: ReturnType<typeof createTokenHasher>;
}

/** Opens the store alone, as commands need it that work without a running gateway. */
export async function openStore(
  config: Config,
  variations: Variations = {},
): Promise<Base & { close(): Promise<void> }> {
  const stack: Stack = [];
  const log = variations.log ?? createLog(config.log.level);
  try {
    const base = await openBase(config, variations, log, (sentence) => log.error({ sentence }, 'store.lost'), stack);
    return { ...base, close: () => unwind(stack) };
  } catch (error) {
    await unwind(stack);
    throw error;
  }
}

/** Opens the store the configuration names; what it opened goes on `stack`, also when it fails half-way. */
export async function openBase(
  config: Config,
  variations: Variations,
  log: Log,
  onFatal: (sentence: string) => void,
  stack: Stack,
): Promise<Base> {
  const clock = variations.clock ?? systemClock;
  const engine = await openEngine(config, variations, log, onFatal, stack);
  const hasher = createTokenHasher(engine.dataKey);
  const keys = createServerKeys({ keys: engine.store.keys, hasher, clock, random: (size) => randomBytes(size) });
  return { ...engine, keys, hasher };
}

function openEngine(
  { store: { url: location }, security }: Config,
  { onProgress }: Variations,
  log: Log,
  onFatal: (sentence: string) => void,
  stack: Stack,
): Promise<StoreEngine> {
  const dataKeyText = security.data_key;
  if (location.kind === 'pglite') {
    return openPgliteEngine({ dir: location.dir, dataKeyText, onProgress, onFatal, log }, stack);
  }
  if (dataKeyText === undefined) {
    throw new GatewayError(
      'config_invalid',
      'A store on a server needs security.data_key; make a file with: pealbell config data-key > data.key',
    );
  }
  const open = location.kind === 'mongodb' ? openMongoEngine : openPostgresEngine;
  return open({ url: location.url, dataKey: parseDataKey(dataKeyText), log }, stack);
}

/** Opens the queue that the configuration names: on Redis, or over the store's database. */
export async function openQueue(
  { queue: { url: location }, redis }: Pick<Config, 'queue' | 'redis'>,
  base: Base,
  log: Log,
  stack: Stack,
): Promise<BullWorkQueue> {
  if (location.kind === 'redis') {
    const backend = await openRedisBackend({ url: location.url, tls: redisTls(redis), log });
    stack.push(() => backend.close());
    const queue = await openWorkQueue({ backend, log });
    stack.push(() => queue.close());
    return queue;
  }
  const pool = base.queuePool;
  if (pool === undefined) {
    throw new GatewayError(
      'config_invalid',
      'This store cannot hold the queue; set queue.url to a Redis server (redis://user:password@host).',
    );
  }
  await migrateQueue(pool);
  const queue = await openWorkQueue({
    backend: postgresBackend(pool, { exclusive: base.ownership !== undefined }),
    log,
  });
  stack.push(() => queue.close());
  return queue;
}

/** Opens the bus that the configuration names; `checks` has it where it can fail by itself. */
export async function openBus(
  { bus: { url: location }, redis }: Pick<Config, 'bus' | 'redis'>,
  log: Log,
  stack: Stack,
): Promise<{ readonly bus: LiveBus; readonly checks: Readonly<Record<string, Healthy>> }> {
  if (location.kind === 'memory') {
    const bus = createMemoryBus();
    stack.push(() => bus.close());
    return { bus, checks: {} };
  }
  const bus = await openRedisBus({ url: location.url, tls: redisTls(redis), log });
  stack.push(() => bus.close());
  return { bus, checks: { bus } };
}

/** What rates bound is used together by all processes that have a Redis in common: that of the bus, or that of the queue. */
export function openAllowances(
  { bus, queue, redis }: Pick<Config, 'bus' | 'queue' | 'redis'>,
  clock: Clock,
  log: Log,
  stack: Stack,
): Allowances {
  const own = createOwnAllowances(clock);
  const location = [bus.url, queue.url].find(({ kind }) => kind === 'redis');
  if (location?.kind !== 'redis') return own;
  const shared = openSharedAllowances({ url: location.url, tls: redisTls(redis), log, own });
  stack.push(() => shared.close());
  return shared;
}

function redisTls({ ca, cert, key, server_name: serverName }: Config['redis']): RedisTls {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === '' ? {} : { serverName }),
  };
}
