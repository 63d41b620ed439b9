/** Reads the keys with which an app's own server signs access tokens: PEM, JWK, or a shared secret. */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { type AccessKey, OWN_KEY_PREFIX, type PublicJwk } from '../src/domain/realtime.js';
import { type Complaint, unknownKey } from './explain.js';
import type { Path } from './yaml-source.js';

const KEYS_MAX = 16;
const SECRET_BYTES_MIN = 32;
const SECRET_BYTES_MAX = 1_024;
const KID = /^[\x21-\x7e]{1,128}$/;
const FIELDS = ['key', 'secret', 'kid'];
const FORMS = 'write the text of a PEM public key or a JWK, as in "${file:PATH}", or { secret: "${file:PATH}" }';
const MAKE_SECRET = 'make one with: openssl rand -base64 48';

export interface AccessKeyReading {
  readonly keys: readonly AccessKey[];
  readonly complaints: readonly Complaint[];
}

type Fault = Omit<Complaint, 'path' | 'at'> & { readonly under?: Path };
type Read = { readonly key: AccessKey } | { readonly fault: Fault };

/** @param written `realtime.keys` of the app's file, its references replaced */
export function readAccessKeys(written: unknown, path: Path): AccessKeyReading {
  const refuse = (what: string): AccessKeyReading => ({ keys: [], complaints: [{ path, at: 'value', what }] });
  if (written === undefined || written === null) return { keys: [], complaints: [] };
  if (!Array.isArray(written)) return refuse('must be a list of keys');
  if (written.length > KEYS_MAX) return refuse(`must have at most ${KEYS_MAX} keys`);
  const keys: AccessKey[] = [];
  const complaints: Complaint[] = [];
  for (const [index, entry] of written.entries()) {
    const strangers = strangersIn(entry).map((key) => unknownKey([...path, index, key], FIELDS));
    complaints.push(...strangers);
    if (strangers.length > 0) continue;
    const read = readEntry(entry);
    const fault = 'fault' in read ? read.fault : twinFault(read.key, keys);
    if ('key' in read && fault === undefined) keys.push(read.key);
    if (fault === undefined) continue;
    const { under = [], ...rest } = fault;
    complaints.push({ path: [...path, index, ...under], at: 'value', ...rest });
  }
  return { keys, complaints };
}

function readEntry(entry: unknown): Read {
  if (typeof entry === 'string') return readPublic(entry, undefined, []);
  if (!isRecord(entry)) return { fault: { what: 'is no key', suggestion: FORMS } };
  if ('kty' in entry) return readJwk(entry, []);
  const { kid } = entry;
  if (kid !== undefined && !isKid(kid)) return { fault: { ...badKid(kid), under: ['kid'] } };
  const both = 'key' in entry === 'secret' in entry;
  if (both) return { fault: { what: 'must have either key or secret', suggestion: FORMS } };
  if ('secret' in entry) return readSecret(entry.secret, kid);
  if (typeof entry.key === 'string') return readPublic(entry.key, kid, ['key']);
  if (isRecord(entry.key)) return readJwk({ ...(kid === undefined ? {} : { kid }), ...entry.key }, ['key']);
  return { fault: { what: 'must be the text of a key', suggestion: FORMS, under: ['key'] } };
}

/** PEM, or the text of a JWK. */
function readPublic(text: string, kid: string | undefined, under: Path): Read {
  const refuse = (what: string, suggestion: string): Read => ({ fault: { what, suggestion, under } });
  if (/^\s*\{/.test(text)) {
    const jwk = parseJson(text);
    if (!isRecord(jwk)) return refuse('is no JSON', FORMS);
    if ('keys' in jwk) return refuse('is a set of keys', 'give each of its keys an entry of its own, or use jwks');
    return readJwk({ ...(kid === undefined ? {} : { kid }), ...jwk }, under);
  }
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    return refuse(
      'is a private key, which belongs to your own server only',
      'give the public one here: openssl pkey -in KEY.pem -pubout -out KEY.pub.pem',
    );
  }
  if (/-----BEGIN CERTIFICATE-----/.test(text)) {
    return refuse('is a certificate', 'give its public key: openssl x509 -in CERT.pem -noout -pubkey');
  }
  if (!/-----BEGIN PUBLIC KEY-----/.test(text)) {
    return refuse('is neither a PEM public key nor a JWK', `${FORMS}; a shared secret stands under secret`);
  }
  let key: KeyObject;
  try {
    key = createPublicKey(text);
  } catch {
    return refuse('is a PEM block that cannot be read', 'it may have been cut; write the file anew');
  }
  return fromKeyObject(key, kid, under);
}

function readJwk(jwk: Readonly<Record<string, unknown>>, under: Path): Read {
  const refuse = (what: string, suggestion: string): Read => ({ fault: { what, suggestion, under } });
  const { kid } = jwk;
  if (kid !== undefined && !isKid(kid)) return { fault: { ...badKid(kid), under } };
  if (jwk.use !== undefined && jwk.use !== 'sig')
    return refuse('is a JWK that is not for signatures', 'its use must be sig');
  if (jwk.kty === 'oct') {
    if (typeof jwk.k !== 'string' || !/^[A-Za-z0-9_-]+$/.test(jwk.k)) {
      return refuse('is a JWK whose k is not base64url', FORMS);
    }
    return fitting(fromSecret(Buffer.from(jwk.k, 'base64url'), kid, under), jwk.alg, under);
  }
  if ('d' in jwk) {
    return refuse('is a private key, which belongs to your own server only', 'give the JWK without d here');
  }
  let key: KeyObject;
  try {
    key = createPublicKey({ key: jwk as Record<string, string>, format: 'jwk' }); // Node checks what is in it
  } catch {
    return refuse('is a JWK that cannot be read', 'it needs kty, crv and x, on P-256 also y');
  }
  return fitting(fromKeyObject(key, kid, under), jwk.alg, under);
}

