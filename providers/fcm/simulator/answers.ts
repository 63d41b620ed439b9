/**
 * What Google answers: the error bodies of google.rpc.Status with and without their details, and the HTML pages of
 * the front end that stands before every API. Pure.
 *
 * Source: FCM v1 reference, "ErrorCode" and "FcmError"; google.rpc.BadRequest and QuotaFailure (googleapis,
 * `error_details.proto`); statuses of google.rpc.Code.
 */

const FCM_ERROR = 'type.googleapis.com/google.firebase.fcm.v1.FcmError';
const BAD_REQUEST = 'type.googleapis.com/google.rpc.BadRequest';
const QUOTA_FAILURE = 'type.googleapis.com/google.rpc.QuotaFailure';
const JSON_TYPE = 'application/json; charset=UTF-8';

/** One mistake of a request; `field` is a path such as `message.android.ttl`. */
export interface Violation {
  readonly field: string;
  readonly description: string;
}

/** A refusal as google.rpc.Status tells it. */
export interface Refusal {
  /** HTTP status. */
  readonly status: number;
  /** The name of the google.rpc.Code. */
  readonly canonical: string;
  /** FCM's own code; the detail FcmError is left out when absent. */
  readonly errorCode?: string;
  readonly message: string;
  /** Makes the detail BadRequest. */
  readonly violations?: readonly Violation[];
  /** Makes the detail QuotaFailure. */
  readonly quota?: { readonly subject: string; readonly description: string };
}

/** What will be answered to one request. */
export interface Answer {
  readonly status: number;
  /** The ledger's word for it; `null` for a success. */
  readonly reason: string | null;
  readonly contentType: string;
  readonly body: string;
  readonly retryAfterSeconds?: number;
}

export function jsonAnswer(status: number, reason: string | null, body: unknown): Answer {
  return { status, reason, contentType: JSON_TYPE, body: `${JSON.stringify(body, null, 2)}\n` };
}

/** The one success of the send endpoint. `name`: `projects/…/messages/…`. */
export function acceptance(name: string): Answer {
  return { status: 200, reason: null, contentType: JSON_TYPE, body: `{\n  "name": ${JSON.stringify(name)}\n}\n` };
}

export function refusalAnswer(refusal: Refusal): Answer {
  const { status, canonical, errorCode, message, violations, quota } = refusal;
  const details = [
    ...(errorCode === undefined ? [] : [{ '@type': FCM_ERROR, errorCode }]),
    ...(violations === undefined ? [] : [{ '@type': BAD_REQUEST, fieldViolations: violations }]),
    ...(quota === undefined ? [] : [{ '@type': QUOTA_FAILURE, violations: [quota] }]),
  ];
  const error = { code: status, message, status: canonical, ...(details.length === 0 ? {} : { details }) };
  return jsonAnswer(status, errorCode ?? canonical, { error });
}

/** A page for people, as the front end shows when no API took the request. */
export function htmlAnswer(status: number): Answer {
  const title = status === 404 ? 'Not Found' : 'Server Error';
  return {
    status,
    reason: 'html',
    contentType: 'text/html; charset=UTF-8',
    body: `<!DOCTYPE html>\n<html lang=en>\n<title>Error ${status} (${title})!!1</title>\n<p><b>${status}.</b> ${title}.\n`,
  };
}

/** `INVALID_ARGUMENT` from the reading of the JSON, before FCM itself sees the message: no FcmError. */
export function unreadable(violations: readonly Violation[]): Refusal {
  return {
    status: 400,
    canonical: 'INVALID_ARGUMENT',
    message: violations.map(({ description }) => description).join('\n'),
    violations,
  };
}

/** `INVALID_ARGUMENT` from FCM itself; the field is named where there is one. */
export function invalidArgument(message: string, field?: string): Refusal {
  return {
    status: 400,
    canonical: 'INVALID_ARGUMENT',
    errorCode: 'INVALID_ARGUMENT',
    message,
    ...(field === undefined ? {} : { violations: [{ field, description: message }] }),
  };
}
