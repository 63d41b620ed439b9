import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Outcome } from '../../../../providers/contract.js';
import { isTokenRefused, judge } from '../../../../providers/fcm/outcome.js';

const now = Date.UTC(2026, 10, 21, 12, 0, 0);
const FCM_ERROR = 'type.googleapis.com/google.firebase.fcm.v1.FcmError';

function answer(status: number, body: unknown = undefined, headers: Record<string, string> = {}, complete = true) {
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  return { status, headers, body: Buffer.from(text), complete };
}

interface Said {
  readonly status?: string;
  readonly errorCode?: string;
  readonly message?: string;
  readonly violations?: readonly { field: string; description: string }[];
  readonly quota?: string;
  readonly reason?: string;
}

/** An error as Google writes it; `details` only for what is given. */
function google(code: number, { status = 'X', errorCode, message = 'm', violations, quota, reason }: Said = {}) {
  const details = [
    ...(errorCode === undefined ? [] : [{ '@type': FCM_ERROR, errorCode }]),
    ...(violations === undefined
      ? []
      : [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: violations }]),
    ...(quota === undefined
      ? []
      : [
          { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ subject: quota, description: '' }] },
        ]),
    ...(reason === undefined ? [] : [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, metadata: {} }]),
  ];
  return { error: { code, status, message, ...(details.length === 0 ? {} : { details }) } };
}

/** Kind, and what tells outcomes of one kind apart. */
function short(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'rejected':
      return `rejected ${outcome.reason}`;
    case 'deferred':
      return `deferred ${outcome.scope} ${outcome.reason}`;
    default:
      return outcome.kind;
  }
}

const HTML = '<!DOCTYPE html><title>Error (Server Error)!!1</title>';

const table: readonly [number, string, unknown, string][] = [
  [400, 'INVALID_ARGUMENT', google(400, { errorCode: 'INVALID_ARGUMENT' }), 'rejected payload_rejected'],
  [400, 'no detail', google(400, { status: 'INVALID_ARGUMENT' }), 'rejected payload_rejected'],
  [400, 'a page', HTML, 'rejected payload_rejected'],
  [401, 'THIRD_PARTY_AUTH_ERROR', google(401, { errorCode: 'THIRD_PARTY_AUTH_ERROR' }), 'misconfigured'],
  [401, 'no detail', google(401, { status: 'UNAUTHENTICATED' }), 'misconfigured'],
  [401, 'a page', HTML, 'misconfigured'],
  [403, 'SENDER_ID_MISMATCH', google(403, { errorCode: 'SENDER_ID_MISMATCH' }), 'rejected token_wrong_app'],
  [403, 'no detail', google(403, { status: 'PERMISSION_DENIED' }), 'misconfigured'],
  [403, 'a page', HTML, 'misconfigured'],
  [404, 'UNREGISTERED', google(404, { status: 'NOT_FOUND', errorCode: 'UNREGISTERED' }), 'unregistered'],
  [404, 'no detail', google(404, { status: 'NOT_FOUND', message: 'Requested entity was not found.' }), 'misconfigured'],
  [404, 'an unknown code', google(404, { errorCode: 'SOMETHING' }), 'misconfigured'],
  [404, 'a page', HTML, 'misconfigured'],
  [404, 'nothing', undefined, 'misconfigured'],
  [410, 'nothing', undefined, 'rejected payload_rejected'],
  [413, 'a page', HTML, 'rejected payload_too_large'],
  [429, 'QUOTA_EXCEEDED', google(429, { errorCode: 'QUOTA_EXCEEDED' }), 'deferred account rate_limited'],
  [429, 'no detail', google(429, { status: 'RESOURCE_EXHAUSTED' }), 'deferred account rate_limited'],
  [429, 'a page', HTML, 'deferred account rate_limited'],
  [500, 'INTERNAL', google(500, { errorCode: 'INTERNAL' }), 'deferred target provider_unavailable'],
  [500, 'no detail', google(500, { status: 'INTERNAL' }), 'deferred target provider_unavailable'],
  [500, 'UNSPECIFIED_ERROR', google(500, { errorCode: 'UNSPECIFIED_ERROR' }), 'deferred target provider_unavailable'],
  [500, 'a page', HTML, 'deferred account provider_unavailable'],
  [502, 'a page', HTML, 'deferred account provider_unavailable'],
  [503, 'UNAVAILABLE', google(503, { errorCode: 'UNAVAILABLE' }), 'deferred account provider_unavailable'],
  [503, 'no detail', google(503, { status: 'UNAVAILABLE' }), 'deferred account provider_unavailable'],
  [503, 'a page', HTML, 'deferred account provider_unavailable'],
  [504, 'nothing', undefined, 'deferred account provider_unavailable'],
  [302, 'nothing', undefined, 'misconfigured'],
  [418, 'nothing', undefined, 'rejected payload_rejected'],
];

