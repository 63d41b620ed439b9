import assert from 'node:assert/strict';
import { dayEndsAt } from '../../../src/domain/vendor-day.js';

describe('a day as a vendor counts it', () => {
  const at = (text: string) => Date.parse(text);
  const CASES = [
    ['2030-01-01T15:59:59.999Z', 960, '2030-01-01T16:00:00Z'],
    ['2030-01-01T16:00:00Z', 960, '2030-01-02T16:00:00Z'],
    ['2030-01-01T00:00:00Z', 0, '2030-01-02T00:00:00Z'],
    ['2030-01-01T23:59:59Z', 1_439, '2030-01-02T23:59:00Z'],
    ['1969-12-31T12:00:00Z', 0, '1970-01-01T00:00:00Z'],
  ] as const;
  for (const [now, startsMinutes, end] of CASES) {
    it(`that begins at minute ${startsMinutes} ends, seen from ${now}, at ${end}`, () => {
      assert.equal(dayEndsAt(at(now), startsMinutes), at(end));
    });
  }
});
