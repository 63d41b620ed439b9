/**
 * Push services' answers to outcomes. Sources: RFC 8030 §5 and §7.3, RFC 8292 §4.2, autopush's error table (errno), Apple
 * "Sending web push notifications in web apps and browsers" (reason), the WNS response headers (X-WNS-*).
 */
import type { Outcome, RejectReason, VendorDetail } from '../contract.js';
import { retryAfterMs } from '../shared/retry-after.js';
import type { Answer } from '../shared/transport.js';
import type { ServiceName } from './push-service.js';

/**
 * `dead`: the subscription is gone. `wrong_app`: it was made with another key. `credential`: key, token or subject are
 * refused for certain. `refused`: credentials or subscription, the answer does not say which. `ours`: a fault of this
 * adapter. `again`: autopush invites an immediate repetition.
 */
type Row =
  | 'dead'
  | 'wrong_app'
  | 'credential'
  | 'refused'
  | 'payload'
  | 'too_large'
  | 'ours'
  | 'throttled'
  | 'again'
  | 'unavailable';

/** Apple's `reason`. */
const BY_REASON: Readonly<Record<string, Row>> = {
  BadAuthorizationHeader: 'credential',
  BadJwtToken: 'credential',
  BadVapidPublicKey: 'credential',
  VapidPkHashMismatch: 'wrong_app',
  BadPath: 'wrong_app', // an endpoint that never was one; a dead one is a 410
  MethodNotAllowed: 'ours',
  BadTtl: 'payload',
  BadUrgency: 'payload',
  BadWebPushRequest: 'payload',
  BadWebPushTopic: 'payload',
  PayloadTooLarge: 'too_large',
  TooManyRequests: 'throttled',
  IdleTimeout: 'unavailable',
  InternalServerError: 'unavailable',
  ServiceUnavailable: 'unavailable',
  Shutdown: 'unavailable',
};

/** Mozilla's `errno` where it says more than the status. */
const BY_ERRNO: Readonly<Record<number, Row>> = { 202: 'again' };

const BY_STATUS: Readonly<Record<number, Row>> = {
  400: 'payload',
  401: 'refused',
  403: 'refused',
  404: 'dead',
  405: 'ours',
  408: 'unavailable',
  410: 'dead',
  413: 'too_large',
  421: 'unavailable',
  425: 'unavailable',
  429: 'throttled',
};

/** The rows of the tables of reasons and statuses; each has its reading in `cures.ts`. */
export const ANSWERS_KNOWN: readonly string[] = [...Object.keys(BY_REASON), ...Object.keys(BY_STATUS)];

/** Texts beside a 401 or 403: Chromium's `web_push_common.cc` has those of Google. */
const KEY_OF_ANOTHER = /do(?:es)? not correspond|key mismatch|vapid.{0,20}mismatch/i;
const OUR_CREDENTIAL = /invalid jwt|public key must be|aud claim|exp claim|token has expired/i;
/** Of those, the ones that another token mends: the clock had been wrong when the first was signed. */
const STALE_TOKEN = /expired|exp claim|BadJwtToken/i;

export interface AnswerContext {
  readonly service: ServiceName;
  readonly nowMs: number;
  /** This key was taken before, and refusals since then are few: what is refused is the subscription. */
  readonly isKeyProven: boolean;
}

/** An outcome, and whether the operator should hear of it because it shows a fault of ours or an answer unknown to us. */
export interface Judgement {
  readonly outcome: Outcome;
  readonly isStrange: boolean;
  /** One of few values, for counting: whose answer, and its status. */
  readonly code: string;
  /** The service spoke about our credentials: taken, refused, or not a word. */
  readonly credentials: 'taken' | 'refused' | 'unjudged';
  /** A newly signed token may be taken. */
  readonly isTokenStale: boolean;
}

type Facts = Pick<Answer, 'status' | 'headers' | 'body'>;

/** What a refusal says, read without trust. */
interface Refusal {
  readonly reason?: string;
  readonly errno?: number;
  readonly text: string;
}

/** Never throws, whatever the body holds. */
export function judge(answer: Facts, { service, nowMs, isKeyProven }: AnswerContext): Judgement {
  const { status } = answer;
  const code = `${service} ${status}`;
  if (status >= 200 && status < 300) {
    const vendorId = one(answer.headers['apns-id']) ?? one(answer.headers['x-wns-msg-id']);
    return {
      outcome: { kind: 'accepted', ...(vendorId === undefined ? {} : { vendorId: vendorId.slice(0, 128) }) },
      isStrange: status > 202,
      code,
      credentials: 'taken',
      isTokenStale: false,
    };
  }
  const refusal = readRefusal(answer);
  const row = rowOf(status, service, refusal);
  const detail: VendorDetail = {
    status,
    ...(refusal.reason === undefined ? {} : { code: refusal.reason }),
    // A host that the operator added is not one whose words are handed on.
    ...(service === 'other' || refusal.text === '' ? {} : { text: refusal.text }),
  };
  return {
    outcome: { ...toOutcome(row, answer, nowMs, isKeyProven, service), detail },
    isStrange: row === 'ours' || (status >= 300 && status < 400) || (status >= 400 && !isKnown(status, service)),
    code,
    credentials: row === 'credential' || row === 'refused' ? 'refused' : 'unjudged',
    isTokenStale: row === 'credential' && STALE_TOKEN.test(`${refusal.reason} ${refusal.text}`),
  };
}

