import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { parseDataKey } from '../../domain/data-key.js';
import type { Log } from '../../ports/log.js';
import { AtRest } from '../../store/at-rest.js';
import { readOrMakeDataKey } from '../../store/data-key-file.js';
import { diskGuard } from '../../store/postgres/engine/disk-guard.js';
import { createPgliteDirectory } from '../../store/postgres/engine/initdb.js';
import { maintain } from '../../store/postgres/engine/maintain.js';
import { acquireOwnership } from '../../store/postgres/engine/owner.js';
import { openPglite } from '../../store/postgres/engine/pglite.js';
import { openPostgresStore } from '../../store/postgres/store.js';
import type { Stack } from '../stack.js';
import type { StoreEngine } from './engine.js';

export interface PgliteOptions {
  readonly dir: string;
  /** Its own file's when absent. */
  readonly dataKeyText: string | undefined;
  readonly onProgress: ((sentence: string) => void) | undefined;
  /** Told when nothing can be stored any more: the process should stop. */
  readonly onFatal: (sentence: string) => void;
  readonly log: Log;
}

/** A directory that belongs to this process, made where it is missing. */
export async function openPgliteEngine(options: PgliteOptions, stack: Stack): Promise<StoreEngine> {
  const { dir, log, onProgress, onFatal } = options;
  const ownership = await acquireOwnership(dir);
  stack.push(() => ownership.release());
  const dataKeyText = options.dataKeyText ?? readOrMakeDataKey(join(dir, 'data.key'), (size) => randomBytes(size));
  const directory = join(dir, 'pg');
  await createPgliteDirectory(onProgress === undefined ? { directory } : { directory, onProgress });
  const sql = await openPglite({
    directory,
    onFatal,
    onSlow: (ms, statement) => log.warn({ ms, statement: statement.slice(0, 200) }, 'store.slow_statement'),
  });
  stack.push(() => sql.close());
  const guard = diskGuard({ directory: dir });
  const dataKey = parseDataKey(dataKeyText);
  return {
    store: await openPostgresStore(sql, new AtRest(dataKey)),
    dataKey,
    ping: async () => void (await sql.query('SELECT 1')),
    maintain: async () => void (await maintain(sql)),
    acceptsAtOnce: 1,
    queuePool: sql.poolForQueue(),
    ownership,
    assertRoom: () => guard.assertRoom(),
  };
}
