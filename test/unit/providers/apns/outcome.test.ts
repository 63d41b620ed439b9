import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type AnswerContext, judge } from '../../../../providers/apns/outcome.js';
import type { Outcome } from '../../../../providers/contract.js';

const own: AnswerContext = { nowMs: 1_700_000_000_000, topicOwner: 'app' };

function answer(status: number, body: unknown = undefined, headers: Record<string, string> = {}, complete = true) {
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  return { status, headers, body: Buffer.from(text), complete };
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

const table: readonly [number, string, string][] = [
  [400, 'BadCollapseId', 'rejected payload_rejected'],
  [400, 'BadDeviceToken', 'rejected token_wrong_app'],
  [400, 'BadExpirationDate', 'rejected payload_rejected'],
  [400, 'BadMessageId', 'rejected payload_rejected'],
  [400, 'BadPriority', 'rejected payload_rejected'],
  [400, 'BadTopic', 'misconfigured'],
  [400, 'DeviceTokenNotForTopic', 'rejected token_wrong_app'],
  [400, 'DuplicateHeaders', 'rejected payload_rejected'],
  [400, 'IdleTimeout', 'deferred target provider_unavailable'],
  [400, 'InvalidPushType', 'rejected payload_rejected'],
  [400, 'MissingDeviceToken', 'rejected payload_rejected'],
  [400, 'MissingTopic', 'misconfigured'],
  [400, 'PayloadEmpty', 'rejected payload_rejected'],
  [400, 'TopicDisallowed', 'misconfigured'],
  [403, 'BadCertificate', 'misconfigured'],
  [403, 'BadCertificateEnvironment', 'misconfigured'],
  [403, 'ExpiredProviderToken', 'misconfigured'],
  [403, 'Forbidden', 'misconfigured'],
  [403, 'InvalidProviderToken', 'misconfigured'],
  [403, 'MissingProviderToken', 'misconfigured'],
  [403, 'UnrelatedKeyIdInToken', 'misconfigured'],
  [403, 'BadEnvironmentKeyIdInToken', 'misconfigured'],
  [403, 'BadEnvironmentKeyInToken', 'misconfigured'],
  [404, 'BadPath', 'rejected payload_rejected'],
  [405, 'MethodNotAllowed', 'rejected payload_rejected'],
  [410, 'ExpiredToken', 'unregistered'],
  [410, 'Unregistered', 'unregistered'],
  [413, 'PayloadTooLarge', 'rejected payload_too_large'],
  [429, 'TooManyProviderTokenUpdates', 'deferred account rate_limited'],
  [429, 'TooManyRequests', 'deferred target rate_limited'],
  [500, 'InternalServerError', 'deferred target provider_unavailable'],
  [503, 'ServiceUnavailable', 'deferred account provider_unavailable'],
  [503, 'Shutdown', 'deferred target provider_unavailable'],
];
const ours = ['DuplicateHeaders', 'MissingDeviceToken', 'BadPath', 'MethodNotAllowed'];

describe('APNs answers', () => {
  for (const [status, reason, expected] of table) {
    it(`${status} ${reason} is ${expected}`, () => {
      const { outcome, isStrange, code } = judge(answer(status, { reason }), own);
      assert.equal(short(outcome), expected);
      assert.deepEqual(outcome.detail, { status, code: reason });
      assert.equal(isStrange, ours.includes(reason));
      assert.equal(code, `${status} ${reason}`);
    });
  }

  const unknown: readonly [number, string][] = [
    [302, 'misconfigured'],
    [400, 'rejected payload_rejected'],
    [401, 'misconfigured'],
    [403, 'misconfigured'],
    [404, 'rejected payload_rejected'],
    [408, 'deferred target provider_unavailable'],
    [410, 'rejected token_wrong_app'],
    [413, 'rejected payload_too_large'],
    [418, 'rejected payload_rejected'],
    [429, 'deferred target rate_limited'],
    [500, 'deferred target provider_unavailable'],
    [502, 'deferred account provider_unavailable'],
    [503, 'deferred account provider_unavailable'],
  ];
  for (const [status, expected] of unknown) {
    for (const body of [
      '',
      '<html>Bad gateway</html>',
      '{"reason":"BrandNew"}',
      '{"reason":7}',
      'null',
      '{"reason":"toString"}',
    ]) {
      it(`${status} with body ${JSON.stringify(body)} is ${expected}, and the operator hears of it`, () => {
        const { outcome, isStrange, code } = judge(answer(status, body), own);
        assert.equal(short(outcome), expected);
        assert.equal(isStrange, true);
        assert.equal(code, String(status));
      });
    }
  }

  it('200 is accepted with the id that Apple can find it by', () => {
    assert.deepEqual(judge(answer(200, undefined, { 'apns-id': 'A' }), own).outcome, {
      kind: 'accepted',
      vendorId: 'A',
    });
    const sandbox = answer(200, undefined, { 'apns-id': 'A', 'apns-unique-id': 'U' });
    assert.deepEqual(judge(sandbox, own).outcome, { kind: 'accepted', vendorId: 'U' });
    assert.deepEqual(judge(answer(200), own).outcome, { kind: 'accepted' });
  });

  it('410 keeps the milliseconds since when the token is dead, and only a sane one', () => {
    const since = (timestamp: unknown) => {
      const { outcome } = judge(answer(410, { reason: 'Unregistered', timestamp }), own);
      return outcome.kind === 'unregistered' ? outcome.asOf : 'not unregistered';
    };
    assert.equal(since(1_699_999_999_123), 1_699_999_999_123);
    for (const junk of [-1, 0, 1.5, '1699999999123', null, 1e300]) assert.equal(since(junk), undefined);
  });

  it('keeps Retry-After as given on 429 and 5xx, and nowhere else', () => {
    const wait = (status: number, reason: string) => {
      const { outcome } = judge(answer(status, { reason }, { 'retry-after': '17' }), own);
      return outcome.kind === 'deferred' ? outcome.retryAfterMs : undefined;
    };
    assert.equal(wait(429, 'TooManyRequests'), 17_000);
    assert.equal(wait(429, 'TooManyProviderTokenUpdates'), 17_000);
    assert.equal(wait(500, 'InternalServerError'), 17_000);
    assert.equal(wait(503, 'ServiceUnavailable'), 17_000);
    assert.equal(wait(400, 'IdleTimeout'), undefined);
  });

  it('pauses the account for Apple’s 20 minutes after too many provider tokens', () => {
    const { outcome } = judge(answer(429, { reason: 'TooManyProviderTokenUpdates' }), own);
    assert.ok(outcome.kind === 'deferred');
    assert.equal(outcome.retryAfterMs, 20 * 60_000);
  });

  it('does not block the account for a topic that only one registration brought along', () => {
    for (const reason of ['BadTopic', 'MissingTopic', 'TopicDisallowed']) {
      const { outcome } = judge(answer(400, { reason }), { ...own, topicOwner: 'registration' });
      assert.equal(short(outcome), 'rejected token_wrong_app');
    }
  });

  it('asks again where a 400 lost its reason on the way', () => {
    assert.equal(short(judge(answer(400, '{"rea', {}, false), own).outcome), 'deferred target provider_unavailable');
  });

  it('never throws, never accepts but for 2xx, never lets more than 256 characters through', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 599 }),
        fc.uint8Array({ maxLength: 600 }),
        fc.boolean(),
        (status, bytes, complete) => {
          const { outcome } = judge({ status, headers: {}, body: Buffer.from(bytes), complete }, own);
          assert.equal(outcome.kind === 'accepted', status >= 200 && status < 300);
          assert.ok((outcome.detail?.text ?? '').length <= 256);
          assert.ok((outcome.detail?.code ?? '').length <= 64);
          assert.notEqual(outcome.kind, 'unregistered');
        },
      ),
      { numRuns: 500 },
    );
  });
});
