import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../../config/load.js';
import { createMemoryBus } from '../bus/memory.js';
import { openRedisBus } from '../bus/redis/bus.js';
import { type DataKey, parseDataKey } from '../domain/data-key.js';
import { GatewayError } from '../domain/errors.js';
import type { Healthy } from '../ports/lifecycle.js';
import type { LiveBus } from '../ports/live-bus.js';
import type { Log } from '../ports/log.js';
import { migrateQueue, postgresBackend } from '../queue/bullmq/postgres.js';
import { openRedisBackend } from '../queue/bullmq/redis.js';
import { type BullWorkQueue, openWorkQueue } from '../queue/bullmq/work-queue.js';
import { systemClock } from '../runtime/clock.js';
import { createLog } from '../runtime/logger.js';
import { AtRest, createTokenHasher } from '../store/at-rest.js';
import { readOrMakeDataKey } from '../store/data-key-file.js';
import { diskGuard } from '../store/postgres/engine/disk-guard.js';
import { createPgliteDirectory } from '../store/postgres/engine/initdb.js';
import { acquireOwnership, type Ownership } from '../store/postgres/engine/owner.js';
import { openPglite } from '../store/postgres/engine/pglite.js';
import { openPostgresServer } from '../store/postgres/engine/server.js';
import type { Sql } from '../store/postgres/engine/sql.js';
import { openPostgresStore } from '../store/postgres/store.js';
import type { Store } from '../store/store.js';
import { createServerKeys, type ServerKeys } from '../usecases/server-keys.js';
import { type Stack, unwind } from './stack.js';
import type { Variations } from './variations.js';

/** The store, opened, and what comes with it. */
export interface Base {
  readonly sql: Sql;
  readonly store: Store;
  readonly keys: ServerKeys;
  readonly dataKey: DataKey;
  readonly hasher: ReturnType<typeof createTokenHasher>;
  readonly ownership: Ownership | undefined;
  readonly assertRoom: () => void;
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
  const location = config.store.url;
  let sql: Sql;
  let ownership: Ownership | undefined;
  let dataKeyText = config.security.data_key;
  let assertRoom: () => void = () => undefined;
  if (location.kind === 'pglite') {
    ownership = await acquireOwnership(location.dir);
    const { release } = ownership;
    stack.push(() => release());
    dataKeyText ??= readOrMakeDataKey(join(location.dir, 'data.key'), (size) => randomBytes(size));
    const directory = join(location.dir, 'pg');
    const { onProgress } = variations;
    await createPgliteDirectory(onProgress === undefined ? { directory } : { directory, onProgress });
    sql = await openPglite({
      directory,
      onFatal,
      onSlow: (ms, statement) => log.warn({ ms, statement: statement.slice(0, 200) }, 'store.slow_statement'),
    });
    const guard = diskGuard({ directory: location.dir });
    assertRoom = () => guard.assertRoom();
  } else {
    sql = await openPostgresServer({
      url: location.url,
      onConnectionError: (error) => log.warn({ error: error.message }, 'store.connection_lost'),
    });
  }
  stack.push(() => sql.close());
  if (dataKeyText === undefined) {
    throw new GatewayError(
      'config_invalid',
      'A Postgres store needs security.data_key; make a file with: pealbell config data-key > data.key',
    );
  }
  const dataKey = parseDataKey(dataKeyText);
  const hasher = createTokenHasher(dataKey);
  const store = await openPostgresStore(sql, new AtRest(dataKey));
  const keys = createServerKeys({ keys: store.keys, hasher, clock, random: (size) => randomBytes(size) });
  return { sql, store, keys, dataKey, hasher, ownership, assertRoom };
}

/** Opens the queue that the configuration names: on Redis, or over the store's database. */
export async function openQueue(
  { url: location }: Config['queue'],
  base: Base,
  log: Log,
  stack: Stack,
): Promise<BullWorkQueue> {
  if (location.kind === 'redis') {
    const backend = await openRedisBackend({ url: location.url, log });
    stack.push(() => backend.close());
    const queue = await openWorkQueue({ backend, log });
    stack.push(() => queue.close());
    return queue;
  }
  const pool = base.sql.poolForQueue();
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
  { url: location }: Config['bus'],
  log: Log,
  stack: Stack,
): Promise<{ readonly bus: LiveBus; readonly checks: Readonly<Record<string, Healthy>> }> {
  if (location.kind === 'memory') {
    const bus = createMemoryBus();
    stack.push(() => bus.close());
    return { bus, checks: {} };
  }
  const bus = await openRedisBus({ url: location.url, log });
  stack.push(() => bus.close());
  return { bus, checks: { bus } };
}
