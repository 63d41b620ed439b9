import assert from 'node:assert/strict';
import fc from 'fast-check';
import { backoffMs, type RetryPolicy } from '../../../src/domain/retry.js';

const POLICY: RetryPolicy = { baseMs: 1_000, capMs: 60_000, attemptsMax: 8 };

describe('back-off', () => {
  it('doubles its bound with each failure up to the cap', () => {
    const almostOne = () => 1 - Number.EPSILON;
    const bounds = [1, 2, 3, 6, 7, 8, 100].map((failures) => backoffMs(POLICY, failures, almostOne));
    assert.deepEqual(bounds, [1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('waits anywhere between next to nothing and the bound, in whole milliseconds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 1, max: 3_600_000 }),
        fc.integer({ min: 1, max: 2_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (baseMs, capMs, failures, random) => {
          const wait = backoffMs({ baseMs, capMs, attemptsMax: 5 }, failures, () => random);
          const bound = Math.min(capMs, baseMs * 2 ** (failures - 1));
          assert.ok(Number.isInteger(wait));
          assert.ok(wait >= Math.min(50, bound) && wait <= bound, `${wait} of ${bound}`);
        },
      ),
    );
  });

  it('spreads what failed together over the whole bound', () => {
    const waits = [0, 0.25, 0.5, 0.75].map((random) => backoffMs(POLICY, 4, () => random));
    assert.deepEqual(waits, [50, 2_000, 4_000, 6_000]);
  });
});
