import assert from 'node:assert/strict';
import { judge } from '../../../../providers/webpush/outcome.js';
import type { ServiceName } from '../../../../providers/webpush/push-service.js';

interface Given {
  readonly body?: string | object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly proven?: boolean;
}

function judged(service: ServiceName, status: number, { body = '', headers = {}, proven = false }: Given = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return judge(
    { status, headers, body: Buffer.from(text) },
    { service, nowMs: 1_800_000_000_000, isKeyProven: proven },
  );
}

/** An outcome as one word or three. */
function told(service: ServiceName, status: number, given?: Given): string {
  const { outcome } = judged(service, status, given);
  if (outcome.kind === 'rejected') return outcome.reason;
  if (outcome.kind !== 'deferred') return outcome.kind;
  return `${outcome.scope} ${outcome.reason}${outcome.retryAfterMs === undefined ? '' : ` ${outcome.retryAfterMs}`}`;
}

const MISMATCH =
  'the VAPID credentials in the authorization header do not correspond to the credentials used to create the subscriptions.';

describe('answers of push services', () => {
  for (const [service, status, given, expected] of [
    ['google', 201, {}, 'accepted'],
    ['other', 200, {}, 'accepted'],
    ['other', 202, {}, 'accepted'],
    ['other', 204, {}, 'accepted'],
    // the address
    ['google', 410, { body: 'push subscription has unsubscribed or expired.' }, 'unregistered'],
    ['google', 404, {}, 'unregistered'],
    ['mozilla', 404, { body: { code: 404, errno: 102, error: 'Not Found' } }, 'unregistered'],
    ['mozilla', 410, { body: { code: 410, errno: 106 } }, 'unregistered'],
    ['apple', 410, { body: { reason: 'Unregistered' } }, 'unregistered'],
    ['windows', 410, {}, 'unregistered'],
    ['apple', 404, { body: { reason: 'BadPath' } }, 'token_wrong_app'],
    // the key
    ['google', 403, { body: MISMATCH }, 'token_wrong_app'],
    ['mozilla', 401, { body: { errno: 109, message: 'VAPID public key mismatch' } }, 'token_wrong_app'],
    ['apple', 403, { body: { reason: 'VapidPkHashMismatch' } }, 'token_wrong_app'],
    ['apple', 400, { body: { reason: 'VapidPkHashMismatch' } }, 'token_wrong_app'],
    ['google', 403, { body: 'invalid JWT provided' }, 'misconfigured'],
    ['google', 403, { body: 'invalid JWT provided', proven: true }, 'misconfigured'],
    ['google', 403, { body: 'public key must be 65 bytes long' }, 'misconfigured'],
    ['google', 403, { body: 'token has expired', proven: true }, 'misconfigured'],
    ['apple', 403, { body: { reason: 'BadJwtToken' }, proven: true }, 'misconfigured'],
    ['apple', 403, { body: { reason: 'BadVapidPublicKey' } }, 'misconfigured'],
    ['windows', 401, {}, 'misconfigured'],
    ['windows', 401, { proven: true }, 'token_wrong_app'],
    ['mozilla', 401, { body: { errno: 109 } }, 'misconfigured'],
    ['mozilla', 401, { body: { errno: 109 }, proven: true }, 'token_wrong_app'],
    ['google', 403, { body: 'sender is not authenticated.', proven: true }, 'token_wrong_app'],
    ['other', 403, {}, 'misconfigured'],
    ['other', 403, { body: 'invalid JWT provided', proven: true }, 'token_wrong_app'],
    // the message
    ['google', 400, {}, 'payload_rejected'],
    ['apple', 400, { body: { reason: 'BadWebPushTopic' } }, 'payload_rejected'],
    ['windows', 400, { headers: { 'x-wns-error-description': 'Ttl value conflicts' } }, 'payload_rejected'],
    ['mozilla', 413, { body: { errno: 104 } }, 'payload_too_large'],
    ['apple', 400, { body: { reason: 'PayloadTooLarge' } }, 'payload_too_large'],
    ['other', 415, {}, 'payload_rejected'],
    ['apple', 405, { body: { reason: 'MethodNotAllowed' } }, 'payload_rejected'],
    // not now
    ['google', 429, { headers: { 'retry-after': '120' } }, 'target rate_limited 120000'],
    ['google', 429, {}, 'target rate_limited'],
    ['apple', 429, { body: { reason: 'TooManyRequests' } }, 'target rate_limited'],
    ['windows', 406, { headers: { 'x-wns-status': 'appthrottled', 'retry-after': '5' } }, 'target rate_limited 5000'],
    ['other', 406, {}, 'payload_rejected'],
    ['google', 500, {}, 'target provider_unavailable'],
    ['google', 502, { body: '<html>' }, 'target provider_unavailable'],
    ['mozilla', 503, { body: { errno: 201 }, headers: { 'retry-after': '120' } }, 'target provider_unavailable 120000'],
    ['mozilla', 503, { body: { errno: 202 } }, 'target provider_unavailable 1000'],
    ['mozilla', 503, { body: { errno: 202 }, headers: { 'retry-after': '7' } }, 'target provider_unavailable 7000'],
    [
      'google',
      503,
      { headers: { 'retry-after': 'Fri, 15 Jan 2027 08:00:30 GMT' } },
      'target provider_unavailable 30000',
    ],
    ['apple', 503, { body: { reason: 'Shutdown' } }, 'target provider_unavailable'],
    ['other', 408, {}, 'target provider_unavailable'],
    // whatever that is, it is not followed
    ['mozilla', 301, { headers: { location: 'https://elsewhere.example/' } }, 'target provider_unavailable'],
    ['other', 307, { headers: { location: 'http://127.0.0.1/' } }, 'target provider_unavailable'],
  ] as const satisfies readonly (readonly [ServiceName, number, Given, string])[]) {
    it(`${service} ${status} ${JSON.stringify(given)} is ${expected}`, () => {
      assert.equal(told(service, status, given), expected);
    });
  }

  it('a reason or an errno means something only where that service says it', () => {
    assert.equal(told('google', 503, { body: { reason: 'BadJwtToken' } }), 'target provider_unavailable');
    assert.equal(told('other', 503, { body: { errno: 202 } }), 'target provider_unavailable');
    assert.equal(told('apple', 503, { body: { reason: 'toString' } }), 'target provider_unavailable');
  });

  it('the id of the service is kept', () => {
    assert.deepEqual(judged('apple', 201, { headers: { 'apns-id': 'ABC' } }).outcome, {
      kind: 'accepted',
      vendorId: 'ABC',
    });
    assert.deepEqual(judged('windows', 201, { headers: { 'x-wns-msg-id': '1F' } }).outcome, {
      kind: 'accepted',
      vendorId: '1F',
    });
    // A Location is a capability: who has it can take the message back.
    assert.deepEqual(judged('mozilla', 201, { headers: { location: 'https://x/m/secret' } }).outcome, {
      kind: 'accepted',
    });
  });

  it('says what was answered in one short line, but not in the words of a host that is nobody’s', () => {
    assert.deepEqual(judged('google', 403, { body: `<html>\n<b>${MISMATCH}</b>` }).outcome.detail, {
      status: 403,
      text: MISMATCH,
    });
    assert.deepEqual(judged('apple', 403, { body: { reason: 'BadJwtToken' } }).outcome.detail, {
      status: 403,
      code: 'BadJwtToken',
    });
    assert.equal(judged('google', 400, { body: 'x'.repeat(5_000) }).outcome.detail?.text?.length, 256);
    assert.deepEqual(judged('other', 403, { body: 'root:x:0:0' }).outcome.detail, { status: 403 });
    assert.deepEqual(judged('windows', 400, { headers: { 'x-wns-error-description': 'Ttl é' } }).outcome.detail, {
      status: 400,
      text: 'Ttl',
    });
  });

  it('tells the operator of what it does not know, and of redirects', () => {
    for (const [service, status] of [
      ['google', 301],
      ['google', 418],
      ['other', 406],
      ['apple', 405],
      ['other', 204],
    ] as const) {
      assert.equal(judged(service, status).isStrange, true, `${service} ${status}`);
    }
    for (const [service, status] of [
      ['google', 201],
      ['google', 400],
      ['google', 599],
      ['windows', 406],
    ] as const) {
      assert.equal(judged(service, status).isStrange, false, `${service} ${status}`);
    }
  });

  it('knows which answers speak about our credentials, and which another token may mend', () => {
    assert.equal(judged('google', 201).credentials, 'taken');
    assert.equal(judged('google', 401).credentials, 'refused');
    assert.equal(judged('google', 403, { body: MISMATCH }).credentials, 'unjudged');
    assert.equal(judged('google', 503).credentials, 'unjudged');
    assert.equal(judged('google', 403, { body: 'token has expired' }).isTokenStale, true);
    assert.equal(judged('apple', 403, { body: { reason: 'BadJwtToken' } }).isTokenStale, true);
    assert.equal(judged('google', 403, { body: 'invalid aud claim' }).isTokenStale, false);
    assert.equal(judged('google', 410, { body: 'subscription has expired' }).isTokenStale, false);
  });

  it('never throws, whatever the body holds', () => {
    for (const body of ['null', '[]', '7', '{"reason":7,"errno":"x","message":{}}', '\u0000\u0001', '<'.repeat(4096)]) {
      for (const service of ['google', 'mozilla', 'apple', 'windows', 'other'] as const) {
        assert.equal(judged(service, 400, { body }).outcome.kind, 'rejected');
      }
    }
  });
});
