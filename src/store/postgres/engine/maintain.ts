import type { Sql } from './sql.js';

export interface MaintainOptions {
  /** No further table is begun after this long; 500 ms when absent. What is left comes next time. */
  readonly budgetMs?: number;
  /** Tables with fewer dead rows than this are left alone; 1,000 when absent. */
  readonly deadRowsMin?: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

export interface MaintainReport {
  /** Tables vacuumed and analysed, in order. */
  readonly tables: readonly string[];
  /** True when the budget ended before the work. */
  readonly unfinished: boolean;
}

/**
 * One round of what Postgres' background workers would do: PGlite has none. Vacuums and analyses the tables with
 * the most dead rows, one statement each, then writes a checkpoint. Nothing to do on a server, which looks after
 * itself.
 *
 * The catalogue is among the tables: each bulk add of BullMQ makes and drops two temporary tables.
 */
export async function maintain(sql: Sql, options: MaintainOptions = {}): Promise<MaintainReport> {
  if (sql.engine !== 'pglite') return { tables: [], unfinished: false };
  const now = options.now ?? (() => performance.now());
  const until = now() + (options.budgetMs ?? 500);
  // The counters of a session reach the view once a second at best, and never while it is busy.
  await sql.query('SELECT pg_stat_force_next_flush()');
  const { rows } = await sql.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, relname) AS name
       FROM pg_stat_all_tables
      WHERE n_dead_tup >= $1 OR n_mod_since_analyze >= $1 * 10
      ORDER BY n_dead_tup DESC, relid
      LIMIT 50`,
    [options.deadRowsMin ?? 1_000],
  );
  const tables: string[] = [];
  for (const { name } of rows) {
    if (now() >= until) return { tables, unfinished: true };
    await sql.query(`VACUUM (ANALYZE) ${name}`);
    tables.push(name);
  }
  await sql.query('CHECKPOINT');
  return { tables, unfinished: false };
}
