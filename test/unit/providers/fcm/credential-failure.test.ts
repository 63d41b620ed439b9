import assert from 'node:assert/strict';
import type { Outcome } from '../../../../providers/contract.js';
import { credentialFailure, NoTokenError, TokenTimeoutError } from '../../../../providers/fcm/credential-failure.js';

const now = Date.UTC(2026, 10, 21, 12, 0, 0);

/** As the SDK's HTTP client throws it. */
function refused(status: number, data: unknown = '', headers: Record<string, string> = {}): Error {
  return Object.assign(new Error(`Request failed with status code ${status}`), {
    config: {},
    response: { status, data, headers: new Headers(headers) },
  });
}

function short(outcome: Outcome): string {
  return outcome.kind === 'deferred' ? `${outcome.kind} ${outcome.scope} ${outcome.reason}` : outcome.kind;
}

const grant = { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' };
const unavailable = 'deferred account provider_unavailable';

const table: readonly [string, unknown, string][] = [
  ['400 invalid_grant', refused(400, grant), 'misconfigured'],
  ['400 invalid_scope', refused(400, { error: 'invalid_scope' }), 'misconfigured'],
  ['401 invalid_client', refused(401, { error: 'invalid_client' }), 'misconfigured'],
  ['403', refused(403), 'misconfigured'],
  ['404 of a metadata server without an account', refused(404), 'misconfigured'],
  ['408', refused(408), unavailable],
  ['429', refused(429, { error: 'rate_limit_exceeded' }), 'deferred account rate_limited'],
  ['500', refused(500), unavailable],
  ['502 with a page', refused(502, '<html>'), unavailable],
  ['503', refused(503), unavailable],
  ['a refused connection', Object.assign(new Error('ECONNREFUSED'), { config: {}, code: 'ECONNREFUSED' }), unavailable],
  ['a time-out', new TokenTimeoutError('no access token within 30 s'), unavailable],
  ['an answer without a token', new NoTokenError('nothing in it'), unavailable],
  ['no credentials to be found', new Error('Could not load the default credentials.'), 'misconfigured'],
  ['a missing file', Object.assign(new Error('no such file'), { code: 'ENOENT' }), 'misconfigured'],
  ['a thrown text', 'odd', 'misconfigured'],
];

describe('why no access token could be had', () => {
  for (const [name, error, expected] of table) {
    it(`${name} is ${expected}`, () => assert.equal(short(credentialFailure(error, now)), expected));
  }

  it('keeps Retry-After as given', () => {
    const seconds = credentialFailure(refused(503, '', { 'retry-after': '9' }), now);
    assert.ok(seconds.kind === 'deferred' && seconds.retryAfterMs === 9_000);
    const date = credentialFailure(refused(429, '', { 'retry-after': 'Sat, 21 Nov 2026 12:00:30 GMT' }), now);
    assert.ok(date.kind === 'deferred' && date.retryAfterMs === 30_000);
    const none = credentialFailure(refused(503), now);
    assert.ok(none.kind === 'deferred' && none.retryAfterMs === undefined);
  });

  it('names a clock that is wrong by more than a minute, and no other', () => {
    const hint = (offMs: number) => {
      const outcome = credentialFailure(refused(400, grant, { date: new Date(now + offMs).toUTCString() }), now);
      assert.ok(outcome.kind === 'misconfigured');
      assert.match(outcome.what, /400 invalid_grant: Invalid JWT Signature\./);
      return /; (the clock.*)$/.exec(outcome.what)?.[1];
    };
    assert.match(hint(-90_000) ?? '', /90 s ahead/);
    assert.match(hint(3_600_000) ?? '', /3600 s behind/);
    assert.equal(hint(60_000), undefined);
    assert.equal(hint(0), undefined);
  });

  it('keeps what is shown short and printable', () => {
    const outcome = credentialFailure(
      refused(400, { error: 'e\n'.repeat(99), error_description: 'ü'.repeat(999) }),
      now,
    );
    assert.ok((outcome.detail?.text ?? '').length <= 256);
    assert.match(outcome.detail?.text ?? '', /^[\x20-\x7e]*$/);
    assert.match(outcome.detail?.code ?? '', /^[\x20-\x7e]{1,64}$/);
  });
});
