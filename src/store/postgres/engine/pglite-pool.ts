import { EventEmitter } from 'node:events';
import type { HeldTransaction, PgliteSession } from './pglite-session.js';
import type { QueueNotification, QueuePool, QueuePoolClient, QueuePoolResult } from './sql.js';

/** A transaction's beginning and end as a client sends them; savepoints (`ROLLBACK TO`) are statements like any other. */
const BEGIN = /^\s*(begin|start\s+transaction)\b[^;]*;?\s*$/i;
const COMMIT = /^\s*(commit|end)\b[^;]*;?\s*$/i;
const ROLLBACK = /^\s*(rollback|abort)\b(?!\s+(work\s+|transaction\s+)?to\b)[^;]*;?\s*$/i;
const LISTEN = /^\s*(un)?listen\s+("?)([\w*]+)\2\s*;?\s*$/i;
const COMMENT_LINES = /^\s*(--[^\n]*(\n|$)\s*)*/;

/**
 * A `pg.Pool` in shape over the one session of PGlite, as far as BullMQ needs one.
 *
 * Any number of clients share the session: a client's BEGIN takes it alone (everybody else waits), its COMMIT,
 * ROLLBACK or release gives it back. A notification reaches the clients that listen, after the transaction
 * that sent it.
 */
export function pglitePool(session: PgliteSession): QueuePool {
  const pool = new PglitePool(session);
  return pool;
}

class PglitePool extends EventEmitter implements QueuePool {
  /** BullMQ reads it: a connection that cannot drop silently may be waited on for long. */
  readonly options = { keepAlive: true };
  readonly #session: PgliteSession;

  constructor(session: PgliteSession) {
    super();
    this.#session = session;
    // Every queue and worker listens for errors here.
    this.setMaxListeners(0);
  }

  query(text: string, params?: readonly unknown[]): Promise<QueuePoolResult> {
    return this.#session.query(text, params);
  }

  async connect(): Promise<QueuePoolClient> {
    return new PgliteClient(this.#session);
  }

  /** The engine is not the pool's: it is closed where it was opened. */
  async end(): Promise<void> {}
}

class PgliteClient extends EventEmitter implements QueuePoolClient {
  readonly #session: PgliteSession;
  readonly #channels = new Set<string>();
  #held: HeldTransaction | undefined;
  #released = false;
  #stopListening: (() => void) | undefined;

  constructor(session: PgliteSession) {
    super();
    this.#session = session;
    this.setMaxListeners(0);
  }

  async query(text: string, params?: readonly unknown[]): Promise<QueuePoolResult> {
    if (this.#released) throw new Error('This client was released to its pool');
    const bare = text.replace(COMMENT_LINES, '');
    if (this.#held === undefined && BEGIN.test(bare)) {
      const held = await this.#session.hold();
      if (this.#released) await held.rollback();
      else this.#held = held;
      return { rows: [], rowCount: null };
    }
    if (this.#held !== undefined && (COMMIT.test(bare) || ROLLBACK.test(bare))) {
      const held = this.#held;
      this.#held = undefined;
      if (COMMIT.test(bare)) await held.commit();
      else await held.rollback();
      return { rows: [], rowCount: null };
    }
    const result = await (this.#held ?? this.#session).query<unknown>(text, params);
    this.#noteListen(bare);
    return result;
  }

  /** Gives the client back; a transaction still open is rolled back. */
  release(): void {
    this.#released = true;
    this.#stopListening?.();
    this.#stopListening = undefined;
    const held = this.#held;
    this.#held = undefined;
    // rollback never rejects: a failed one has ended the session and told so.
    void held?.rollback();
  }

  #noteListen(text: string): void {
    const match = LISTEN.exec(text);
    if (match === null) return;
    const [, stop, quote, name = ''] = match;
    const channel = quote === '"' ? name : name.toLowerCase();
    if (stop === undefined) this.#channels.add(channel);
    else if (channel === '*') this.#channels.clear();
    else this.#channels.delete(channel);
    this.#stopListening ??= this.#session.onNotification((from, payload) => {
      if (!this.#channels.has(from)) return;
      const notification: QueueNotification = { channel: from, payload };
      this.emit('notification', notification);
    });
  }
}
