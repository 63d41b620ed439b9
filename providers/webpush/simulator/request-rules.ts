/**
 * The rules for the headers of one request: RFC 8030 §5.2 to §5.4 and, for the body, RFC 8291 §4. Pure.
 */
import type { Complaint } from './complaint.js';
import type { PushServiceProfile } from './services/profile.js';

/** RFC 8030 §5.4: at most 32 characters of the URL-safe base64 alphabet. */
const TOPIC = /^[\w-]{1,32}$/;
/** RFC 8030 §5.3. */
const URGENCIES: readonly string[] = ['very-low', 'low', 'normal', 'high'];

export type RequestHeaders = Readonly<Record<string, string>>;

/** What is wrong with the headers and the length of the body, if anything. */
export function findFault(
  headers: RequestHeaders,
  bodyBytes: number,
  profile: PushServiceProfile,
): Complaint | undefined {
  return (
    faultOfTtl(headers, profile) ??
    faultOfUrgency(headers.urgency) ??
    faultOfTopic(headers.topic) ??
    faultOfBody(headers['content-encoding'], bodyBytes, profile)
  );
}

/** The TTL that the service grants, in seconds, for a request without a fault (RFC 8030 §5.2). */
export function grantedTtlSeconds(headers: RequestHeaders, profile: PushServiceProfile): number {
  return Math.min(Number(headers.ttl), profile.ttlSecondsMax);
}

function faultOfTtl(headers: RequestHeaders, profile: PushServiceProfile): Complaint | undefined {
  const { ttl } = headers;
  if (ttl === undefined || ttl === '') return 'no_ttl';
  if (/^-\d+$/.test(ttl)) return 'negative_ttl';
  if (!/^\d+$/.test(ttl)) return 'bad_ttl';
  const seconds = Number(ttl);
  if (profile.refusesLongTtl && seconds > profile.ttlSecondsMax) return 'ttl_too_long';
  const isConflict = profile.zeroTtlNeedsNoCache && seconds === 0 && headers['x-wns-cache-policy'] !== 'no-cache';
  return isConflict ? 'ttl_conflict' : undefined;
}

function faultOfUrgency(urgency: string | undefined): Complaint | undefined {
  // Words of an RFC's grammar are without case (RFC 5234 §2.3).
  return urgency === undefined || URGENCIES.includes(urgency.toLowerCase()) ? undefined : 'bad_urgency';
}

function faultOfTopic(topic: string | undefined): Complaint | undefined {
  return topic === undefined || TOPIC.test(topic) ? undefined : 'bad_topic';
}

function faultOfBody(encoding: string | undefined, bytes: number, profile: PushServiceProfile): Complaint | undefined {
  if (bytes > profile.bodyBytesMax) return 'too_large';
  // A push without a body wakes the service worker and says nothing; there is nothing to be encoded then.
  return bytes === 0 || encoding?.toLowerCase() === 'aes128gcm' ? undefined : 'bad_encoding';
}
