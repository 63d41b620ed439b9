/**
 * FCM answers to outcomes, by the raw answer alone. Sources: Firebase, "FCM error codes" (ErrorCode) and
 * "Best practices when sending at scale"; google.rpc.Code.
 */
import type { Outcome, VendorDetail } from '../contract.js';
import { retryAfterMs } from '../shared/retry-after.js';
import type { Answer } from '../shared/transport.js';
import { field, printable, type Refusal, readName, readRefusal } from './answer.js';
import { clockSkewHint } from './clock-skew.js';

/** Firebase: a 429 without `Retry-After` is answered with a pause of a minute. */
const QUOTA_PAUSE_MS = 60_000;

/**
 * `dead`: the address is gone. `wrong_app`: the address is another project's, or none. `argument`: a
 * mistake of the address or of the payload; which one, the details say. `config`: credentials or setup.
 * `quota`: the project's limit or the device's.
 */
type Row =
  | 'dead'
  | 'wrong_app'
  | 'argument'
  | 'payload'
  | 'too_large'
  | 'config'
  | 'quota'
  | 'target_unavailable'
  | 'unavailable';

/** What FCM itself says, by status and `FcmError.errorCode`. */
const BY_CODE: Readonly<Record<string, Row>> = {
  '400 INVALID_ARGUMENT': 'argument',
  '401 THIRD_PARTY_AUTH_ERROR': 'config',
  '401 APNS_AUTH_ERROR': 'config', // its older name
  '403 SENDER_ID_MISMATCH': 'wrong_app',
  '404 UNREGISTERED': 'dead',
  '429 QUOTA_EXCEEDED': 'quota',
  '500 INTERNAL': 'target_unavailable',
  '500 UNSPECIFIED_ERROR': 'target_unavailable',
  '503 UNAVAILABLE': 'unavailable',
};

/** Without such a detail, by status alone: the front end, a proxy, or a code unknown to us. Never `dead`. */
const BY_STATUS: Readonly<Record<number, Row>> = {
  400: 'argument',
  401: 'config', // once `provider.ts` has tried a newer access token
  403: 'config',
  404: 'config', // no such project, or no such path
  407: 'config',
  408: 'target_unavailable',
  413: 'too_large',
  421: 'target_unavailable',
  425: 'target_unavailable',
  429: 'quota',
  499: 'target_unavailable',
  500: 'target_unavailable',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
};

/** The rows of both tables: status and code, and statuses; each has its reading in `cures.ts`. */
export const ANSWERS_KNOWN: readonly string[] = [...Object.keys(BY_CODE), ...Object.keys(BY_STATUS)];

/** An outcome, and whether the operator should hear of it because it is an answer unknown to us. */
export interface Judgement {
  readonly outcome: Outcome;
  readonly isStrange: boolean;
  /** One of few values, for counting: a known code or a status. */
  readonly code: string;
}

type Heard = Pick<Answer, 'status' | 'headers' | 'body' | 'complete'>;

/** The access token was refused, and not the credentials that Firebase holds for Apple and the browsers. */
export function isTokenRefused({ status, body }: Heard): boolean {
  if (status !== 401) return false;
  const { errorCode } = readRefusal(body);
  return errorCode === undefined || BY_CODE[`401 ${errorCode}`] === undefined;
}

export function judge(answer: Heard, nowMs: number): Judgement {
  const { status } = answer;
  if (status >= 200 && status < 300) return judgeAcceptance(answer);
  const refusal = readRefusal(answer.body);
  const { errorCode } = refusal;
  const key = `${status} ${errorCode}`;
  const known = Object.hasOwn(BY_CODE, key) ? BY_CODE[key] : undefined;
  const row = known ?? unknownRow(answer, refusal);
  const code = errorCode ?? refusal.reason ?? refusal.status;
  const text = refusal.message ?? refusal.text;
  const detail: VendorDetail = {
    status,
    ...(code === undefined ? {} : { code }),
    ...(text === undefined ? {} : { text: printable(text) }),
  };
  return {
    outcome: { ...toOutcome(row, answer, refusal, nowMs), detail },
    isStrange: known === undefined && (BY_STATUS[status] === undefined || errorCode !== undefined),
    code: known === undefined ? String(status) : key,
  };
}

function judgeAcceptance({ status, body, complete }: Heard): Judgement {
  const name = readName(body);
  // Without its name nothing shows that FCM took the message; a proxy may have answered.
  if (name === undefined) {
    const detail = { status, text: complete ? 'an acceptance without a name' : 'an acceptance cut short' };
    return { outcome: { kind: 'uncertain', detail }, isStrange: complete, code: `${status} nameless` };
  }
  return { outcome: { kind: 'accepted', vendorId: name }, isStrange: false, code: String(status) };
}

