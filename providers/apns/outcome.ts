/**
 * APNs answers to outcomes. Source: Apple, "Handling notification responses from APNs", tables of
 * status codes and of values for `reason`.
 */
import type { Outcome, VendorDetail } from '../contract.js';
import { retryAfterMs } from '../shared/retry-after.js';
import type { Answer } from '../shared/transport.js';

/** Apple's limit on new provider tokens: once in 20 minutes on a connection. */
const TOKEN_UPDATE_PAUSE_MS = 20 * 60_000;

/**
 * `dead`: the address is gone. `wrong_app`: the address is of another app or environment, more often
 * our mistake than the address's. `payload`, `too_large`: this message will never pass. `topic`: the
 * topic is not allowed. `config`: credentials or setup. `ours`: a fault of this adapter.
 */
type Row =
  | 'dead'
  | 'wrong_app'
  | 'payload'
  | 'too_large'
  | 'topic'
  | 'config'
  | 'ours'
  | 'device_throttled'
  | 'token_updates'
  | 'target_unavailable'
  | 'unavailable';

const BY_REASON: Readonly<Record<string, Row>> = {
  // 400
  BadChannelId: 'wrong_app',
  BadCollapseId: 'payload',
  BadDeviceToken: 'wrong_app',
  BadExpirationDate: 'payload',
  BadMessageId: 'payload',
  BadPriority: 'payload',
  BadRequestParams: 'payload',
  BadRequestPayload: 'payload',
  BadTopic: 'topic',
  BroadcastFeatureNotEnabled: 'payload', // of broadcasts alone: the app's other pushes go on
  ChannelNotRegistered: 'dead',
  DeviceTokenNotForTopic: 'wrong_app',
  DuplicateHeaders: 'ours',
  FeatureNotEnabled: 'payload',
  IdleTimeout: 'target_unavailable', // the connection had been closed as idle; `provider.ts` repeats once
  InvalidPushType: 'payload',
  MissingChannelId: 'ours',
  MissingDeviceToken: 'ours',
  MissingPushType: 'ours',
  MissingTopic: 'topic',
  PayloadEmpty: 'payload',
  TopicDisallowed: 'topic',
  // 403
  BadCertificate: 'config',
  BadCertificateEnvironment: 'config',
  ExpiredProviderToken: 'config', // once `provider.ts` has tried a newer token
  Forbidden: 'config',
  InvalidProviderToken: 'config',
  MissingProviderToken: 'config',
  TopicMismatch: 'topic',
  UnrelatedKeyIdInToken: 'config', // a pool has one key only, so another connection would not help
  BadEnvironmentKeyIdInToken: 'config',
  BadEnvironmentKeyInToken: 'config', // the spelling seen on the wire
  // 404, 405
  BadPath: 'ours',
  MethodNotAllowed: 'ours',
  // 410
  ExpiredToken: 'dead',
  Unregistered: 'dead',
  // 413
  PayloadTooLarge: 'too_large',
  // 429
  TooManyProviderTokenUpdates: 'token_updates',
  TooManyRequests: 'device_throttled',
  // 500, 503
  InternalServerError: 'target_unavailable',
  ServiceUnavailable: 'unavailable',
  'Service Unavailable': 'unavailable',
  Shutdown: 'target_unavailable', // this connection only; `provider.ts` retires it
};

/**
 * For a reason that Apple had not documented, or none at all (a proxy's page). A 410 without one of the
 * two known reasons does not count as "address is dead": that list is closed.
 */
const BY_STATUS: Readonly<Record<number, Row>> = {
  401: 'config',
  403: 'config',
  404: 'ours',
  405: 'ours',
  407: 'config',
  408: 'target_unavailable',
  410: 'wrong_app',
  413: 'too_large',
  421: 'target_unavailable',
  425: 'target_unavailable',
  429: 'device_throttled',
  500: 'target_unavailable',
};

/** Header fields by which Apple knows a request, the best first; the last is that of broadcasts. */
const VENDOR_IDS = ['apns-unique-id', 'apns-id', 'apns-request-id'] as const;

/** The rows of both tables, reasons and statuses; each has its reading in `cures.ts`. */
export const ANSWERS_KNOWN: readonly string[] = [...Object.keys(BY_REASON), ...Object.keys(BY_STATUS)];

/** What a non-200 answer says, read without trust. */
export interface Refusal {
  readonly reason?: string;
  /** 410: since when the token is not valid for the topic, in epoch milliseconds. */
  readonly timestamp?: number;
  /** The beginning of a body that is not APNs' JSON. */
  readonly text?: string;
}

/**
 * Where a topic comes from: the app's own bundle id, that bundle id with a push type's suffix, or a bundle
 * id that the registration brought along.
 */
export type TopicOwner = 'app' | 'push_type' | 'registration';

export interface AnswerContext {
  readonly nowMs: number;
  readonly topicOwner: TopicOwner;
}

/** An outcome, and whether the operator should hear of it because it shows a fault of ours or an answer unknown to us. */
export interface Judgement {
  readonly outcome: Outcome;
  readonly isStrange: boolean;
  /** One of few values, for counting: a known reason or a status. */
  readonly code: string;
}

/** Whether Apple documents this `reason`: only APNs itself would say it. */
export function isKnownReason(reason: string): boolean {
  return Object.hasOwn(BY_REASON, reason);
}

