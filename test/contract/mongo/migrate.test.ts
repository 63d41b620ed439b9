import assert from 'node:assert/strict';
import { isGatewayError } from '../../../src/domain/errors.js';
import { type Database, openDatabase } from '../../../src/store/mongo/engine/database.js';
import { MONGO_STORE_VERSION, migrateMongo, mongoStoreVersion } from '../../../src/store/mongo/migrate.js';
import { freshMongo } from '../../support/mongo-server.js';

interface Row {
  readonly _id: string;
  readonly version?: number;
  readonly by?: string;
  readonly until?: number;
}

describe('the migration of a store on MongoDB', function () {
  this.timeout(60_000);
  let url: string;
  const open: Database[] = [];

  before(async function () {
    url = await freshMongo(this);
  });
  after(() => Promise.all(open.map((db) => db.close())));

  /** Another process on a store of this name. */
  async function process(name: string): Promise<Database> {
    const own = new URL(url);
    own.pathname = `${own.pathname}_${name}`;
    const db = await openDatabase({ url: own.href });
    open.push(db);
    return db;
  }
  const rows = (db: Database) => db.native.collection<Row>('migrations');

  it('is made once, whoever comes at the same time', async () => {
    const processes = await Promise.all(Array.from({ length: 4 }, () => process('together')));
    const [first] = processes;
    assert.ok(first);
    assert.equal(await mongoStoreVersion(first), 0);
    await Promise.all(processes.map((db) => migrateMongo(db)));
    assert.deepEqual(await rows(first).find().toArray(), [{ _id: 'store', version: MONGO_STORE_VERSION }]);
    const indexes = await first.native.collection('messages').listIndexes().toArray();
    assert.ok(indexes.some(({ name, unique }) => name === 'claims' && unique === true));
  });

  it('waits for whoever is at it, and not for one that has died', async () => {
    const db = await process('held');
    await rows(db).insertOne({ _id: 'store', by: 'somebody', until: Date.now() + 700 });
    const startedAt = performance.now();
    await migrateMongo(db);
    assert.ok(performance.now() - startedAt >= 600, 'it went on before the other was given up');
    assert.equal(await mongoStoreVersion(db), MONGO_STORE_VERSION);
  });

  it('leaves a store of a newer program alone', async () => {
    const db = await process('newer');
    await rows(db).insertOne({ _id: 'store', version: MONGO_STORE_VERSION + 1 });
    await assert.rejects(
      migrateMongo(db),
      (error) => isGatewayError(error, 'config_invalid') && /start the newer program/.test(error.message),
    );
    assert.deepEqual(await db.native.listCollections({ name: 'messages' }).toArray(), []);
  });
});
