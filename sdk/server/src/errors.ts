import type { Problem } from './openapi.js';

/** Codes of the gateway's problems; each has a page at `/problems/{code}` of the gateway. */
export type ProblemCode = Problem['code'];

/**
 * What this client says by itself:
 *
 * - `connection_failed`: no answer, or one that broke off
 * - `timeout`: no answer in `timeoutMs`, or {@link Messages.wait} waited as long as it was told to
 * - `unexpected_answer`: something answered that is not the gateway, such as a proxy on the way
 */
export type ClientCode = 'connection_failed' | 'timeout' | 'unexpected_answer';

/** Everything `error.code` can be. A newer gateway may have more: keep a default branch. */
export type ErrorCode = ProblemCode | ClientCode;

/** One fault of a request: where it is, and what to do about it. */
export type Fault = NonNullable<Problem['errors']>[number];

/** What an error is made of. */
export interface ErrorDetails {
  readonly status?: number | undefined;
  readonly detail?: string | undefined;
  readonly errors?: readonly Fault[] | undefined;
  readonly requestId?: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs?: number | undefined;
  readonly tries?: number | undefined;
  readonly cause?: unknown;
}

/**
 * Every failure of a call. (An aborted call rejects with its signal's reason instead, as `fetch` does.)
 *
 * @example
 * ```ts
 * try {
 *   await pealbell.messages.send(message);
 * } catch (error) {
 *   if (!(error instanceof PealbellError)) throw error;
 *   switch (error.code) {
 *     case 'validation_failed':
 *       for (const fault of error.errors) console.error(fault.pointer, fault.detail);
 *       break;
 *     case 'audience_too_large':
 *       break;
 *     default:
 *       console.error(`${error.message} (request ${error.requestId})`);
 *   }
 * }
 * ```
 */
export class PealbellError extends Error {
  override readonly name = 'PealbellError';
  /** What happened, as one word; the union of all there are is {@link ErrorCode}. */
  readonly code: ErrorCode;
  /** HTTP status of the answer; `undefined` where there was none. */
  readonly status: number | undefined;
  /** The gateway's sentence about it. */
  readonly detail: string | undefined;
  /** Every fault of the request, each with a JSON pointer into it; empty for other failures. */
  readonly errors: readonly Fault[];
  /** Id of the request, which is in the gateway's log too. */
  readonly requestId: string | undefined;
  /** Whether the same call may succeed later. It has been tried `tries` times already. */
  readonly retryable: boolean;
  /** What `Retry-After` said, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** How often it was tried. */
  readonly tries: number;

  constructor(code: ErrorCode, message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.status = details.status;
    this.detail = details.detail;
    this.errors = details.errors ?? [];
    this.requestId = details.requestId;
    this.retryable = details.retryable;
    this.retryAfterMs = details.retryAfterMs;
    this.tries = details.tries ?? 1;
  }
}

/**
 * Whether something that was caught is a failure of the API, of a certain code if one is named.
 *
 * @example
 * ```ts
 * const device = await pealbell.devices.get('phone1').catch((error) => {
 *   if (isPealbellError(error, 'device_not_found')) return undefined;
 *   throw error;
 * });
 * ```
 */
export function isPealbellError(error: unknown, code?: ErrorCode): error is PealbellError {
  return error instanceof PealbellError && (code === undefined || error.code === code);
}
