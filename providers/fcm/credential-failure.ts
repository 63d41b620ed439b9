/**
 * Why no access token could be had, as an outcome for everything that waits for one. Sources: RFC 6749
 * §5.2 (error codes of a token endpoint), Google, "Using OAuth 2.0 for server to server applications".
 */
import type { Outcome } from '../contract.js';
import { retryAfterMs } from '../shared/retry-after.js';
import { clockSkewHint } from './clock-skew.js';

/** What the SDK's HTTP client leaves on its errors; read without trust. */
interface Failure {
  readonly message: string;
  readonly status?: number;
  readonly header: (name: string) => string | undefined;
  /** RFC 6749 §5.2 `error`, such as `invalid_grant`. */
  readonly code?: string;
  readonly description?: string;
  /** The request left, or was about to: the network or the peer failed, not our settings. */
  readonly isOfNetwork: boolean;
}

/** Never throws, whatever was thrown. */
export function credentialFailure(error: unknown, nowMs: number): Outcome {
  const failure = read(error);
  const { status, code } = failure;
  const detail = {
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code }),
    text: printable(failure.description ?? failure.message),
  };
  if (status === undefined) {
    if (failure.isOfNetwork) return { kind: 'deferred', scope: 'account', reason: 'provider_unavailable', detail };
    return { kind: 'misconfigured', what: `Google credentials cannot be used: ${detail.text}`, detail };
  }
  const given = retryAfterMs(failure.header('retry-after'), nowMs);
  const wait = given === undefined ? {} : { retryAfterMs: given };
  if (status === 429) return { kind: 'deferred', scope: 'account', reason: 'rate_limited', ...wait, detail };
  // 2xx: an answer without a token in it, as a captive proxy gives.
  if (status >= 500 || status === 408 || status < 300) {
    return { kind: 'deferred', scope: 'account', reason: 'provider_unavailable', ...wait, detail };
  }
  const said = code === undefined ? String(status) : `${status} ${code}: ${detail.text}`;
  const hint = clockSkewHint(failure.header('date'), nowMs);
  return { kind: 'misconfigured', what: `Google gives no access token (${said})${hint}`, detail };
}

/** A stay of the request that this side cut short. */
export class TokenTimeoutError extends Error {
  override readonly name = 'TokenTimeoutError';
}

/** An answer of the token endpoint that holds no token with a life time. */
export class NoTokenError extends Error {
  override readonly name = 'NoTokenError';
}

function read(error: unknown): Failure {
  const none = () => undefined;
  if (!(error instanceof Error)) return { message: String(error), header: none, isOfNetwork: false };
  const { message } = error;
  if (error instanceof TokenTimeoutError || error instanceof NoTokenError) {
    return { message, header: none, isOfNetwork: true };
  }
  const response: unknown = Reflect.get(error, 'response');
  if (typeof response !== 'object' || response === null) {
    // Its HTTP client keeps the request on every error of its own.
    return { message, header: none, isOfNetwork: typeof Reflect.get(error, 'config') === 'object' };
  }
  const { status, headers, data } = response as Record<string, unknown>;
  const body: Record<string, unknown> = typeof data === 'object' && data !== null ? { ...data } : {};
  return {
    message,
    ...(typeof status === 'number' ? { status } : {}),
    header: (name) => fieldOf(headers, name),
    ...(typeof body.error === 'string' ? { code: printable(body.error).slice(0, 64) } : {}),
    ...(typeof body.error_description === 'string' ? { description: body.error_description } : {}),
    isOfNetwork: true,
  };
}

/** The SDK brings a `Headers` class of its own, which is not the platform's. */
function fieldOf(headers: unknown, name: string): string | undefined {
  if (typeof headers !== 'object' || headers === null || !('get' in headers)) return undefined;
  const value: unknown = typeof headers.get === 'function' ? headers.get(name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** At most 256 characters, whatever came. */
function printable(text: string): string {
  return text.slice(0, 256).replace(/[^\x20-\x7e]/g, '?');
}
