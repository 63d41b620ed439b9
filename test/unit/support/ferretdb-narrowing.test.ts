import { deepEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { mongo } from 'mongoose';
import { freshMongo } from '../../support/mongo-server.js';

interface Row {
  _id: string;
  [field: string]: unknown;
}
type Filter = mongo.Filter<Row>;

const { Binary, Double, Long, ObjectId } = mongo;
const NOON = new Date('2026-11-22T12:00:00Z');

/** What compares with each other in surprising ways, and what JSON and SQL have their own ideas about. */
const SCALARS: readonly unknown[] = [
  ...['', ' ', 'a', 'a b', 'a!', 'ab', 'b', 'Z', 'é', '"a"', 'a\\', 'a\u0000b', '1', 'true', '[1]', 'null'],
  ...[0, 1, 2, 10, -1, 1.5, 0.1, new Double(1), new Double(-0), new Double(1e21), NOON.getTime()],
  ...[Long.fromNumber(1), Long.fromString('9007199254740993'), new Double(9007199254740992)],
  ...[true, false, NOON, new Date(0), new Date(-1), null],
  ...[new ObjectId('00000000000000000000000a'), '00000000000000000000000a', new Binary(Buffer.from('ab'))],
];
/** No fractions: ranges of them end exactly where they say. */
const WHOLE = SCALARS.filter((one) => typeof one !== 'number' || Number.isInteger(one));
const COMPOSITES: readonly unknown[] = [[], ['a'], [1, 'b'], [null], [{ x: 1 }], {}, { x: 1 }, { x: 'a', y: 2 }];

const scalar = fc.constantFrom(...SCALARS);
const value = fc.oneof({ weight: 4, arbitrary: scalar }, { weight: 1, arbitrary: fc.constantFrom(...COMPOSITES) });
const nested = fc.oneof(value, fc.record({ x: value }), fc.array(fc.record({ x: value }), { maxLength: 2 }));
const row = fc.record(
  { a: value, b: scalar, n: nested, plain: value, whole: fc.constantFrom(...WHOLE) },
  { requiredKeys: [] },
);

const field = fc.constantFrom('a', 'b', 'n', 'n.x', 'plain', '_id', 'word', 'whole');
const bound = fc.constantFrom(...SCALARS.filter((one) => one !== null));
const operators = fc.oneof(
  fc.record({ $eq: value }),
  fc.record({ $in: fc.array(scalar, { maxLength: 4 }) }),
  fc.record({ $gt: bound, $lte: bound }, { requiredKeys: [] }),
  fc.record({ $gte: bound, $lt: bound }, { requiredKeys: [] }),
  fc.record({ $ne: scalar, $exists: fc.boolean() }, { requiredKeys: ['$exists'] }),
);
const filter = fc.letrec<{ simple: Filter; all: Filter }>((tie) => ({
  simple: fc.dictionary(field, fc.oneof(value, operators), { minKeys: 1, maxKeys: 2 }),
  all: fc.oneof(
    { weight: 3, arbitrary: tie('simple') },
    { weight: 1, arbitrary: fc.record({ $and: fc.array(tie('simple'), { minLength: 1, maxLength: 2 }) }) },
    { weight: 2, arbitrary: fc.record({ $or: fc.array(tie('simple'), { minLength: 1, maxLength: 3 }) }) },
  ),
})).all;

describe('what FerretDB asks SQLite', () => {
  let client: mongo.MongoClient;
  let rows: mongo.Collection<Row>;

  before(async function () {
    if (process.env.MONGODB_URL) this.skip();
    client = new mongo.MongoClient(await freshMongo(this));
    rows = client.db().collection<Row>('rows');
    const made = fc.sample(row, { numRuns: 300, seed: 7 }).map((one, n) => ({
      ...one,
      _id: `r${String(n).padStart(3, '0')}`,
      word: 'aé Z"\\!'.charAt((n * 31) % 7),
    }));
    await rows.insertMany(made.slice(0, 100));
    await rows.createIndexes([
      ...[
        { key: { a: 1 } },
        { key: { b: 1, a: -1 } },
        { key: { n: 1 } },
        { key: { 'n.x': 1 } },
        { key: { whole: 1 } },
      ].map((index) => ({
        ...index,
        name: Object.keys(index.key).join('_'),
      })),
      { key: { word: 1, _id: 1 }, name: 'word' },
    ]);
    await rows.insertMany(made.slice(100));
  });

  after(() => client?.close());

  it('leaves out nothing that a filter accepts', async () => {
    await fc.assert(
      fc.asyncProperty(filter, async (asked) => {
        // FerretDB's own judgement of every document: nothing of a $nor is asked of SQLite.
        const judged = await ids(rows.find({ $nor: [{ $nor: [asked] }] }).toArray());
        deepEqual((await ids(rows.find(asked).toArray())).sort(), judged.sort());
      }),
      { numRuns: 200, seed: 11 },
    );
  });

  it('finds every kind of value again, also in a document made later', async () => {
    for (const one of [...SCALARS, ...COMPOSITES.filter((composite) => !isEmpty(composite))]) {
      await rows.insertOne({ _id: 'late', b: one, n: { x: one } });
      for (const asked of [{ b: one }, { 'n.x': one }, { $or: [{ b: one, _id: 'late' }, { a: 'none' }] }]) {
        const found = await ids(rows.find(asked).toArray());
        deepEqual(found.includes('late'), true, JSON.stringify(asked));
      }
      await rows.deleteOne({ b: one, _id: 'late' });
    }
    deepEqual(await rows.countDocuments({ _id: 'late' }), 0);
  });

  it('sorts as FerretDB does', async () => {
    const sorts: mongo.Document[] = [
      { _id: 1 },
      { _id: -1 },
      { word: 1, _id: -1 },
      { word: -1, _id: 1 },
      { a: 1, _id: 1 },
    ];
    for (const sort of sorts) {
      const own = await ids(rows.aggregate([{ $match: {} }, { $sort: sort }]).toArray());
      deepEqual(await ids(rows.find({}).sort(sort).toArray()), own, JSON.stringify(sort));
      deepEqual(await ids(rows.find({}).sort(sort).skip(10).limit(20).toArray()), own.slice(10, 30));
    }
  });

  it('uses the index of a query', async () => {
    const plan = await rows
      .find({ word: 'a', _id: { $gt: 'r100' } })
      .sort({ _id: 1 })
      .explain();
    const steps: string[] = plan.queryPlanner.Plan;
    deepEqual(
      steps.map((step) => /USING INDEX rows_\w{8}_(\w+) \((.*)\)/.exec(step)?.slice(1)),
      [['word', '<expr>=? AND <expr>>?']],
    );
  });

  it('reads only documents that have something in an array that it looks into', async () => {
    const plan = await rows.find({ 'n.x': { $gt: '' } }).explain();
    const steps: string[] = plan.queryPlanner.Plan;
    deepEqual(
      steps.map((step) => /USING INDEX rows_\w{8}_(\w+) \((.*)\)/.exec(step)?.slice(1)),
      [['filled_n', '<expr>=?']],
    );
  });
});

function isEmpty(composite: unknown): boolean {
  return Object.keys(composite as object).length === 0;
}

async function ids(found: Promise<mongo.Document[]>): Promise<string[]> {
  return (await found).map((row) => String(row._id));
}
