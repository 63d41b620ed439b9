import assert from 'node:assert/strict';
import { AGGREGATE, type Aggregate, born } from '../../../src/store/mongo/documents/aggregate.js';
import { collection } from '../../../src/store/mongo/engine/collection.js';
import { changeEach } from '../../../src/store/mongo/writing/change.js';
import { insertNew } from '../../../src/store/mongo/writing/insert-new.js';
import { openParties, type Parties, type Party } from './mortal-ground.js';

interface ThingDoc extends Aggregate {
  readonly n: number;
}
const THINGS = collection<ThingDoc>('things', { ...AGGREGATE, n: Number });

describe('store/mongo: changes of documents', function () {
  this.timeout(60_000);
  let parties: Parties;
  before(async function () {
    parties = await openParties(this);
  });
  after(() => parties?.close());

  it('lose none and make none twice, however many processes change the same at once', async () => {
    const ids = ['a', 'b', 'c'];
    const { db } = parties.party.ground;
    await insertNew(
      db,
      db.of(THINGS),
      ids.map((_id) => ({ _id, ...born('first'), n: 0 })),
    );
    const processes = [parties.party, await parties.open(), await parties.open()];
    const changers = processes.flatMap((each) => Array.from({ length: 4 }, () => each));
    const seen = new Map<string, number[]>(ids.map((id) => [id, []]));
    await Promise.all(
      changers.map(async (each) => {
        for (let round = 0; round < 8; round++) {
          // Every other one leaves the last as it is: not all of a bulk are asked for.
          for (const [id, before] of await addOne(each, round % 2 === 0 ? ids : ids.slice(0, 2))) {
            seen.get(id)?.push(before.n);
          }
        }
      }),
    );
    const after = await db.run(() => db.of(THINGS).find().sort({ _id: 1 }).lean());
    const expected = [changers.length * 8, changers.length * 8, changers.length * 4];
    assert.deepEqual(
      after.map(({ n, rev }) => [n, rev - 1]),
      expected.map((n) => [n, n]),
    );
    for (const [i, id] of ids.entries()) {
      const befores = (seen.get(id) ?? []).sort((a, b) => a - b);
      assert.deepEqual(
        befores,
        Array.from({ length: expected[i] ?? 0 }, (_, n) => n),
        'whoever changed it saw what nobody else saw',
      );
    }
  });

  function addOne({ ground: { db, outbox } }: Party, ids: readonly string[]) {
    return changeEach<ThingDoc>(db, db.of(THINGS), ids, outbox.begin(), () => ({ n }) => ({ set: { n: n + 1 } }));
  }
});
