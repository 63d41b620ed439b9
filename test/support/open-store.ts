import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type DataKey, makeDataKey, parseDataKey } from '../../src/domain/data-key.js';
import type { Closeable } from '../../src/ports/lifecycle.js';
import type { TokenHasher } from '../../src/ports/token-hasher.js';
import { AtRest, createTokenHasher } from '../../src/store/at-rest.js';
import { openPglite } from '../../src/store/postgres/engine/pglite.js';
import { openPostgresServer } from '../../src/store/postgres/engine/server.js';
import { openPostgresStore } from '../../src/store/postgres/store.js';
import type { Store } from '../../src/store/store.js';
import { openStoreOfRun } from './backend.js';

export interface TestStore extends Store, Closeable {
  readonly hasher: TokenHasher;
}

/** A store of its own on the backend of this run, empty, with a new data key; opened as in production. */
export async function openTestStore(): Promise<TestStore> {
  const key = parseDataKey(makeDataKey(randomBytes));
  return { ...(await openAt(await openStoreOfRun(), key)), hasher: createTokenHasher(key) };
}

async function openAt(url: string, key: DataKey): Promise<Store & Closeable> {
  if (url.startsWith('mongodb')) {
    const { openMongoStore } = await import('../../src/store/mongo/store.js');
    return openMongoStore({ url }, new AtRest(key));
  }
  const directory = /^pglite:(.*)$/.exec(url)?.[1];
  const sql =
    directory === undefined
      ? await openPostgresServer({ url })
      : await openPglite({
          directory: join(directory, 'pg'),
          onFatal: (sentence) => {
            throw new Error(sentence);
          },
        });
  return { ...(await openPostgresStore(sql, new AtRest(key))), close: () => sql.close() };
}
