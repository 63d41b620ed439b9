import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { makeDataKey, parseDataKey } from '../../src/domain/data-key.js';
import type { Closeable } from '../../src/ports/lifecycle.js';
import type { TokenHasher } from '../../src/ports/token-hasher.js';
import { AtRest, createTokenHasher } from '../../src/store/at-rest.js';
import { openPglite } from '../../src/store/postgres/engine/pglite.js';
import { openPostgresStore } from '../../src/store/postgres/store.js';
import type { Store } from '../../src/store/store.js';
import { migratedDataDirectory } from './pglite-template.js';

export interface TestStore extends Store, Closeable {
  readonly hasher: TokenHasher;
}

/** A store of its own, embedded and empty, with a new data key; opened as in production. */
export async function openTestStore(): Promise<TestStore> {
  const directory = join(await migratedDataDirectory(), 'pg');
  const sql = await openPglite({
    directory,
    onFatal: (sentence) => {
      throw new Error(sentence);
    },
  });
  const key = parseDataKey(makeDataKey(randomBytes));
  return {
    ...(await openPostgresStore(sql, new AtRest(key))),
    hasher: createTokenHasher(key),
    close: () => sql.close(),
  };
}
