/** What OPPO tells of deliveries: a JSON array, unsigned. OPPO, “Receipts”. Pure. */
import {
  type AddressNotice,
  type CallbackAnswer,
  type CallbackReading,
  type CallbackRequest,
  type Json,
  type LateEnd,
  RECEIPTS_MAX,
  type VendorReceipt,
} from '../contract.js';
import { isJsonObject } from '../shared/merge-patch.js';
import { isRegistrationId } from './push-token.js';

const TAKEN: CallbackAnswer = { status: 200, type: 'application/json', body: '{"code":0}' };

/** Of a message that was taken and not shown. Other event types are taken note of, and say nothing to us. */
const FAILED: Readonly<Record<string, LateEnd>> = {
  regid_invalid: 'token_invalid',
  user_daily_limit: 'quota_exceeded',
};

export function readReceipts({ body, receivedAt }: CallbackRequest): CallbackReading {
  const list = readArray(body);
  if (list === undefined) return { kind: 'unreadable', detail: 'it is no JSON array of receipts' };
  const receipts: VendorReceipt[] = [];
  const notices: AddressNotice[] = [];
  for (const item of list) {
    if (!isJsonObject(item)) return { kind: 'unreadable', detail: 'one of the receipts is no object' };
    const { eventType, registrationIds, param } = item;
    if (typeof eventType !== 'string') return { kind: 'unreadable', detail: 'a receipt lacks eventType' };
    const reason = Object.hasOwn(FAILED, eventType) ? FAILED[eventType] : undefined;
    if (reason === undefined && eventType !== 'push_arrive') continue;
    if (typeof registrationIds !== 'string') return { kind: 'unreadable', detail: 'a receipt lacks registrationIds' };
    const ids = registrationIds
      .split(',')
      .map((id) => id.trim())
      .filter(isRegistrationId);
    const at = timeOf(item.eventTime, receivedAt);
    for (const pushToken of ids) {
      if (eventType === 'regid_invalid') notices.push({ kind: 'unregistered', pushToken, at, code: eventType });
      // Always ours where receipts were asked for.
      if (typeof param !== 'string' || param === '') continue;
      const named = { target: { message: param, pushToken } };
      receipts.push(
        reason === undefined
          ? { ...named, state: 'delivered', at }
          : { ...named, state: 'failed', reason, vendor: { code: eventType }, at },
      );
    }
    if (receipts.length > RECEIPTS_MAX || notices.length > RECEIPTS_MAX) {
      return { kind: 'unreadable', detail: `it tells of more than ${RECEIPTS_MAX} deliveries` };
    }
  }
  return { kind: 'receipts', receipts, ...(notices.length === 0 ? {} : { notices }), answer: TAKEN };
}

/** Milliseconds, as text or number; what lies ahead of us by more than an hour, or is none, is now. */
function timeOf(raw: Json | undefined, receivedAt: number): number {
  const ms = typeof raw === 'string' || typeof raw === 'number' ? Number(raw) : Number.NaN;
  return Number.isFinite(ms) && ms > 1_000_000_000_000 && ms < receivedAt + 3_600_000 ? Math.floor(ms) : receivedAt;
}

function readArray(body: Uint8Array): readonly Json[] | undefined {
  try {
    const value = JSON.parse(Buffer.from(body).toString('utf8')) as Json;
    return Array.isArray(value) ? (value as readonly Json[]) : undefined;
  } catch {
    return undefined;
  }
}
