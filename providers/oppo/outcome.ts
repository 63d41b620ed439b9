/**
 * OPPO's answers to outcomes: one table of codes. HTTP status 200 says nothing; the code of the body, of an item, or of a
 * key of `data` decides. OPPO, “Return codes”, and the table of its server SDK.
 */
import type { Json, Outcome, VendorDetail } from '../contract.js';
import { retryAfterMs } from '../shared/retry-after.js';
import type { Answer } from '../shared/transport.js';
import { clockHint, codeOf, objectOf } from '../shared/vendor-answer.js';
import { msUntilNextDay, parseDayStart } from '../shared/vendor-day.js';
import type { OppoOptions } from './settings.js';

type Row =
  | 'unavailable'
  | 'rate'
  | 'token'
  | 'config'
  | 'clock'
  | 'blocked'
  | 'caller'
  | 'duplicate'
  | 'quota'
  | 'payload'
  | 'dead';

const BY_CODE: Readonly<Record<string, Row>> = {
  '-1': 'unavailable',
  '-2': 'rate',
  11: 'token',
  12: 'caller',
  13: 'rate',
  14: 'config',
  15: 'config',
  16: 'config',
  17: 'config',
  18: 'clock',
  19: 'clock',
  20: 'caller',
  21: 'caller',
  22: 'caller',
  23: 'caller',
  24: 'caller',
  25: 'caller',
  26: 'blocked',
  27: 'blocked',
  28: 'blocked',
  29: 'caller',
  30: 'blocked',
  31: 'caller',
  32: 'duplicate',
  33: 'quota',
  34: 'quota',
  40: 'payload',
  41: 'payload',
  42: 'quota',
  51: 'payload',
  54: 'payload',
  55: 'rate',
  59: 'payload',
  67: 'payload',
  69: 'rate',
  10000: 'dead',
};

/** Each has its reading in `cures.ts`. */
export const ANSWERS_KNOWN: readonly string[] = Object.keys(BY_CODE);

export const TOKEN_REFUSED = '11';
export const CONTENT_UNKNOWN = '31';
export const DUPLICATE = '32';
export const SAVE_LIMIT = '42';
export const DEAD = '10000';

const WORDS_READ = 2_048;
/** Shorter ones stand in every sentence. */
const HIDDEN_FROM = 4;

/** What a code is judged by, besides itself. */
export interface Circumstances {
  readonly options: OppoOptions;
  readonly nowMs: number;
  readonly answer: Answer;
  /** Texts of the message, and push tokens: OPPO's words may repeat them, and nobody shall be told them. */
  readonly hidden?: readonly string[];
}

export interface Judgement {
  readonly outcome: Outcome;
  readonly isStrange: boolean;
}

/** What an answer says, if it says anything. */
export type Heard =
  | {
      readonly kind: 'said';
      readonly code: string;
      readonly message: string | undefined;
      readonly data: Json | undefined;
    }
  /** It holds for every target of the request. */
  | { readonly kind: 'nothing'; readonly judgement: Judgement; readonly code: string };

/** A page, an empty body and every 5xx are an outage, whatever else they say. */
export function hear(answer: Answer, nowMs: number): Heard {
  const { status, headers, complete } = answer;
  const read = status >= 500 ? undefined : objectOf(answer);
  if (read === undefined) {
    const isCut = !complete && status === 200;
    const text = isCut ? 'an answer that was cut short' : 'an answer that is not OPPO’s';
    const wait = retryAfterMs(first(headers['retry-after']), nowMs);
    const outcome: Outcome = isCut
      ? { kind: 'uncertain', detail: { status, text } }
      : {
          ...{ kind: 'deferred', scope: 'account', reason: 'provider_unavailable' },
          ...(wait === undefined ? {} : { retryAfterMs: wait }),
          detail: { status, text },
        };
    return { kind: 'nothing', judgement: { outcome, isStrange: false }, code: isCut ? 'cut_short' : `http_${status}` };
  }
  const { message, data } = read;
  const code = codeOf(read.code);
  if (code === undefined) {
    const outcome: Outcome = {
      ...{ kind: 'deferred', scope: 'target', reason: 'provider_unavailable' },
      detail: { status, text: 'an answer without a code' },
    };
    return { kind: 'nothing', judgement: { outcome, isStrange: true }, code: 'no_code' };
  }
  const words = typeof message === 'string' ? message : undefined;
  return { kind: 'said', code, message: words, data: data as Json | undefined }; // as JSON.parse gave it
}

