/**
 * The whole catalogue of what the house itself throws. A code is stable; a message says what to do
 * next. Codes become HTTP statuses in one table, `src/http/problem.ts`.
 */
export type ErrorCode =
  | 'validation_failed'
  | 'idempotency_mismatch'
  | 'idempotency_in_progress'
  | 'audience_too_large'
  | 'message_not_found'
  | 'device_not_found'
  | 'user_not_found'
  | 'key_not_found'
  | 'overloaded'
  | 'disk_full'
  | 'store_unavailable'
  | 'queue_unavailable'
  | 'bus_unavailable'
  | 'store_locked'
  | 'store_corrupt'
  | 'config_invalid'
  | 'shutting_down';

/** One fault of one field. `pointer` is a JSON pointer into the request body (RFC 6901). */
export interface FieldFault {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode;
  readonly faults: readonly FieldFault[];
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    details: { cause?: unknown; faults?: readonly FieldFault[]; retryAfterSeconds?: number } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.faults = details.faults ?? [];
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

export function isGatewayError(error: unknown, code?: ErrorCode): error is GatewayError {
  return error instanceof GatewayError && (code === undefined || error.code === code);
}
