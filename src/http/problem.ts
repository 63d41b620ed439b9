import type { ErrorCode, FieldFault } from '../domain/errors.js';

/** Codes that only the HTTP edge itself gives. */
export type EdgeCode =
  | 'malformed_json'
  | 'malformed_request'
  | 'unauthorized'
  | 'missing_scope'
  | 'token_refused'
  | 'token_expired'
  | 'access_revoked'
  | 'foreign_origin'
  | 'not_theirs'
  | 'unknown_device'
  | 'no_realtime'
  | 'draining'
  | 'upgrade_required'
  | 'too_many_connections'
  | 'replaced'
  | 'app_mismatch'
  | 'test_keys_off'
  | 'simulators_unreachable'
  | 'app_required'
  | 'app_not_found'
  | 'provider_not_found'
  | 'channel_not_found'
  | 'webhook_not_found'
  | 'webhook_delivery_not_found'
  | 'webhook_in_file'
  | 'too_many_webhooks'
  | 'too_many_secrets'
  | 'vendor_refused'
  | 'vendor_unreachable'
  | 'not_found'
  | 'method_not_allowed'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'headers_too_large'
  | 'request_timeout'
  | 'rate_limited'
  | 'config_refused'
  | 'internal_error';
export type ProblemCode = ErrorCode | EdgeCode;

interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** Seconds after which another try makes sense, where the error itself names none. */
  readonly retryAfter?: number;
}

/** The one table from codes to HTTP statuses. */
export const PROBLEMS: Readonly<Record<ProblemCode, ProblemKind>> = {
  malformed_json: { status: 400, title: 'Body is not valid JSON' },
  malformed_request: { status: 400, title: 'Request is malformed' },
  unauthorized: { status: 401, title: 'A valid server key is needed' },
  token_refused: { status: 401, title: 'The access token is not good' },
  token_expired: { status: 401, title: 'The access token has expired' },
  missing_scope: { status: 403, title: 'The key or access token lacks a scope' },
  access_revoked: { status: 403, title: 'The access was revoked' },
  foreign_origin: { status: 403, title: 'Pages of this origin may not call here' },
  not_theirs: { status: 403, title: 'The device belongs to another user' },
  app_mismatch: { status: 403, title: 'The server key belongs to another app' },
  test_keys_off: { status: 403, title: 'Test keys are switched off here' },
  not_found: { status: 404, title: 'There is nothing here' },
  app_not_found: { status: 404, title: 'There is no such app' },
  provider_not_found: { status: 404, title: 'There is no such provider' },
  channel_not_found: { status: 404, title: 'There is no such broadcast channel' },
  webhook_not_found: { status: 404, title: 'There is no such webhook endpoint' },
  webhook_delivery_not_found: { status: 404, title: 'There is no such webhook delivery' },
  message_not_found: { status: 404, title: 'There is no such message' },
  unknown_device: { status: 404, title: 'The device is not registered' },
  no_realtime: { status: 404, title: 'The app has no realtime road' },
  device_not_found: { status: 404, title: 'There is no such device' },
  user_not_found: { status: 404, title: 'There is no such user' },
  key_not_found: { status: 404, title: 'There is no such key' },
  method_not_allowed: { status: 405, title: 'Method is not allowed here' },
  replaced: { status: 409, title: 'A newer connection of the device is there' },
  request_timeout: { status: 408, title: 'The body did not arrive in time' },
  webhook_in_file: { status: 409, title: 'The webhook endpoint stands in a file' },
  too_many_webhooks: { status: 409, title: 'The app has as many webhook endpoints as it may' },
  too_many_secrets: { status: 409, title: 'The webhook endpoint has as many secrets as it may' },
  idempotency_in_progress: { status: 409, title: 'A request with this key is still running', retryAfter: 1 },
  payload_too_large: { status: 413, title: 'Body is too large' },
  unsupported_media_type: { status: 415, title: 'Body has an unsupported type' },
  validation_failed: { status: 422, title: 'Request is not valid' },
  app_required: { status: 422, title: 'The app must be named' },
  idempotency_mismatch: { status: 422, title: 'The key was used with another body' },
  config_refused: { status: 422, title: 'The configuration is faulty and changes nothing' },
  audience_too_large: { status: 422, title: 'The audience is too large' },
  vendor_refused: { status: 422, title: 'The vendor refuses' },
  upgrade_required: { status: 426, title: 'This speaks WebSocket only' },
  too_many_connections: { status: 429, title: 'This address has too many connections', retryAfter: 10 },
  rate_limited: { status: 429, title: 'This key asks too much', retryAfter: 1 },
  headers_too_large: { status: 431, title: 'Headers are too large' },
  internal_error: { status: 500, title: 'Something went wrong here' },
  store_locked: { status: 500, title: 'Something went wrong here' },
  bus_unavailable: { status: 500, title: 'Something went wrong here' },
  store_corrupt: { status: 500, title: 'Something went wrong here' },
  config_invalid: { status: 500, title: 'Something went wrong here' },
  draining: { status: 503, title: 'This process is shutting down', retryAfter: 1 },
  overloaded: { status: 503, title: 'Too much is going on', retryAfter: 1 },
  disk_full: { status: 503, title: 'The disk is nearly full', retryAfter: 60 },
  store_unavailable: { status: 503, title: 'The store does not answer', retryAfter: 5 },
  queue_unavailable: { status: 503, title: 'The queue does not answer', retryAfter: 5 },
  vendor_unreachable: { status: 503, title: 'The vendor does not answer', retryAfter: 5 },
  simulators_unreachable: { status: 503, title: 'The simulators do not answer', retryAfter: 5 },
  shutting_down: { status: 503, title: 'This process is shutting down', retryAfter: 1 },
};