function unknownRow({ status, complete }: Heard, { isGoogles }: Refusal): Row {
  // Refused, but what for was lost on the way: asking again is safe and tells it.
  if (!complete && !isGoogles && [400, 401, 403, 404].includes(status)) return 'target_unavailable';
  const row = BY_STATUS[status];
  if (row === 'target_unavailable' && !isGoogles && status >= 500) return 'unavailable'; // a page: nothing got through
  if (row !== undefined) return row;
  if (status >= 500) return 'unavailable';
  if (status >= 400) return 'payload';
  return 'config'; // 3xx: whatever that is, it is not FCM
}

function toOutcome(row: Row, answer: Heard, refusal: Refusal, nowMs: number): Outcome {
  const { status } = answer;
  const given = status === 429 || status >= 500 ? retryAfterMs(field(answer, 'retry-after'), nowMs) : undefined;
  const wait = given === undefined ? {} : { retryAfterMs: given };
  switch (row) {
    case 'dead':
      return { kind: 'unregistered' };
    case 'wrong_app':
      return { kind: 'rejected', reason: 'token_wrong_app' };
    case 'argument':
      return { kind: 'rejected', reason: argumentReason(refusal) };
    case 'payload':
      return { kind: 'rejected', reason: 'payload_rejected' };
    case 'too_large':
      return { kind: 'rejected', reason: 'payload_too_large' };
    case 'config':
      return { kind: 'misconfigured', what: advice(answer, refusal, nowMs) };
    case 'quota': {
      const scope = isDeviceQuota(refusal) ? 'target' : 'account';
      return { kind: 'deferred', scope, reason: 'rate_limited', retryAfterMs: given ?? QUOTA_PAUSE_MS };
    }
    case 'target_unavailable':
      return { kind: 'deferred', scope: 'target', reason: 'provider_unavailable', ...wait };
    case 'unavailable':
      return { kind: 'deferred', scope: 'account', reason: 'provider_unavailable', ...wait };
    default: {
      const never: never = row;
      return never;
    }
  }
}

/**
 * Firebase: INVALID_ARGUMENT counts against the address only where it is the address that is named. A
 * payload at fault must never cost a registration.
 */
function argumentReason({
  errorCode,
  message,
  violations,
}: Refusal): 'token_wrong_app' | 'payload_rejected' | 'payload_too_large' {
  if (
    violations.length > 0 &&
    violations.every(({ field: path }) => path === 'message.token' || path === 'message.fid')
  ) {
    return 'token_wrong_app';
  }
  const said = [message, ...violations.map(({ description }) => description)].join(' ');
  if (violations.length === 0 && errorCode !== undefined && /registration token/i.test(said)) return 'token_wrong_app';
  return /too (?:big|large)|exceed\w* .{0,40}(?:size|limit|bytes)/i.test(said)
    ? 'payload_too_large'
    : 'payload_rejected';
}

/** Per project 600,000 a minute, per Android device 240 a minute: a busy device must not stop all others. */
function isDeviceQuota({ message, quota }: Refusal): boolean {
  return [message ?? '', ...quota].some((text) => /\bdevice/i.test(text));
}

function advice(answer: Heard, refusal: Refusal, nowMs: number): string {
  const { status } = answer;
  const { errorCode, reason } = refusal;
  const said = [String(status), errorCode ?? reason ?? refusal.status ?? ''].join(' ').trim();
  if (errorCode === 'THIRD_PARTY_AUTH_ERROR' || errorCode === 'APNS_AUTH_ERROR') {
    return `Firebase cannot sign in to Apple or to the browser’s push service: check the APNs key and the Web Push certificate in the Firebase project (${said})`;
  }
  switch (status) {
    case 401:
      return `FCM refuses a fresh access token (${said})${clockSkewHint(field(answer, 'date'), nowMs)}`;
    case 403:
      return reason === 'SERVICE_DISABLED'
        ? 'the Firebase Cloud Messaging API is not enabled in this project'
        : `these credentials may not send for this project: cloudmessaging.messages.create is needed (${said})`;
    case 404:
      return `FCM knows no such project: check project_id and endpoint (${said})`;
    default:
      return status >= 300 && status < 400
        ? `the endpoint is not FCM: it answered with a redirect (${status})`
        : `FCM refuses these credentials (${said})`;
  }
}
