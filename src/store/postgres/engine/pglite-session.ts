import { GatewayError } from '../../../domain/errors.js';
import { Gate } from './gate.js';
import type { SqlQuery, SqlResult } from './sql.js';

export interface RawResult {
  readonly rows: unknown[];
  readonly rowCount?: number;
  readonly affectedRows?: number;
  readonly command?: string;
}

interface RawQuery {
  query(text: string, params?: unknown[]): Promise<RawResult>;
  exec(text: string): Promise<RawResult[]>;
}

/** The part of PGlite that the session drives; a test may bring its own. */
export interface RawDatabase extends RawQuery {
  transaction<T>(work: (tx: RawQuery) => Promise<T>): Promise<T>;
  isInTransaction(): boolean;
  onNotification(listener: (channel: string, payload: string) => void): () => void;
  close(): Promise<void>;
}

export interface SessionOptions {
  /** How long one transaction may keep everybody else waiting, in milliseconds. */
  readonly transactionTimeoutMs: number;
  /** Told once, with a sentence for the operator; from then on every call is refused. */
  readonly onFatal: (sentence: string) => void;
  /** Told of statements above this many milliseconds: PGlite runs on the event loop and honours no timeout. */
  readonly slowMs: number;
  readonly onSlow: (ms: number, text: string) => void;
}

/** A transaction that somebody holds open. `commit` and `rollback` are harmless once it has ended. */
export interface HeldTransaction extends SqlQuery {
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

const ROLLED_BACK = Symbol('rolled back on request');

/**
 * The one session of a PGlite, shared without anybody's statement falling into somebody else's transaction.
 *
 * Errors are PGlite's own, without the parameters it attaches to them (they may be push tokens).
 */
export class PgliteSession {
  readonly #db: RawDatabase;
  readonly #options: SessionOptions;
  readonly #gate = new Gate();
  #lost: GatewayError | undefined;
  #closing: Promise<void> | undefined;

  constructor(db: RawDatabase, options: SessionOptions) {
    this.#db = db;
    this.#options = options;
  }

  query<R>(text: string, params?: readonly unknown[]): Promise<SqlResult<R>> {
    return this.#gate.run(async () => {
      try {
        return await this.#send<R>(this.#db, text, params);
      } finally {
        await this.#leaveStrayTransaction();
      }
    });
  }

  /** Opens a transaction; everybody else waits until it ends or its time is over, whichever comes first. */
  hold(): Promise<HeldTransaction> {
    return new Promise((opened, refused) => {
      this.#gate.run(() => this.#runHeld(opened)).catch(refused);
    });
  }

  onNotification(listener: (channel: string, payload: string) => void): () => void {
    return this.#db.onNotification(listener);
  }

  /** Waits for what was asked before, then closes. A lost engine is only left alone: touching it may never return. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const closed = new GatewayError('shutting_down', 'The embedded database is closed.');
    try {
      if (!this.#lost) await this.#gate.finish(() => this.#db.close(), closed);
    } catch (error) {
      if (!this.#lost) throw error;
    }
  }

  async #runHeld(opened: (held: HeldTransaction) => void): Promise<void> {
    let end: (how: 'commit' | 'rollback') => void = () => undefined;
    const ending = new Promise<'commit' | 'rollback'>((resolve) => {
      end = resolve;
    });
    let over: GatewayError | undefined;
    const timer = setTimeout(() => {
      over ??= timedOut(this.#options.transactionTimeoutMs);
      end('rollback');
    }, this.#options.transactionTimeoutMs);

    const finished = this.#db.transaction(async (tx) => {
      opened({
        query: async <R>(text: string, params?: readonly unknown[]) => {
          if (over) throw over;
          return this.#send<R>(tx, text, params);
        },
        commit: async () => {
          if (over) throw over;
          over = hasEnded();
          end('commit');
          await finished.catch((error: unknown) => {
            throw this.#seen(error);
          });
        },
        rollback: async () => {
          over ??= hasEnded();
          end('rollback');
          // A commit that failed has been told to whoever committed.
          if (!this.#lost) await finished.catch(() => undefined);
        },
      });
      const how = await ending;
      clearTimeout(timer);
      // After error 53100 even a ROLLBACK never returns, so a lost engine keeps its last transaction for ever.
      if (this.#lost) await new Promise<never>(() => undefined);
      if (how === 'rollback') throw ROLLED_BACK;
    });
    try {
      await finished;
    } catch (error) {
      if (error !== ROLLED_BACK) throw this.#seen(error);
    } finally {
      clearTimeout(timer);
    }
  }

  async #send<R>(to: RawQuery, text: string, params: readonly unknown[] | undefined): Promise<SqlResult<R>> {
    if (this.#lost) throw this.#lost;
    const startedAt = performance.now();
    try {
      // Without parameters the simple protocol: one message instead of six, and several statements may be sent.
      const result = params?.length ? await to.query(text, [...params]) : (await to.exec(text)).at(-1);
      const rows = (result?.rows ?? []) as R[];
      return { rows, rowCount: result?.rowCount ?? result?.affectedRows ?? rows.length };
    } catch (error) {
      throw this.#seen(error);
    } finally {
      const ms = performance.now() - startedAt;
      if (ms > this.#options.slowMs) this.#options.onSlow(ms, text);
    }
  }

  /** A text that opened a transaction and left it open would swallow what others write next. */
  async #leaveStrayTransaction(): Promise<void> {
    if (this.#lost || !this.#db.isInTransaction()) return;
    await this.#db.exec('ROLLBACK');
    throw new Error('BEGIN is only for a client of its own or Sql.transaction; it was rolled back');
  }

  /** Every error passes here on its way out: the deadly ones end the session. */
  #seen(error: unknown): unknown {
    if (!(error instanceof Error)) return error;
    Reflect.deleteProperty(error, 'params');
    Reflect.deleteProperty(error, 'queryOptions');
    const sentence = deadly(error);
    if (sentence !== undefined && !this.#lost) {
      const full = Reflect.get(error, 'code') === '53100';
      this.#lost = new GatewayError(full ? 'disk_full' : 'store_corrupt', sentence, { cause: error });
      this.#gate.close(this.#lost);
      this.#options.onFatal(sentence);
    }
    return this.#lost ?? error;
  }
}

function timedOut(ms: number): GatewayError {
  return new GatewayError(
    'store_unavailable',
    `A transaction was rolled back after ${ms} ms: it kept all others waiting.`,
  );
}

function hasEnded(): GatewayError {
  return new GatewayError('store_unavailable', 'This transaction has ended.');
}

/** A sentence when nothing may be asked of the engine any more, undefined for an error like any other. */
function deadly(error: Error): string | undefined {
  if (Reflect.get(error, 'code') === '53100') {
    // Measured: after 53100 the next query never returns and stops every timer of the process.
    return 'The disk of the embedded database is full. Free space on it, then start again; nothing accepted is lost.';
  }
  const severity: unknown = Reflect.get(error, 'severity');
  if (severity === 'FATAL' || severity === 'PANIC') {
    return `The embedded database stopped (${error.message}). Start again; if it stops again, restore a backup.`;
  }
  // The WebAssembly module aborted: its memory is in no known state.
  if (error.name === 'RuntimeError' || error.name === 'ExitStatus') {
    return `The embedded database crashed (${error.message}). Start again; what was acknowledged is on disk.`;
  }
  return undefined;
}
