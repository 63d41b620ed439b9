/** What an answer says, by the rules of the file: status, values in its JSON, how its text begins. Pure. */
import type { EpochMs, Outcome, Target, VendorDetail } from '../contract.js';
import { retryAfterMs } from '../shared/retry-after.js';
import type { Answer } from '../shared/transport.js';
import { codeOf, wordsOf } from '../shared/vendor-answer.js';
import { msUntilNextDay } from '../shared/vendor-day.js';
import type { Judged } from '../shared/vendor-provider.js';
import { valueAt } from './pointer.js';

export const VERDICTS = [
  'accepted',
  'token_dead',
  'token_wrong',
  'rejected',
  'too_large',
  'throttled',
  'throttled_target',
  'quota',
  'quota_target',
  'credential',
  'unavailable',
] as const;
export type Verdict = (typeof VERDICTS)[number];

export type Scalar = string | number | boolean | null;

/** What has to be true of an answer; every part that is there. */
export interface Rule {
  readonly outcome: Verdict;
  /** `200`, `2xx`, or a list of these. */
  readonly status?: string | number | readonly (string | number)[] | undefined;
  /** By JSON pointer: one of these values; `null` is a value that is not there. */
  readonly where?: Readonly<Record<string, Scalar | readonly Scalar[]>> | undefined;
  /** The text of the body begins with one of these. */
  readonly begins?: string | readonly string[] | undefined;
}

/** JSON pointers into an answer, or into one entry of its list. */
interface Places {
  readonly code?: string | undefined;
  readonly text?: string | undefined;
  readonly id?: string | undefined;
}

export interface AnswerOptions extends Places {
  readonly rules: readonly Rule[];
  readonly retry_after?: string | undefined;
  readonly results?:
    | (Places & {
        readonly list: string;
        readonly token?: string | undefined;
        readonly rules: readonly Rule[];
        readonly others?: Verdict | undefined;
      })
    | undefined;
}

export interface AnswerContext {
  readonly nowMs: EpochMs;
  readonly dayStartsMinutes: number;
  /** A credential that is refused may be an access token that ended early. */
  readonly hasAccessTokens: boolean;
}

/** Behind the rules of the file. A 404 says nothing of an address: the path may be wrong. */
const DEFAULT_RULES: readonly Rule[] = [
  { outcome: 'too_large', status: 413 },
  { outcome: 'throttled', status: 429 },
  { outcome: 'credential', status: 401 },
  { outcome: 'unavailable', status: [408, '5xx'] },
];
const TAKEN: Rule = { outcome: 'accepted', status: '2xx' };

const DETAIL_TEXT = 'the answer means nothing that the file knows';

interface Facts {
  readonly status: number;
  readonly value: unknown;
  readonly text: string;
}

/** @param targets of the request, each push token once */
export function judge(
  answer: Answer,
  targets: readonly Target[],
  options: AnswerOptions,
  context: AnswerContext,
): Judged<readonly Outcome[]> {
  const text = answer.body.toString('utf8');
  const facts: Facts = { status: answer.status, value: answer.complete ? jsonOf(text) : undefined, text };
  const { rules } = options;
  const all = rules.some(({ outcome }) => outcome === 'accepted') ? rules : [...rules, TAKEN];
  const verdict = [...all, ...DEFAULT_RULES].find((rule) => isMet(rule, facts))?.outcome;
  const tokens = targets.map(({ pushToken }) => pushToken);
  const detail = detailOf(facts.status, facts.value, options, tokens);
  const code = `${facts.status} ${verdict ?? 'unknown'}`;
  if (verdict === undefined) {
    // Cut off, it may have said yes: sending again could make a double.
    const outcome: Outcome = answer.complete ? unknown(detail) : { kind: 'uncertain', detail };
    return { value: targets.map(() => outcome), code, isStrange: true };
  }
  const retryMs = afterMs(answer, facts.value, options, context.nowMs);
  const say = (said: Verdict, of: VendorDetail, id?: string) => outcomeOf(said, of, { ...context, retryMs, id });
  const { results } = options;
  if (verdict === 'accepted' && results !== undefined) {
    const { outcomes, isStrange } = judgeEach(facts, targets, results, say);
    return { value: outcomes, code, ...(isStrange ? { isStrange } : {}) };
  }
  // Said of several at once, it is no reason to drop any of them.
  const said = verdict === 'token_dead' && targets.length > 1 ? 'token_wrong' : verdict;
  const outcome = say(said, detail, textAt(facts.value, options.id));
  const isTokenRefused = verdict === 'credential' && context.hasAccessTokens;
  return { value: targets.map(() => outcome), code, ...(isTokenRefused ? { isTokenRefused } : {}) };
}

type Say = (said: Verdict, detail: VendorDetail, id?: string) => Outcome;

