/** vivo's answers to outcomes. Source: vivo server API, document 362 (2.9.2), its result codes and `invalidUser.status`. */
import type { Outcome, VendorDetail } from '../contract.js';
import type { Answer } from '../shared/transport.js';
import { clockHint, codeOf, objectOf, wordsOf } from '../shared/vendor-answer.js';
import { msUntilNextDay, parseDayStart } from '../shared/vendor-day.js';
import type { Judged } from '../shared/vendor-provider.js';
import type { VivoOptions } from './options.js';

/**
 * `token`: the access token is refused. `credential`, `clock`: the account is. `dead`: the address. `ours`: a fault of this
 * adapter. `list`: what names a list is refused; a task that vivo has forgotten looks like this. `fast`, `busy`, `auth_fast`:
 * too much at once. `hours`: operation messages wait for the morning. `away`: this device. `again`: of unknown meaning.
 */
type Row =
  | 'passed'
  | 'token'
  | 'credential'
  | 'clock'
  | 'dead'
  | 'payload'
  | 'ours'
  | 'list'
  | 'quota'
  | 'hours'
  | 'fast'
  | 'busy'
  | 'auth_fast'
  | 'away'
  | 'again';

const ROWS: Readonly<Record<string, Row>> = {
  0: 'passed',
  10000: 'token',
  10040: 'busy',
  10043: 'credential',
  10045: 'credential',
  10050: 'ours',
  10051: 'ours',
  10054: 'payload',
  10055: 'payload',
  10056: 'payload',
  10057: 'payload',
  10058: 'payload',
  10059: 'payload',
  10060: 'payload',
  10065: 'payload',
  10067: 'payload',
  10070: 'quota',
  10071: 'hours',
  10072: 'fast',
  10073: 'quota',
  10082: 'credential',
  10085: 'payload',
  10093: 'auth_fast',
  10094: 'credential',
  10095: 'payload',
  10096: 'payload',
  10097: 'payload',
  10103: 'payload',
  10104: 'payload',
  10150: 'list',
  10151: 'list',
  10152: 'list',
  10153: 'list',
  10155: 'payload',
  10200: 'credential',
  10201: 'credential',
  10202: 'credential',
  10203: 'credential',
  10204: 'credential',
  10205: 'credential',
  10206: 'credential',
  10207: 'clock',
  10250: 'auth_fast',
  10252: 'quota',
  10254: 'quota',
  10302: 'dead',
  10304: 'payload',
  10305: 'payload',
  10306: 'payload',
  10311: 'away',
  10352: 'ours',
  10353: 'ours',
  10800: 'again',
};

/** Lists are used up for the day; single sends are not. */
export const LISTS_USED_UP = '10252';

/** `invalidUser.status`, as attempts show it. */
const USERS: Readonly<Record<string, 'dead' | 'stale' | 'no_test_device'>> = {
  1: 'dead',
  2: 'dead',
  3: 'stale',
  4: 'no_test_device',
};

/** Rows of both tables but the acceptance; each has its reading in `cures.ts`. */
export const ANSWERS_KNOWN: readonly string[] = [
  ...Object.keys(ROWS).filter((code) => code !== '0'),
  ...Object.keys(USERS).map(userCode),
];

const WHAT: Readonly<Record<string, string>> = {
  10000: 'vivo refuses an access token that it gave just now: check app_id, app_key and app_secret of the app’s file',
  10043: 'vivo has closed push for this app: open it again in the developer console of vivo',
  10045: 'vivo is still reviewing this app: set push_mode: test until it has passed',
  10082: 'vivo has taken the right to system messages from this app: ask for it in the console, or send as marketing',
  10094: 'the access token is of another app: check app_id beside app_key and app_secret in the app’s file',
  10200: 'vivo does not know the app, or misses a parameter: check app_id and app_key of the app’s file',
  10206: 'vivo refuses the signature: check app_secret, and that app_id and app_key belong to it',
  10207: 'vivo refuses the time of the request: it takes 10 minutes of difference',
};
const WHAT_ELSE = 'vivo refuses to let this app in: check app_id, app_key and app_secret of the app’s file';

const FAST_MS = 1_000;
const BUSY_MS = 5_000;
const AUTH_DAY_MS = 60_000;
const AWAY_MS = 60_000;
/** It is day by our clock, and night by vivo's. */
const CLOCKS_DIFFER_MS = 5 * 60_000;

/** What an answer says beside its code. */
export interface Said {
  readonly taskId?: string;
  readonly authToken?: string;
  /** Status by push token. */
  readonly invalid: ReadonlyMap<string, string>;
  readonly detail: VendorDetail;
}

export type Ruling = { readonly said: Said } & (
  | { readonly kind: 'passed' }
  /** `outcome` holds for every target of the request. */
  | { readonly kind: 'refused'; readonly code: string; readonly outcome: Outcome }
);

export interface JudgeContext {
  readonly nowMs: number;
  readonly options: VivoOptions;
  /** Push tokens of the request, which no log shall name. */
  readonly pushTokens: readonly string[];
}

