/** Data directories that tests copy instead of making their own. */
import { randomBytes } from 'node:crypto';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { makeDataKey, parseDataKey } from '../../src/domain/data-key.js';
import { migrateQueue } from '../../src/queue/bullmq/postgres.js';
import { AtRest } from '../../src/store/at-rest.js';
import { createPgliteDirectory } from '../../src/store/postgres/engine/initdb.js';
import { openPglite } from '../../src/store/postgres/engine/pglite.js';
import { openPostgresStore } from '../../src/store/postgres/store.js';

/** Where `run-all.ts` has made both for all of its groups. */
export const TEMPLATES_VARIABLE = 'PEALBELL_TEST_TEMPLATES';

/** `empty`: as `initdb` leaves it. `migrated`: as a gateway of this version leaves it that was started and stopped. */
export type TemplateKind = 'empty' | 'migrated';

/** Makes `<directory>/empty/pg`, which costs seconds and 800 MB. */
export async function makeEmpty(directory: string): Promise<void> {
  await createPgliteDirectory({ directory: join(directory, 'empty', 'pg') });
}

/** Makes `<directory>/migrated/pg` from `empty`. */
export async function makeMigrated(directory: string): Promise<void> {
  const migrated = join(directory, 'migrated', 'pg');
  cpSync(join(directory, 'empty', 'pg'), migrated, { recursive: true });
  const sql = await openPglite({
    directory: migrated,
    onFatal: (sentence) => {
      throw new Error(sentence);
    },
  });
  await openPostgresStore(sql, new AtRest(parseDataKey(makeDataKey(randomBytes)))); // nothing in it is sealed yet
  await migrateQueue(sql.poolForQueue());
  await sql.close();
}