function rowOf(status: number, service: ServiceName, { reason, errno, text }: Refusal): Row {
  if (service === 'apple' && reason !== undefined && Object.hasOwn(BY_REASON, reason)) {
    return BY_REASON[reason] ?? 'payload';
  }
  if (service === 'mozilla' && errno !== undefined && Object.hasOwn(BY_ERRNO, errno)) {
    return BY_ERRNO[errno] ?? 'payload';
  }
  if (service === 'windows' && status === 406) return 'throttled';
  if (status === 401 || status === 403) {
    if (KEY_OF_ANOTHER.test(text)) return 'wrong_app';
    // Anybody may run a host that the operator lets in: its word alone does not stop the account.
    return service !== 'other' && OUR_CREDENTIAL.test(text) ? 'credential' : 'refused';
  }
  const row = BY_STATUS[status];
  if (row !== undefined) return row;
  if (status >= 500 || (status >= 300 && status < 400)) return 'unavailable';
  return 'payload';
}

function isKnown(status: number, service: ServiceName): boolean {
  return BY_STATUS[status] !== undefined || status >= 500 || (service === 'windows' && status === 406);
}

/**
 * All scopes are the target's: what a push service says holds for that service, and the account has others. Redirects
 * are never followed, so a moved endpoint waits until the browser hands in its new one.
 */
function toOutcome(
  row: Row,
  { status, headers }: Facts,
  nowMs: number,
  isKeyProven: boolean,
  service: ServiceName,
): Outcome {
  const given =
    status === 406 || status === 429 || status >= 500 ? retryAfterMs(headers['retry-after'], nowMs) : undefined;
  const wait = given === undefined ? {} : { retryAfterMs: given };
  switch (row) {
    case 'dead':
      return { kind: 'unregistered' };
    case 'wrong_app':
      return rejected('token_wrong_app');
    case 'refused':
      return isKeyProven ? rejected('token_wrong_app') : { kind: 'misconfigured', what: advice(status, service) };
    case 'credential':
      return { kind: 'misconfigured', what: advice(status, service) };
    case 'payload':
    case 'ours':
      return rejected('payload_rejected');
    case 'too_large':
      return rejected('payload_too_large');
    case 'throttled':
      return { kind: 'deferred', scope: 'target', reason: 'rate_limited', ...wait };
    case 'again':
      return { kind: 'deferred', scope: 'target', reason: 'provider_unavailable', retryAfterMs: given ?? 1_000 };
    case 'unavailable':
      return { kind: 'deferred', scope: 'target', reason: 'provider_unavailable', ...wait };
    default: {
      const never: never = row;
      return never;
    }
  }
}

function rejected(reason: RejectReason): Outcome {
  return { kind: 'rejected', reason };
}

const PLACES: Readonly<Record<ServiceName, string>> = {
  google: 'Google’s push service',
  mozilla: 'Mozilla’s push service',
  apple: 'Apple’s web push',
  windows: 'Microsoft’s push service',
  other: 'a push service of push_services',
};

function advice(status: number, service: ServiceName): string {
  const check = 'check keys and subject, and the clock of this machine';
  return `${PLACES[service]} refuses our VAPID credentials (${status}): ${check}`;
}

function readRefusal({ headers, body }: Facts): Refusal {
  const wns = one(headers['x-wns-error-description']) ?? one(headers['x-wns-status']);
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    return { text: printable(wns ?? body.toString('latin1', 0, 1024)) };
  }
  if (typeof parsed !== 'object' || parsed === null) return { text: printable(wns ?? '') };
  const { reason, errno, message } = parsed as Record<string, unknown>;
  const text = wns ?? (typeof message === 'string' ? message : '');
  return {
    ...(typeof reason === 'string' ? { reason: printable(reason).slice(0, 64) } : {}),
    ...(typeof errno === 'number' && Number.isSafeInteger(errno) ? { errno } : {}),
    text: printable(text),
  };
}

function one(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

/** At most 256 characters of one line, markup and control characters left out. */
function printable(text: string): string {
  return text
    .slice(0, 1024)
    .replace(/<[^<>]{0,200}>/g, ' ')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .slice(0, 256);
}