/** Never throws, whatever the body holds. */
export function readRefusal(body: Buffer): Refusal {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    return body.length === 0 ? {} : { text: printable(body) };
  }
  if (typeof parsed !== 'object' || parsed === null) return { text: printable(body) };
  const { reason, timestamp } = parsed as Record<string, unknown>;
  return {
    ...(typeof reason === 'string' ? { reason: reason.slice(0, 64) } : { text: printable(body) }),
    ...(typeof timestamp === 'number' && Number.isSafeInteger(timestamp) && timestamp > 0 ? { timestamp } : {}),
  };
}

export function judge(
  answer: Pick<Answer, 'status' | 'headers' | 'body' | 'complete'>,
  context: AnswerContext,
): Judgement {
  const { status } = answer;
  if (status >= 200 && status < 300) {
    const vendorId = VENDOR_IDS.map((name) => one(answer.headers[name])).find((id) => id !== undefined);
    return {
      outcome: { kind: 'accepted', ...(vendorId === undefined ? {} : { vendorId }) },
      isStrange: false,
      code: String(status),
    };
  }
  const refusal = readRefusal(answer.body);
  const { reason } = refusal;
  const known = reason !== undefined && Object.hasOwn(BY_REASON, reason) ? BY_REASON[reason] : undefined;
  const row = known ?? unknownRow(status, answer.complete);
  const detail: VendorDetail = {
    status,
    ...(reason === undefined ? {} : { code: reason }),
    ...(refusal.text === undefined ? {} : { text: refusal.text }),
  };
  return {
    outcome: { ...toOutcome(row, status, refusal, answer, context), detail },
    isStrange: row === 'ours' || known === undefined,
    code: known === undefined ? String(status) : `${status} ${reason}`,
  };
}

function unknownRow(status: number, isComplete: boolean): Row {
  // Refused, but the reason was lost on the way: asking again is safe and tells it.
  if (status === 400 && !isComplete) return 'target_unavailable';
  const row = BY_STATUS[status];
  if (row !== undefined) return row;
  if (status >= 500) return 'unavailable';
  if (status >= 400) return 'payload';
  return 'config'; // 3xx: whatever that is, it is not APNs
}

function toOutcome(
  row: Row,
  status: number,
  refusal: Refusal,
  answer: Pick<Answer, 'headers'>,
  { nowMs, topicOwner }: AnswerContext,
): Outcome {
  const given = status === 429 || status >= 500 ? retryAfterMs(answer.headers['retry-after'], nowMs) : undefined;
  const wait = given === undefined ? {} : { retryAfterMs: given };
  switch (row) {
    case 'dead':
      return { kind: 'unregistered', ...(refusal.timestamp === undefined ? {} : { asOf: refusal.timestamp }) };
    case 'wrong_app':
      return { kind: 'rejected', reason: 'token_wrong_app' };
    case 'payload':
    case 'ours':
      return { kind: 'rejected', reason: 'payload_rejected' };
    case 'too_large':
      return { kind: 'rejected', reason: 'payload_too_large' };
    case 'topic':
      // A device that registers with a made-up bundle id must not block everybody else's account.
      if (topicOwner === 'registration') return { kind: 'rejected', reason: 'token_wrong_app' };
      // A certificate without VoIP must not block the app's alerts.
      if (topicOwner === 'push_type') return { kind: 'rejected', reason: 'payload_rejected' };
      return {
        kind: 'misconfigured',
        what: `APNs does not allow this topic with this key or certificate: check bundle_id (${said(status, refusal)})`,
      };
    case 'config':
      return { kind: 'misconfigured', what: advice(status, refusal) };
    case 'device_throttled':
      return { kind: 'deferred', scope: 'target', reason: 'rate_limited', ...wait };
    case 'token_updates':
      return {
        kind: 'deferred',
        scope: 'account',
        reason: 'rate_limited',
        retryAfterMs: given ?? TOKEN_UPDATE_PAUSE_MS,
      };
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

function advice(status: number, refusal: Refusal): string {
  switch (refusal.reason) {
    case 'ExpiredProviderToken':
      return 'APNs calls a fresh provider token expired: check the clock of this machine';
    case 'InvalidProviderToken':
      return 'APNs cannot verify the provider token: check that key, key_id and team_id belong together';
    case 'BadEnvironmentKeyIdInToken':
    case 'BadEnvironmentKeyInToken':
      return 'this key is for the other environment (sandbox or production)';
    case 'BadCertificate':
      return 'APNs refuses the certificate: it may be revoked, or be no push certificate';
    case 'BadCertificateEnvironment':
      return 'this certificate is for the other environment (sandbox or production)';
    default:
      return status >= 300 && status < 400
        ? `the endpoint is not APNs: it answered with a redirect (${status})`
        : `APNs refuses these credentials (${said(status, refusal)})`;
  }
}

function said(status: number, { reason }: Refusal): string {
  return reason === undefined ? String(status) : `${status} ${printable(Buffer.from(reason))}`;
}

function one(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

/** At most 256 characters, whatever came. */
function printable(body: Buffer): string {
  return body.toString('latin1', 0, 256).replace(/[^\x20-\x7e]/g, '?');
}
