import assert from 'node:assert/strict';
import { isGatewayError } from '../../src/domain/errors.js';
import { brokenConstraint, type Sql, sqlState } from '../../src/store/postgres/engine/sql.js';

/** What the store may rely on, whichever engine is below. */
export function sqlEngineSuite(name: string, open: (context: Mocha.Context) => Promise<Sql>): void {
  describe(`SQL engine: ${name}`, function () {
    this.timeout(40_000);
    let sql: Sql;

    before(async function () {
      sql = await open(this);
      await sql.query('CREATE SCHEMA pealbell; CREATE TABLE pealbell.t (id int CONSTRAINT t_key PRIMARY KEY, v text)');
    });
    after(() => sql?.close());
    beforeEach(() => sql.query('TRUNCATE pealbell.t'));

    const ids = async () =>
      (await sql.query<{ id: number }>('SELECT id FROM pealbell.t ORDER BY id')).rows.map((row) => row.id);

    it('speaks the same values both ways', async () => {
      const at = new Date('2026-01-02T03:04:05.678Z');
      const { rows, rowCount } = await sql.query<Record<string, unknown>>(
        `SELECT $1::int8 AS small, $2::int8 AS big, $3::bytea AS bytes, $4::jsonb AS json, $5::text[] AS texts,
                $6::int8[] AS numbers, $7::bytea[] AS many_bytes, $8::timestamptz AS at, $9::numeric AS exact,
                $10::boolean AS yes, $11::text AS nothing, count(*) AS n`,
        [
          1_760_000_000_123,
          '9007199254740993',
          Buffer.from([0, 92, 255]),
          JSON.stringify(['a', { b: null }]),
          ['a"b', 'c\\d', 'ü,', null],
          [1, 1_760_000_000_123],
          [Buffer.from([92, 34]), Buffer.from([])],
          at,
          '1.50',
          true,
          null,
        ],
      );
      assert.equal(rowCount, 1);
      assert.deepEqual(rows[0], {
        small: 1_760_000_000_123,
        big: 9007199254740993n,
        bytes: Buffer.from([0, 92, 255]),
        json: ['a', { b: null }],
        texts: ['a"b', 'c\\d', 'ü,', null],
        numbers: [1, 1_760_000_000_123],
        many_bytes: [Buffer.from([92, 34]), Buffer.from([])],
        at,
        exact: '1.50',
        yes: true,
        nothing: null,
        n: 1,
      });
    });

    it('counts rows changed and rows returned', async () => {
      assert.equal((await sql.query('INSERT INTO pealbell.t VALUES ($1), ($2)', [1, 2])).rowCount, 2);
      assert.equal((await sql.query(`UPDATE pealbell.t SET v = 'x' WHERE id = 9`)).rowCount, 0);
      assert.equal((await sql.query('DELETE FROM pealbell.t RETURNING id')).rowCount, 2);
      assert.equal((await sql.query('SELECT 1 UNION SELECT 2')).rowCount, 2);
    });

    it('runs several statements as one, and gives the last one’s rows', async () => {
      const { rows } = await sql.query('INSERT INTO pealbell.t VALUES (1); SELECT 7 AS seven');
      assert.deepEqual(rows, [{ seven: 7 }]);
      await assert.rejects(sql.query('INSERT INTO pealbell.t VALUES (2); SELECT 1/0'));
      assert.deepEqual(await ids(), [1]);
    });

    it('tells the SQLSTATE and the constraint of what a statement broke', async () => {
      await sql.query('INSERT INTO pealbell.t VALUES (1)');
      await assert.rejects(
        sql.query('INSERT INTO pealbell.t VALUES ($1)', [1]),
        (error) => sqlState(error) === '23505' && brokenConstraint(error) === 't_key' && !isGatewayError(error),
      );
    });

    it('commits what work resolves with, and rolls back when it rejects', async () => {
      const seven = await sql.transaction(async (tx) => {
        await tx.query('INSERT INTO pealbell.t VALUES (1)');
        return 7;
      });
      assert.equal(seven, 7);
      const fault = new Error('planted fault');
      await assert.rejects(
        sql.transaction(async (tx) => {
          await tx.query('INSERT INTO pealbell.t VALUES (2)');
          throw fault;
        }),
        (error) => error === fault,
      );
      assert.deepEqual(await ids(), [1]);
    });

    it('does not call a transaction committed whose work swallowed an error', async () => {
      await assert.rejects(
        sql.transaction(async (tx) => {
          await tx.query('INSERT INTO pealbell.t VALUES (1)');
          await tx.query('SELECT 1/0').catch(() => undefined);
          return 'all well';
        }),
        (error) => sqlState(error) === '25P02',
      );
      await sql.query('INSERT INTO pealbell.t VALUES (2)');
      assert.deepEqual(await ids(), [2]);
    });

    it('keeps concurrent transactions apart', async () => {
      await sql.query('INSERT INTO pealbell.t VALUES (0, $1)', ['0']);
      const increment = () =>
        sql.transaction(async (tx) => {
          const { rows } = await tx.query<{ v: string }>('SELECT v FROM pealbell.t WHERE id = 0 FOR UPDATE');
          await tx.query('UPDATE pealbell.t SET v = $1 WHERE id = 0', [String(Number(rows[0]?.v) + 1)]);
        });
      await Promise.all(Array.from({ length: 40 }, increment));
      const { rows } = await sql.query('SELECT v FROM pealbell.t WHERE id = 0');
      assert.deepEqual(rows, [{ v: '40' }]);
    });

    it('gives the queue sessions whose unqualified names are in its own schema', async () => {
      await sql.query('CREATE SCHEMA IF NOT EXISTS bullmq; CREATE TABLE bullmq.only_here (id int)');
      const { rows } = await sql.poolForQueue().query('SELECT count(*)::int AS n FROM only_here');
      assert.deepEqual(rows, [{ n: 0 }]);
    });
  });
}