/** Never throws, whatever the body holds. */
export function judge(answer: Answer, context: JudgeContext): Judged<Ruling> {
  const { status } = answer;
  const body = objectOf(answer);
  const code = codeOf(body?.result);
  const text = body === undefined ? undefined : wordsOf(body.desc, context.pushTokens);
  const detail: VendorDetail = {
    status,
    ...(code === undefined ? {} : { code }),
    ...(text === undefined ? {} : { text }),
  };
  const said = saidOf(body, detail);
  const refused = (word: string, outcome: Outcome, more: Partial<Judged<Ruling>> = {}): Judged<Ruling> => ({
    value: { kind: 'refused', code: word, outcome, said },
    code: word,
    ...more,
  });
  // A page of a proxy, or of vivo's own when it is ill: 5xx counts whatever else it says.
  if (body === undefined || code === undefined || status >= 500) {
    // What was cut off may have been an acceptance.
    const isCut = status === 200 && !answer.complete;
    const outcome: Outcome = isCut ? { kind: 'uncertain', detail } : unavailable('account', detail);
    return refused(`http ${status}`, outcome, { isStrange: status < 500 });
  }
  const row = Object.hasOwn(ROWS, code) ? ROWS[code] : undefined;
  if (row === undefined) return refused('unknown', unavailable('target', detail), { isStrange: true });
  if (row === 'passed') return { value: { kind: 'passed', said }, code };
  const outcome = { ...toOutcome(row, code, answer, context), detail };
  return refused(code, outcome, { isStrange: row === 'ours', isTokenRefused: row === 'token' });
}

function toOutcome(row: Exclude<Row, 'passed'>, code: string, answer: Answer, context: JudgeContext): Outcome {
  const { nowMs, options } = context;
  switch (row) {
    case 'token':
    case 'credential':
      return { kind: 'misconfigured', what: WHAT[code] ?? WHAT_ELSE };
    case 'clock':
      return { kind: 'misconfigured', what: `${WHAT[code] ?? WHAT_ELSE}${clockHint(answer, nowMs, 'vivo')}` };
    case 'dead':
      return { kind: 'unregistered' };
    case 'payload':
    case 'ours':
    case 'list':
      return { kind: 'rejected', reason: 'payload_rejected' };
    case 'quota': {
      const retryAfterMs = msUntilDayEnds(nowMs, options);
      return { kind: 'deferred', scope: 'class', reason: 'quota_exceeded', retryAfterMs };
    }
    case 'hours':
      return { kind: 'deferred', scope: 'class', reason: 'rate_limited', retryAfterMs: msUntilMorning(nowMs, options) };
    case 'fast':
      return { kind: 'deferred', scope: 'account', reason: 'rate_limited', retryAfterMs: FAST_MS };
    case 'busy':
      return { kind: 'deferred', scope: 'account', reason: 'rate_limited', retryAfterMs: BUSY_MS };
    case 'auth_fast': {
      const retryAfterMs = code === '10250' ? AUTH_DAY_MS : FAST_MS;
      return { kind: 'deferred', scope: 'account', reason: 'rate_limited', retryAfterMs };
    }
    case 'away':
      return { kind: 'deferred', scope: 'target', reason: 'provider_unavailable', retryAfterMs: AWAY_MS };
    case 'again':
      return { kind: 'deferred', scope: 'target', reason: 'provider_unavailable' };
    default: {
      const never: never = row;
      return never;
    }
  }
}

/** Of one push token that an answer names as invalid. */
export function userOutcome(status: string, detail: VendorDetail, { stale }: Pick<VivoOptions, 'stale'>): Outcome {
  const row = Object.hasOwn(USERS, status) ? USERS[status] : undefined;
  const told = { detail: { ...detail, code: userCode(status) } };
  switch (row) {
    case 'dead':
      return { kind: 'unregistered', ...told };
    case 'stale':
      return stale === 'retire'
        ? { kind: 'unregistered', ...told }
        : { kind: 'rejected', reason: 'payload_rejected', ...told };
    case 'no_test_device':
      return { kind: 'rejected', reason: 'payload_rejected', ...told };
    case undefined:
      return unavailable('target', told.detail);
    default: {
      const never: never = row;
      return never;
    }
  }
}

export function isUserStatusKnown(status: string): boolean {
  return Object.hasOwn(USERS, status);
}

export function msUntilDayEnds(nowMs: number, { quota }: VivoOptions): number {
  return msUntilNextDay(nowMs, minutesOf(quota.day_starts));
}

/** Until vivo takes operation messages again. */
function msUntilMorning(nowMs: number, { marketing_hours: { from, to } }: VivoOptions): number {
  const untilFrom = msUntilNextDay(nowMs, minutesOf(from));
  const untilTo = msUntilNextDay(nowMs, minutesOf(to));
  return untilTo < untilFrom ? CLOCKS_DIFFER_MS : untilFrom;
}

/** The schema has looked at it. */
function minutesOf(timeOfDay: string): number {
  return parseDayStart(timeOfDay) ?? 0;
}

function userCode(status: string): string {
  return `invalidUser.${status}`;
}

function unavailable(scope: 'account' | 'target', detail: VendorDetail): Outcome {
  return { kind: 'deferred', scope, reason: 'provider_unavailable', detail };
}

function saidOf(body: Readonly<Record<string, unknown>> | undefined, detail: VendorDetail): Said {
  const taskId = codeOf(body?.taskId);
  const authToken = body?.authToken;
  const users = [body?.invalidUser, ...(Array.isArray(body?.invalidUsers) ? body.invalidUsers : [])];
  return {
    ...(taskId === undefined ? {} : { taskId }),
    ...(typeof authToken === 'string' ? { authToken } : {}),
    invalid: new Map(users.flatMap(invalidUser)),
    detail,
  };
}

function invalidUser(user: unknown): [string, string][] {
  if (typeof user !== 'object' || user === null) return [];
  const { userid, status } = user as Record<string, unknown>;
  if (typeof userid !== 'string') return [];
  return [[userid, codeOf(status) ?? '?']];
}
