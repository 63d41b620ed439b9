/** Reads what Honor tells of deliveries. It signs nothing that is known: the secret in the address guards it. */
import { z } from 'zod';
import {
  type AddressNotice,
  type CallbackReading,
  type CallbackRequest,
  RECEIPTS_MAX,
  type VendorReceipt,
} from '../contract.js';
import { codeOf } from '../shared/vendor-answer.js';
import type { HonorOptions } from './options.js';
import { isPushToken } from './push-token.js';
import { type Meaning, RECEIPT_MEANINGS } from './receipt-meanings.js';

const bodySchema = z.object({ statuses: z.array(z.unknown()) });
const statusSchema = z.object({
  token: z.unknown().optional(),
  biTag: z.unknown().optional(),
  status: z.unknown().optional(),
  timestamp: z.unknown().optional(),
});

/** See `ReceiptReading.readReceipts`. */
export function readReceipts(
  { body }: CallbackRequest,
  { receipt_codes, receipt_answer }: Pick<HonorOptions, 'receipt_codes' | 'receipt_answer'>,
): CallbackReading {
  const parsed = bodySchema.safeParse(jsonOf(body));
  if (!parsed.success) return { kind: 'unreadable', detail: 'the body is no JSON object with a list of statuses' };
  const told = parsed.data.statuses;
  if (told.length > RECEIPTS_MAX) {
    return { kind: 'unreadable', detail: `${told.length} statuses in one call; ${RECEIPTS_MAX} are read at most` };
  }
  // What is none among others takes nothing from them.
  const statuses = told.flatMap((each) => statusSchema.safeParse(each).data ?? []);
  if (statuses.length === 0 && told.length > 0)
    return { kind: 'unreadable', detail: 'none of the statuses is an object' };
  const receipts: VendorReceipt[] = [];
  const notices: AddressNotice[] = [];
  for (const { token, biTag, status, timestamp } of statuses) {
    if (!isPushToken(token)) continue;
    const code = codeOf(status) ?? '';
    const at = timeOf(timestamp);
    const when = at === undefined ? {} : { at };
    const meaning = meaningOf(code, receipt_codes);
    if (meaning === 'token_invalid') notices.push({ kind: 'unregistered', pushToken: token, code, ...when });
    if (meaning === 'notifications_off') {
      notices.push({ kind: 'notifications', state: 'off', pushToken: token, ...when });
    }
    const state = stateOf(meaning);
    if (state === undefined || typeof biTag !== 'string' || biTag === '') continue;
    const failure = state === 'failed' ? { vendor: { code } } : {};
    receipts.push({ target: { message: biTag, pushToken: token }, ...reasonOf(meaning), state, ...failure, ...when });
  }
  return {
    kind: 'receipts',
    receipts,
    ...(notices.length === 0 ? {} : { notices }),
    answer: { status: 200, type: 'application/json', body: receipt_answer },
  };
}

function meaningOf(code: string, own: Readonly<Record<string, Meaning>>): Meaning {
  if (Object.hasOwn(own, code)) return own[code] ?? 'nothing';
  return Object.hasOwn(RECEIPT_MEANINGS, code) ? (RECEIPT_MEANINGS[code] ?? 'nothing') : 'nothing';
}

function stateOf(meaning: Meaning): VendorReceipt['state'] | undefined {
  switch (meaning) {
    case 'delivered':
    case 'displayed':
      return meaning;
    case 'token_invalid':
    case 'quota_exceeded':
    case 'payload_rejected':
      return 'failed';
    case 'notifications_off':
    case 'nothing':
      return undefined;
    default:
      return meaning satisfies never;
  }
}

function reasonOf(meaning: Meaning): Pick<VendorReceipt, 'reason'> {
  return meaning === 'token_invalid' || meaning === 'quota_exceeded' || meaning === 'payload_rejected'
    ? { reason: meaning }
    : {};
}

/** Epoch milliseconds, as a number or its text; undefined for what is no time of this century. */
function timeOf(value: unknown): number | undefined {
  const ms = typeof value === 'string' && /^\d{13}$/.test(value) ? Number(value) : value;
  return typeof ms === 'number' && Number.isInteger(ms) && ms >= 1e12 && ms < 1e13 ? ms : undefined;
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
