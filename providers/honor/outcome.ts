/** Honor's answers to outcomes: one table of codes. Pure. Source: Honor's downlink message, "response codes". */
import type { Outcome, VendorDetail } from '../contract.js';
import { retryAfterMs } from '../shared/retry-after.js';
import type { Answer } from '../shared/transport.js';
import { clockHint, codeOf, idOf, objectOf, textsOf, wordsOf } from '../shared/vendor-answer.js';
import { msUntilNextDay } from '../shared/vendor-day.js';
import type { Judged } from '../shared/vendor-provider.js';

/**
 * `listed`: taken but for the push tokens that are listed. `all_dead`: none of them is one, says Honor, which it may also
 * say to who uses another app's credentials. `ours`: what Pealbell should never have sent.
 */
type Row =
  | 'taken'
  | 'listed'
  | 'all_dead'
  | 'payload'
  | 'too_large'
  | 'ours'
  | 'auth'
  | 'clock'
  | 'app'
  | 'receipt'
  | 'right'
  | 'quota'
  | 'rate'
  | 'unavailable';

const BY_CODE: Readonly<Record<string, Row>> = {
  200: 'taken',
  400: 'payload',
  401: 'auth',
  403: 'auth',
  404: 'app',
  500: 'unavailable',
  502: 'unavailable',
  503: 'rate',
  10001: 'clock',
  10205: 'app',
  10207: 'clock',
  10300: 'ours',
  80000000: 'taken',
  80100000: 'listed',
  80100003: 'payload',
  80200001: 'auth',
  80200003: 'auth',
  80200020: 'receipt',
  80200022: 'right',
  80200047: 'quota',
  80200050: 'payload',
  80200056: 'payload',
  80300006: 'ours',
  80300007: 'all_dead',
  80300008: 'too_large',
  80300010: 'ours',
};

/** Codes that have a row; each has its reading in `cures.ts`. */
export const ANSWERS_KNOWN: readonly string[] = Object.keys(BY_CODE);

export interface JudgeContext {
  readonly pushTokens: readonly string[];
  readonly now: number;
  readonly successCodes: readonly number[];
  readonly failTokens: 'dead' | 'refused';
  /** Whether Honor has taken something of this app lately: only then it can be the push tokens that are wrong. */
  readonly hasPassed: boolean;
  /** When Honor's day begins, in minutes after midnight UTC. */
  readonly dayStartsMinutes: number;
  /** What the quota of test messages holds for: `target` where other messages are none. */
  readonly quotaScope: 'class' | 'target';
}

export type Verdict = Judged<readonly Outcome[]>;

export function judge(answer: Answer, context: JudgeContext): Verdict {
  const { status } = answer;
  const said = objectOf(answer);
  const code = codeOf(said?.code);
  if (said === undefined || code === undefined) return unreadable(answer, said !== undefined, context);
  const text = wordsOf(said.message, context.pushTokens);
  const detail: VendorDetail = { status, code, ...(text === undefined ? {} : { text }) };
  const row = rowOf(code, context.successCodes);
  // A success counts with its status alone: a redirect or a refusal has sent nothing.
  const known = status >= 300 && (row === 'taken' || row === 'listed') ? undefined : row;
  // A server error is no answer of the service's own, unless it says just that.
  if (status >= 500 && known !== 'rate' && known !== 'unavailable') {
    return whole(context, unavailable(answer, context, detail), { code: `http ${status}` });
  }
  if (known === undefined) {
    if (status === 401) return whole(context, misconfigured(AUTH, detail), { code: 'http 401', isTokenRefused: true });
    const outcome: Outcome = { kind: 'deferred', scope: 'target', reason: 'provider_unavailable', detail };
    return whole(context, outcome, { code: 'unknown', isStrange: true });
  }
  switch (known) {
    case 'taken':
    case 'listed':
    case 'all_dead':
      return perToken(said.data, known, code, detail, context);
    case 'payload':
      return whole(context, { kind: 'rejected', reason: 'payload_rejected', detail }, { code });
    case 'ours':
      return whole(context, { kind: 'rejected', reason: 'payload_rejected', detail }, { code, isStrange: true });
    case 'too_large':
      return whole(context, { kind: 'rejected', reason: 'payload_too_large', detail }, { code });
    case 'auth':
      return whole(context, misconfigured(AUTH, detail), { code, isTokenRefused: true });
    case 'clock':
      return whole(context, misconfigured(`${CLOCK}${clockHint(answer, context.now, 'Honor')}`, detail), { code });
    case 'app':
      return whole(context, misconfigured(APP, detail), { code });
    case 'receipt':
      return whole(context, misconfigured(RECEIPT, detail), { code });
    case 'right':
      return whole(context, misconfigured(RIGHT, detail), { code });
    case 'quota': {
      const wait = msUntilNextDay(context.now, context.dayStartsMinutes);
      return whole(
        context,
        { kind: 'deferred', scope: context.quotaScope, reason: 'quota_exceeded', retryAfterMs: wait, detail },
        { code },
      );
    }
    case 'rate':
      return whole(context, unavailable(answer, context, detail, 'rate_limited'), { code });
    case 'unavailable':
      return whole(context, unavailable(answer, context, detail), { code });
    default:
      return known satisfies never;
  }
}

