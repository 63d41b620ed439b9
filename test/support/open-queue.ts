import { join } from 'node:path';
import type { Log } from '../../src/ports/log.js';
import { migrateQueue, postgresBackend } from '../../src/queue/bullmq/postgres.js';
import { openRedisBackend } from '../../src/queue/bullmq/redis.js';
import { type BullWorkQueue, openWorkQueue } from '../../src/queue/bullmq/work-queue.js';
import { openPglite } from '../../src/store/postgres/engine/pglite.js';
import { openPostgresServer } from '../../src/store/postgres/engine/server.js';
import type { Sql } from '../../src/store/postgres/engine/sql.js';

export interface TestQueue {
  readonly sql: Sql;
  readonly queue: BullWorkQueue;
  /** Closes both. */
  close(): Promise<void>;
}

const ignore = () => undefined;
export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** A work queue and its database, opened as in production. `url` is `pglite:<data directory>` or `postgres://…`. */
export async function openTestQueue(url: string, log: Log = silentLog): Promise<TestQueue> {
  const pglite = /^pglite:(.*)$/.exec(url)?.[1];
  const sql =
    pglite === undefined
      ? await openPostgresServer({ url, queueConnectionsMax: 16 })
      : await openPglite({
          directory: join(pglite, 'pg'),
          onFatal: (sentence) => {
            throw new Error(sentence);
          },
        });
  await migrateQueue(sql.poolForQueue());
  const backend = postgresBackend(sql.poolForQueue(), { exclusive: pglite !== undefined });
  const queue = await openWorkQueue({ backend, log });
  return {
    sql,
    queue,
    async close() {
      await queue.close();
      await sql.close();
    },
  };
}

/** The same on a Redis server. */
export async function openRedisQueue(url: string, log: Log = silentLog): Promise<Omit<TestQueue, 'sql'>> {
  const backend = await openRedisBackend({ url, log });
  const queue = await openWorkQueue({ backend, log });
  return {
    queue,
    async close() {
      await queue.close();
      await backend.close();
    },
  };
}
