import { newId, type RandomBytes } from '../domain/ids.js';
import type { Clock } from '../domain/time.js';

const ACCEPTABLE = /^[A-Za-z0-9._:-]{1,128}$/;
/** W3C Trace Context §3.2: version 00, neither id all zeros. */
const TRACE_PARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The caller's `X-Request-Id` when it is harmless in a log line and a header, else a new `req_` id. */
export function requestIdFrom(header: string | undefined, clock: Clock, random: RandomBytes): string {
  return header !== undefined && ACCEPTABLE.test(header) ? header : newId('req', clock.now(), random);
}

/** The trace a request belongs to, from `traceparent`; an invalid header counts as none (W3C Trace Context §3.2.2.6). */
export function traceIdFrom(header: string | undefined): string | undefined {
  return header === undefined ? undefined : TRACE_PARENT.exec(header)?.[1];
}
