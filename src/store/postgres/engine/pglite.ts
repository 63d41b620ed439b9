import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite, types } from '@electric-sql/pglite';
import { GatewayError } from '../../../domain/errors.js';
import { diskGuard } from './disk-guard.js';
import { pglitePool } from './pglite-pool.js';
import { PgliteSession, type SessionOptions } from './pglite-session.js';
import { withPreparedStatements } from './prepared-statements.js';
import type { QueuePool, Sql, SqlQuery } from './sql.js';
import { mapSqlError } from './sql-errors.js';

export interface PgliteOptions {
  /** The database's own directory, made by `initdb` (`createPgliteDirectory`). The caller owns it (`acquireOwnership`). */
  readonly directory: string;
  /** Told once, with a sentence for the operator, when the engine is lost: the process should end. */
  readonly onFatal: (sentence: string) => void;
  /** Told of statements above `slowMs`: nothing else in this process ran meanwhile. */
  readonly onSlow?: SessionOptions['onSlow'];
  /** 250 when absent. */
  readonly slowMs?: number;
  /** How long one transaction may keep all others waiting; 10 s when absent. */
  readonly transactionTimeoutMs?: number;
  /** Opening longer than this is given up; 60 s when absent (crash recovery reads at most 64 MB of log). */
  readonly openTimeoutMs?: number;
}

/** The major version whose files this PGlite reads. */
export const PGLITE_MAJOR = '18';

/** Measured: 165 MB resident instead of 300, the log bounded at 64 MB. */
const START_PARAMS = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB', '-c', 'max_wal_size=64MB'];

/**
 * `random_page_cost`: every page is in memory, here or in the system's cache; one by the index costs no more than the next.
 *
 * `search_path`: BullMQ names its tables unqualified and a pool of ours must resolve them; the store writes
 * `pealbell.x`.
 *
 * `enable_seqscan`: after a vacuum of the drained job table the planner, without fresh statistics, scans it for
 * every job (measured: 320-440 jobs/s instead of 980-1,060). Off means dear, not forbidden: a table without a
 * fitting index is still scanned, and what the store reads goes through an index anyway. A report over a whole
 * table may walk an index where a scan were quicker.
 *
 * `statement_timeout` is not set: this PGlite has no timers inside and does not honour it (tested). Statements
 * are bounded by their LIMITs, and slow ones are reported.
 */
const SESSION = `SET search_path = bullmq, public; SET enable_seqscan = off; SET random_page_cost = 1.1; SET jit = off;
  SET timezone = 'UTC'`;

/**
 * Opens the embedded database. It survives the death of this process, not a power cut: PGlite never calls fsync.
 *
 * @throws GatewayError `store_corrupt` for a directory that is damaged, foreign or of another version;
 * `disk_full` when there is no room to open it.
 */
export async function openPglite(options: PgliteOptions): Promise<Sql> {
  assertDirectory(options.directory);
  diskGuard({ directory: options.directory }).assertRoom();
  // initdb inside PGlite makes every file world-writable; only the directory's own mode keeps others out.
  chmodSync(options.directory, 0o700);
  const db = await open(options.directory, options.openTimeoutMs ?? 60_000);
  await db.exec(SESSION);
  const session = new PgliteSession(withPreparedStatements(db), {
    transactionTimeoutMs: options.transactionTimeoutMs ?? 10_000,
    onFatal: options.onFatal,
    slowMs: options.slowMs ?? 250,
    onSlow: options.onSlow ?? (() => undefined),
  });
  return pgliteSql(session);
}

/** {@link Sql} over a session; apart so that a session over a fake engine can be tested the same way. */
export function pgliteSql(session: PgliteSession): Sql {
  let pool: QueuePool | undefined;
  return {
    engine: 'pglite',
    query: (text, params) => mapped(() => session.query(text, params)),
    transaction: (work) => transaction(session, work),
    poolForQueue() {
      pool ??= pglitePool(session);
      return pool;
    },
    close: () => session.close(),
  };
}

async function transaction<T>(session: PgliteSession, work: (tx: SqlQuery) => Promise<T>): Promise<T> {
  const held = await mapped(() => session.hold());
  try {
    const result = await work({ query: (text, params) => mapped(() => held.query(text, params)) });
    await held.commit();
    return result;
  } catch (error) {
    await held.rollback();
    throw mapSqlError(error);
  }
}

async function mapped<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw mapSqlError(error);
  }
}

async function open(directory: string, timeoutMs: number): Promise<PGlite> {
  const said: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not open within ${timeoutMs / 1000} s`)), timeoutMs);
  });
  try {
    return await Promise.race([
      PGlite.create(directory, {
        startParams: START_PARAMS,
        parsers: { [types.BYTEA]: (text: string) => Buffer.from(text.slice(2), 'hex') },
        onStderr: (line) => {
          said.push(line);
          if (said.length > 20) said.shift();
          return false;
        },
      }),
      tooLong,
    ]);
  } catch (cause) {
    throw unopened(directory, said, cause);
  } finally {
    clearTimeout(timer);
  }
}

function unopened(directory: string, said: readonly string[], cause: unknown): GatewayError {
  const words = said.find((line) => /FATAL|PANIC/.test(line)) ?? said.at(-1);
  const why = words?.replace(/^.*?(FATAL|PANIC):\s*/, '') ?? (cause instanceof Error ? cause.message : String(cause));
  if (/no space left/i.test(said.join('\n'))) {
    return new GatewayError('disk_full', `The disk of ${directory} is full; free space, then start again.`, { cause });
  }
  return new GatewayError(
    'store_corrupt',
    `The embedded database in ${directory} does not open (${why}). Restore it from a backup, or move the directory away to begin with an empty one.`,
    { cause },
  );
}

/** What can be told before PGlite is asked: a missing, foreign or newer directory. */
function assertDirectory(directory: string): void {
  const file = join(directory, 'PG_VERSION');
  if (!existsSync(file) || !existsSync(join(directory, 'global', 'pg_control'))) {
    throw new GatewayError(
      'store_corrupt',
      `${directory} does not hold a whole embedded database. Restore it from a backup, or move the directory away to begin with an empty one.`,
    );
  }
  const version = readFileSync(file, 'utf8').trim();
  if (version !== PGLITE_MAJOR) {
    throw new GatewayError(
      'store_corrupt',
      `${directory} was written by Postgres ${version || '(unknown)'}, this release reads ${PGLITE_MAJOR}. Start the release that wrote it, export with it, and import here; or set store.url to another directory.`,
    );
  }
}
