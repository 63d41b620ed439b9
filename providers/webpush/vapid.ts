/**
 * VAPID (RFC 8292): who is sending, told to the push service by a signed token. One token per origin serves for hours:
 * signing anew for every message would cost more than the encryption, and Apple asks for no more than one an hour.
 */
import { createECDH, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { fromBase64url, toBase64url } from './base64url.js';

/** At most 24 h are allowed (RFC 8292 §2); half of it leaves room for clocks that differ. */
const LIFE_SECONDS = 12 * 3600;
const RENEW_BEFORE_SECONDS = 6 * 3600;
/** Apple: not more often than once in an hour. */
const RENEW_FLOOR_SECONDS = 3600;
/** Origins whose token is kept; one push service alone uses dozens. */
const ORIGINS_MAX = 512;

export interface VapidKeys {
  readonly privateKey: KeyObject;
  /** As the `k` parameter and as `applicationServerKey` in browsers: uncompressed point, base64url. */
  readonly publicKey: string;
}

/**
 * Reads `{"publicKey": "…", "privateKey": "…"}`, both base64url: the raw point (65 bytes) and the raw scalar (32 bytes).
 *
 * @throws Error with a sentence that never holds the key
 */
export function readVapidKeys(text: string): VapidKeys {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error('is JSON text: {"publicKey": "…", "privateKey": "…"}');
  }
  const { publicKey, privateKey } = (typeof parsed === 'object' && parsed !== null ? parsed : {}) as {
    publicKey?: unknown;
    privateKey?: unknown;
  };
  const point = typeof publicKey === 'string' ? fromBase64url(publicKey) : undefined;
  const scalar = typeof privateKey === 'string' ? fromBase64url(privateKey) : undefined;
  if (point?.length !== 65) throw new Error('has a publicKey of 65 bytes in base64url');
  if (scalar?.length !== 32) throw new Error('has a privateKey of 32 bytes in base64url');
  const curve = createECDH('prime256v1');
  try {
    curve.setPrivateKey(scalar);
  } catch {
    throw new Error('has a privateKey that is a number on the curve P-256');
  }
  if (!curve.getPublicKey().equals(point)) throw new Error('has a publicKey that belongs to the privateKey');
  const key = {
    kty: 'EC',
    crv: 'P-256',
    d: toBase64url(scalar),
    x: toBase64url(point.subarray(1, 33)),
    y: toBase64url(point.subarray(33)),
  };
  return { privateKey: createPrivateKey({ key, format: 'jwk' }), publicKey: toBase64url(point) };
}

interface Kept {
  readonly authorization: string;
  readonly signedAt: number;
  readonly expiresAt: number;
}

/** The `Authorization` field for each origin. */
export class VapidHeaders {
  readonly #keys: VapidKeys;
  readonly #subject: string;
  readonly #nowMs: () => number;
  /** Oldest first. */
  readonly #kept = new Map<string, Kept>();

  /** @param subject `mailto:` or `https:` contact, RFC 8292 §2.1 */
  constructor(keys: VapidKeys, subject: string, nowMs: () => number) {
    this.#keys = keys;
    this.#subject = subject;
    this.#nowMs = nowMs;
  }

  /** @param origin of the push service, as in `new URL(endpoint).origin` */
  for(origin: string): string {
    const now = Math.floor(this.#nowMs() / 1000);
    const kept = this.#kept.get(origin);
    // A clock that was set back would make the token one from the future.
    if (kept !== undefined && now < kept.expiresAt - RENEW_BEFORE_SECONDS && now >= kept.signedAt) {
      return kept.authorization;
    }
    return this.#sign(origin, now);
  }

  /**
   * Another token in place of one the push service calls invalid. False where that one is too young: then the fault
   * lies elsewhere.
   */
  renew(origin: string, refused: string): boolean {
    const now = Math.floor(this.#nowMs() / 1000);
    const kept = this.#kept.get(origin);
    if (kept === undefined || kept.authorization !== refused) return true; // somebody else renewed it
    if (now < kept.signedAt + RENEW_FLOOR_SECONDS) return false;
    this.#sign(origin, now);
    return true;
  }

  /** Shows that the key can sign, and keeps nothing. @throws Error when it cannot */
  tryKey(): void {
    this.#signed('https://push.example', Math.floor(this.#nowMs() / 1000) + LIFE_SECONDS);
  }

  #sign(origin: string, now: number): string {
    const expiresAt = now + LIFE_SECONDS;
    const authorization = this.#signed(origin, expiresAt);
    this.#kept.delete(origin);
    this.#kept.set(origin, { authorization, signedAt: now, expiresAt });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= ORIGINS_MAX) break;
      this.#kept.delete(oldest);
    }
    return authorization;
  }

  #signed(origin: string, expiresAt: number): string {
    const claims = JSON.stringify({ aud: origin, exp: expiresAt, sub: this.#subject });
    const signed = `${HEADER}.${Buffer.from(claims).toString('base64url')}`;
    const signature = sign('sha256', Buffer.from(signed), { key: this.#keys.privateKey, dsaEncoding: 'ieee-p1363' });
    return `vapid t=${signed}.${signature.toString('base64url')}, k=${this.#keys.publicKey}`;
  }
}

const HEADER = Buffer.from('{"typ":"JWT","alg":"ES256"}').toString('base64url');
