/**
 * Meizu's answers to outcomes, by two tables: what it says of a request, and what of a push token in `value`. One number
 * can stand in both and means another thing there. Pure. Source: Meizu, PushAPI (2025-04), "response codes".
 */
import type { Outcome, VendorDetail } from '../contract.js';
import { retryAfterMs } from '../shared/retry-after.js';
import type { Answer } from '../shared/transport.js';
import { codeOf, idOf, objectOf, wordsOf } from '../shared/vendor-answer.js';
import { msUntilNextDay } from '../shared/vendor-day.js';
import type { Judged } from '../shared/vendor-provider.js';
import { failuresIn, LISTED_KNOWN, misconfigured, outcomeOfListed } from './listed.js';

/** `tokens`: some push token of the request is none, Meizu does not say which. `ours`: Pealbell should never send it. */
type Row =
  | 'taken'
  | 'moved'
  | 'tokens'
  | 'payload'
  | 'ours'
  | 'signature'
  | 'app'
  | 'blacklisted'
  | 'quota'
  | 'rate'
  | 'unavailable';

const BY_CODE: Readonly<Record<string, Row>> = {
  200: 'taken',
  300: 'moved',
  500: 'unavailable',
  1001: 'unavailable',
  1003: 'unavailable',
  1005: 'payload',
  1006: 'signature',
  110000: 'app',
  110001: 'app',
  110002: 'tokens',
  110003: 'tokens',
  110004: 'ours',
  110009: 'blacklisted',
  110010: 'rate',
  110019: 'quota',
  110031: 'app',
  110032: 'ours',
  110033: 'app',
  110051: 'quota',
  110053: 'payload',
};

/** Rows of both tables, those of the second as `value 520`; each has its reading in `cures.ts`. */
export const ANSWERS_KNOWN: readonly string[] = [
  ...Object.keys(BY_CODE),
  ...LISTED_KNOWN.map((code) => `value ${code}`),
];

export interface JudgeContext {
  readonly pushTokens: readonly string[];
  readonly now: number;
  /** Whether Meizu has taken something of this app lately: only then it can be the push tokens that are wrong. */
  readonly hasPassed: boolean;
  /** When Meizu's day begins, in minutes after midnight UTC. */
  readonly dayStartsMinutes: number;
  /** A transactional message that goes as one said to many: what Meizu says of those holds for no other of its class. */
  readonly isLowered: boolean;
}

export interface Verdict {
  readonly outcomes: readonly Outcome[];
  /** Meizu wants to be asked there, and has done nothing. */
  readonly redirect?: string;
  /** Nothing was sent: asked for fewer push tokens, Meizu tells which one is meant. */
  readonly isSplittable?: boolean;
}

export function judge(answer: Answer, context: JudgeContext): Judged<Verdict> {
  const { status } = answer;
  const said = objectOf(answer);
  const code = codeOf(said?.code);
  if (said === undefined || code === undefined) return unreadable(answer, said !== undefined, context);
  const text = wordsOf(said.message, context.pushTokens);
  const detail: VendorDetail = { status, code, ...(text === undefined ? {} : { text }) };
  const known = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  // A success counts with its status alone: a redirect or a refusal has sent nothing.
  const row = status >= 300 && known === 'taken' ? undefined : known;
  if (status >= 500 && row !== 'rate' && row !== 'unavailable') {
    return whole(context, unavailable(answer, context, detail), { code: `http ${status}` });
  }
  if (row === undefined) {
    const outcome: Outcome = { kind: 'deferred', scope: 'target', reason: 'provider_unavailable', detail };
    return whole(context, outcome, { code: 'unknown', isStrange: true });
  }
  switch (row) {
    case 'taken':
      return perToken(said, detail, context);
    case 'moved': {
      const judged = whole(context, unavailable(answer, context, detail), { code });
      const redirect = typeof said.redirect === 'string' ? said.redirect : '';
      return { ...judged, value: { ...judged.value, redirect } };
    }
    case 'tokens': {
      const outcome: Outcome = context.hasPassed
        ? { kind: 'unregistered', detail }
        : { kind: 'rejected', reason: 'token_wrong_app', detail };
      const judged = whole(context, outcome, { code });
      return { ...judged, value: { ...judged.value, isSplittable: context.pushTokens.length > 1 } };
    }
    case 'payload':
      return whole(context, { kind: 'rejected', reason: 'payload_rejected', detail }, { code });
    case 'ours':
      return whole(context, { kind: 'rejected', reason: 'payload_rejected', detail }, { code, isStrange: true });
    case 'signature':
      return whole(context, misconfigured(SIGNATURE, detail), { code });
    case 'app':
      return whole(context, misconfigured(APP, detail), { code });
    case 'blacklisted':
      return whole(context, misconfigured(BLACKLISTED, detail), { code });
    case 'quota': {
      const wait = msUntilNextDay(context.now, context.dayStartsMinutes);
      const scope = context.isLowered ? 'target' : 'class';
      const outcome: Outcome = { kind: 'deferred', scope, reason: 'quota_exceeded', retryAfterMs: wait, detail };
      return whole(context, outcome, { code });
    }
    case 'rate':
      return whole(context, unavailable(answer, context, detail, 'rate_limited'), { code });
    case 'unavailable':
      return whole(context, unavailable(answer, context, detail), { code });
    default:
      return row satisfies never;
  }
}

