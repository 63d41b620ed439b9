import assert from 'node:assert/strict';
import type { Posted } from '../../../src/egress/post.js';
import { judge } from '../../../src/webhooks/judge.js';
import { retryAfterMs } from '../../../src/webhooks/retry-after.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const answered = (status: number, headers: Record<string, string> = {}) =>
  judge({ kind: 'answered', status, headers, answer: '', ms: 5 }, NOW);

describe('what an answer means for a call', () => {
  for (const status of [200, 201, 202, 204, 299]) {
    it(`${status}: delivered`, () => assert.deepEqual(answered(status), { kind: 'delivered' }));
  }
  for (const status of [301, 302, 303, 304, 307, 308]) {
    it(`${status}: failed, for redirects are not followed`, () => {
      const told = answered(status, { location: 'https://elsewhere.example/' });
      assert.ok(told.kind === 'failed' && told.slowDownMs === undefined);
      assert.match(told.why, /redirect, which is not followed/);
    });
  }
  for (const status of [400, 401, 403, 404, 408, 409, 413, 422, 500, 501, 505]) {
    it(`${status}: failed`, () => {
      assert.deepEqual(answered(status, { 'retry-after': '90' }), { kind: 'failed', why: `it answered ${status}` });
    });
  }
  for (const status of [429, 502, 503, 504]) {
    it(`${status}: failed, and nothing comes for as long as it asks, or a minute`, () => {
      const failed = { kind: 'failed', why: `it answered ${status}` };
      assert.deepEqual(answered(status), { ...failed, slowDownMs: 60_000 });
      assert.deepEqual(answered(status, { 'retry-after': '90' }), { ...failed, slowDownMs: 90_000 });
      const date = new Date(NOW + 120_000).toUTCString();
      assert.deepEqual(answered(status, { 'retry-after': date }), { ...failed, slowDownMs: 120_000 });
    });
  }
  it('410: gone', () => assert.equal(answered(410).kind, 'gone'));
  it('skips a call where the receiver asks for that, whatever it answers but 2xx', () => {
    for (const status of [400, 410, 500, 503]) {
      assert.equal(answered(status, { 'webhook-delivery': 'abort-message' }).kind, 'skipped');
    }
    assert.equal(answered(200, { 'webhook-delivery': 'abort-message' }).kind, 'delivered');
    assert.equal(answered(500, { 'webhook-delivery': 'later' }).kind, 'failed');
  });
  it('no answer: failed, with what the network said', () => {
    const result: Posted = { kind: 'failed', reason: 'tls', sentence: 'its certificate is not trusted', ms: 3 };
    assert.deepEqual(judge(result, NOW), { kind: 'failed', why: 'its certificate is not trusted' });
  });
});

describe('Retry-After', () => {
  const cases: readonly [string | undefined, number | undefined][] = [
    [undefined, undefined],
    ['', undefined],
    ['soon', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['2026', 2_026_000],
    ['0', 0],
    [' 7 ', 7_000],
    ['999999999999', 86_400_000],
    [new Date(NOW + 30_000).toUTCString(), 30_000],
    [new Date(NOW - 30_000).toUTCString(), 0],
    ['Sunday, 01-Mar-26 12:00:10 GMT', 10_000],
  ];
  for (const [header, wanted] of cases) {
    it(`${JSON.stringify(header)}: ${wanted}`, () => assert.equal(retryAfterMs(header, NOW), wanted));
  }
});
