/** The answers that a fault asks for by status and reason, in the words of the endpoint that it strikes. */
import type { Fault } from '../../simulation.js';
import { type Answer, htmlAnswer, jsonAnswer, type Refusal, refusalAnswer } from './answers.js';

/** google.rpc.Code of an HTTP status, for reasons that do not say. */
const CANONICAL: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** What FCM says most often with a status. */
const USUAL_REASON: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'SENDER_ID_MISMATCH',
  404: 'UNREGISTERED',
  429: 'QUOTA_EXCEEDED',
  500: 'INTERNAL',
  502: 'html',
  503: 'UNAVAILABLE',
};

/** Statuses of google.rpc that are no codes of FCM: they come without FcmError. */
const CANONICAL_ONLY: ReadonlySet<string> = new Set([
  ...['ABORTED', 'ALREADY_EXISTS', 'CANCELLED', 'DATA_LOSS', 'DEADLINE_EXCEEDED', 'FAILED_PRECONDITION', 'NOT_FOUND'],
  ...['OUT_OF_RANGE', 'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'UNAUTHENTICATED', 'UNIMPLEMENTED', 'UNKNOWN'],
]);

const MESSAGES: Readonly<Record<string, string>> = {
  UNREGISTERED: 'Requested entity was not found.',
  NOT_FOUND: 'Requested entity was not found.',
  SENDER_ID_MISMATCH: 'SenderId mismatch',
  PERMISSION_DENIED: 'The caller does not have permission',
  UNAUTHENTICATED: 'Request had invalid authentication credentials.',
  THIRD_PARTY_AUTH_ERROR: 'Auth error from APNS or Web Push Service',
  INVALID_ARGUMENT: 'Request contains an invalid argument.',
  QUOTA_EXCEEDED: 'Quota exceeded.',
  RESOURCE_EXHAUSTED: 'Quota exceeded.',
  INTERNAL: 'Internal error encountered.',
  UNAVAILABLE: 'The service is currently unavailable.',
};

/** OAuth errors (RFC 6749 §5.2) by status; the 5xx words are Google's. */
const USUAL_OAUTH_ERROR: Readonly<Record<number, string>> = {
  400: 'invalid_grant',
  401: 'invalid_client',
  403: 'access_denied',
  429: 'rate_limit_exceeded',
  500: 'internal_failure',
  502: 'html',
  503: 'temporarily_unavailable',
};

type AskedAnswer = Fault & { readonly kind: 'answer' };

/**
 * FCM's answer for status and reason, 200 aside. The reason is one of
 *
 * - an FcmError code, known (`UNREGISTERED`) or not: with the detail FcmError;
 * - a google.rpc status that is no FcmError code (`NOT_FOUND`, `RESOURCE_EXHAUSTED`): without it;
 * - `bare STATUS`: without any detail, for names that are both (`bare UNAVAILABLE`);
 * - `CODE a.field` (`INVALID_ARGUMENT message.token`): with FcmError and with BadRequest on that field;
 * - `html`: a page instead of JSON.
 */
export function askedOfFcm(fault: AskedAnswer, status: number): Answer {
  const reason = fault.reason ?? USUAL_REASON[status] ?? CANONICAL[status] ?? 'html';
  const answer = reason === 'html' ? htmlAnswer(status) : { ...refusalAnswer(read(reason, status)), reason };
  return withRetryAfter(answer, fault);
}

/** The token endpoint's answer for status and reason, 200 aside. The reason is an OAuth error code, or `html`. */
export function askedOfOauth(fault: AskedAnswer, status: number): Answer {
  const error = fault.reason ?? USUAL_OAUTH_ERROR[status] ?? 'html';
  const answer =
    error === 'html' ? htmlAnswer(status) : jsonAnswer(status, error, { error, error_description: 'Asked for.' });
  return withRetryAfter(answer, fault);
}

function withRetryAfter(answer: Answer, { retryAfterSeconds }: AskedAnswer): Answer {
  return retryAfterSeconds === undefined ? answer : { ...answer, retryAfterSeconds };
}

function read(reason: string, status: number): Refusal {
  const [, bare, name = reason, field] = /^(bare )?(\S+)(?: (\S+))?$/.exec(reason) ?? [];
  const isCanonicalOnly = bare !== undefined || CANONICAL_ONLY.has(name);
  const canonical = isCanonicalOnly ? name : (CANONICAL[status] ?? 'UNKNOWN');
  const message = MESSAGES[name] ?? `${name}.`;
  const isQuota = bare === undefined && (name === 'QUOTA_EXCEEDED' || name === 'RESOURCE_EXHAUSTED');
  return {
    status,
    canonical,
    message,
    ...(isCanonicalOnly ? {} : { errorCode: name }),
    ...(field === undefined ? {} : { violations: [{ field, description: message }] }),
    ...(isQuota ? { quota: { subject: 'project', description: 'Messages per minute' } } : {}),
  };
}
