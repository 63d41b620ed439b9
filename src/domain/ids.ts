import { createHash } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'; // Crockford's base32: no i, l, o, u

/** Fills a fresh buffer of the given size with random bytes. */
export type RandomBytes = (size: number) => Uint8Array;

export type IdPrefix = 'msg' | 'evt' | 'key' | 'whe' | 'whc' | 'req' | 'dev';

/**
 * A prefixed id that sorts by time: a UUIDv7 (RFC 9562 §5.7) in base32.
 *
 * @param nowMs time of day in milliseconds
 */
export function newId(prefix: IdPrefix, nowMs: number, random: RandomBytes): string {
  const bytes = new Uint8Array(16);
  bytes.set(random(10), 6);
  let time = Math.floor(nowMs);
  for (let i = 5; i >= 0; i--) {
    bytes[i] = time & 0xff;
    time = Math.floor(time / 256);
  }
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return `${prefix}_${base32(bytes)}`;
}

/** The least id of this prefix and millisecond: those made before then sort before it. */
export function firstId(prefix: IdPrefix, atMs: number): string {
  return newId(prefix, atMs, (size) => new Uint8Array(size));
}

/** Base32 without padding; 16 bytes become 26 characters, and order is kept for equal lengths. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(value >>> bits) & 31];
      value &= (1 << bits) - 1;
    }
  }
  if (bits > 0) text += ALPHABET[(value << (5 - bits)) & 31];
  return text;
}

/**
 * Id of a chunk in which targets go on: the same whenever it is made again, and no longer however often they move on.
 *
 * @param fence under which they left `origin`; `n` counts the chunks that were made of it under that fence
 */
export function nextChunkId(message: string, origin: string, fence: number, n: number): string {
  const hash = createHash('sha256').update(`${origin}|${fence}|${n}`).digest();
  return `${message}.s${base32(hash.subarray(0, 10))}`;
}

const NAMESPACE = Buffer.from('8f2b1c64e0a94d7b9c5a3e61d2f70b18', 'hex');

/**
 * The id every attempt of one (message, device) carries: a UUIDv5 (RFC 9562 §5.5), canonical and
 * lower-case, as `apns-id` wants it. The same input always gives the same id, so that a repeated
 * attempt can be recognised.
 *
 * @param key the delivery's key: device id, or `~` and hash of a bare push token
 */
export function notificationId(message: string, key: string): string {
  const hash = createHash('sha1').update(NAMESPACE).update(message).update('\0').update(key).digest();
  hash[6] = 0x50 | ((hash[6] ?? 0) & 0x0f);
  hash[8] = 0x80 | ((hash[8] ?? 0) & 0x3f);
  const hex = hash.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
