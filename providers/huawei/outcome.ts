/**
 * Huawei's answers to outcomes: one table of codes for both generations, and one of the reasons that HarmonyOS NEXT gives
 * for each push token. Sources: Huawei, "HTTPS downlink message API" and "Scenario-based push API", result codes.
 */
import type { EpochMs, Outcome, VendorDetail } from '../contract.js';
import { retryAfterMs } from '../shared/retry-after.js';
import type { Answer } from '../shared/transport.js';
import { clockHint, codeOf, idOf, objectOf, wordsOf } from '../shared/vendor-answer.js';
import { msUntilNextDay } from '../shared/vendor-day.js';
import type { Judged } from '../shared/vendor-provider.js';
import { interpret } from './cures.js';
import { refusedTokens } from './refused-tokens.js';

/**
 * `some`, `none`: push tokens were refused, and which, `msg` tells. `token`: the access token was. `config`: credentials or
 * rights. `ours`: a mistake that the gateway itself made.
 */
type Row =
  | ('taken' | 'some' | 'none' | 'token' | 'config' | 'payload' | 'too_large' | 'ours')
  | ('quota' | 'unavailable' | 'dead' | 'wrong_app');

const BY_CODE: Readonly<Record<string, Row>> = {
  80000000: 'taken',
  80000001: 'unavailable',
  80100000: 'some',
  80100001: 'payload',
  80100002: 'payload',
  80100003: 'payload',
  80100004: 'payload',
  80100013: 'payload',
  80100016: 'payload',
  80100017: 'unavailable',
  80100018: 'config',
  80100022: 'payload',
  80200001: 'token',
  80200003: 'token',
  80200005: 'token',
  80300002: 'config',
  80300007: 'none',
  80300008: 'too_large',
  80300010: 'ours',
  80300011: 'config',
  80300013: 'config',
  80300029: 'quota',
  80300030: 'ours',
  80300036: 'config',
  80300037: 'quota',
  80600003: 'unavailable',
  81000001: 'unavailable',
};

/** Keys of `illegalTokens`. */
const BY_REASON: Readonly<Record<string, Row>> = {
  tokenFormatError: 'dead',
  noRight: 'wrong_app',
  // A device that told the wrong platform: its address is fine, with the other generation.
  tokenPlatformNotSupport: 'wrong_app',
  noPushTypeRight: 'config',
  notSupportPlayVoice: 'config',
  noRightToSendThisLiveNotificationEvent: 'config',
  appinfoError: 'config',
  differentImgVerifyPolicy: 'config',
  disableSendHuaweiMsgBecauseOfPenalty: 'quota',
  countryNotSupport: 'payload',
  atomicUnableSendUnsubscribedMsg: 'payload',
};

/** Where the answer has no code. */
const BY_STATUS: Readonly<Record<number, Row>> = {
  401: 'token',
  404: 'config',
  500: 'unavailable',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
};

/** What `cures.ts` has a reading for; the success needs none. */
export const ANSWERS_KNOWN: readonly string[] = [
  ...Object.keys(BY_CODE).filter((code) => BY_CODE[code] !== 'taken'),
  ...Object.keys(BY_REASON),
  ...Object.keys(BY_STATUS),
];

export interface Circumstances {
  readonly now: EpochMs;
  /** Whether this generation has taken a message of the app within a day. */
  readonly hasPassed: boolean;
  /** When Huawei's day begins, in minutes after midnight UTC. */
  readonly dayStartsMinutes: number;
  /** What a quota that is used up holds for: `target` where other messages of the class count apart from this one. */
  readonly quotaScope: 'class' | 'target';
}

/** Huawei's answer to a request with these push tokens: one outcome each, in order. */
export function judge(answer: Answer, tokens: readonly string[], circumstances: Circumstances): Judged<Outcome[]> {
  const { status } = answer;
  const said = objectOf(answer);
  const code = codeOf(said?.code);
  if (code === undefined) return judgeUnsaid(answer, tokens, circumstances);
  // A success counts with 200 alone; every other code says the same with any status.
  const known = rowOf(BY_CODE, code);
  const row = (known === 'taken' || known === 'some') && status !== 200 ? undefined : known;
  const id = idOf(said?.requestId);
  const accepted: Outcome = { kind: 'accepted', ...(id === undefined ? {} : { vendorId: id }) };
  if (row === 'taken') return { value: tokens.map(() => accepted), code };
  if (row === 'some' || row === 'none') {
    const refusal: Refusal = { answer, code, isWhole: row === 'none', refused: refusedTokens(said?.msg) };
    return judgeEach(refusal, tokens, accepted, circumstances);
  }
  const words = wordsOf(said?.msg, tokens);
  const detail: VendorDetail = { status, code, ...(words === undefined ? {} : { text: words }) };
  const outcome: Outcome = { ...toOutcome(row, answer, detail, circumstances), detail };
  return {
    value: tokens.map(() => outcome),
    // Counted by what is known: few values.
    code: row === undefined ? `unknown ${status}` : code,
    isStrange: row === undefined || row === 'ours',
    isTokenRefused: row === 'token',
  };
}

