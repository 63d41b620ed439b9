import assert from 'node:assert/strict';
import { SHIFTS } from '../../../src/store/mongo/documents/counts.js';
import { readMoved } from '../../../src/store/mongo/messages/count-reads.js';
import { addApart, type CountStep, createCountWriter } from '../../../src/store/mongo/messages/count-writes.js';
import { openParties, type Parties } from './mortal-ground.js';

describe('store/mongo: counts', function () {
  this.timeout(60_000);
  let parties: Parties;
  let messages = 0;
  before(async function () {
    parties = await openParties(this);
  });
  after(() => parties?.close());

  const stepsOf = (message: string, n = 1): CountStep[] =>
    (['state', 'reached'] as const).map((kind) => ({
      ...{ app: 'app', message, class: 'transactional', acceptedAt: 3_600_000, provider: 'apns', platform: 'ios' },
      ...{ kind, name: 'opened', n },
    }));
  const freshMessage = () => `msg_${messages++}`;
  const opened = async (message: string) => {
    const { shifts } = (await readMoved(parties.party.ground.db, [message])).get(message) ?? {};
    return [shifts?.states.opened ?? 0, shifts?.reached.opened ?? 0];
  };

  it('are added once, however often a call is repeated', async () => {
    const { db } = parties.party.ground;
    const counts = createCountWriter(db);
    const message = freshMessage();
    const owner = { part: 'p', o: 'p.1' };
    const answers = await Promise.all(Array.from({ length: 5 }, () => counts.add(owner, stepsOf(message))));
    assert.deepEqual(answers, [true, true, true, true, true]);
    assert.equal(await counts.add({ part: 'p', o: 'p.2' }, stepsOf(message)), true);
    assert.deepEqual(await opened(message), [2, 2]);
  });

  it('are not added again by who stands in, where the call had come so far', async () => {
    const { db } = parties.party.ground;
    const [own, other] = [createCountWriter(db), createCountWriter(db)];
    const message = freshMessage();
    await own.add({ part: 'p', o: 'p.1' }, stepsOf(message, 7));
    // Many calls later: whose owner still owes what it counted.
    for (let n = 2; n < 400; n++) {
      await own.add({ part: 'p', o: `p.${n}` }, stepsOf(message));
      own.forget(`p.${n}`);
    }
    for (const leftIn of ['a', 'b']) await other.add({ part: 'p', o: 'p.1', leftIn }, stepsOf(message, 3));
    assert.deepEqual(await opened(message), [405, 405]);
    const [count] = await db.run(() => db.of(SHIFTS).find({ message }).lean());
    assert.ok(Object.keys(count?.seen ?? {}).length < 10, 'what nobody can repeat is forgotten');
  });

  it('are added by one of those who stand in, for each document, and not by a call that wakes up late', async () => {
    const { db } = parties.party.ground;
    const [own, one, two] = [createCountWriter(db), createCountWriter(db), createCountWriter(db)];
    const message = freshMessage();
    const leftIn = Array.from({ length: 30 }, (_, i) => `document ${i}`);
    await Promise.all(
      [one, two].map(async (counts) => {
        for (const each of leftIn) await counts.add({ part: 'p', o: 'p.1', leftIn: each }, stepsOf(message, 2));
      }),
    );
    assert.equal(await own.add({ part: 'p', o: 'p.1' }, stepsOf(message, 60)), false);
    // Long after: it read what was owed before.
    await two.add({ part: 'p', o: 'p.1', leftIn: 'document 0' }, stepsOf(message, 2));
    assert.deepEqual(await opened(message), [60, 60]);
  });

  it('are those of the call or of who stands in, never both and never neither, when they come at the same moment', async () => {
    const { db } = parties.party.ground;
    for (let n = 0; n < 10; n++) {
      const message = freshMessage();
      const owner = { part: 'p', o: 'p.1' };
      const leftIn = ['a', 'b', 'c'];
      const late = leftIn.map((each) => createCountWriter(db).add({ ...owner, leftIn: each }, stepsOf(message, 2)));
      await Promise.all([createCountWriter(db).add(owner, stepsOf(message, 6)), ...late]);
      assert.deepEqual(await opened(message), [6, 6]);
    }
  });

  it('of a name of their own are added once', async () => {
    const { db } = parties.party.ground;
    const message = freshMessage();
    await Promise.all(Array.from({ length: 4 }, () => addApart(db, 'silent', stepsOf(message, 5))));
    assert.deepEqual(await opened(message), [5, 5]);
  });
});
