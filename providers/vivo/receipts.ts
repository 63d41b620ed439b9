/**
 * Receipts as vivo tells them: a JSON object by task. Source: vivo server API, document 362, "extra"; the codes are those
 * that others who send over vivo have published, since vivo documents none.
 */
import {
  type AddressNotice,
  type CallbackReading,
  type CallbackRequest,
  type EpochMs,
  type LateEnd,
  type PushToken,
  RECEIPTS_MAX,
  type VendorReceipt,
} from '../contract.js';
import { codeOf } from '../shared/vendor-answer.js';
import type { VivoOptions } from './options.js';

const TOKEN_CHARACTERS_MAX = 512;

/** `stale`: by the setting of that name. `family`: says less than a code beside it. */
type End = 'delivered' | 'dead' | 'stale' | LateEnd;
interface Row {
  readonly end: End;
  readonly isFamily?: true;
}

const CODES: Readonly<Record<string, Row>> = {
  0: { end: 'delivered', isFamily: true },
  101: { end: 'payload_rejected', isFamily: true }, // refused by the review
  102: { end: 'rate_limited', isFamily: true }, // held back
  103: { end: 'superseded', isFamily: true },
  1000: { end: 'rate_limited' }, // at night
  1017: { end: 'rate_limited' }, // at night
  2124: { end: 'payload_rejected' }, // the same operation text again
  2144: { end: 'expired' },
  2158: { end: 'payload_rejected' }, // deep link or page
  2161: { end: 'payload_rejected' },
  2162: { end: 'payload_rejected' },
  2183: { end: 'dead' },
  10012: { end: 'expired' },
  11001: { end: 'quota_exceeded' },
  12000: { end: 'quota_exceeded' }, // of the device
  20001: { end: 'dead' },
  20002: { end: 'dead' },
  20006: { end: 'stale' },
};

interface Read {
  readonly receipts: VendorReceipt[];
  readonly notices: AddressNotice[];
}

/** Pure. */
export function readReceipts({ body }: CallbackRequest, options: VivoOptions): CallbackReading {
  let told: unknown;
  try {
    told = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return unreadable('the body is not JSON');
  }
  if (typeof told !== 'object' || told === null || Array.isArray(told)) {
    return unreadable('the body is no JSON object by task id');
  }
  const entries: readonly unknown[] = Object.values(told);
  if (entries.length === 0) return unreadable('there is no receipt in it');
  const read: Read = { receipts: [], notices: [] };
  for (const entry of entries) {
    readEntry(entry, options, read);
    if (read.receipts.length > RECEIPTS_MAX) return unreadable(`more than ${RECEIPTS_MAX} receipts`);
  }
  const { receipts, notices } = read;
  if (receipts.length === 0) return unreadable('none of its receipts has a form that is known');
  return {
    kind: 'receipts',
    receipts,
    ...(notices.length === 0 ? {} : { notices }),
    answer: { status: 200, type: 'text/plain', body: 'ok' },
  };
}

function readEntry(entry: unknown, options: VivoOptions, { receipts, notices }: Read): void {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return;
  const { targets, param, ackTime } = entry as Record<string, unknown>;
  const tokens = tokensOf(targets);
  const found = endOf(entry as Record<string, unknown>, options);
  // Without our message's id, which every receipt brings back, nobody can be told by it.
  if (typeof param !== 'string' || !/^[\x21-\x7e]{1,192}$/.test(param)) return;
  if (tokens.length === 0 || found === undefined) return;
  const at = timeOf(ackTime);
  const when = at === undefined ? {} : { at };
  for (const pushToken of tokens) {
    const name = { target: { message: param, pushToken } };
    const { end, code } = found;
    const failed = (reason: LateEnd) =>
      receipts.push({ ...name, ...when, state: 'failed', reason, vendor: { code: `receipt.${code}` } });
    if (end === 'delivered') receipts.push({ ...name, ...when, state: 'delivered' });
    else if (end === 'dead' || (end === 'stale' && options.stale === 'retire')) {
      failed('token_invalid');
      notices.push({ kind: 'unregistered', pushToken, code: `receipt.${code}`, ...when });
    } else failed(end === 'stale' ? 'expired' : end);
  }
}

/** Undefined where it says something that is not known: neither a success nor a failure is made of that. */
function endOf(
  entry: Readonly<Record<string, unknown>>,
  { receipt_status: names }: VivoOptions,
): { readonly end: End; readonly code: string } | undefined {
  const codes = names.flatMap((name) => (Object.hasOwn(entry, name) ? [codeOf(entry[name]) ?? '?'] : []));
  if (codes.length === 0) return { end: 'delivered', code: '0' };
  const known = codes.flatMap((code) => {
    const row = Object.hasOwn(CODES, code) ? CODES[code] : undefined;
    return row === undefined ? [] : [{ code, ...row }];
  });
  const telling = known.filter(({ isFamily }) => isFamily !== true);
  if (telling[0] !== undefined) return telling[0];
  // A word for success beside one that nobody knows is none.
  const failure = known.find(({ end }) => end !== 'delivered');
  return failure ?? (known.length === codes.length ? known[0] : undefined);
}

function tokensOf(targets: unknown): readonly PushToken[] {
  const texts = typeof targets === 'string' ? targets.split(',') : Array.isArray(targets) ? targets : [];
  return texts.flatMap((text) => {
    const token = typeof text === 'string' ? text.trim() : '';
    // As `parsePushToken` would have it; the house looks it up, and acts on none that it does not know.
    return /^[\x21-\x7e]+$/.test(token) && token.length <= TOKEN_CHARACTERS_MAX ? [token as PushToken] : [];
  });
}

/** Milliseconds, or seconds where it cannot be those; as number or text. */
function timeOf(value: unknown): EpochMs | undefined {
  const number = typeof value === 'string' && /^\d{10,13}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number <= 0) return undefined;
  return number < 100_000_000_000 ? number * 1_000 : number;
}

function unreadable(detail: string): CallbackReading {
  return { kind: 'unreadable', detail };
}
