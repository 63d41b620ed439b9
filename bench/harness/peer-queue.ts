/** A queue's database for rivals that bring their own jobs: as an embedded gateway has it, or on a server of the run. */
import { createPostgresBackend, Queue, type QueueOptions, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { QueueBackend } from '../../src/queue/bullmq/backend.js';
import { migrateQueue, postgresBackend, QUEUE_SCHEMA } from '../../src/queue/bullmq/postgres.js';
import { openRedisBackend } from '../../src/queue/bullmq/redis.js';
import { createLog } from '../../src/runtime/logger.js';
import { openPostgresServer } from '../../src/store/postgres/engine/server.js';
import type { Sql } from '../../src/store/postgres/engine/sql.js';
import { openEmbeddedDatabase } from './embedded-database.js';

export interface PeerQueueSetup {
  /** For the embedded database. */
  readonly dir: string;
  /** `redis:` or `postgres:`; embedded when absent. */
  readonly queueUrl?: string;
}

export interface PeerQueue {
  /** As Pealbell's own queue stands on it. */
  readonly backend: QueueBackend;
  /** BullMQ as its documentation shows it. */
  queue(name: string, options: Pick<QueueOptions, 'defaultJobOptions'>): Pick<Queue, 'add' | 'addBulk'>;
  worker<T>(name: string, work: (job: { readonly data: T }) => Promise<void>, concurrency: number): PeerWorker;
  /** Bytes of the queue's tables and indexes; on Redis, of its keys. */
  bytes(): Promise<number>;
  /** Gives back what past jobs took, so that {@link bytes} speaks of the next ones only. */
  vacuum(): Promise<void>;
}

export interface PeerWorker {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'completed', listener: () => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

export async function openPeerQueue({ dir, queueUrl }: PeerQueueSetup): Promise<PeerQueue> {
  if (queueUrl?.startsWith('redis:')) return onRedis(queueUrl);
  return onPostgres(
    queueUrl === undefined ? await openEmbeddedDatabase(dir) : await openPostgresServer({ url: queueUrl }),
  );
}

async function onPostgres(sql: Sql): Promise<PeerQueue> {
  const pool = sql.poolForQueue();
  await migrateQueue(pool);
  return {
    backend: postgresBackend(pool, { exclusive: true }),
    queue: (name, options) => new Queue(name, { ...options, connection: pool }, createPostgresBackend),
    worker: (name, work, concurrency) =>
      new Worker(name, work, { connection: pool, concurrency }, createPostgresBackend),
    async bytes() {
      const { rows } = await pool.query(
        `SELECT sum(pg_total_relation_size(c.oid)) AS bytes FROM pg_class c
         JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind = 'r'`,
        [QUEUE_SCHEMA],
      );
      return Number(rows[0]?.bytes ?? 0);
    },
    async vacuum() {
      for (const table of ['job', 'event']) await pool.query(`VACUUM FULL ${QUEUE_SCHEMA}.${table}`);
    },
  };
}

/** What every key takes, with all that is in it. */
const BYTES = `
local sum = 0
for _, key in ipairs(redis.call('KEYS', '*')) do sum = sum + redis.call('MEMORY', 'USAGE', key, 'SAMPLES', 0) end
return sum
`;

async function onRedis(url: string): Promise<PeerQueue> {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  return {
    backend: await openRedisBackend({ url, log: createLog('warn') }),
    queue: (name, options) => new Queue(name, { ...options, connection }),
    worker: (name, work, concurrency) => new Worker(name, work, { connection, concurrency }),
    bytes: async () => Number(await connection.eval(BYTES, 0)),
    vacuum: async () => undefined,
  };
}
