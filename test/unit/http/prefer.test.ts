import assert from 'node:assert/strict';
import { readWait } from '../../../src/http/prefer.js';

describe('the preference to wait', () => {
  const cases: readonly (readonly [string | undefined, number | undefined])[] = [
    [undefined, undefined],
    ['', undefined],
    ['wait=3', 3],
    ['Wait = 3', 3],
    ['wait="7"', 7],
    ['respond-async, wait=10', 10],
    ['respond-async; wait=10', undefined],
    ['wait=10; x=y', 10],
    ['note="a, wait=9", wait=4', 4],
    ['note="a\\", wait=9", wait=4', 4],
    ['wait=1, wait=2', 1],
    ['wait=30', 30],
    ['wait=31', 30],
    ['wait=999999999', 30],
    ['wait=0', undefined],
    ['wait', undefined],
    ['wait=', undefined],
    ['wait=-1', undefined],
    ['wait=1.5', undefined],
    ['wait=1e3', undefined],
    ['wait=x, wait=2', undefined],
    ['waiting=5', undefined],
    ['"wait=5', undefined],
    [',;=,', undefined],
  ];
  for (const [header, seconds] of cases) {
    it(`of ${JSON.stringify(header)} is ${seconds ?? 'none'}`, () => assert.equal(readWait(header), seconds));
  }

  it('is read in time that grows with the length only', () => {
    const started = performance.now();
    assert.equal(readWait(`${'"\\", ='.repeat(2_500)},`), undefined);
    assert.ok(performance.now() - started < 500);
  });
});
