import assert from 'node:assert/strict';
import { isGatewayError } from '../../../../../src/domain/errors.js';
import { pgliteSql } from '../../../../../src/store/postgres/engine/pglite.js';
import { PgliteSession, type RawDatabase } from '../../../../../src/store/postgres/engine/pglite-session.js';

/** An engine that answers as told and, like PGlite after error 53100, never answers again once lost. */
class FakeEngine implements RawDatabase {
  readonly asked: string[] = [];
  failWith: ((text: string) => Error | undefined) | undefined;
  #frozen = false;
  closed = 0;

  async query(text: string) {
    this.asked.push(text);
    if (this.#frozen) return new Promise<never>(() => undefined);
    const error = this.failWith?.(text);
    if (error !== undefined) {
      this.#frozen = Reflect.get(error, 'code') === '53100';
      throw error;
    }
    return { rows: [], rowCount: 0 };
  }

  async exec(text: string) {
    return [await this.query(text)];
  }

  async transaction<T>(work: (tx: FakeEngine) => Promise<T>): Promise<T> {
    await this.query('BEGIN');
    try {
      const result = await work(this);
      await this.query('COMMIT');
      return result;
    } catch (error) {
      await this.query('ROLLBACK');
      throw error;
    }
  }

  isInTransaction = () => false;
  onNotification = () => () => undefined;

  async close() {
    this.closed++;
  }
}

function diskFull(): Error {
  return Object.assign(new Error('could not write to file'), { code: '53100', severity: 'ERROR' });
}

function open(engine: FakeEngine, transactionTimeoutMs = 5_000) {
  const fatal: string[] = [];
  const session = new PgliteSession(engine, {
    transactionTimeoutMs,
    onFatal: (sentence) => fatal.push(sentence),
    slowMs: 1_000,
    onSlow: () => undefined,
  });
  return { sql: pgliteSql(session), fatal };
}

describe('the one session of the embedded engine', () => {
  it('asks nothing more after error 53100, tells so once and refuses everybody', async () => {
    const engine = new FakeEngine();
    const { sql, fatal } = open(engine);
    engine.failWith = (text) => (text === 'INSERT' ? diskFull() : undefined);
    const calls = await Promise.allSettled([
      sql.query('INSERT'),
      sql.query('SELECT 1'),
      sql.transaction(async () => 1),
    ]);
    for (const call of calls) assert.ok(call.status === 'rejected' && isGatewayError(call.reason, 'disk_full'));
    await assert.rejects(sql.query('SELECT 2'), (error) => isGatewayError(error, 'disk_full'));
    assert.deepEqual(engine.asked, ['INSERT']);
    assert.equal(fatal.length, 1);
    assert.match(fatal[0] ?? '', /disk of the embedded database is full/);
    await sql.close();
    assert.equal(engine.closed, 0, 'closing a frozen engine would never return');
  });

  it('sends no ROLLBACK into a frozen engine when the disk fills up inside a transaction', async () => {
    const engine = new FakeEngine();
    const { sql, fatal } = open(engine);
    engine.failWith = (text) => (text === 'INSERT' ? diskFull() : undefined);
    const waiting = sql.transaction(async (tx) => {
      await tx.query('INSERT');
    });
    const behind = sql.query('SELECT 1');
    await assert.rejects(waiting, (error) => isGatewayError(error, 'disk_full'));
    await assert.rejects(behind, (error) => isGatewayError(error, 'disk_full'));
    assert.deepEqual(engine.asked, ['BEGIN', 'INSERT']);
    assert.equal(fatal.length, 1);
  });

  it('ends when the WebAssembly module aborts', async () => {
    const engine = new FakeEngine();
    const { sql, fatal } = open(engine);
    engine.failWith = () => Object.assign(new Error('Aborted()'), { name: 'RuntimeError' });
    await assert.rejects(sql.query('SELECT 1'), (error) => isGatewayError(error, 'store_corrupt'));
    engine.failWith = undefined;
    await assert.rejects(sql.query('SELECT 1'));
    assert.equal(fatal.length, 1);
    assert.deepEqual(engine.asked, ['SELECT 1']);
  });

  it('goes on after an error that only speaks of the statement, without its parameters in the error', async () => {
    const engine = new FakeEngine();
    const { sql, fatal } = open(engine);
    const params = ['a push token'];
    engine.failWith = (text) =>
      text === 'bad' ? Object.assign(new Error('syntax'), { code: '42601', severity: 'ERROR', params }) : undefined;
    await assert.rejects(sql.query('bad', params), (error) => error instanceof Error && !('params' in error));
    await sql.query('good');
    assert.deepEqual(fatal, []);
  });

  it('rolls back a transaction that keeps others waiting beyond its bound, and lets them in', async () => {
    const engine = new FakeEngine();
    const { sql } = open(engine, 20);
    // A query on the engine inside a transaction waits for that very transaction.
    const deadlocked = sql.transaction(async (tx) => {
      await tx.query('INSERT');
      await sql.query('outside');
      await tx.query('too late');
    });
    await assert.rejects(
      deadlocked,
      (error) => isGatewayError(error, 'store_unavailable') && /20 ms/.test(error.message),
    );
    assert.deepEqual(engine.asked, ['BEGIN', 'INSERT', 'ROLLBACK', 'outside']);
  });

  it('closes after what was asked before, and refuses what comes later', async () => {
    const engine = new FakeEngine();
    const { sql } = open(engine);
    const before = sql.query('before');
    const closing = sql.close();
    await assert.rejects(sql.query('after'), (error) => isGatewayError(error, 'shutting_down'));
    await before;
    await closing;
    await sql.close();
    assert.equal(engine.closed, 1);
  });
});
