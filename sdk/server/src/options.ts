import type { PealbellError } from './errors.js';

/** How to reach a gateway. */
export interface PealbellOptions {
  /** Address of the gateway, such as `https://push.example.com`; a path in front of `/v1` may follow. */
  readonly url: string | URL;
  /** A server key: `pealbell_key_…`, or `pealbell_test_…` which reaches only simulators. */
  readonly key: string;
  /** The app; needed only with a key that is not bound to one. */
  readonly app?: string;
  /** Milliseconds for one try, from the request to the end of its answer. Default 30,000. */
  readonly timeoutMs?: number;
  /** How often a call that failed for a passing reason is tried again. Default 4; 0 tries everything once. */
  readonly retries?: number;
  /** The longest wait between two tries; a `Retry-After` beyond it ends the call. Default 30,000 ms. */
  readonly maxRetryWaitMs?: number;
  /** Headers of every request, such as those of a proxy on the way. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Used instead of the global `fetch`, for a proxy, a certificate authority of your own, or a test. */
  readonly fetch?: typeof fetch;
  /** Told before each wait for another try; for a log. */
  readonly onRetry?: (retry: Retry) => void;
}

/** A call that failed for a passing reason and will be tried again. */
export interface Retry {
  /** Such as `POST /v1/messages`. */
  readonly call: string;
  readonly error: PealbellError;
  /** Tries so far. */
  readonly tries: number;
  readonly delayMs: number;
}

/** What can be said of any call. */
export interface CallOptions {
  /** Ends the call; it rejects with the signal's reason. What the gateway has accepted stays accepted. */
  readonly signal?: AbortSignal;
  /** As of the client, for this call. */
  readonly timeoutMs?: number;
  /** As of the client, for this call. */
  readonly retries?: number;
  /** More headers for this call, such as `traceparent` or `X-Request-Id`. */
  readonly headers?: Readonly<Record<string, string>>;
}