/** Codes that a caller can meet; what else there is, a caller sees as `internal_error`. */
export const PUBLIC_CODES: readonly ProblemCode[] = (Object.keys(PROBLEMS) as ProblemCode[]).filter(
  (code) => PROBLEMS[code].status !== 500 || code === 'internal_error',
);

/** A fault of a field of the body, or of a parameter of the path, the query or the headers. */
export type RequestFault =
  | FieldFault
  /** `parameter` is a name as OpenAPI gives it, such as `limit` or `Idempotency-Key`. */
  | { readonly parameter: string; readonly code: string; readonly detail: string }
  /** Of something that is not in the request at all, such as a file. */
  | { readonly parameter?: undefined; readonly code: string; readonly detail: string };

/** A problem document, RFC 9457 §3. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail?: string;
  readonly request_id: string;
  readonly errors?: readonly RequestFault[];
}

/** How many faults are written out; a body can have a hundred thousand of them. */
const FAULTS_MAX = 100;

/**
 * Makes the problem document of a code. A 500 never says more than its title: its text goes to the log.
 *
 * @param requestId the id that is also in the log
 */
export function problemOf(
  code: ProblemCode,
  requestId: string,
  details: { readonly detail?: string; readonly faults?: readonly RequestFault[] } = {},
): Problem {
  const { status, title } = PROBLEMS[code];
  const faults = details.faults ?? [];
  const known = status === 500 ? 'internal_error' : code;
  return {
    type: `/problems/${known}`,
    title,
    status,
    code: known,
    ...(status === 500 || details.detail === undefined ? {} : { detail: details.detail }),
    request_id: requestId,
    ...(faults.length === 0 || status === 500 ? {} : { errors: faults.slice(0, FAULTS_MAX) }),
  };
}

/** The sentence above a list of faults. */
export function countFaults(faults: readonly RequestFault[]): string {
  if (faults.length === 1) return '1 field is wrong';
  const listed = faults.length > FAULTS_MAX ? `; the first ${FAULTS_MAX} are listed` : '';
  return `${faults.length} fields are wrong${listed}`;
}
