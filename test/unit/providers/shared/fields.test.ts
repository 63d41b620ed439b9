import assert from 'node:assert/strict';
import { DialBackoff } from '../../../../providers/shared/dial-backoff.js';
import { firstBadField, isHeaderValue } from '../../../../providers/shared/header-value.js';
import { RETRY_AFTER_MAX_MS, retryAfterMs } from '../../../../providers/shared/retry-after.js';

describe('isHeaderValue', () => {
  for (const good of ['a', 'order-8812', 'a b', '~', 'x'.repeat(64)]) {
    it(`takes ${JSON.stringify(good.slice(0, 12))}`, () => assert.equal(isHeaderValue(good, 64), true));
  }
  for (const bad of ['', ' a', 'a ', 'a\nb', 'a\r\nx: y', 'a\0', 'é', '日本', '\u007f', 'x'.repeat(65)]) {
    it(`refuses ${JSON.stringify(bad.slice(0, 12))}`, () => assert.equal(isHeaderValue(bad, 64), false));
  }
});

describe('firstBadField', () => {
  it('names the field whose name or value cannot be sent', () => {
    assert.equal(firstBadField({ 'x-good': 'yes', 'X-Upper': 'no' }), 'X-Upper');
    assert.equal(firstBadField({ 'x-good': 'a\nb' }), 'x-good');
    assert.equal(firstBadField({ ':path': '/' }), ':path');
    assert.equal(firstBadField({ 'x-good': 'yes' }), undefined);
  });
});

describe('retryAfterMs', () => {
  const now = Date.UTC(1994, 10, 6, 8, 49, 30);
  const cases: [string | string[] | undefined, number | undefined][] = [
    [undefined, undefined],
    ['', undefined],
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    [['9', '10'], 9_000],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['99999999999999999999', RETRY_AFTER_MAX_MS],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 7_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 7_000],
    ['Sun Nov  6 08:49:37 1994', 7_000],
    ['Sun, 06 Nov 1994 08:49:00 GMT', 0],
    ['Fri, 31 Dec 9999 23:59:59 GMT', RETRY_AFTER_MAX_MS],
    ['Sun, 06 Foo 1994 08:49:37 GMT', undefined],
  ];
  for (const [value, expected] of cases) {
    it(`reads ${JSON.stringify(value)} as ${expected}`, () => assert.equal(retryAfterMs(value, now), expected));
  }
});

describe('DialBackoff', () => {
  it('doubles the pause up to its cap, half of it jitter, and forgets it after an answer', () => {
    const steady = new DialBackoff(100, 500, () => 1);
    assert.deepEqual(
      [1, 2, 3, 4, 5].map(() => steady.failed(0, 'down', false)),
      [100, 200, 400, 500, 500],
    );
    assert.equal(new DialBackoff(100, 500, () => 0).failed(0, 'down', false), 50);
    assert.equal(steady.mayDial(499), false);
    assert.equal(steady.downCause(499), 'down');
    assert.equal(steady.mayDial(500), true);
    assert.equal(steady.downCause(500), undefined);
    steady.clear();
    assert.equal(steady.failed(0, 'down', false), 100);
  });

  it('calls a host down that lets connections in and ends them unanswered, at the third', () => {
    const backoff = new DialBackoff(100, 500, () => 1);
    backoff.failed(0, 'ended', true);
    backoff.failed(0, 'ended', true);
    assert.equal(backoff.downCause(0), undefined);
    backoff.failed(0, 'ended', true);
    assert.equal(backoff.downCause(0), 'ended');
  });
});
