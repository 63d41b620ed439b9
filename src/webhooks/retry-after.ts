import type { EpochMs } from '../domain/time.js';

const WAIT_MAX_MS = 24 * 3_600_000;

/**
 * Milliseconds that a `Retry-After` header asks for (RFC 9110 §10.2.3: seconds, or a date), 24 h at most; undefined where it
 * is absent or says nothing that can be understood.
 */
export function retryAfterMs(header: string | undefined, now: EpochMs): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const wait = /^\d{1,15}$/.test(text) ? Number(text) * 1_000 : dateOf(text) - now;
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), WAIT_MAX_MS) : undefined;
}

/** Only the forms of an HTTP date: `Date.parse` alone would take a bare year, or a negative number, for a time. */
function dateOf(text: string): number {
  return /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text) ? Date.parse(text) : Number.NaN;
}
