import { createECDH, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { Complaint } from './complaint.js';
import { JwtCensus, type JwtCount } from './jwt-census.js';

/** RFC 8292 §2: `exp` lies at most 24 hours after the request. */
const EXPIRY_AHEAD_MAX_MS = 86_400_000;
const VERIFIED_HEADERS_MAX = 10_000;
const PUBLIC_KEY_BYTES = 65;
const SIGNATURE_BYTES = 64;
const BASE64URL = /^[\w-]+$/;

/** VAPID keys as web-push writes them: base64url without padding. */
export interface VapidKeys {
  /** Uncompressed P-256 point, 65 bytes. */
  readonly publicKey: string;
  /** 32 bytes. */
  readonly privateKey: string;
}

/** A header whose signature holds; whether it is still in time is asked with each request. */
export interface VerifiedVapid {
  /** `k` as it was sent. */
  readonly publicKey: string;
  readonly expiresAtMs: number;
}

export function createVapidKeys(): VapidKeys {
  const pair = createECDH('prime256v1');
  const publicKey = pair.generateKeys().toString('base64url');
  // OpenSSL leaves leading zeros out; RFC 7518 §6.2.2.1 does not.
  const privateKey = Buffer.alloc(32);
  const bytes = pair.getPrivateKey();
  bytes.copy(privateKey, 32 - bytes.length);
  return { publicKey, privateKey: privateKey.toString('base64url') };
}

/** Checks VAPID headers (RFC 8292) at one push service. */
export class VapidVerifier {
  readonly #origin: string;
  readonly #refusesLocalhost: boolean;
  /** A signature takes 100 µs to check; a sender that behaves repeats one header for hours. */
  readonly #verified = new Map<string, VerifiedVapid>();
  readonly #census = new JwtCensus();

  /** @param refusesLocalhost the service takes no contact at localhost */
  constructor(origin: string, refusesLocalhost: boolean) {
    this.#origin = origin;
    this.#refusesLocalhost = refusesLocalhost;
  }

  /** How many different JWTs held so far. */
  get jwts(): JwtCount {
    return this.#census.count;
  }

  verify(authorization: string | undefined, nowMs: number): VerifiedVapid | Complaint {
    if (authorization === undefined || authorization === '') return 'no_authorization';
    const known = this.#verified.get(authorization);
    if (known !== undefined) return inTime(known, nowMs);
    const found = this.#check(authorization);
    if (typeof found === 'string') return found;
    const judged = inTime(found, nowMs);
    if (typeof judged === 'string') return judged;
    if (this.#verified.size >= VERIFIED_HEADERS_MAX) this.#verified.clear();
    this.#verified.set(authorization, found);
    this.#census.note(nowMs);
    return found;
  }

  #check(authorization: string): VerifiedVapid | Complaint {
    const parameters = readParameters(authorization);
    const { t, k } = parameters ?? {};
    if (t === undefined || k === undefined) return 'bad_authorization';
    const key = readPublicKey(k);
    if (key === undefined) return 'bad_key';
    const [head = '', claimsPart = '', signaturePart = '', ...more] = t.split('.');
    const header = decodePart(head);
    const claims = decodePart(claimsPart);
    const signature = Buffer.from(signaturePart, 'base64url');
    if (more.length > 0 || header === undefined || claims === undefined || !BASE64URL.test(signaturePart)) {
      return 'bad_jwt';
    }
    if (header.alg !== 'ES256' || (header.typ !== undefined && header.typ !== 'JWT')) return 'bad_jwt';
    if (signature.length !== SIGNATURE_BYTES) return 'bad_jwt';
    if (!verify('sha256', Buffer.from(`${head}.${claimsPart}`), { key, dsaEncoding: 'ieee-p1363' }, signature)) {
      return 'bad_jwt';
    }
    if (claims.aud !== this.#origin) return 'bad_audience';
    if (typeof claims.exp !== 'number' || !Number.isFinite(claims.exp)) return 'no_expiry';
    if (!isContact(claims.sub, this.#refusesLocalhost)) return 'bad_subject';
    return { publicKey: k, expiresAtMs: claims.exp * 1000 };
  }
}

function inTime(vapid: VerifiedVapid, nowMs: number): VerifiedVapid | Complaint {
  if (vapid.expiresAtMs <= nowMs) return 'jwt_expired';
  if (vapid.expiresAtMs - nowMs > EXPIRY_AHEAD_MAX_MS) return 'expiry_too_far';
  return vapid;
}

/** RFC 8292 §3: the scheme `vapid` with `t` and `k`, once each, in any order. */
function readParameters(authorization: string): { readonly t?: string; readonly k?: string } | undefined {
  const list = /^vapid +(.+)$/i.exec(authorization)?.[1];
  if (list === undefined) return undefined;
  const found: { t?: string; k?: string } = {};
  for (const parameter of list.split(',')) {
    const [, name, value] = /^[ \t]*([tk])=([\w.-]+)[ \t]*$/.exec(parameter) ?? [];
    if (name === undefined || value === undefined || Object.hasOwn(found, name)) return undefined;
    found[name === 't' ? 't' : 'k'] = value;
  }
  return found;
}

function readPublicKey(text: string): KeyObject | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (!BASE64URL.test(text) || bytes.length !== PUBLIC_KEY_BYTES || bytes[0] !== 4) return undefined;
  const x = bytes.subarray(1, 33).toString('base64url');
  const y = bytes.subarray(33).toString('base64url');
  try {
    return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  } catch {
    // 65 bytes, but no point on the curve.
    return undefined;
  }
}

/** RFC 8292 §2.1: a `mailto:` or an `https:` URL. */
function isContact(subject: unknown, refusesLocalhost: boolean): boolean {
  if (typeof subject !== 'string' || !URL.canParse(subject)) return false;
  const url = new URL(subject);
  if (url.protocol !== 'mailto:' && url.protocol !== 'https:') return false;
  const host = url.protocol === 'https:' ? url.hostname : /^[^@\s]+@([^@\s]+)$/.exec(url.pathname)?.[1];
  return host !== undefined && host !== '' && !(refusesLocalhost && host.toLowerCase() === 'localhost');
}

function decodePart(part: string): Record<string, unknown> | undefined {
  if (!BASE64URL.test(part)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    // A JSON object is all that was asked for; its fields stay unknown.
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
