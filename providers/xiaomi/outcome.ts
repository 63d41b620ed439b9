/**
 * What became of a request, by Xiaomi's answer. Sources: dev.mi.com, documents 1559 (answer) and 1560 (codes). The HTTP status
 * says only whether Xiaomi itself answered: a refusal comes with 200 as well.
 */
import type { EpochMs, Outcome, VendorDetail } from '../contract.js';
import { retryAfterMs } from '../shared/retry-after.js';
import type { Answer } from '../shared/transport.js';
import { codeOf, objectOf, textsOf, wordsOf } from '../shared/vendor-answer.js';
import { msUntilNextDay } from '../shared/vendor-day.js';
import type { Judged } from '../shared/vendor-provider.js';

/** What an answer says of the targets of its request. */
export type Word =
  | { readonly kind: 'taken'; readonly vendorId?: string; readonly refused: ReadonlySet<string> }
  /** Of one of them at least; each is to be asked about alone. */
  | { readonly kind: 'one_by_one' }
  /** Of all of them. */
  | { readonly kind: 'outcome'; readonly outcome: Outcome };

/** What a judgement needs to know besides the answer. */
export interface Circumstances {
  readonly now: EpochMs;
  readonly pushTokens: readonly string[];
  /** Texts of the message, which an answer may repeat and no log shall. */
  readonly texts: readonly string[];
  readonly dayStartsMinutes: number;
  /** It may be counted as marketing, though its class is another: what is used up is not its class's. */
  readonly isLowered?: boolean;
  readonly pauseMs: number;
  /** What 20301 to a single push token means. */
  readonly sendingFailed: 'unregistered' | 'deferred';
}

type Verdict =
  | { readonly kind: 'dead' | 'sending_failed' | 'quota' | 'too_fast' | 'rejected' | 'unavailable' | 'not_now' }
  | { readonly kind: 'misconfigured'; readonly what: string };

const SECRET = 'Xiaomi does not accept app_secret: copy the AppSecret of the app from its console';
const APP =
  'Xiaomi finds no app with this package_name and app_secret: copy both from the same app in its console, and look whether push is enabled there';
const LOCKED = 'Xiaomi has locked the app: look into its console, or write to its support';

const MISCONFIGURED: Readonly<Record<string, string>> = {
  10004: 'Xiaomi does not let this gateway’s address in: add it to the list of addresses of the app in its console',
  10005: 'Xiaomi does not let the app use this interface: look at its rights in the console',
  10006: SECRET,
  10014: 'Xiaomi does not let the app use this interface: look at its rights in the console',
  10026: LOCKED,
  10031: LOCKED,
  10036: SECRET,
  21301: SECRET,
  21302: SECRET,
  21303: SECRET,
  ...Object.fromEntries([0, 1, 2, 3, 4, 5, 6, 7, 8].map((last) => [22_000 + last, APP])),
  22022: APP,
  27001:
    'Xiaomi says that the channel does not fit: compare the channel ids in the app’s file with those in its console',
};

const OTHERS: Readonly<Record<Exclude<Verdict['kind'], 'misconfigured'>, readonly string[]>> = {
  dead: ['10029', '65003', '66007'],
  sending_failed: ['20301'],
  quota: ['200001', '10034'],
  too_fast: ['200002', '10022', '10023', '10024', '10027', '10028', '10030', '22101', '26004'],
  rejected: [
    ...['10007', '10008', '10012', '10013', '10016', '10017', '10018', '10020', '10021', '10025', '10037', '10041'],
    ...['21305', '22020', '22021', '22100', '22103', '26006', '65009', '65010', '65011', '65012', '65013', '65014'],
    ...['65015', '65036', '65037', '65038'],
  ],
  unavailable: ['-1', '1', '10001', '10002', '10003', '10009', '10010', '10011', '20607', '26003'],
  not_now: ['22102'],
};

const VERDICTS = new Map<string, Verdict>([
  ...Object.entries(MISCONFIGURED).map(([code, what]) => [code, { kind: 'misconfigured', what }] as const),
  ...Object.entries(OTHERS).flatMap(([kind, codes]) =>
    // The keys of the table are these kinds.
    codes.map((code) => [code, { kind: kind as keyof typeof OTHERS }] as const),
  ),
]);

/** Every code there is a rule for; each has a line in `cures.ts`. */
export const ANSWERS_KNOWN: readonly string[] = [...VERDICTS.keys()];

