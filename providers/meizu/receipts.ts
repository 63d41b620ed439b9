/** Reads what Meizu tells of deliveries: a form with a JSON map and, as proof, the token of the console. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { type CallbackReading, type CallbackRequest, RECEIPTS_MAX, type VendorReceipt } from '../contract.js';
import { codeOf, textsOf } from '../shared/vendor-answer.js';
import type { MeizuOptions } from './options.js';
import { isPushToken } from './push-token.js';

const ANSWER = { status: 200, type: 'application/json', body: '{"code":"200","message":""}' } as const;

/** By `<message id>-<type>`. */
const mapSchema = z.record(z.string(), z.unknown());
const entrySchema = z.object({
  param: z.unknown().optional(),
  type: z.unknown().optional(),
  targets: z.unknown().optional(),
});

const STATES: Readonly<Record<string, VendorReceipt['state']>> = { 1: 'delivered', 2: 'opened' };

/** See `ReceiptReading.readReceipts`. */
export function readReceipts(
  { body }: CallbackRequest,
  { receipt_token }: Pick<MeizuOptions, 'receipt_token'>,
): CallbackReading {
  const form = new URLSearchParams(Buffer.from(body).toString('utf8'));
  if (receipt_token !== undefined && !isSame(form.get('access_token') ?? '', receipt_token)) return { kind: 'forged' };
  const parsed = mapSchema.safeParse(jsonOf(form.get('cb') ?? ''));
  if (!parsed.success) return { kind: 'unreadable', detail: 'the form has no cb with a JSON map of receipts' };
  const told = Object.entries(parsed.data);
  // What is none among others takes nothing from them.
  const entries = told.flatMap(([key, value]) => {
    const { data } = entrySchema.safeParse(value);
    return data === undefined ? [] : [{ key, ...data }];
  });
  if (entries.length === 0 && told.length > 0) return { kind: 'unreadable', detail: 'no entry of cb is an object' };
  const receipts: VendorReceipt[] = [];
  for (const { key, param, type, targets } of entries) {
    const code = codeOf(type) ?? key.slice(key.lastIndexOf('-') + 1);
    const state = Object.hasOwn(STATES, code) ? STATES[code] : undefined;
    if (state === undefined || typeof param !== 'string' || param === '') continue;
    for (const pushToken of textsOf(targets)) {
      if (isPushToken(pushToken)) receipts.push({ target: { message: param, pushToken }, state });
    }
    if (receipts.length > RECEIPTS_MAX) {
      return { kind: 'unreadable', detail: `more than ${RECEIPTS_MAX} receipts in one call` };
    }
  }
  return { kind: 'receipts', receipts, answer: ANSWER };
}

/** In constant time, whatever the lengths. */
function isSame(given: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
