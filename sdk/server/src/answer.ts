import { type Fault, PealbellError } from './errors.js';
import type { Problem } from './openapi.js';
import { parseRetryAfter } from './pause.js';

/** Statuses that speak of the moment and not of the request. */
const PASSING = new Set([408, 429, 502, 503, 504]);
const TEXT_SHOWN_MAX = 200;

/**
 * What an answer other than 2xx says.
 *
 * @param call such as `POST /v1/messages`
 * @param text the whole body
 */
export function failureOf(call: string, response: Response, text: string, tries: number): PealbellError {
  const { status, headers } = response;
  const problem = readProblem(text);
  const told = {
    status,
    tries,
    requestId: problem?.request_id ?? headers.get('x-request-id') ?? undefined,
    retryAfterMs: parseRetryAfter(headers.get('retry-after')),
  };
  if (problem === undefined) {
    const place = headers.get('location');
    const detail =
      status >= 300 && status < 400
        ? `it leads to ${place}; give the client that address`
        : `no problem document: ${text.trim().slice(0, TEXT_SHOWN_MAX) || 'an empty body'}`;
    const sentence = `${call} was answered ${status} by something that is not the gateway: ${detail}`;
    return new PealbellError('unexpected_answer', sentence, { ...told, detail, retryable: PASSING.has(status) });
  }
  const { code, detail, title, errors } = problem;
  return new PealbellError(code, `${call}: ${status} ${code}: ${detail ?? title}${listed(errors)}`, {
    ...told,
    detail: detail ?? title,
    errors,
    retryable: PASSING.has(status) || code === 'idempotency_in_progress',
  });
}

/** Where no answer came at all; the reason that `fetch` hides is told. */
export function noAnswer(call: string, base: string, error: unknown, tries: number): PealbellError {
  const { message, cause } = error as Error; // What fetch throws is an error.
  const why = cause instanceof Error ? cause.message || (cause as { code?: string }).code : undefined;
  return new PealbellError('connection_failed', `${call}: no answer from ${base}: ${why ?? message}`, {
    retryable: true,
    tries,
    cause: error,
  });
}

function readProblem(text: string): Problem | undefined {
  try {
    const body = JSON.parse(text) as Partial<Problem> | null;
    return typeof body?.code === 'string' && typeof body.status === 'number' ? (body as Problem) : undefined;
  } catch {
    return undefined;
  }
}

const FAULTS_IN_MESSAGE = 3;

function listed(errors: readonly Fault[] | undefined): string {
  if (errors === undefined || errors.length === 0) return '';
  const shown = errors.slice(0, FAULTS_IN_MESSAGE).map((fault) => {
    const place = fault.pointer ?? fault.parameter;
    return place === undefined ? fault.detail : `${place} ${fault.detail}`;
  });
  const more = errors.length - shown.length;
  return ` (${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''})`;
}

/** An answer that is none of the gateway's, whatever its status says. */
export function notUnderstood(call: string, status: number, got: string): PealbellError {
  const detail = `not JSON: ${got.trim().slice(0, TEXT_SHOWN_MAX) || 'an empty body'}`;
  const sentence = `${call} was answered ${status} by something that is not the gateway: ${detail}`;
  return new PealbellError('unexpected_answer', sentence, { status, detail, retryable: false });
}

/** An answer that ended in the middle. */
export function brokeOff(call: string): PealbellError {
  return new PealbellError('connection_failed', `${call}: the answer broke off`, { retryable: true });
}
