import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatDuration, formatSize, parseDuration, parseSize } from '../../../config/quantity.js';

describe('durations and sizes', () => {
  const durations: readonly (readonly [string, number | undefined])[] = [
    ['500ms', 500],
    ['8s', 8000],
    ['15m', 900_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['0s', 0],
    ['8', undefined],
    ['8 s', undefined],
    ['1.5s', undefined],
    ['-1s', undefined],
    ['8S', undefined],
    ['1w', undefined],
    ['8toString', undefined],
    ['999999999999999d', undefined],
    ['', undefined],
  ];
  for (const [text, ms] of durations) {
    it(`reads ${JSON.stringify(text)} as ${ms === undefined ? 'no duration' : `${ms} ms`}`, () => {
      assert.equal(parseDuration(text), ms);
    });
  }

  it('counts sizes in powers of 1024', () => {
    assert.deepEqual(['512B', '64KB', '1MB', '2GB'].map(parseSize), [512, 65_536, 1_048_576, 2_147_483_648]);
    assert.deepEqual(['1mb', '1M', '1', 'MB'].map(parseSize), [undefined, undefined, undefined, undefined]);
  });

  it('writes what it reads back as the same', () => {
    const value = fc.integer({ min: 0, max: 2 ** 40 });
    fc.assert(fc.property(value, (ms) => assert.equal(parseDuration(formatDuration(ms)), ms)));
    fc.assert(fc.property(value, (bytes) => assert.equal(parseSize(formatSize(bytes)), bytes)));
    assert.deepEqual([formatDuration(90_000), formatDuration(0), formatSize(1536)], ['90s', '0ms', '1536B']);
  });
});