const AUTH = 'Honor refuses an access token that it has just given: check that client_id and app_id are of one app';
const CLOCK = 'Honor refuses the time of our requests: set the clock of the gateway’s machine right';
const APP = 'Honor knows no such app: check app_id and endpoint of the app’s file';
const RECEIPT = 'Honor knows no such receipt configuration: check receipt_id of the app’s file';
const RIGHT =
  'Honor has not granted this class of messages: apply for service and communication in its console, or set service_class: false';

function rowOf(code: string, successCodes: readonly number[]): Row | undefined {
  if (successCodes.some((each) => String(each) === code)) return 'taken';
  const row = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  // A success that the app's file does not count as one is an answer that nobody knows.
  return row === 'taken' ? undefined : row;
}

function perToken(data: unknown, row: Row, code: string, detail: VendorDetail, context: JudgeContext): Verdict {
  const { pushTokens, hasPassed, failTokens } = context;
  const told: Record<string, unknown> = typeof data === 'object' && data !== null ? { ...data } : {};
  const dead = new Set(textsOf(told.expireTokens));
  const failed = new Set(textsOf(told.failTokens));
  const id = idOf(told.requestId);
  const isAll = row === 'all_dead';
  const notSent = told.sendResult === false || told.sendResult === 'false';
  const asked = new Set(pushTokens);
  const rest = pushTokens.filter((token) => !dead.has(token) && !failed.has(token));
  /** Something of this app passes: what does not is the fault of the push token. */
  const isTrusted = hasPassed || (!isAll && !notSent && rest.length > 0);
  const wrongApp: Outcome = { kind: 'rejected', reason: 'token_wrong_app', detail };
  const isStrange = (notSent && !isAll && rest.length > 0) || [...dead, ...failed].some((token) => !asked.has(token));
  const value = pushTokens.map((token): Outcome => {
    if (dead.has(token)) return isTrusted || !isAll ? { kind: 'unregistered', detail } : wrongApp;
    if (isAll || (failed.has(token) && row === 'listed')) {
      return isTrusted && failTokens === 'dead' ? { kind: 'unregistered', detail } : wrongApp;
    }
    if (failed.has(token)) return wrongApp;
    if (notSent) return { kind: 'deferred', scope: 'target', reason: 'provider_unavailable', detail };
    return { kind: 'accepted', ...(id === undefined ? {} : { vendorId: id }) };
  });
  return { value, code, isStrange };
}

/** Nothing of Honor's own: a page of a proxy, or an answer that was cut short, of which nobody knows what it said. */
function unreadable(answer: Answer, isJson: boolean, context: JudgeContext): Verdict {
  const { status } = answer;
  if (status < 300 && !answer.complete) {
    const detail = { status, text: 'an answer cut short' };
    return whole(context, { kind: 'uncertain', detail }, { code: 'cut_short' });
  }
  const text = isJson ? 'an answer without a code' : 'an answer that is no JSON object';
  const detail = { status, text };
  if (isJson && status < 500) {
    if (status === 401) return whole(context, misconfigured(AUTH, detail), { code: 'http 401', isTokenRefused: true });
    const outcome: Outcome = { kind: 'deferred', scope: 'target', reason: 'provider_unavailable', detail };
    return whole(context, outcome, { code: 'unknown', isStrange: true });
  }
  const judged = { code: status >= 500 ? `http ${status}` : 'no_json', isStrange: status < 500 };
  return whole(context, unavailable(answer, context, detail), {
    ...judged,
    ...(status === 401 ? { isTokenRefused: true } : {}),
  });
}

function unavailable(
  { headers }: Answer,
  { now }: JudgeContext,
  detail: VendorDetail,
  reason: 'provider_unavailable' | 'rate_limited' = 'provider_unavailable',
): Outcome {
  const wait = retryAfterMs(headers['retry-after'], now);
  return { kind: 'deferred', scope: 'account', reason, ...(wait === undefined ? {} : { retryAfterMs: wait }), detail };
}

function misconfigured(what: string, detail: VendorDetail): Outcome {
  const said = [detail.status, detail.code].filter((part) => part !== undefined).join(' ');
  return { kind: 'misconfigured', what: `${what} (${said})`, detail };
}

function whole({ pushTokens }: JudgeContext, outcome: Outcome, judged: Omit<Verdict, 'value'>): Verdict {
  return { ...judged, value: pushTokens.map(() => outcome) };
}
