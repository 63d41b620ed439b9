import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ErrorCode, isGatewayError } from '../../../../../src/domain/errors.js';
import { openPglite } from '../../../../../src/store/postgres/engine/pglite.js';
import type { Sql } from '../../../../../src/store/postgres/engine/sql.js';
import { sqlState } from '../../../../../src/store/postgres/engine/sql.js';
import { emptyDataDirectory, freshDataDirectory } from '../../../../support/pglite-template.js';

function failOnFatal(sentence: string): void {
  assert.fail(sentence);
}

describe('opening an embedded database', function () {
  this.timeout(40_000);

  const damages: readonly [string, (pg: string) => void, RegExp][] = [
    [
      'an emptied control file',
      (pg) => truncateSync(join(pg, 'global', 'pg_control'), 0),
      /does not open \(.*pg_control/,
    ],
    ['a missing control file', (pg) => rmSync(join(pg, 'global', 'pg_control')), /does not hold a whole/],
    ['a truncated table of its catalogue', (pg) => truncateSync(join(pg, 'base', '5', '1259'), 8192), /does not open/],
    ['a truncated commit log', (pg) => truncateSync(join(pg, 'pg_xact', '0000'), 0), /does not open \(.*transaction/],
    [
      'a write-ahead log that is gone',
      (pg) => rmSync(join(pg, 'pg_wal'), { recursive: true }),
      /does not open|does not hold/,
    ],
    ['files of another Postgres', (pg) => writeFileSync(join(pg, 'PG_VERSION'), '17\n'), /written by Postgres 17/],
  ];
  it('refuses a damaged or foreign directory with what to do, and soon', async () => {
    for (const [what, damage, says] of damages) {
      const directory = join(await freshDataDirectory(), 'pg');
      damage(directory);
      await assert.rejects(
        openPglite({ directory, onFatal: failOnFatal, openTimeoutMs: 10_000 }),
        (error) =>
          isGatewayError(error, 'store_corrupt') && says.test(error.message) && error.message.includes(directory),
        what,
      );
    }
  });

  it('refuses a directory that holds no database', async () => {
    const directory = await emptyDataDirectory();
    await assert.rejects(openPglite({ directory, onFatal: failOnFatal }), hasCode('store_corrupt'));
  });

  it('closes the directory to other users', async () => {
    const directory = join(await freshDataDirectory(), 'pg');
    const sql = await openPglite({ directory, onFatal: failOnFatal });
    await sql.close();
    assert.equal((await stat(directory)).mode & 0o777, 0o700);
  });
});

describe('the embedded engine', function () {
  this.timeout(40_000);
  let sql: Sql;
  let directory: string;
  const slow: { ms: number; text: string }[] = [];

  before(async () => {
    directory = join(await freshDataDirectory(), 'pg');
    sql = await openPglite({
      directory,
      onFatal: failOnFatal,
      slowMs: 100,
      onSlow: (ms, text) => slow.push({ ms, text }),
      transactionTimeoutMs: 5_000,
    });
    await sql.query('CREATE SCHEMA bullmq; CREATE TABLE bullmq.t (id int PRIMARY KEY, v text)');
  });
  after(() => sql.close());
  beforeEach(() => sql.query('TRUNCATE bullmq.t'));

  const ids = async () =>
    (await sql.query<{ id: number }>('SELECT id FROM bullmq.t ORDER BY id')).rows.map((r) => r.id);

  it('keeps no more than 128 statements prepared, those used last', async () => {
    const lookUp = 'SELECT v FROM t WHERE id = $1';
    await sql.query(lookUp, [1]);
    for (let n = 0; n < 130; n++) {
      await sql.query(`SELECT ${n} + $1::int AS sum`, [1]);
      if (n % 50 === 0) await sql.query(lookUp, [1]);
    }
    const kept = await sql.query<{ statement: string }>('SELECT statement FROM pg_prepared_statements');
    assert.equal(kept.rowCount, 128);
    assert.ok(kept.rows.some(({ statement }) => statement === lookUp));
    assert.deepEqual((await sql.query('SELECT 0 + $1::int AS sum', [4])).rows, [{ sum: 4 }]);
  });

  it('goes on with a statement after it failed, in a transaction or out of one', async () => {
    const insert = 'INSERT INTO t VALUES ($1, $2) RETURNING id';
    await sql.query(insert, [1, 'a']);
    await assert.rejects(sql.query(insert, [1, 'b']), /unique/);
    assert.deepEqual((await sql.query(insert, [2, 'b'])).rows, [{ id: 2 }]);
    await assert.rejects(
      sql.transaction(async (tx) => {
        await tx.query(insert, [3, 'c']);
        await tx.query(insert, [3, 'd']);
      }),
      /unique/,
    );
    assert.equal((await sql.query(insert, [3, null])).rowCount, 1);
    assert.deepEqual((await sql.query('SELECT v FROM t WHERE id = $1', [3])).rows, [{ v: null }]);
  });

  it('goes on with a statement whose table has another shape by now', async () => {
    const read = 'SELECT * FROM t WHERE id = $1';
    await sql.query(`INSERT INTO t VALUES (1, 'a')`);
    await sql.query(read, [1]);
    await sql.query(`ALTER TABLE bullmq.t ADD COLUMN w int DEFAULT 5`);
    try {
      assert.deepEqual((await sql.query(read, [1])).rows, [{ id: 1, v: 'a', w: 5 }]);
    } finally {
      await sql.query('ALTER TABLE bullmq.t DROP COLUMN w');
    }
  });

  it('resolves the queue’s unqualified names', async () => {
    await sql.query('INSERT INTO t VALUES ($1, $2)', [1, 'x']);
    assert.deepEqual(await ids(), [1]);
  });

  it('honours no statement_timeout, which is why slow statements are told instead', async () => {
    slow.length = 0;
    const text = `SET statement_timeout = '50ms'; SELECT count(*) FROM generate_series(1, 1500000)`;
    await sql.query(text);
    await sql.query('RESET statement_timeout');
    assert.equal(slow.at(0)?.text, text);
    assert.ok((slow.at(0)?.ms ?? 0) > 100);
  });

  it('refuses a BEGIN that nobody holds, and swallows nobody’s writes', async () => {
    await assert.rejects(sql.query('BEGIN'), /only for a client/);
    await assert.rejects(sql.poolForQueue().query('BEGIN; INSERT INTO t VALUES (1)'), /only for a client/);
    await sql.query('INSERT INTO t VALUES (2)');
    await assert.rejects(sql.query('ROLLBACK; SELECT 1/0'), (error) => sqlState(error) === '22012');
    assert.deepEqual(await ids(), [2]);
  });

  it('holds a client’s transaction: others wait, and its ROLLBACK takes only its own writes', async () => {
    const client = await sql.poolForQueue().connect();
    await client.query('-- a comment first\nBEGIN');
    await client.query('INSERT INTO t VALUES (1)');
    let written = false;
    const other = sql.query('INSERT INTO t VALUES (2)').then(() => {
      written = true;
    });
    await client.query('SAVEPOINT s');
    await client.query('INSERT INTO t VALUES (3)');
    await client.query('ROLLBACK TO SAVEPOINT s');
    const inside = await client.query('SELECT id FROM t ORDER BY id');
    assert.deepEqual(inside.rows, [{ id: 1 }]);
    assert.equal(written, false);
    await client.query('rollback;');
    client.release();
    await other;
    assert.deepEqual(await ids(), [2]);
  });

  it('keeps what a client committed', async () => {
    const client = await sql.poolForQueue().connect();
    await client.query('START TRANSACTION ISOLATION LEVEL SERIALIZABLE');
    await client.query('INSERT INTO t VALUES ($1)', [5]);
    await client.query('END');
    client.release();
    assert.deepEqual(await ids(), [5]);
  });

  it('rolls back the transaction of a client that is released in the midst of it', async () => {
    const client = await sql.poolForQueue().connect();
    await client.query('BEGIN');
    await client.query('INSERT INTO t VALUES (1)');
    client.release();
    await sql.query('INSERT INTO t VALUES (2)');
    assert.deepEqual(await ids(), [2]);
    await assert.rejects(client.query('SELECT 1'), /released/);
  });

  it('refuses statements after an error inside a transaction, and does not call its COMMIT a success', async () => {
    const client = await sql.poolForQueue().connect();
    await client.query('BEGIN');
    await client.query('INSERT INTO t VALUES (1)');
    await assert.rejects(client.query('SELECT 1/0'), (error) => sqlState(error) === '22012');
    await assert.rejects(client.query('SELECT 1'), (error) => sqlState(error) === '25P02');
    await assert.rejects(client.query('COMMIT'), (error) => sqlState(error) === '25P02');
    client.release();
    await sql.query('INSERT INTO t VALUES (2)');
    assert.deepEqual(await ids(), [2]);
  });

  it('tells listeners after the transaction that notified, and not those who do not listen', async () => {
    const pool = sql.poolForQueue();
    const [listener, deaf, sender] = [await pool.connect(), await pool.connect(), await pool.connect()];
    const heard: unknown[] = [];
    deaf.on('notification', () => assert.fail('does not listen'));
    listener.on('notification', (message) => heard.push(message));
    await listener.query('-- subscribe\nLISTEN bullmq_jobs;');
    await sender.query('BEGIN');
    await sender.query(`SELECT pg_notify('bullmq_jobs', 'one')`);
    await sender.query('SELECT 1');
    assert.deepEqual(heard, []);
    const arrives = once(listener, 'notification');
    await sender.query('COMMIT');
    await arrives;
    assert.deepEqual(heard, [{ channel: 'bullmq_jobs', payload: 'one' }]);
    await sender.query('BEGIN');
    await sender.query(`SELECT pg_notify('bullmq_jobs', 'never')`);
    await sender.query('ROLLBACK');
    await listener.query('UNLISTEN bullmq_jobs');
    await sender.query(`SELECT pg_notify('bullmq_jobs', 'nobody')`);
    await sql.query('SELECT 1');
    assert.equal(heard.length, 1);
    for (const client of [listener, deaf, sender]) client.release();
  });

  it('keeps acknowledged writes over a close and another opening', async () => {
    const other = join(await freshDataDirectory(), 'pg');
    const first = await openPglite({ directory: other, onFatal: failOnFatal });
    await first.query('CREATE TABLE public.kept (id int); INSERT INTO public.kept VALUES (1)');
    await first.close();
    const second = await openPglite({ directory: other, onFatal: failOnFatal });
    assert.deepEqual((await second.query('SELECT id FROM public.kept')).rows, [{ id: 1 }]);
    await second.close();
    assert.equal(readFileSync(join(other, 'PG_VERSION'), 'utf8').trim(), '18');
  });
});

function hasCode(code: ErrorCode) {
  return (error: unknown) => isGatewayError(error, code);
}
