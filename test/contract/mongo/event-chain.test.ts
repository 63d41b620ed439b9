import assert from 'node:assert/strict';
import { openParties, type Parties } from './mortal-ground.js';

describe('store/mongo: the log of an app', function () {
  this.timeout(60_000);
  let parties: Parties;
  before(async function () {
    parties = await openParties(this);
  });
  after(() => parties?.close());

  const telling = (app: string, n: string) =>
    ({ app, type: 'message.queued', common: {}, entry: { message: n } }) as const;

  it('is numbered without holes, whichever processes write to it at once, and holds each event once', async () => {
    const processes = [parties.party, await parties.open(), await parties.open()];
    const expected: string[] = [];
    await Promise.all(
      processes.flatMap(({ ground: { events, outbox } }, p) =>
        Array.from({ length: 15 }, async (_, call) => {
          const these = Array.from({ length: 1 + (call % 3) }, (_, n) => `${p}.${call}.${n}`);
          expected.push(...these);
          const tellings = these.map((each) => telling('busy', each));
          assert.equal(await events.write(outbox.begin(), tellings, 7), true);
        }),
      ),
    );
    const told = await parties.told('busy');
    assert.deepEqual(
      told.map(({ seq }) => seq),
      Array.from({ length: expected.length }, (_, i) => i + 1),
    );
    assert.deepEqual(told.map(({ entry }) => (entry as { message: string }).message).sort(), expected.sort());
  });

  it('holds once what one stands in for while the call itself wakes up late', async () => {
    const [sleeper, other] = [parties.party, await parties.open()];
    const { o } = sleeper.ground.outbox.begin();
    const late = { o, since: -Infinity };
    const tellings = [telling('late', 'x'), telling('late', 'y')];
    assert.equal(await other.ground.events.write(late, tellings.slice(0, 1), 7, 'document x'), true);
    assert.equal(await sleeper.ground.events.write(late, tellings, 7), false, 'the rest is theirs');
    assert.equal(await other.ground.events.write(late, tellings.slice(1), 7, 'document y'), true);
    for (const leftIn of ['document x', 'document y']) {
      assert.equal(await sleeper.ground.events.write(late, tellings.slice(0, 1), 7, leftIn), true, 'done already');
    }
    const told = await parties.told('late');
    assert.deepEqual(
      told.map(({ entry }) => entry),
      [{ message: 'x' }, { message: 'y' }],
    );
  });
});