describe('FCM answers', () => {
  for (const [status, what, body, expected] of table) {
    it(`${status} with ${what} is ${expected}`, () => {
      const { outcome } = judge(answer(status, body), now);
      assert.equal(short(outcome), expected);
      assert.equal(outcome.detail?.status, status);
    });
  }

  it('200 with a name is accepted under that name, 200 without one is uncertain', () => {
    const name = 'projects/shop/messages/0:15';
    assert.deepEqual(judge(answer(200, { name }), now).outcome, { kind: 'accepted', vendorId: name });
    for (const body of [undefined, HTML, {}, { name: '' }, { name: 7 }, []]) {
      const { outcome, isStrange } = judge(answer(200, body), now);
      assert.equal(outcome.kind, 'uncertain');
      assert.equal(isStrange, true);
    }
    const cut = judge(answer(200, '{"name":"proj', {}, false), now);
    assert.equal(cut.outcome.kind, 'uncertain');
    assert.equal(cut.isStrange, false);
  });

  it('only 404 with FcmError UNREGISTERED is a dead address', () => {
    const dead = google(404, { errorCode: 'UNREGISTERED' });
    for (const status of [400, 401, 403, 405, 410, 429, 500, 503]) {
      assert.notEqual(judge(answer(status, dead), now).outcome.kind, 'unregistered', String(status));
    }
    const elsewhere = {
      error: { status: 'UNREGISTERED', details: [{ '@type': 'x/other', errorCode: 'UNREGISTERED' }] },
    };
    assert.equal(judge(answer(404, elsewhere), now).outcome.kind, 'misconfigured');
  });

  const token = { field: 'message.token', description: 'Invalid registration' };
  const data = { field: 'message.data', description: 'Invalid data payload key: from' };
  const blame: readonly [string, Said, string][] = [
    ['names message.token', { errorCode: 'INVALID_ARGUMENT', violations: [token] }, 'token_wrong_app'],
    ['names message.token, without FcmError', { violations: [token] }, 'token_wrong_app'],
    ['names message.fid', { violations: [{ field: 'message.fid', description: 'x' }] }, 'token_wrong_app'],
    ['names the payload', { errorCode: 'INVALID_ARGUMENT', violations: [data] }, 'payload_rejected'],
    ['names both', { errorCode: 'INVALID_ARGUMENT', violations: [token, data] }, 'payload_rejected'],
    [
      'speaks of the registration token',
      { errorCode: 'INVALID_ARGUMENT', message: 'The registration token is not a valid FCM registration token' },
      'token_wrong_app',
    ],
    [
      'speaks of the registration token, but is not FCM’s',
      { message: 'The registration token is not a valid FCM registration token' },
      'payload_rejected',
    ],
    [
      'speaks of the registration token, but names the payload',
      { errorCode: 'INVALID_ARGUMENT', message: 'registration token', violations: [data] },
      'payload_rejected',
    ],
    ['says too big', { errorCode: 'INVALID_ARGUMENT', message: 'Android message is too big' }, 'payload_too_large'],
    [
      'says it exceeds the size',
      { violations: [{ field: 'message', description: 'Payload exceeds the maximum size' }] },
      'payload_too_large',
    ],
  ];
  for (const [what, said, reason] of blame) {
    it(`a 400 that ${what} is ${reason}`, () => {
      const { outcome } = judge(answer(400, google(400, said)), now);
      assert.ok(outcome.kind === 'rejected');
      assert.equal(outcome.reason, reason);
    });
  }

  it('a device’s own limit stops that device alone', () => {
    const bodies = [
      google(429, { errorCode: 'QUOTA_EXCEEDED', quota: 'device:abc' }),
      google(429, { errorCode: 'QUOTA_EXCEEDED', message: 'Device message rate exceeded' }),
    ];
    for (const body of bodies)
      assert.equal(short(judge(answer(429, body), now).outcome), 'deferred target rate_limited');
    const project = google(429, { errorCode: 'QUOTA_EXCEEDED', quota: 'project:1', message: 'Quota exceeded' });
    assert.equal(short(judge(answer(429, project), now).outcome), 'deferred account rate_limited');
  });

  it('keeps Retry-After in seconds and as a date, and waits a minute after a 429 without one', () => {
    const wait = (status: number, headers: Record<string, string> = {}) => {
      const { outcome } = judge(answer(status, google(status), headers), now);
      return outcome.kind === 'deferred' ? outcome.retryAfterMs : 'no deferral';
    };
    assert.equal(wait(429, { 'retry-after': '7' }), 7_000);
    assert.equal(wait(503, { 'retry-after': 'Sat, 21 Nov 2026 12:02:00 GMT' }), 120_000);
    assert.equal(wait(500, { 'retry-after': '0' }), 0);
    assert.equal(wait(503), undefined);
    assert.equal(wait(500), undefined);
    assert.equal(wait(429), 60_000);
    assert.equal(wait(429, { 'retry-after': 'soon' }), 60_000);
  });

  it('asks again where the reason of a refusal was cut off, instead of blaming somebody', () => {
    for (const status of [400, 401, 403, 404]) {
      const { outcome } = judge(answer(status, '{"error":{"code":404,"de', {}, false), now);
      assert.equal(short(outcome), 'deferred target provider_unavailable');
    }
  });

  it('repeats with another access token on a 401 of ours only', () => {
    assert.equal(isTokenRefused(answer(401, google(401, { status: 'UNAUTHENTICATED' }))), true);
    assert.equal(isTokenRefused(answer(401, HTML)), true);
    assert.equal(isTokenRefused(answer(401, google(401, { errorCode: 'THIRD_PARTY_AUTH_ERROR' }))), false);
    assert.equal(isTokenRefused(answer(403, google(403, { status: 'UNAUTHENTICATED' }))), false);
  });

  it('says what to do about credentials', () => {
    const what = (status: number, said: Said, headers: Record<string, string> = {}) => {
      const { outcome } = judge(answer(status, google(status, said), headers), now);
      return outcome.kind === 'misconfigured' ? outcome.what : outcome.kind;
    };
    assert.match(what(401, { errorCode: 'THIRD_PARTY_AUTH_ERROR' }), /APNs key and the Web Push certificate/);
    assert.match(what(403, { reason: 'SERVICE_DISABLED' }), /not enabled/);
    assert.match(what(403, { status: 'PERMISSION_DENIED' }), /cloudmessaging\.messages\.create.*PERMISSION_DENIED/);
    assert.match(what(404, {}), /check project_id/);
    const date = new Date(now - 300_000).toUTCString();
    assert.match(what(401, {}, { date }), /clock of this machine is 300 s ahead/);
    assert.doesNotMatch(what(401, {}, { date: new Date(now - 30_000).toUTCString() }), /clock/);
  });

  it('tells the operator of answers unknown to us, and counts few values', () => {
    const strange = judge(answer(404, google(404, { errorCode: 'NEVER_SEEN' })), now);
    assert.deepEqual([strange.isStrange, strange.code], [true, '404']);
    assert.equal(judge(answer(418), now).isStrange, true);
    const usual = judge(answer(404, google(404, { errorCode: 'UNREGISTERED' })), now);
    assert.deepEqual([usual.isStrange, usual.code], [false, '404 UNREGISTERED']);
    assert.equal(judge(answer(503, HTML), now).isStrange, false);
  });

  it('never throws, whatever comes, never retires for it, and keeps details short and printable', () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    const body = fc.oneof(
      json,
      json.map((value) => ({ error: value })),
      json.map((value) => ({ error: { details: [value], message: value } })),
    );
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), body, fc.boolean(), (status, content, complete) => {
        const { outcome } = judge(answer(status, content, {}, complete), now);
        assert.notEqual(outcome.kind, 'unregistered');
        assert.ok((outcome.detail?.text ?? '').length <= 256);
        assert.match(outcome.detail?.text ?? '', /^[\x20-\x7e]*$/);
      }),
      { numRuns: 500 },
    );
  });
});
