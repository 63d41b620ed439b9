import assert from 'node:assert/strict';
import { join } from 'node:path';
import { isGatewayError } from '../../src/domain/errors.js';
import { maintain } from '../../src/store/postgres/engine/maintain.js';
import { openPglite } from '../../src/store/postgres/engine/pglite.js';
import { openPostgresServer } from '../../src/store/postgres/engine/server.js';
import { freshDataDirectory } from '../support/pglite-template.js';
import { freshDatabase } from '../support/postgres-server.js';
import { sqlEngineSuite } from './sql-engine.suite.js';

const openEmbedded = async () =>
  openPglite({ directory: join(await freshDataDirectory(), 'pg'), onFatal: (sentence) => assert.fail(sentence) });

sqlEngineSuite('PGlite', openEmbedded);
sqlEngineSuite('a Postgres server', async (context) => openPostgresServer({ url: await freshDatabase(context) }));

describe('a Postgres server', function () {
  this.timeout(40_000);

  it('stops a statement of the store at its bound, and the next one runs', async function () {
    const sql = await openPostgresServer({ url: await freshDatabase(this), statementTimeoutMs: 100 });
    await assert.rejects(sql.query('SELECT pg_sleep(30)'), (error) => isGatewayError(error, 'store_unavailable'));
    assert.equal((await sql.query('SELECT 1')).rowCount, 1);
    await sql.close();
  });

  it('that ends its connections is told, and answers again on new ones', async function () {
    const broken: Error[] = [];
    const url = await freshDatabase(this);
    const sql = await openPostgresServer({ url, onConnectionError: (error) => broken.push(error) });
    const other = await openPostgresServer({ url });
    const inside = sql.transaction(async (tx) => {
      await tx.query('CREATE TABLE public.never (id int)');
      await other.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      );
      await tx.query('SELECT 1');
    });
    await assert.rejects(inside, (error) => isGatewayError(error, 'store_unavailable'));
    const { rows } = await sql.query(`SELECT to_regclass('public.never') AS t`);
    assert.deepEqual(rows, [{ t: null }]);
    await sql.close();
    await sql.close();
    await other.close();
  });

  it('needs none of the embedded engine’s maintenance', async function () {
    const sql = await openPostgresServer({ url: await freshDatabase(this) });
    assert.deepEqual(await maintain(sql), { tables: [], unfinished: false });
    await sql.close();
  });
});

describe('maintenance of the embedded engine', function () {
  this.timeout(40_000);

  it('vacuums what has dead rows, within its budget, and gives their room back', async () => {
    const sql = await openEmbedded();
    await sql.query(`CREATE SCHEMA pealbell;
      CREATE TABLE pealbell.a AS SELECT g AS id, repeat('x', 100) AS v FROM generate_series(1, 5000) g;
      CREATE TABLE pealbell."B c" AS SELECT g AS id FROM generate_series(1, 5000) g;
      DELETE FROM pealbell.a; DELETE FROM pealbell."B c" WHERE id > 2000`);
    const size = async () => (await sql.query<{ n: number }>(`SELECT pg_relation_size('pealbell.a') AS n`)).rows[0]?.n;
    assert.ok(((await size()) ?? 0) > 500_000);
    // One tick a call: the budget is over after the first table.
    let now = 0;
    const first = await maintain(sql, { budgetMs: 2, now: () => now++ });
    assert.deepEqual(first, { tables: ['pealbell.a'], unfinished: true });
    assert.equal(await size(), 0);
    const second = await maintain(sql);
    assert.deepEqual(second, { tables: ['pealbell."B c"'], unfinished: false });
    assert.deepEqual((await maintain(sql)).tables, []);
    await sql.close();
  });
});
