import { deepEqual, equal } from 'node:assert/strict';
import { mongo } from 'mongoose';
import { freshMongo, startMongoServer } from '../../support/mongo-server.js';

interface Row {
  _id: string;
  n: number;
}

describe('the MongoDB-compatible server of the tests', () => {
  let client: mongo.MongoClient;
  let rows: mongo.Collection<Row>;

  before(async function () {
    client = new mongo.MongoClient(await freshMongo(this), { maxPoolSize: 20 });
    rows = client.db().collection<Row>('rows');
  });

  after(() => client?.close());

  it('lets exactly one of many concurrent guarded changes of a document win', async () => {
    await rows.insertOne({ _id: 'guarded', n: 0 });
    for (let n = 0; n < 10; n++) {
      const tries = Array.from({ length: 20 }, () =>
        rows.findOneAndUpdate({ _id: 'guarded', n }, { $set: { n: n + 1 } }, { returnDocument: 'after' }),
      );
      const won = (await Promise.all(tries)).filter((row) => row !== null);
      deepEqual(won, [{ _id: 'guarded', n: n + 1 }]);
    }
  });

  it('inserts once and changes otherwise, where many upsert one document at once', async () => {
    const tries = Array.from({ length: 50 }, () =>
      rows.updateOne({ _id: 'upserted' }, { $inc: { n: 1 } }, { upsert: true }),
    );
    const made = (await Promise.all(tries)).map((result) => result.upsertedCount);
    equal(
      made.reduce((a, b) => a + b),
      1,
    );
    deepEqual(await rows.findOne({ _id: 'upserted' }), { _id: 'upserted', n: 50 });
  });

  it('has after SIGKILL what it acknowledged', async function () {
    const server = await startMongoServer(this);
    const own = new mongo.MongoClient(`${server.url}own`, { serverSelectionTimeoutMS: 10_000 });
    try {
      await own
        .db()
        .collection<Row>('rows')
        .insertMany(Array.from({ length: 500 }, (_, n) => ({ _id: `row-${n}`, n })));
      await server.kill();
      await server.start();
      equal(await own.db().collection('rows').countDocuments({}), 500);
    } finally {
      await own.close();
      await server.close();
    }
  });
});