/** Without a code it is not Huawei's own word: a proxy's page, or nothing. */
function judgeUnsaid(answer: Answer, tokens: readonly string[], circumstances: Circumstances): Judged<Outcome[]> {
  const { status, complete } = answer;
  const all = (outcome: Outcome) => tokens.map(() => outcome);
  if (status === 200 && !complete) {
    return { value: all({ kind: 'uncertain', detail: { status, text: 'an answer cut short' } }), code: 'cut_short' };
  }
  const row = BY_STATUS[status];
  const words = wordsOf(firstWords(answer), tokens);
  const detail: VendorDetail = { status, ...(words === undefined ? {} : { text: words }) };
  return {
    value: all({ ...toOutcome(row ?? 'unavailable', answer, detail, circumstances), detail }),
    code: `no_code ${status}`,
    isStrange: row === undefined,
    isTokenRefused: row === 'token',
  };
}

interface Refusal {
  readonly answer: Answer;
  readonly code: string;
  /** No push token was taken. */
  readonly isWhole: boolean;
  /** With the reason of each, empty where there is none. */
  readonly refused: ReadonlyMap<string, string>;
}

function judgeEach(
  { answer, code, isWhole, refused }: Refusal,
  tokens: readonly string[],
  accepted: Outcome,
  circumstances: Circumstances,
): Judged<Outcome[]> {
  const { status } = answer;
  if (!isWhole && refused.size === 0) {
    const detail = { status, code, text: 'some push tokens were refused, without a word which' };
    return { value: tokens.map(() => ({ kind: 'uncertain', detail })), code, isStrange: true };
  }
  let isStrange = [...refused.keys()].some((token) => !tokens.includes(token));
  const isEach = isWhole || tokens.every((token) => refused.has(token));
  const value = tokens.map((token): Outcome => {
    const reason = refused.get(token);
    if (reason === undefined && !isWhole) return accepted;
    const hasReason = reason !== undefined && reason !== '';
    const row = hasReason ? rowOf(BY_REASON, reason) : 'dead';
    isStrange ||= row === undefined;
    // Tokens of another app look like this as well: only an app that has passed may lose addresses to it.
    const isDoubtful = row === 'dead' && isEach && !circumstances.hasPassed;
    const detail: VendorDetail = { status, code: hasReason ? (codeOf(reason) ?? 'unknown') : code };
    return { ...toOutcome(isDoubtful ? 'wrong_app' : row, answer, detail, circumstances), detail };
  });
  return { value, code, isStrange };
}

function rowOf(table: Readonly<Record<string, Row>>, key: string): Row | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** @param row undefined for what nobody has documented */
function toOutcome(row: Row | undefined, answer: Answer, detail: VendorDetail, circumstances: Circumstances): Outcome {
  const { now, dayStartsMinutes, quotaScope: scope } = circumstances;
  switch (row) {
    case 'dead':
      return { kind: 'unregistered' };
    case 'wrong_app':
      return { kind: 'rejected', reason: 'token_wrong_app' };
    case 'payload':
    case 'ours':
      return { kind: 'rejected', reason: 'payload_rejected' };
    case 'too_large':
      return { kind: 'rejected', reason: 'payload_too_large' };
    case 'token':
    case 'config':
      return { kind: 'misconfigured', what: adviceOf(detail) + clockHint(answer, now, 'Huawei') };
    case 'quota': {
      const wait = msUntilNextDay(now, dayStartsMinutes);
      return { kind: 'deferred', scope, reason: 'quota_exceeded', retryAfterMs: wait };
    }
    case 'unavailable': {
      const reason = answer.status === 503 ? 'rate_limited' : 'provider_unavailable';
      return { kind: 'deferred', scope: 'account', reason, ...waitOf(answer, now) };
    }
    case 'taken':
    case 'some':
    case 'none':
    case undefined:
      return { kind: 'deferred', scope: 'target', reason: 'provider_unavailable' };
    default:
      return row satisfies never;
  }
}

export function adviceOf({ status, code }: VendorDetail): string {
  const said = [status, code].filter((part) => part !== undefined).join(' ');
  const reading = interpret({ ...(status === undefined ? {} : { status }), ...(code === undefined ? {} : { code }) });
  return `${reading?.means ?? 'Huawei refuses the credentials'} (${said}): ${reading?.cure ?? 'look at the app’s file'}`;
}

export function waitOf({ headers }: Answer, now: EpochMs): { readonly retryAfterMs?: number } {
  const { 'retry-after': given } = headers;
  const wait = retryAfterMs(given, now);
  return wait === undefined ? {} : { retryAfterMs: wait };
}

function firstWords({ body }: Answer): string {
  // Longer than what is told: a push token in it is then seen whole.
  return body.toString('latin1', 0, 2_048).replace(/[^\x20-\x7e]/g, '?') || 'an empty answer';
}
