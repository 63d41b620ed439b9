/** What Meizu says of single push ids, in the `value` of an answer. Pure. Source: Meizu, PushAPI (2025-04), "response codes". */
import type { EpochMs, Outcome, VendorDetail } from '../contract.js';
import { textsOf } from '../shared/vendor-answer.js';
import { msUntilNextDay } from '../shared/vendor-day.js';

type TokenRow = 'right' | 'again' | 'folded' | 'dead' | 'muted' | 'capped';

/** What `value` says of a push token. */
const BY_VALUE: Readonly<Record<string, TokenRow>> = {
  201: 'right',
  501: 'again',
  513: 'again',
  519: 'again',
  520: 'folded',
  110002: 'dead',
  110003: 'dead',
  110005: 'dead',
  110010: 'muted',
  110011: 'capped',
};

/** Codes that have a row. */
export const LISTED_KNOWN: readonly string[] = Object.keys(BY_VALUE);

/** More than five a minute for one device and app are folded. */
const FOLDED_MS = 60_000;

const RIGHT =
  'Meizu has not granted this kind of message: apply for private messages in its console, or set service_class: false';

/** Of the push id that `value` lists under this code. @param dayStartsMinutes when Meizu's day begins, in minutes after midnight UTC */
export function outcomeOfListed(
  code: string,
  detail: VendorDetail,
  { now, dayStartsMinutes }: { readonly now: EpochMs; readonly dayStartsMinutes: number },
): Outcome {
  const row = Object.hasOwn(BY_VALUE, code) ? BY_VALUE[code] : undefined;
  switch (row) {
    case 'right':
      return misconfigured(RIGHT, detail);
    case undefined:
    case 'again':
      return { kind: 'deferred', scope: 'target', reason: 'provider_unavailable', detail };
    case 'folded':
      return { kind: 'deferred', scope: 'target', reason: 'rate_limited', retryAfterMs: FOLDED_MS, detail };
    // Muted: the app's switch for messages is off. The next registration of the device brings it back.
    case 'dead':
    case 'muted':
      return { kind: 'unregistered', detail };
    case 'capped': {
      const wait = msUntilNextDay(now, dayStartsMinutes);
      return { kind: 'deferred', scope: 'target', reason: 'quota_exceeded', retryAfterMs: wait, detail };
    }
    default:
      return row satisfies never;
  }
}

/** Code by push token; undefined for a value that says something in another form than the documented map. */
export function failuresIn(value: unknown): ReadonlyMap<string, string> | undefined {
  const map = typeof value === 'string' && value.trim().startsWith('{') ? parsed(value) : value;
  if (map === undefined || map === null || map === '') return new Map();
  if (typeof map !== 'object' || Array.isArray(map)) return undefined;
  const failures = new Map<string, string>();
  for (const [code, tokens] of Object.entries(map)) {
    if (!/^\d{1,9}$/.test(code)) return undefined;
    for (const token of typeof tokens === 'string' ? tokens.split(',') : textsOf(tokens)) {
      if (!failures.has(token)) failures.set(token, code);
    }
  }
  return failures;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** With the answer's status and code behind the sentence. */
export function misconfigured(what: string, detail: VendorDetail): Outcome {
  return { kind: 'misconfigured', what: `${what} (${detail.status} ${detail.code})`, detail };
}
