import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatDuration, formatSize, parseDuration, parseRate, parseSize } from '../../../config/quantity.js';

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

  it('reads rates per second, minute and hour', () => {
    assert.deepEqual(['2000/s', '600/m', '1/h'].map(parseRate), [
      { units: 2_000, windowSeconds: 1 },
      { units: 600, windowSeconds: 60 },
      { units: 1, windowSeconds: 3_600 },
    ]);
    for (const text of ['0/s', '2000', '2000/', '2000/d', '2000 /s', '-1/s', '1.5/s', '01/s', '9999999999/s', 'off']) {
      assert.equal(parseRate(text), undefined, text);
    }
  });

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
