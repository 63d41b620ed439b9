import assert from 'node:assert/strict';
import { ATTEMPTS_MAX, nextAttemptAt } from '../../../src/webhooks/schedule.js';

const HOUR_MS = 3_600_000;

/** Times of all attempts at a call that always fails. */
function timesOf(random: () => number): number[] {
  const times = [0];
  for (let at: number | undefined = 0; at !== undefined; ) {
    at = nextAttemptAt(times.length, at, random);
    if (at !== undefined) times.push(at);
  }
  return times;
}

describe('when a call is tried again', () => {
  it('follows the schedule of Standard Webhooks: ten attempts, the last one after 75 h 35 min and 5 s', () => {
    const times = timesOf(() => 0);
    assert.equal(times.length, ATTEMPTS_MAX);
    assert.deepEqual(times.slice(0, 5), [0, 5_000, 305_000, 2_105_000, 9_305_000]);
    assert.equal(times.at(-1), (75 * 3_600 + 35 * 60 + 5) * 1_000);
  });

  it('is spread by up to a tenth, and never earlier: the last attempt comes after three days', () => {
    const late = timesOf(() => 0.999_999);
    assert.equal(late[1], 5_500);
    assert.ok((late.at(-1) ?? 0) < 84 * HOUR_MS);
    assert.ok((timesOf(() => 0).at(-1) ?? 0) > 72 * HOUR_MS);
  });

  it('waits at least as long as the receiver asks for', () => {
    assert.equal(
      nextAttemptAt(1, 1_000, () => 0, 60_000),
      61_000,
    );
    assert.equal(
      nextAttemptAt(2, 1_000, () => 0, 60_000),
      301_000,
    );
  });
});
