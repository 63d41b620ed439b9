/**
 * What Xiaomi tells of deliveries: a form whose field `data` is JSON, by the ids that it gave to requests. Source: dev.mi.com,
 * document 1559, "message receipts". It signs nothing: who calls knows the secret in the address.
 */
import {
  type AddressNotice,
  type CallbackAnswer,
  type CallbackReading,
  type CallbackRequest,
  type EpochMs,
  type LateEnd,
  type PushToken,
  RECEIPTS_MAX,
  type VendorReceipt,
} from '../contract.js';
import { codeOf } from '../shared/vendor-answer.js';

const ANSWER: CallbackAnswer = { status: 200, type: 'text/plain; charset=utf-8', body: 'ok' };

type Meaning =
  | { readonly state: 'delivered' | 'opened' }
  | { readonly state: 'failed'; readonly reason: LateEnd; readonly code: string }
  | { readonly state: 'switched_off' };

const MEANINGS: Readonly<Record<string, Meaning>> = {
  1: { state: 'delivered' },
  2: { state: 'opened' },
  16: { state: 'failed', code: 'receipt 16', reason: 'token_invalid' },
  32: { state: 'switched_off' },
  64: { state: 'failed', code: 'receipt 64', reason: 'payload_rejected' },
  128: { state: 'failed', code: 'receipt 128', reason: 'quota_exceeded' },
  1024: { state: 'failed', code: 'receipt 1024', reason: 'expired' },
};
/** Of type 16: what the targets are. Others than registrations are not ours. */
const OF_REGISTRATIONS = [undefined, '0', '1'];

/** Pure. See `ReceiptReading.readReceipts`. */
export function readReceipts({ body }: CallbackRequest): CallbackReading {
  const text = new URLSearchParams(Buffer.from(body).toString('utf8')).get('data');
  if (text === null) return unreadable('there is no field `data` in the form');
  const told = parse(text);
  if (!isRecord(told)) return unreadable('the field `data` is no JSON object');
  const receipts: VendorReceipt[] = [];
  const notices: AddressNotice[] = [];
  for (const entry of Object.values(told)) {
    if (!isRecord(entry)) return unreadable('an entry of `data` is no object');
    read(entry, receipts, notices);
    if (receipts.length > RECEIPTS_MAX || notices.length > RECEIPTS_MAX) {
      return unreadable(`more than ${RECEIPTS_MAX} receipts in one call`);
    }
  }
  return { kind: 'receipts', receipts, ...(notices.length === 0 ? {} : { notices }), answer: ANSWER };
}

type Entry = Readonly<Record<string, unknown>>;

function read(entry: Entry, receipts: VendorReceipt[], notices: AddressNotice[]): void {
  const type = codeOf(entry.type);
  const meaning = type !== undefined && Object.hasOwn(MEANINGS, type) ? MEANINGS[type] : undefined;
  const { param, targets } = entry;
  if (meaning === undefined || typeof targets !== 'string') return;
  const when = timeOf(entry.timestamp);
  const at = when === undefined ? {} : { at: when };
  const isDead = meaning.state === 'failed' && meaning.reason === 'token_invalid';
  if (isDead && !OF_REGISTRATIONS.includes(codeOf(entry.errorCode))) return;
  for (const text of targets.split(',')) {
    const token = text.trim();
    if (token === '') continue;
    const pushToken = token as PushToken; // what we had sent, or nobody knows it
    if (meaning.state !== 'switched_off') {
      receipts.push(...receiptOf(pushToken, param, meaning, at));
    }
    notices.push(...noticesOf(pushToken, meaning, entry, at));
  }
}

/** `param` is the message's id, as it was sent along. */
function receiptOf(
  pushToken: PushToken,
  param: unknown,
  meaning: Exclude<Meaning, { readonly state: 'switched_off' }>,
  at: { readonly at?: EpochMs },
): readonly VendorReceipt[] {
  if (typeof param !== 'string' || param === '') return [];
  const of = { ...at, target: { message: param, pushToken } };
  if (meaning.state !== 'failed') return [{ ...of, state: meaning.state }];
  return [{ ...of, state: 'failed', reason: meaning.reason, vendor: { code: meaning.code } }];
}

function noticesOf(
  pushToken: PushToken,
  meaning: Meaning,
  entry: Entry,
  at: { readonly at?: EpochMs },
): readonly AddressNotice[] {
  if (meaning.state === 'switched_off') return [{ kind: 'notifications', state: 'off', pushToken, ...at }];
  if (meaning.state === 'failed' && meaning.reason === 'token_invalid') {
    const by = isRecord(entry.replaceTarget) ? entry.replaceTarget[pushToken] : undefined;
    const replaced = typeof by === 'string' && by !== '' && by !== pushToken ? { replacedBy: by as PushToken } : {};
    return [{ kind: 'unregistered', pushToken, code: meaning.code, ...replaced, ...at }];
  }
  const state = entry.barStatus === 'Disable' ? 'off' : entry.barStatus === 'Enable' ? 'on' : undefined;
  return state === undefined ? [] : [{ kind: 'notifications', state, pushToken, ...at }];
}

function timeOf(value: unknown): EpochMs | undefined {
  const ms =
    typeof value === 'number' ? value : typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : 0;
  return Number.isSafeInteger(ms) && ms > 0 ? ms : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unreadable(detail: string): CallbackReading {
  return { kind: 'unreadable', detail };
}
