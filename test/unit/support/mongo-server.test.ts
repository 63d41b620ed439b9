import { deepEqual, equal, match, rejects } from 'node:assert/strict';
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

  it('adds up what many connections add, and reports each statement of a bulk by itself', async () => {
    await rows.createIndex({ n: 1 }, { name: 'one_n', unique: true });
    await rows.insertMany(['x', 'y', 'z'].map((_id, at) => ({ _id, n: 1_000 * (at + 1) })));
    await Promise.all(Array.from({ length: 100 }, () => rows.updateOne({ _id: 'x' }, { $inc: { n: 1 } })));
    equal((await rows.findOne({ _id: 'x' }))?.n, 1_100);
    const bulk = ['x', 'y', 'z'].map((_id) => ({ updateOne: { filter: { _id }, update: { $set: { n: 5 } } } }));
    await rejects(rows.bulkWrite(bulk, { ordered: false }), (error: mongo.MongoBulkWriteError) => {
      deepEqual(
        [error.writeErrors].flat().map(({ index, code }) => [index, code]),
        [
          [1, 11000],
          [2, 11000],
        ],
      );
      equal(error.result.modifiedCount, 1);
      match(error.message, /index: one_n dup key/);
      return true;
    });
  });

  it('does not answer while it is suspended, and does afterwards', async function () {
    const server = await startMongoServer(this);
    const own = new mongo.MongoClient(server.url, { socketTimeoutMS: 300, serverSelectionTimeoutMS: 20_000 });
    try {
      const ping = () => own.db('own').command({ ping: 1 });
      await ping();
      server.suspend();
      // The signal takes a moment, in which one more may be answered.
      await rejects(async () => {
        for (;;) await ping();
      }, /timed out/);
      server.resume();
      equal((await ping()).ok, 1);
    } finally {
      await own.close();
      await server.close();
    }
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