function judgeEach(
  { status, value }: Facts,
  targets: readonly Target[],
  results: NonNullable<AnswerOptions['results']>,
  say: Say,
): { readonly outcomes: readonly Outcome[]; readonly isStrange: boolean } {
  const list = valueAt(value, results.list);
  const items: readonly unknown[] = Array.isArray(list) ? list : [];
  const tokens = targets.map(({ pushToken }) => pushToken);
  const byToken = new Map<string, unknown>();
  if (results.token !== undefined) {
    for (const item of items) byToken.set(String(valueAt(item, results.token)), item);
  }
  const isOrdered = results.token === undefined && items.length === targets.length;
  let isStrange = false;
  const outcomes = targets.map(({ pushToken }, at) => {
    const item = isOrdered ? items[at] : byToken.get(pushToken);
    const isThere = isOrdered || byToken.has(pushToken);
    const detail = detailOf(status, isThere ? item : undefined, results, tokens);
    const rule = isThere
      ? results.rules.find((each) => isMet(each, { status, value: item, text: String(item) }))?.outcome
      : results.others;
    if (rule === undefined) {
      isStrange = true;
      return unknown(detail);
    }
    return say(rule, detail, textAt(item, results.id));
  });
  return { outcomes, isStrange };
}

function isMet({ status, where, begins }: Rule, facts: Facts): boolean {
  if (status !== undefined && !listOf(status).some((wanted) => isStatus(facts.status, wanted))) return false;
  if (begins !== undefined && !listOf(begins).some((start) => facts.text.startsWith(start))) return false;
  return Object.entries(where ?? {}).every(([pointer, wanted]) => {
    const found = valueAt(facts.value, pointer);
    return listOf(wanted).some((each) => (each === null ? found === undefined || found === null : isText(found, each)));
  });
}

/** `0` and `"0"` are the same: services change their minds about it. */
function isText(found: unknown, wanted: string | number | boolean): boolean {
  return ['string', 'number', 'boolean'].includes(typeof found) && String(found) === String(wanted);
}

function isStatus(status: number, wanted: string | number): boolean {
  const text = String(wanted);
  return text.endsWith('xx') ? Math.floor(status / 100) === Number(text[0]) : status === Number(text);
}

function listOf<T extends Scalar>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}

function outcomeOf(
  verdict: Verdict,
  detail: VendorDetail,
  context: AnswerContext & { readonly retryMs: number | undefined; readonly id: string | undefined },
): Outcome {
  const { retryMs, id } = context;
  const after = retryMs === undefined ? {} : { retryAfterMs: retryMs };
  const nextDay = { retryAfterMs: retryMs ?? msUntilNextDay(context.nowMs, context.dayStartsMinutes) };
  switch (verdict) {
    case 'accepted':
      return { kind: 'accepted', ...(id === undefined ? {} : { vendorId: id }) };
    case 'token_dead':
      return { kind: 'unregistered', detail };
    case 'token_wrong':
      return { kind: 'rejected', reason: 'token_wrong_app', detail };
    case 'rejected':
      return { kind: 'rejected', reason: 'payload_rejected', detail };
    case 'too_large':
      return { kind: 'rejected', reason: 'payload_too_large', detail };
    case 'throttled':
      return { kind: 'deferred', scope: 'account', reason: 'rate_limited', ...after, detail };
    case 'throttled_target':
      return { kind: 'deferred', scope: 'target', reason: 'rate_limited', ...after, detail };
    case 'quota':
      return { kind: 'deferred', scope: 'class', reason: 'quota_exceeded', ...nextDay, detail };
    case 'quota_target':
      return { kind: 'deferred', scope: 'target', reason: 'quota_exceeded', ...nextDay, detail };
    case 'credential': {
      const what = `the service refuses the credentials (${detail.code ?? detail.status}): check auth, headers and secrets of the provider in the app's file`;
      return { kind: 'misconfigured', what, detail };
    }
    case 'unavailable':
      return { kind: 'deferred', scope: 'account', reason: 'provider_unavailable', ...after, detail };
    default:
      return verdict satisfies never;
  }
}

function unknown(detail: VendorDetail): Outcome {
  const told = { ...detail, text: detail.text ?? DETAIL_TEXT };
  return { kind: 'deferred', scope: 'target', reason: 'provider_unavailable', detail: told };
}

function detailOf(status: number, value: unknown, places: Places, tokens: readonly string[]): VendorDetail {
  const code = places.code === undefined ? undefined : codeOf(valueAt(value, places.code));
  const text = places.text === undefined ? undefined : wordsOf(valueAt(value, places.text), tokens);
  return { status, ...(code === undefined ? {} : { code }), ...(text === undefined ? {} : { text }) };
}

/** The header field, or the seconds that the answer names. */
function afterMs(answer: Answer, value: unknown, options: AnswerOptions, nowMs: number): number | undefined {
  const said = options.retry_after === undefined ? undefined : valueAt(value, options.retry_after);
  const text = typeof said === 'number' || typeof said === 'string' ? String(said) : answer.headers['retry-after'];
  return retryAfterMs(text, nowMs);
}

/** An id as text; undefined for one that is too long to be kept. */
function textAt(value: unknown, pointer: string | undefined): string | undefined {
  const found = pointer === undefined ? undefined : valueAt(value, pointer);
  const text = typeof found === 'number' || typeof found === 'string' ? String(found) : '';
  return text !== '' && text.length <= 256 ? text : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
