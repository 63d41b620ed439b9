/**
 * The signature that Huawei sets above receipts: of the time, a nonce and the user name, not of the body. Source: Huawei,
 * "Message receipt", callback authentication.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { EpochMs } from '../contract.js';

export const SIGNATURE_HEADER = 'x-huawei-callback-id';

export interface ReceiptKey {
  readonly user: string;
  readonly key: string;
  /** How old a signature may be, seconds; null: however old. */
  readonly seconds: number | null;
}

const FIELD = /^\s*(timestamp|nonce|value)\s*=\s*(\S+)\s*$/;

/** In a time that tells nothing of how much of it is right. */
export function isSigned(header: string | undefined, { user, key, seconds }: ReceiptKey, now: EpochMs): boolean {
  const fields = new Map<string, string>();
  for (const part of (header ?? '').slice(0, 1_024).split(';')) {
    const [, name, value] = FIELD.exec(part) ?? [];
    if (name !== undefined && value !== undefined) fields.set(name, value);
  }
  const timestamp = fields.get('timestamp') ?? '';
  const given = Buffer.from(fields.get('value') ?? '', 'base64');
  const text = timestamp + (fields.get('nonce') ?? '') + user;
  // Older configurations take the text of the key, newer ones what it is the Base64 of: both are always computed.
  const isRight = [Buffer.from(key, 'utf8'), Buffer.from(key, 'base64')]
    .map((bytes) => bytes.length > 0 && isSame(given, createHmac('sha256', bytes).update(text).digest()))
    .includes(true);
  return isRight && isTimely(timestamp, seconds, now);
}

function isSame(given: Buffer, right: Buffer): boolean {
  return given.length === right.length && timingSafeEqual(given, right);
}

/** Of 13 digits as a rule, milliseconds; seconds are seen as well. */
function isTimely(timestamp: string, seconds: number | null, now: EpochMs): boolean {
  if (!/^\d{10}(?:\d{3})?$/.test(timestamp)) return false;
  const at = timestamp.length === 10 ? Number(timestamp) * 1_000 : Number(timestamp);
  return seconds === null || Math.abs(now - at) <= seconds * 1_000;
}