/** An id that the vendor gives, as text. */
export function idOf(value: Json | undefined): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Of a code other than 0. */
export function judgeCode(code: string, message: string | undefined, by: Circumstances): Judgement {
  const row = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  const detail: VendorDetail = {
    status: by.answer.status,
    code,
    ...(message === undefined ? {} : { text: masked(message, by.hidden ?? []) }),
  };
  const outcome = toOutcome(row, code, by);
  return { outcome: { ...outcome, detail }, isStrange: row === undefined || row === 'caller' };
}

function toOutcome(row: Row | undefined, code: string, by: Circumstances): Outcome {
  const { options, nowMs, answer } = by;
  const given = retryAfterMs(first(answer.headers['retry-after']), nowMs);
  const wait = given === undefined ? {} : { retryAfterMs: given };
  switch (row) {
    case 'dead':
      return { kind: 'unregistered' };
    case 'duplicate':
      // Its first send stands: each carries an app_message_id of its own.
      return options.duplicate === 'accepted' ? { kind: 'accepted' } : { kind: 'uncertain' };
    case 'payload':
    case 'caller':
      return { kind: 'rejected', reason: 'payload_rejected' };
    case 'token':
    case 'config':
    case 'clock':
    case 'blocked':
      return { kind: 'misconfigured', what: advice(row, code, by) };
    case 'quota': {
      const nextDay = msUntilNextDay(nowMs, parseDayStart(options.quota.day_starts) ?? 0);
      return { kind: 'deferred', scope: 'class', reason: 'quota_exceeded', retryAfterMs: nextDay };
    }
    case 'rate':
      return { kind: 'deferred', scope: 'account', reason: 'rate_limited', ...wait };
    case 'unavailable':
      return { kind: 'deferred', scope: 'account', reason: 'provider_unavailable', ...wait };
    case undefined:
      return { kind: 'deferred', scope: 'target', reason: 'provider_unavailable', ...wait };
    default: {
      const never: never = row;
      return never;
    }
  }
}

function advice(row: 'token' | 'config' | 'clock' | 'blocked', code: string, by: Circumstances): string {
  switch (row) {
    case 'token':
      return `OPPO refuses an access token that it has just given (${code}): check app_key and master_secret, and whether something else fetches tokens for this app`;
    case 'config':
      return `OPPO does not know these credentials (${code}): check app_key and master_secret; master_secret is not the AppSecret`;
    case 'clock':
      return `OPPO refuses the time of the request (${code}): it takes ten minutes off its clock at most${clockHint(by.answer, by.nowMs, 'OPPO')}`;
    case 'blocked':
      return BLOCKED[code] ?? `OPPO refuses this app (${code})`;
    default: {
      const never: never = row;
      return never;
    }
  }
}

const BLOCKED: Readonly<Record<string, string>> = {
  26: 'OPPO has this machine’s address on its blacklist (26): ask its support to take it off',
  27: 'OPPO refuses access (27): look at the state of the app in its push console',
  28: 'OPPO has disabled this app (28): look at the state of the app in its push console',
  30: 'this app may not use OPPO’s push API (30): apply for it in the push console',
};

function first(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

/** Neither are the hidden ones told, nor what looks like a push token or an access token, nor line breaks. */
function masked(words: string, hidden: readonly string[]): string {
  const text = words.slice(0, WORDS_READ);
  return hidden
    .filter((one) => one.length >= HIDDEN_FROM)
    .reduce((rest, one) => rest.replaceAll(one, '…'), text)
    .replace(/[A-Za-z0-9_-]{24,}/g, '…')
    .replace(/\p{Cc}/gu, ' ')
    .slice(0, 256);
}
