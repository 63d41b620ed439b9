import assert from 'node:assert/strict';
import { GatewayError } from '../../../src/domain/errors.js';
import { PROBLEMS, type ProblemCode } from '../../../src/http/problem.js';
import { invalid, problemAnswer, Refusal } from '../../../src/http/refusal.js';

const table: Readonly<Record<ProblemCode, number>> = {
  malformed_json: 400,
  malformed_request: 400,
  unauthorized: 401,
  token_refused: 401,
  token_expired: 401,
  missing_scope: 403,
  access_revoked: 403,
  foreign_origin: 403,
  not_theirs: 403,
  app_mismatch: 403,
  test_keys_off: 403,
  not_found: 404,
  app_not_found: 404,
  provider_not_found: 404,
  channel_not_found: 404,
  webhook_not_found: 404,
  webhook_delivery_not_found: 404,
  message_not_found: 404,
  unknown_device: 404,
  no_realtime: 404,
  device_not_found: 404,
  user_not_found: 404,
  key_not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  webhook_in_file: 409,
  too_many_webhooks: 409,
  too_many_secrets: 409,
  idempotency_in_progress: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  validation_failed: 422,
  app_required: 422,
  idempotency_mismatch: 422,
  config_refused: 422,
  audience_too_large: 422,
  vendor_refused: 422,
  upgrade_required: 426,
  too_many_connections: 429,
  rate_limited: 429,
  headers_too_large: 431,
  internal_error: 500,
  store_locked: 500,
  bus_unavailable: 500,
  store_corrupt: 500,
  config_invalid: 500,
  draining: 503,
  replaced: 409,
  overloaded: 503,
  disk_full: 503,
  store_unavailable: 503,
  queue_unavailable: 503,
  shutting_down: 503,
  vendor_unreachable: 503,
  simulators_unreachable: 503,
};

describe('the problem of an error', () => {
  it('has the status of its code', () => {
    const statuses = Object.entries(PROBLEMS).map(([code, { status }]) => [code, status]);
    assert.deepEqual(Object.fromEntries(statuses), table);
  });

  it('has the shape of RFC 9457 with code and request id', () => {
    const { problem } = problemAnswer(new GatewayError('audience_too_large', '5,001 devices'), 'req_1');
    assert.deepEqual(problem, {
      type: '/problems/audience_too_large',
      title: 'The audience is too large',
      status: 422,
      code: 'audience_too_large',
      detail: '5,001 devices',
      request_id: 'req_1',
    });
  });

  it('lists the faults and counts them', () => {
    const faults = [{ pointer: '/to', code: 'required', detail: 'is required' }];
    const fromDomain = problemAnswer(new GatewayError('validation_failed', 'no', { faults }), 'r').problem;
    assert.equal(fromDomain.detail, '1 field is wrong');
    assert.deepEqual(fromDomain.errors, faults);
    assert.deepEqual(problemAnswer(invalid(faults), 'r').problem, fromDomain);
  });

  it('writes out the first hundred faults of many', () => {
    const faults = Array.from({ length: 5_000 }, (_, i) => ({ pointer: `/${i}`, code: 'x', detail: 'x' }));
    const { problem } = problemAnswer(invalid(faults), 'r');
    assert.equal(problem.errors?.length, 100);
    assert.equal(problem.detail, '5000 fields are wrong; the first 100 are listed');
  });

  it('says nothing of an unexpected error but that there was one', () => {
    for (const error of [
      new Error('password=x'),
      'text',
      undefined,
      new GatewayError('store_corrupt', '/var/secret'),
    ]) {
      const { problem } = problemAnswer(error, 'req_2');
      assert.deepEqual(problem, {
        type: '/problems/internal_error',
        title: 'Something went wrong here',
        status: 500,
        code: 'internal_error',
        request_id: 'req_2',
      });
    }
  });

  it('says when to come back: what the error names, rounded up, else what the table names', () => {
    const retryAfter = (error: unknown) => problemAnswer(error, 'r').headers['Retry-After'];
    assert.equal(retryAfter(new GatewayError('overloaded', 'x', { retryAfterSeconds: 2.2 })), '3');
    assert.equal(retryAfter(new GatewayError('overloaded', 'x', { retryAfterSeconds: 0 })), '1');
    assert.equal(retryAfter(new GatewayError('idempotency_in_progress', 'x')), '1');
    for (const code of Object.keys(table) as ProblemCode[]) {
      if (table[code] === 503) assert.ok(retryAfter(new Refusal(code, 'x')), code);
    }
    assert.equal(retryAfter(new GatewayError('message_not_found', 'x')), undefined);
  });
});
