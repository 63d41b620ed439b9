import type { EventEmitter } from 'node:events';
import type { Closeable } from '../../../ports/lifecycle.js';

export interface SqlResult<R> {
  readonly rows: R[];
  /** Rows returned by a SELECT, changed by anything else. */
  readonly rowCount: number;
}

/**
 * One place to send SQL to: the engine itself or one open transaction.
 *
 * Text without parameters may hold several statements, which succeed or fail together; the result is the
 * last one's. Both engines speak the same values: `int8` comes back as a number (a bigint where it would
 * lose digits), `bytea` as a Buffer, `jsonb` parsed, `numeric` as text, `timestamptz` as a Date. A jsonb
 * parameter is passed as `JSON.stringify(value)`; an array parameter is a Postgres array.
 *
 * @throws GatewayError `store_unavailable` or `disk_full` for what is wrong with the engine; what is wrong
 * with the statement is thrown as the driver's error, whose SQLSTATE {@link sqlState} tells.
 */
export interface SqlQuery {
  query<R>(text: string, params?: readonly unknown[]): Promise<SqlResult<R>>;
}

/** The small interface that PGlite in this process and a Postgres server both fulfil. */
export interface Sql extends SqlQuery, Closeable {
  readonly engine: 'pglite' | 'server';
  /**
   * Runs `work` in a transaction: commits what it resolves with, rolls back when it rejects. Inside `work`
   * nothing is awaited but SQL on `tx`: on PGlite everybody else waits, and a query on the engine itself
   * would wait for its own transaction until the time bound ends both.
   *
   * @throws what `work` throws; `store_unavailable` when the transaction outlives its bound (5 s).
   */
  transaction<T>(work: (tx: SqlQuery) => Promise<T>): Promise<T>;
  /** A pool whose sessions resolve unqualified names in the schema `bullmq`. Owned by the engine. */
  poolForQueue(): QueuePool;
}

export interface QueuePoolResult {
  // biome-ignore lint/suspicious/noExplicitAny: BullMQ's own structural type of a driver's row
  rows: any[];
  rowCount?: number | null;
}

export interface QueueNotification {
  channel: string;
  payload?: string;
}

/** The part of `pg.PoolClient` that BullMQ uses. */
export interface QueuePoolClient extends EventEmitter {
  query(text: string, params?: readonly unknown[]): Promise<QueuePoolResult>;
  release(destroy?: boolean): void;
}

/** The part of `pg.Pool` that BullMQ uses (its `PgPool`); a real `pg.Pool` fits. Errors are the driver's own. */
export interface QueuePool extends EventEmitter {
  query(text: string, params?: readonly unknown[]): Promise<QueuePoolResult>;
  connect(): Promise<QueuePoolClient>;
  end(): Promise<void>;
}

/** The five-character SQLSTATE of a driver's error, looked for along its causes; undefined for other errors. */
export function sqlState(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const code: unknown = Reflect.get(at, 'code');
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code;
  }
  return undefined;
}

/** The name of the constraint that a statement broke, where the driver tells it. */
export function brokenConstraint(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const constraint: unknown = Reflect.get(at, 'constraint');
    if (typeof constraint === 'string') return constraint;
  }
  return undefined;
}
