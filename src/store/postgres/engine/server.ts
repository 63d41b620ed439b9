import pg from 'pg';
import { GatewayError } from '../../../domain/errors.js';
import type { QueuePool, Sql, SqlQuery, SqlResult } from './sql.js';
import { mapSqlError } from './sql-errors.js';

export interface ServerOptions {
  /** `postgres://` or `postgresql://`. Never printed: it may hold a password. */
  readonly url: string;
  /** Connections of the store; 10 when absent. */
  readonly storeConnectionsMax?: number;
  /** Connections of the queue; 12 when absent. Each consumer keeps one for itself, to be woken by. */
  readonly queueConnectionsMax?: number;
  /** Bound of one statement of the store; 5 s when absent. */
  readonly statementTimeoutMs?: number;
  /** Told of connections that broke while idle; the pool replaces them by itself. */
  readonly onConnectionError?: (error: Error) => void;
}

const VERSION_MIN = 15;
const CONNECT_TIMEOUT_MS = 5_000;
const KEEPALIVE_AFTER_MS = 10_000;
const CLOSE_GRACE_MS = 5_000;
/** BullMQ sends whole batches in one statement. */
const QUEUE_STATEMENT_TIMEOUT_MS = 30_000;

/** SQLSTATE of a transaction whose statement failed before. */
const ABORTED = '25P02';

/**
 * Opens the pools to a Postgres server and asks it for its version.
 *
 * @throws GatewayError `store_unavailable` when it does not answer or refuses the credentials; `config_invalid`
 * for a server older than 15.
 */
export async function openPostgresServer(options: ServerOptions): Promise<Sql> {
  const onError = options.onConnectionError ?? (() => undefined);
  const statementMs = options.statementTimeoutMs ?? 5_000;
  const store = openPool(options.url, onError, {
    application_name: 'pealbell store',
    max: options.storeConnectionsMax ?? 10,
    statement_timeout: statementMs,
    // Below the statement's bound, so that waiting for a twin's write can be told from a slow statement.
    lock_timeout: Math.max(1, statementMs - 500),
    // A transaction whose process hangs must not keep its locks.
    idle_in_transaction_session_timeout: statementMs,
    types: { getTypeParser },
  });
  let closed: Promise<void> | undefined;
  const queue = openPool(options.url, onError, {
    application_name: 'pealbell queue',
    max: options.queueConnectionsMax ?? 12,
    statement_timeout: QUEUE_STATEMENT_TIMEOUT_MS,
    // BullMQ's commands name their tables unqualified.
    options: '-c search_path=bullmq',
  });
  const sql: Sql = {
    engine: 'server',
    query: (text, params) => send(store.pool, text, params),
    transaction: (work) => transaction(store.pool, work),
    // The overloads of pg's own types hide that it fits.
    poolForQueue: () => queue.pool as unknown as QueuePool,
    close() {
      closed ??= Promise.all([store.end(), queue.end()]).then(() => undefined);
      return closed;
    },
  };
  try {
    await assertServerVersion(sql);
  } catch (error) {
    await sql.close();
    throw error;
  }
  return sql;
}

function openPool(url: string, onError: (error: Error) => void, config: pg.PoolConfig) {
  const pool = new pg.Pool({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_AFTER_MS,
    ...config,
  });
  // Without a listener an idle connection that breaks ends the process.
  pool.on('error', onError);
  // Every queue and every worker listens for errors of its pool.
  pool.setMaxListeners(0);
  const taken = new Set<pg.PoolClient>();
  pool.on('acquire', (client) => taken.add(client));
  pool.on('release', (_error, client) => taken.delete(client));
  return {
    pool,
    /** Ends it and, after a while, also the connections that somebody took and never gave back. */
    async end() {
      const timer = setTimeout(() => {
        for (const client of taken) client.release(true);
      }, CLOSE_GRACE_MS);
      await pool.end();
      clearTimeout(timer);
    },
  };
}

/** @throws GatewayError `config_invalid` for a server older than 15, naming its version. */
export async function assertServerVersion(sql: SqlQuery): Promise<void> {
  const { rows } = await sql.query<{ number: string; name: string }>(
    `SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS name`,
  );
  const [row] = rows;
  if (row && Number(row.number) >= VERSION_MIN * 10_000) return;
  throw new GatewayError(
    'config_invalid',
    `store.url names a Postgres ${row?.name ?? '(unknown)'} server; version ${VERSION_MIN} or newer is needed.`,
  );
}

async function send<R>(to: pg.Pool | pg.PoolClient, text: string, params?: readonly unknown[]): Promise<SqlResult<R>> {
  try {
    const answer: unknown = params?.length ? await to.query(text, [...params]) : await to.query(text);
    // Several statements in one text come back as a list.
    const last = (Array.isArray(answer) ? answer.at(-1) : answer) as pg.QueryResult;
    return { rows: last.rows as R[], rowCount: last.rowCount ?? last.rows.length };
  } catch (error) {
    throw mapSqlError(error);
  }
}

async function transaction<T>(pool: pg.Pool, work: (tx: SqlQuery) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw mapSqlError(error);
  });
  let broken: unknown;
  const onBroken = (error: Error) => {
    broken = error;
  };
  client.on('error', onBroken);
  try {
    await send(client, 'BEGIN');
    const result = await work({ query: (text, params) => send(client, text, params) });
    const end = await client.query('COMMIT');
    // Postgres answers COMMIT with ROLLBACK, and no error, when a statement inside had failed.
    if (end.command !== 'COMMIT') throw abortedError();
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((cause: unknown) => {
      broken ??= cause;
    });
    throw mapSqlError(error);
  } finally {
    client.off('error', onBroken);
    // A connection in an unknown state is closed instead of given to the next one.
    client.release(broken !== undefined);
  }
}

function abortedError(): Error {
  return Object.assign(new Error('Transaction was rolled back instead of committed'), { code: ABORTED });
}

/** `int8` as a number, as the embedded engine does it: epoch milliseconds and counts, not text. */
function getTypeParser(oid: number, format?: 'text' | 'binary') {
  if (oid === pg.types.builtins.INT8) return parseInt8;
  if (oid === INT8_ARRAY) return (text: string) => parseInt8Array(text);
  return pg.types.getTypeParser(oid, format ?? 'text');
}

/** OID of `int8[]`, pg_type.dat. */
const INT8_ARRAY: number = 1016;

function parseInt8(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

function parseInt8Array(text: string): unknown {
  const parsed: unknown = pg.types.getTypeParser(INT8_ARRAY, 'text')(text);
  return Array.isArray(parsed) ? parsed.map((item) => (item === null ? null : parseInt8(String(item)))) : parsed;
}
