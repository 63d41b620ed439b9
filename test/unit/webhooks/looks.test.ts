import assert from 'node:assert/strict';
import { oneAtATime } from '../../../src/webhooks/looks.js';

describe('looks, one at a time', () => {
  /** Looks that go on until they are ended by hand. */
  function scene() {
    const ends: (() => void)[] = [];
    const looks = oneAtATime(() => new Promise((resolve) => void ends.push(resolve)));
    const settled = async () => {
      for (let n = 0; n < 10; n++) await Promise.resolve();
    };
    return { looks, ends, settled };
  }

  it('has one more follow for all who ask while one is under way, and they wait for that alone', async () => {
    const { looks, ends, settled } = scene();
    const over: string[] = [];
    const ask = (name: string) => void looks.step().then(() => over.push(name));
    for (const name of ['a', 'b', 'c']) ask(name);
    await settled();
    assert.deepEqual([ends.length, over], [1, []]);
    ends[0]?.();
    await settled();
    assert.deepEqual([ends.length, over], [2, ['a']]);
    ask('d');
    ends[1]?.();
    await settled();
    assert.deepEqual([ends.length, over], [3, ['a', 'b', 'c']]);
    ends[2]?.();
    await settled();
    assert.deepEqual([ends.length, over], [3, ['a', 'b', 'c', 'd']]);
  });

  it('is at it from the first look to the end of the last one that was asked for', async () => {
    const { looks, ends, settled } = scene();
    assert.equal(looks.isLooking, false);
    void looks.step();
    void looks.step();
    assert.equal(looks.isLooking, true);
    ends[0]?.();
    await settled();
    assert.equal(looks.isLooking, true);
    ends[1]?.();
    await settled();
    assert.equal(looks.isLooking, false);
  });
});
