/**
 * What Huawei tells of deliveries, in two shapes: that of HMS Core, and that of HarmonyOS NEXT. Sources: Huawei, "Message
 * receipt" (V1) and "Message receipt" of Push Kit for HarmonyOS (V2).
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
import type { HuaweiOptions } from './options.js';
import { isSigned, SIGNATURE_HEADER } from './receipt-signature.js';

/** A longer one is none of those that we keep. */
const TOKEN_CHARS_MAX = 512;

/** What is done about one. `muted`: it arrived, and was not shown. `wait`: another one follows. */
type Row = 'delivered' | 'dead' | 'muted' | 'held' | 'wait' | 'fault' | LateEnd;

/** One table for both shapes. */
const BY_STATUS: Readonly<Record<string, Row>> = {
  0: 'delivered',
  2: 'dead', // the app was removed
  5: 'dead', // the push token is not (or no more) that of the device
  6: 'muted', // notifications are switched off
  10: 'dead', // not seen for more than 30 days
  14: 'fault', // of the device or its network
  15: 'superseded',
  22: 'payload_rejected', // another profile
  27: 'wait', // kept until the app runs
  31: 'payload_rejected', // the page that a tap opens is missing
  51: 'wait', // not unlocked since it was switched on
  102: 'quota_exceeded', // 3,000 a day
  144: 'payload_rejected', // no such profile
  151: 'payload_rejected', // not shown
  155: 'payload_rejected', // live view
  156: 'payload_rejected',
  158: 'payload_rejected',
  188: 'payload_rejected', // the app could not be started
  191: 'delivered', // shown, without its badge
  201: 'held', // controlled by token management
  256: 'quota_exceeded', // the day's marketing messages, or a penalty
  259: 'payload_rejected', // content or link refused
  261: 'payload_rejected', // no such form
  262: 'rate_limited', // of the form's updates
  264: 'held', // the person has not subscribed
  265: 'fault',
  268: 'fault',
  269: 'fault',
};

/** Rows of the table, for its test. */
export const RECEIPT_STATUSES: Readonly<Record<string, string>> = BY_STATUS;

/** Both forms that Huawei's pages ask for. */
const TAKEN: CallbackAnswer = {
  status: 200,
  type: 'application/json',
  body: '{"code":"0","message":"success","errno":"0","errmsg":"success"}',
};

/** See `ReceiptReading.readReceipts`. */
export function readReceipts(request: CallbackRequest, options: HuaweiOptions): CallbackReading {
  const { receipt_user: user, receipt_key: key, receipt_seconds: seconds } = options;
  if (user !== undefined && key !== undefined) {
    const header = request.headers[SIGNATURE_HEADER];
    if (!isSigned(header, { user, key, seconds }, request.receivedAt)) return { kind: 'forged' };
  }
  const statuses = statusesOf(request.body);
  if (statuses === undefined) return { kind: 'unreadable', detail: 'the body has no list `statuses`' };
  if (statuses.length > RECEIPTS_MAX) return { kind: 'unreadable', detail: `more than ${RECEIPTS_MAX} receipts` };
  const told = statuses.flatMap((status) => readOne(status) ?? []);
  if (told.length === 0 && statuses.length > 0) {
    return { kind: 'unreadable', detail: 'no entry of `statuses` has a push token and a status' };
  }
  return {
    kind: 'receipts',
    receipts: told.flatMap(({ receipt }) => receipt ?? []),
    notices: told.flatMap(({ notice }) => notice ?? []),
    answer: TAKEN,
  };
}

interface Told {
  readonly receipt?: VendorReceipt;
  readonly notice?: AddressNotice;
}

/** Undefined for what is none. */
function readOne(entry: unknown): Told | undefined {
  const { token, biTag, status, timestamp, deliveryStatus, formStatus } = fieldsOf(entry);
  if (typeof token !== 'string' || token === '' || token.length > TOKEN_CHARS_MAX) return undefined;
  const inner = fieldsOf(deliveryStatus ?? formStatus);
  const code = codeOf(status ?? inner.result);
  if (code === undefined) return undefined;
  const pushToken = token as PushToken; // the vendor's word for it; it is looked up and never kept
  const at = timeOf(timestamp ?? inner.timestamp);
  const row = Object.hasOwn(BY_STATUS, code) ? BY_STATUS[code] : undefined;
  const of = {
    ...(at === undefined ? {} : { at }),
    ...(typeof biTag === 'string' && biTag !== '' ? { target: { message: biTag, pushToken } } : {}),
  };
  const notice = noticeOf(row, pushToken, code, at);
  const receipt = 'target' in of ? receiptOf(row, of, code) : undefined;
  return { ...(receipt === undefined ? {} : { receipt }), ...(notice === undefined ? {} : { notice }) };
}

/** What nobody has documented says nothing: neither that it arrived, nor that it never will. */
function receiptOf(
  row: Row | undefined,
  of: Pick<VendorReceipt, 'target' | 'at'>,
  code: string,
): VendorReceipt | undefined {
  const vendor = { code };
  switch (row) {
    case 'delivered':
    case 'muted':
      return { ...of, state: 'delivered' };
    case 'dead':
    case 'held':
      return { ...of, state: 'failed', reason: 'token_invalid', vendor };
    case 'fault':
      return { ...of, state: 'failed', reason: 'expired', vendor };
    case 'wait':
    case undefined:
      return undefined;
    default:
      return { ...of, state: 'failed', reason: row, vendor };
  }
}

function noticeOf(
  row: Row | undefined,
  pushToken: PushToken,
  code: string,
  at: EpochMs | undefined,
): AddressNotice | undefined {
  const of = { pushToken, ...(at === undefined ? {} : { at }) };
  if (row === 'dead') return { ...of, kind: 'unregistered', code };
  // The person may switch them on again: the address stays.
  if (row === 'muted' || row === 'held') return { ...of, kind: 'notifications', state: 'off' };
  return undefined;
}

function statusesOf(body: Uint8Array): readonly unknown[] | undefined {
  try {
    const { statuses } = fieldsOf(JSON.parse(Buffer.from(body).toString('utf8')));
    return Array.isArray(statuses) ? statuses : undefined;
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** Milliseconds, as a number or as its text. */
function timeOf(value: unknown): EpochMs | undefined {
  const ms = Number(codeOf(value) ?? Number.NaN);
  return Number.isSafeInteger(ms) && ms > 0 ? ms : undefined;
}
