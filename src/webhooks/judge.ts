import type { EpochMs } from '../domain/time.js';
import type { Posted } from '../egress/post.js';
import { retryAfterMs } from './retry-after.js';

/** What an attempt means for its call. */
export type Judgement =
  | { readonly kind: 'delivered' }
  /** The receiver wants neither this call again nor any hurt to come of it. */
  | { readonly kind: 'skipped'; readonly why: string }
  /** There is nothing left to send. */
  | { readonly kind: 'lost'; readonly why: string }
  /** The receiver wants no calls any more. */
  | { readonly kind: 'gone'; readonly why: string }
  /** `slowDownMs`: nothing is to come for so long. */
  | { readonly kind: 'failed'; readonly why: string; readonly slowDownMs?: number };

/** Where a receiver that is overloaded names no time. */
const SLOW_DOWN_MS = 60_000;
const OVERLOADED = new Set([429, 502, 503, 504]);
/** Said by a receiver that has seen enough of a call. */
const ABORT_HEADER = 'webhook-delivery';
const ABORT = 'abort-message';

/** Only 2xx is success (Standard Webhooks 1.0, "HTTP responses"). */
export function judge(result: Exclude<Posted, { kind: 'aborted' }>, now: EpochMs): Judgement {
  if (result.kind === 'failed') return { kind: 'failed', why: result.sentence };
  const { status, headers } = result;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const said = headers[ABORT_HEADER];
  if (typeof said === 'string' && said.trim().toLowerCase() === ABORT) {
    return { kind: 'skipped', why: `it answered ${status} and asked for this call not to come again` };
  }
  if (status === 410) return { kind: 'gone', why: 'it answered 410 Gone: it wants no calls any more' };
  if (OVERLOADED.has(status)) {
    const slowDownMs = retryAfterMs(headers['retry-after'], now) ?? SLOW_DOWN_MS;
    return { kind: 'failed', why: `it answered ${status}`, slowDownMs };
  }
  const isRedirect = status >= 300 && status < 400;
  return { kind: 'failed', why: `it answered ${status}${isRedirect ? ', a redirect, which is not followed' : ''}` };
}
