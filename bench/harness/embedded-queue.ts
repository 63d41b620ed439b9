/** A queue's database as an embedded gateway has it, for rivals that bring their own jobs. */
import { join } from 'node:path';
import { migrateQueue, QUEUE_SCHEMA, type QueuePool } from '../../src/queue/bullmq/postgres.js';
import { createPgliteDirectory } from '../../src/store/postgres/engine/initdb.js';
import { openPglite } from '../../src/store/postgres/engine/pglite.js';

export interface EmbeddedQueue {
  readonly pool: QueuePool;
  /** Bytes of the queue's tables and indexes. */
  bytes(): Promise<number>;
  /** Gives back what past jobs took, so that {@link bytes} speaks of the next ones only. */
  vacuum(): Promise<void>;
}

export async function openEmbeddedQueue(dir: string): Promise<EmbeddedQueue> {
  const directory = join(dir, 'pg');
  await createPgliteDirectory({ directory });
  const sql = await openPglite({
    directory,
    onFatal: (sentence) => {
      throw new Error(sentence);
    },
  });
  const pool = sql.poolForQueue();
  await migrateQueue(pool);
  return {
    pool,
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