/** Pure. */
export function judge(answer: Answer, circumstances: Circumstances): Judged<Word> {
  const { status } = answer;
  const said = objectOf(answer);
  const code = codeOf(said?.code);
  if (status === 200 && !answer.complete) {
    const detail = { status, text: 'the answer was cut off' };
    return { value: whole({ kind: 'uncertain', detail }), code: 'cut_off' };
  }
  if (status >= 500 || said === undefined || code === undefined) {
    const isStrange = status < 500;
    const detail = { status, ...(code === undefined ? {} : { code }) };
    // An object without a code is Xiaomi's, as far as can be seen, and says nothing of its health.
    const scope = status < 500 && said !== undefined ? 'target' : 'account';
    const wait = retryAfterMs(answer.headers['retry-after'], circumstances.now);
    const outcome: Outcome = {
      ...{ kind: 'deferred', scope, reason: 'provider_unavailable', detail },
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    };
    return { value: whole(outcome), code: code ?? `http ${status}`, ...(isStrange ? { isStrange } : {}) };
  }
  if (code === '0' && status === 200 && said.result !== 'error') return { value: taken(said), code };
  const verdict = VERDICTS.get(code);
  const words = wordsOf(said.reason, hidden(circumstances)) ?? wordsOf(said.description, hidden(circumstances));
  const detail = { status, code, ...(words === undefined ? {} : { text: words }) };
  if (verdict === undefined) {
    const outcome: Outcome = { kind: 'deferred', scope: 'target', reason: 'provider_unavailable', detail };
    return { value: whole(outcome), code, isStrange: true };
  }
  return { value: wordOf(verdict, detail, answer, circumstances), code };
}

function wordOf(verdict: Verdict, detail: VendorDetail, answer: Answer, circumstances: Circumstances): Word {
  const { now, pushTokens, dayStartsMinutes, isLowered, pauseMs, sendingFailed } = circumstances;
  const waitMs = retryAfterMs(answer.headers['retry-after'], now);
  const wait = waitMs === undefined ? {} : { retryAfterMs: waitMs };
  switch (verdict.kind) {
    case 'dead':
      return pushTokens.length > 1 ? { kind: 'one_by_one' } : whole({ kind: 'unregistered', detail });
    case 'sending_failed':
      if (pushTokens.length > 1) return { kind: 'one_by_one' };
      if (sendingFailed === 'unregistered') return whole({ kind: 'unregistered', detail });
      return whole({ kind: 'deferred', scope: 'target', reason: 'provider_unavailable', detail, ...wait });
    case 'quota': {
      const retryAfter = msUntilNextDay(now, dayStartsMinutes);
      return whole({
        kind: 'deferred',
        scope: isLowered === true ? 'target' : 'class',
        reason: 'quota_exceeded',
        retryAfterMs: retryAfter,
        detail,
      });
    }
    case 'too_fast':
      return whole({
        ...{ kind: 'deferred', scope: 'account', reason: 'rate_limited', retryAfterMs: waitMs ?? pauseMs, detail },
      });
    case 'rejected':
      return whole({ kind: 'rejected', reason: 'payload_rejected', detail });
    case 'unavailable':
      return whole({ kind: 'deferred', scope: 'account', reason: 'provider_unavailable', detail, ...wait });
    case 'not_now':
      return whole({ kind: 'deferred', scope: 'target', reason: 'provider_unavailable', detail, ...wait });
    case 'misconfigured':
      return whole({ kind: 'misconfigured', what: verdict.what, detail });
    default:
      return verdict satisfies never;
  }
}

function whole(outcome: Outcome): Word {
  return { kind: 'outcome', outcome };
}

/** Refused ones are named in a text with commas; a list would say the same. */
function taken({ data }: Record<string, unknown>): Word {
  const { id, bad_regids: bad }: { id?: unknown; bad_regids?: unknown } =
    typeof data === 'object' && data !== null ? data : {};
  const vendorId = typeof id === 'string' || typeof id === 'number' ? String(id) : '';
  const named = typeof bad === 'string' ? bad.split(',') : textsOf(bad);
  return {
    ...{ kind: 'taken', refused: new Set(named.map((text) => text.trim())) },
    ...(vendorId === '' || vendorId.length > 256 ? {} : { vendorId }),
  };
}

/** Short texts stand in every sentence. */
function hidden({ pushTokens, texts }: Circumstances): readonly string[] {
  return [...pushTokens, ...texts.filter((text) => text.length > 3)];
}
