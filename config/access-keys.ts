/** Reads the keys with which an app's own server signs access tokens: PEM, JWK, or a shared secret. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import {
  type AccessKeyReading,
  jwkAccessKey,
  kidFault,
  MAKE_SECRET,
  publicAccessKey,
  secretAccessKey,
  type UnfitKey,
} from '../src/domain/access-key.js';
import type { AccessKey } from '../src/domain/realtime.js';
import { type Complaint, unknownKey } from './explain.js';
import type { Path } from './yaml-source.js';

const KEYS_MAX = 16;
const FIELDS = ['key', 'secret', 'kid'];
const FORMS = 'write the text of a PEM public key or a JWK, as in "${file:PATH}", or { secret: "${file:PATH}" }';

/** A reading, and at which part of the entry a fault is. */
type Read = AccessKeyReading & { readonly under?: Path };

/** @param written `realtime.keys` of the app's file, its references replaced */
export function readAccessKeys(
  written: unknown,
  path: Path,
): { readonly keys: readonly AccessKey[]; readonly complaints: readonly Complaint[] } {
  const refuse = (what: string) => ({ keys: [], complaints: [{ path, at: 'value' as const, what }] });
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
    const fault = read.kind === 'unfit' ? read : twinFault(read.key, keys);
    if (read.kind === 'key' && fault === undefined) keys.push(read.key);
    if (fault === undefined) continue;
    const { what, suggestion } = fault;
    complaints.push({ path: [...path, index, ...(read.under ?? [])], at: 'value', what, suggestion });
  }
  return { keys, complaints };
}

function readEntry(entry: unknown): Read {
  if (typeof entry === 'string') return readText(entry, undefined);
  if (!isRecord(entry)) return unfit('is no key', FORMS);
  if ('kty' in entry) return jwkAccessKey(entry, 'taken');
  const { kid } = entry;
  const fault = kid === undefined ? undefined : kidFault(kid);
  if (fault !== undefined) return { ...fault, under: ['kid'] };
  const name = typeof kid === 'string' ? kid : undefined;
  if ('key' in entry === 'secret' in entry) return unfit('must have either key or secret', FORMS);
  if ('secret' in entry) return { ...readSecret(entry.secret, name), under: ['secret'] };
  if (typeof entry.key === 'string') return { ...readText(entry.key, name), under: ['key'] };
  if (isRecord(entry.key)) return { ...jwkAccessKey(withKid(entry.key, name), 'taken'), under: ['key'] };
  return { ...unfit('must be the text of a key', FORMS), under: ['key'] };
}

/** PEM, or the JSON of a JWK. */
function readText(text: string, kid: string | undefined): AccessKeyReading {
  if (/^\s*\{/.test(text)) {
    const jwk = parseJson(text);
    if (!isRecord(jwk)) return unfit('is no JSON', FORMS);
    if ('keys' in jwk) return unfit('is a set of keys', 'give each of its keys an entry of its own, or use jwks');
    return jwkAccessKey(withKid(jwk, kid), 'taken');
  }
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    return unfit(
      'is a private key, which belongs to your own server only',
      'give the public one here: openssl pkey -in KEY.pem -pubout -out KEY.pub.pem',
    );
  }
  if (/-----BEGIN CERTIFICATE-----/.test(text)) {
    return unfit('is a certificate', 'give its public key: openssl x509 -in CERT.pem -noout -pubkey');
  }
  if (!/-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(text)) {
    return unfit('is neither a PEM public key nor a JWK', `${FORMS}; a shared secret stands under secret`);
  }
  let key: KeyObject;
  try {
    key = createPublicKey(text);
  } catch {
    return unfit('is a PEM block that cannot be read', 'it may have been cut; write the file anew');
  }
  return publicAccessKey(key, kid);
}

function readSecret(text: unknown, kid: string | undefined): AccessKeyReading {
  if (typeof text !== 'string') return unfit('must be text', MAKE_SECRET);
  if (/-----BEGIN /.test(text)) return unfit('is a PEM key and no shared secret', 'write it under key');
  const bytes = secretBytes(text);
  if (bytes === undefined) return unfit('is not of the encoding that it starts with', MAKE_SECRET);
  return secretAccessKey(bytes, kid);
}

/** `base64:…`, `hex:…`, or any other text, whose UTF-8 bytes are the secret. */
function secretBytes(text: string): Buffer | undefined {
  const [, base64] = /^base64:([A-Za-z0-9+/_-]+={0,2})$/.exec(text) ?? [];
  if (base64 !== undefined) return Buffer.from(base64, 'base64'); // takes the alphabet of URLs as well
  const [, hex] = /^hex:((?:[0-9A-Fa-f]{2})+)$/.exec(text) ?? [];
  if (hex !== undefined) return Buffer.from(hex, 'hex');
  return /^(?:base64|hex):/.test(text) ? undefined : Buffer.from(text, 'utf8');
}

function twinFault(key: AccessKey, others: readonly AccessKey[]): UnfitKey | undefined {
  if (others.some(({ id }) => id === key.id)) return unfit('is the same key as one above', 'remove it');
  if (key.kid !== undefined && others.some(({ kid }) => kid === key.kid)) {
    return unfit('has the kid of a key above', 'give each key a kid of its own');
  }
  return undefined;
}

function strangersIn(entry: unknown): readonly string[] {
  if (!isRecord(entry) || 'kty' in entry) return [];
  return Object.keys(entry).filter((key) => !FIELDS.includes(key));
}

/** A JWK's own kid goes before that of its entry. */
function withKid(jwk: Readonly<Record<string, unknown>>, kid: string | undefined): Readonly<Record<string, unknown>> {
  return kid === undefined ? jwk : { kid, ...jwk };
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

function unfit(what: string, suggestion: string): UnfitKey {
  return { kind: 'unfit', what, suggestion };
}
