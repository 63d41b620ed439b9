/** A new database as an embedded gateway has it. */
import { join } from 'node:path';
import { createPgliteDirectory } from '../../src/store/postgres/engine/initdb.js';
import { openPglite } from '../../src/store/postgres/engine/pglite.js';
import type { Sql } from '../../src/store/postgres/engine/sql.js';

export async function openEmbeddedDatabase(dir: string): Promise<Sql> {
  const directory = join(dir, 'pg');
  await createPgliteDirectory({ directory });
  return openPglite({
    directory,
    onFatal: (sentence) => {
      throw new Error(sentence);
    },
  });
}

/** Bytes of tables, without their indexes. */
export async function heapBytes(sql: Sql, tables: readonly string[]): Promise<number> {
  const { rows } = await sql.query<{ bytes: number }>(
    'SELECT sum(pg_table_size(t::regclass))::bigint AS bytes FROM unnest($1::text[]) AS t',
    [tables],
  );
  return rows[0]?.bytes ?? 0;
}
