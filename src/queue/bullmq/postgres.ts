import { createPostgresBackend, type PgPool, Queue, runMigrations, Worker } from 'bullmq';
import { GatewayError } from '../../domain/errors.js';
import type { QueueBackend } from './backend.js';

/** What BullMQ asks of a `pg.Pool`; its sessions resolve unqualified names in {@link QUEUE_SCHEMA}. */
export type QueuePool = PgPool;

/** BullMQ's own schema: `job event meta metrics migration scheduler rate_limit dedup` and its functions. */
export const QUEUE_SCHEMA = 'bullmq';

/** Rows removed in one statement: about 80 ms on PGlite, which runs on the event loop. */
const EMPTY_BATCH = 5_000;

/**
 * Brings BullMQ's schema up to date, in one transaction; racing starters wait for each other. An explicit step
 * of start-up, before any queue is opened.
 *
 * @throws GatewayError `queue_unavailable`, also for a schema written by a newer BullMQ.
 */
export async function migrateQueue(pool: QueuePool): Promise<void> {
  try {
    const client = await pool.connect();
    try {
      await runMigrations(client, QUEUE_SCHEMA);
    } finally {
      client.release();
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GatewayError('queue_unavailable', `The queue's tables could not be prepared (${why}).`, { cause });
  }
}

export interface PostgresBackendOptions {
  /**
   * True when no other process can consume from this database (PGlite): what is marked as running when the
   * queue opens was left by a dead process and runs again at once, instead of after its lock's end.
   */
  readonly exclusive: boolean;
}

/** The queue on Postgres or PGlite. The pool stays the caller's. */
export function postgresBackend(pool: QueuePool, options: PostgresBackendOptions): QueueBackend {
  return {
    queue: (name, settings) => new Queue(name, { ...settings, connection: pool }, createPostgresBackend),
    worker: (name, processor, settings) =>
      new Worker(name, processor, { ...settings, connection: pool }, createPostgresBackend),
    prepare: (queues) => (options.exclusive ? freeRunning(pool, queues) : Promise.resolve()),
    empty: (queues) => removeIdle(pool, queues, options.exclusive),
    trim: async (queues) => {
      await pool.query(`DELETE FROM ${QUEUE_SCHEMA}.event WHERE queue = ANY($1::text[])`, [[...queues]]);
    },
  };
}

/** What BullMQ does to a job whose lock ended, without waiting for that end. */
async function freeRunning(pool: QueuePool, queues: readonly string[]): Promise<void> {
  await pool.query(
    `UPDATE ${QUEUE_SCHEMA}.job
        SET state = 'waiting', lock_token = NULL, locked_until_ms = NULL, stalled_marked = false,
            seq = nextval('${QUEUE_SCHEMA}.job_seq')
      WHERE queue = ANY($1::text[]) AND state = 'active'`,
    [[...queues]],
  );
}

async function removeIdle(pool: QueuePool, queues: readonly string[], exclusive: boolean): Promise<void> {
  if (exclusive && (await truncateIfAllIdle(pool, queues))) return;
  for (const queue of queues) {
    for (;;) {
      const { rowCount } = await pool.query(
        `DELETE FROM ${QUEUE_SCHEMA}.job
          WHERE queue = $1 AND id = ANY(ARRAY(
            SELECT id FROM ${QUEUE_SCHEMA}.job
             WHERE queue = $1 AND state IN ('waiting', 'delayed')
             LIMIT ${EMPTY_BATCH} FOR UPDATE SKIP LOCKED))
            AND state IN ('waiting', 'delayed')`,
        [queue],
      );
      // A row that somebody else locks is being taken or removed by them.
      if ((rowCount ?? 0) === 0) break;
    }
  }
}

/** 100,000 rows in milliseconds, where nothing runs and nothing is anybody else's. */
async function truncateIfAllIdle(pool: QueuePool, queues: readonly string[]): Promise<boolean> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rows } = await client.query(
      `SELECT EXISTS (SELECT 1 FROM ${QUEUE_SCHEMA}.job WHERE state = 'active' OR queue <> ALL($1::text[])) AS kept`,
      [[...queues]],
    );
    const kept = rows[0]?.kept !== false;
    if (!kept) await client.query(`TRUNCATE ${QUEUE_SCHEMA}.job, ${QUEUE_SCHEMA}.event CASCADE`);
    await client.query('COMMIT');
    return !kept;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}