function fitting(read: Read, alg: unknown, under: Path): Read {
  if ('fault' in read || alg === undefined || alg === read.key.algorithm) return read;
  if (alg === 'Ed25519' && read.key.algorithm === 'EdDSA') return read; // its newer name, RFC 9864
  const what = `is a JWK whose alg does not fit its key, which is for ${read.key.algorithm}`;
  return { fault: { what, suggestion: 'correct alg, or leave it out', under } };
}

function fromKeyObject(key: KeyObject, kid: string | undefined, under: Path): Read {
  const named = kid === undefined ? {} : { kid };
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  if (key.asymmetricKeyType === 'ed25519') {
    const jwk: PublicJwk = { kty: 'OKP', crv: 'Ed25519', x };
    return { key: { id: thumbprint({ crv: jwk.crv, kty: jwk.kty, x }), ...named, algorithm: 'EdDSA', jwk } };
  }
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') {
    const jwk: PublicJwk = { kty: 'EC', crv: 'P-256', x, y };
    return { key: { id: thumbprint({ crv: jwk.crv, kty: jwk.kty, x, y }), ...named, algorithm: 'ES256', jwk } };
  }
  const curve = key.asymmetricKeyDetails?.namedCurve;
  const kind = key.asymmetricKeyType === 'ec' ? `an EC key on ${curve}` : `a key of type ${key.asymmetricKeyType}`;
  return {
    fault: {
      what: `is ${kind}; access tokens are signed with ES256 (P-256) or EdDSA (Ed25519)`,
      suggestion: 'make one with: openssl genpkey -algorithm ed25519 -out KEY.pem',
      under,
    },
  };
}

function readSecret(text: unknown, kid: string | undefined): Read {
  const under: Path = ['secret'];
  if (typeof text !== 'string') return { fault: { what: 'must be text', suggestion: MAKE_SECRET, under } };
  if (/-----BEGIN /.test(text)) {
    return { fault: { what: 'is a PEM key and no shared secret', suggestion: 'write it under key', under } };
  }
  const bytes = secretBytes(text);
  if (bytes === undefined)
    return { fault: { what: 'is not of the encoding that it starts with', suggestion: MAKE_SECRET, under } };
  return fromSecret(bytes, kid, under);
}

/** `base64:…`, `hex:…`, or any other text, whose UTF-8 bytes are the secret. */
function secretBytes(text: string): Buffer | undefined {
  const [, base64] = /^base64:([A-Za-z0-9+/_-]+={0,2})$/.exec(text) ?? [];
  if (base64 !== undefined) return Buffer.from(base64, 'base64'); // takes the alphabet of URLs as well
  const [, hex] = /^hex:((?:[0-9A-Fa-f]{2})+)$/.exec(text) ?? [];
  if (hex !== undefined) return Buffer.from(hex, 'hex');
  return /^(?:base64|hex):/.test(text) ? undefined : Buffer.from(text, 'utf8');
}

/** HS256 wants a key no shorter than its hash (RFC 7518 §3.2). */
function fromSecret(bytes: Buffer, kid: string | undefined, under: Path): Read {
  if (bytes.length < SECRET_BYTES_MIN) {
    const what = `is a secret of ${bytes.length} bytes; it must have at least ${SECRET_BYTES_MIN}`;
    return { fault: { what, suggestion: MAKE_SECRET, under } };
  }
  if (bytes.length > SECRET_BYTES_MAX) {
    return { fault: { what: `must have at most ${SECRET_BYTES_MAX} bytes`, suggestion: MAKE_SECRET, under } };
  }
  const jwk = { kty: 'oct' as const, k: bytes.toString('base64url') };
  const named = kid === undefined ? {} : { kid };
  return { key: { id: thumbprint({ k: jwk.k, kty: jwk.kty }), ...named, algorithm: 'HS256', jwk } };
}

/** @param members the required ones, in the order of their names (RFC 7638 §3) */
function thumbprint(members: Readonly<Record<string, string>>): string {
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}

function twinFault(key: AccessKey, others: readonly AccessKey[]): Fault | undefined {
  if (others.some(({ id }) => id === key.id)) return { what: 'is the same key as one above', suggestion: 'remove it' };
  if (key.kid !== undefined && others.some(({ kid }) => kid === key.kid)) {
    return { what: 'has the kid of a key above', suggestion: 'give each key a kid of its own' };
  }
  return undefined;
}

function strangersIn(entry: unknown): readonly string[] {
  if (!isRecord(entry) || 'kty' in entry) return [];
  return Object.keys(entry).filter((key) => !FIELDS.includes(key));
}

function isKid(kid: unknown): kid is string {
  return typeof kid === 'string' && KID.test(kid) && !kid.startsWith(OWN_KEY_PREFIX);
}

function badKid(kid: unknown): Fault {
  if (typeof kid === 'string' && kid.startsWith(OWN_KEY_PREFIX)) {
    return {
      what: `has a kid that starts with ${OWN_KEY_PREFIX}, as those of the gateway do`,
      suggestion: 'choose another',
    };
  }
  return { what: 'has a kid that is not text of 1 to 128 visible ASCII characters', suggestion: 'put it in quotes' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // V8's own message quotes the text, which may be a secret
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
