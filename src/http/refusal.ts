import { type GatewayError, isGatewayError } from '../domain/errors.js';
import { countFaults, PROBLEMS, type Problem, type ProblemCode, problemOf, type RequestFault } from './problem.js';

/** The edge's own no: thrown while a request is read, answered as a problem. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ProblemCode;
  readonly faults: readonly RequestFault[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    detail: string,
    more: { readonly faults?: readonly RequestFault[]; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.code = code;
    this.faults = more.faults ?? [];
    this.headers = more.headers ?? {};
  }
}

/** A refusal that lists every fault of a request. */
export function invalid(faults: readonly RequestFault[]): Refusal {
  return new Refusal('validation_failed', countFaults(faults), { faults });
}

/** A problem and the headers that belong to it. */
export interface ProblemAnswer {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * What a caller is told of an error. Anything that is neither a refusal nor of the catalogue is a bare 500.
 */
export function problemAnswer(error: unknown, requestId: string): ProblemAnswer {
  if (error instanceof Refusal) {
    const problem = problemOf(error.code, requestId, { detail: error.message, faults: error.faults });
    return { problem, headers: { ...retryAfter(error.code), ...error.headers } };
  }
  if (isGatewayError(error)) {
    const problem = problemOf(error.code, requestId, { detail: gatewayDetail(error), faults: error.faults });
    return { problem, headers: retryAfter(error.code, error.retryAfterSeconds) };
  }
  return { problem: problemOf('internal_error', requestId), headers: {} };
}

/**
 * What the log is told of an unexpected error: its stack and those of its causes. Not its other properties: a
 * database's error carries the statement's parameters.
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? text : `${text}\ncaused by ${describeError(error.cause)}`;
}

function gatewayDetail(error: GatewayError): string {
  return error.code === 'validation_failed' && error.faults.length > 0 ? countFaults(error.faults) : error.message;
}

function retryAfter(code: ProblemCode, seconds?: number): Readonly<Record<string, string>> {
  const after = seconds ?? PROBLEMS[code].retryAfter;
  return after === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil(after))) };
}