const SIGNATURE = 'Meizu refuses our signature: check app_secret of the app’s file';
const APP = 'Meizu knows no such app: check app_id and app_secret of the app’s file';
const BLACKLISTED = 'Meizu has shut this app out: ask Meizu why';
function perToken(
  said: Readonly<Record<string, unknown>>,
  answered: VendorDetail,
  context: JudgeContext,
): Judged<Verdict> {
  const { pushTokens } = context;
  const listed = failuresIn(said.value);
  if (listed === undefined) {
    const detail = { ...answered, text: 'an acceptance with a value that is no map' };
    const outcome: Outcome = { kind: 'deferred', scope: 'target', reason: 'provider_unavailable', detail };
    return whole(context, outcome, { code: 'unknown', isStrange: true });
  }
  const asked = new Set(pushTokens);
  const id = idOf(said.msgId);
  const codes = [...listed.values()];
  /** Nothing of this app passes, and everything is called dead: that may as well be the app. */
  const isDoubtful =
    !context.hasPassed && pushTokens.every((token) => ['110002', '110003'].includes(listed.get(token) ?? ''));
  const value = pushTokens.map((token): Outcome => {
    const code = listed.get(token);
    if (code === undefined) return { kind: 'accepted', ...(id === undefined ? {} : { vendorId: id }) };
    const detail: VendorDetail = { status: answered.status ?? 200, code: `value ${code}` };
    if (isDoubtful) return { kind: 'rejected', reason: 'token_wrong_app', detail };
    return outcomeOfListed(code, detail, context);
  });
  const isStrange =
    codes.some((code) => !LISTED_KNOWN.includes(code)) || [...listed.keys()].some((token) => !asked.has(token));
  return { value: { outcomes: value }, code: listed.size === 0 ? '200' : '200 partly', isStrange };
}

/** Nothing of Meizu's own: a page of a proxy, or an answer that was cut short, of which nobody knows what it said. */
function unreadable(answer: Answer, isJson: boolean, context: JudgeContext): Judged<Verdict> {
  const { status } = answer;
  if (status < 300 && !answer.complete) {
    const detail = { status, text: 'an answer cut short' };
    return whole(context, { kind: 'uncertain', detail }, { code: 'cut_short' });
  }
  const text = isJson ? 'an answer without a code' : 'an answer that is no JSON object';
  const detail = { status, text };
  if (isJson && status < 500) {
    const outcome: Outcome = { kind: 'deferred', scope: 'target', reason: 'provider_unavailable', detail };
    return whole(context, outcome, { code: 'unknown', isStrange: true });
  }
  const judged = { code: status >= 500 ? `http ${status}` : 'no_json', isStrange: status < 500 };
  return whole(context, unavailable(answer, context, detail), judged);
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

function whole(
  { pushTokens }: JudgeContext,
  outcome: Outcome,
  judged: Omit<Judged<Verdict>, 'value'>,
): Judged<Verdict> {
  return { ...judged, value: { outcomes: pushTokens.map(() => outcome) } };
}
