import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { openTestQueue, type TestQueue } from '../support/open-queue.js';
import { freshDataDirectory } from '../support/pglite-template.js';

const JOBS = 2_000;
const WRITERS = 4;
const ROUNDS = 60;

/** A reproducible stream of numbers in [0, 1), so that a failing run can be run again. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('a store and BullMQ at full load on one PGlite', function () {
  this.timeout(60_000);
  let opened: TestQueue;

  before(async () => {
    opened = await openTestQueue(`pglite:${await freshDataDirectory()}`);
    await opened.sql.query('CREATE SCHEMA pealbell; CREATE TABLE pealbell.w (id text PRIMARY KEY, how text NOT NULL)');
  });
  after(() => opened?.close());

  it('interleaves nothing and loses no write', async () => {
    const { sql, queue } = opened;
    const pool = sql.poolForQueue();
    const expected = new Set<string>();
    const insert = 'INSERT INTO pealbell.w (id, how) VALUES ($1, $2)';

    const handled = new Map<string, number>();
    const progress = new EventEmitter();
    const stop = new AbortController();
    const consumer = queue.consume(
      async (job) => {
        const id = job.kind === 'plan.v1' ? job.message : '';
        // What a use case does: write inside a job.
        await sql.query(insert, [`job.${id}`, 'in a job']);
        handled.set(id, (handled.get(id) ?? 0) + 1);
        if (handled.size === JOBS) progress.emit('all');
        return { kind: 'done' };
      },
      { lane: 'transactional', concurrency: 20 },
      stop.signal,
    );
    const all = once(progress, 'all');

    async function write(writer: number): Promise<void> {
      const random = numbers(writer + 1);
      for (let round = 0; round < ROUNDS; round++) {
        const id = `${writer}.${round}`;
        const single = sql.query(insert, [`single.${id}`, 'single']).then(() => expected.add(`single.${id}`));
        const commits = random() < 0.5;
        const planned = new Error('planned');
        const transaction = sql
          .transaction(async (tx) => {
            for (const part of [1, 2, 3]) await tx.query(insert, [`tx.${id}.${part}`, 'transaction']);
            const seen = await tx.query<{ n: number }>(`SELECT count(*) AS n FROM pealbell.w WHERE id LIKE $1`, [
              `tx.${id}.%`,
            ]);
            assert.equal(seen.rows[0]?.n, 3);
            if (!commits) throw planned;
          })
          .then(
            () => [1, 2, 3].forEach((part) => void expected.add(`tx.${id}.${part}`)),
            (error: unknown) => assert.equal(error, planned),
          );
        const raw = (async () => {
          const client = await pool.connect();
          await client.query('BEGIN');
          await client.query(insert, [`raw.${id}`, 'raw client']);
          const how = random();
          if (how < 0.4) {
            await client.query('COMMIT');
            expected.add(`raw.${id}`);
          } else if (how < 0.8) await client.query('ROLLBACK');
          client.release();
        })();
        await Promise.all([single, transaction, raw]);
      }
    }

    const ids = Array.from({ length: JOBS }, (_, i) => `j${i}`);
    const adds = (async () => {
      for (let from = 0; from < JOBS; from += 100) {
        const some = ids.slice(from, from + 100);
        await queue.add(some.map((id) => ({ id, lane: 'transactional', job: { kind: 'plan.v1', message: id } })));
      }
    })();
    await Promise.all([adds, all, ...Array.from({ length: WRITERS }, (_, writer) => write(writer))]);
    stop.abort();
    await consumer;

    for (const id of ids) expected.add(`job.${id}`);
    const { rows } = await sql.query<{ id: string }>('SELECT id FROM pealbell.w ORDER BY id COLLATE "C"');
    assert.deepEqual(
      rows.map(({ id }) => id),
      [...expected].sort(),
    );
    assert.deepEqual(
      [...handled.values()].filter((times) => times !== 1),
      [],
      'every job once',
    );
    assert.equal(await queue.depth('transactional'), 0);
    const kinds = await sql.query<{ how: string; n: number }>('SELECT how, count(*) AS n FROM pealbell.w GROUP BY how');
    for (const { how, n } of kinds.rows) assert.ok(n > 30, `${how}: ${n} rows show nothing`);
  });
});
