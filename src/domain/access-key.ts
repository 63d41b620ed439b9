import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { type AccessKey, OWN_KEY_PREFIX, type PublicJwk } from './realtime.js';

/** What is wrong with something that should be a key; `what` reads on from "it", and nothing of the key is in it. */
export interface UnfitKey {
  readonly kind: 'unfit';
  readonly what: string;
  readonly suggestion: string;
}
export type AccessKeyReading = { readonly kind: 'key'; readonly key: AccessKey } | UnfitKey;

/** HS256 wants a key no shorter than its hash (RFC 7518 §3.2). */
export const SECRET_BYTES_MIN = 32;
export const SECRET_BYTES_MAX = 1_024;
export const MAKE_SECRET = 'make one with: openssl rand -base64 48';
const KID = /^[\x21-\x7e]{1,128}$/;

/** Why this cannot be the id of an app's key, or `undefined`. */
export function kidFault(kid: unknown): UnfitKey | undefined {
  if (typeof kid !== 'string' || !KID.test(kid)) {
    return unfit('has a kid that is not text of 1 to 128 visible ASCII characters', 'put it in quotes');
  }
  if (!kid.startsWith(OWN_KEY_PREFIX)) return undefined;
  return unfit(`has a kid that starts with ${OWN_KEY_PREFIX}, as those of the gateway do`, 'choose another');
}

/** A shared secret for HS256. */
export function secretAccessKey(bytes: Uint8Array, kid: string | undefined): AccessKeyReading {
  if (bytes.length < SECRET_BYTES_MIN) {
    return unfit(`is a secret of ${bytes.length} bytes; it must have at least ${SECRET_BYTES_MIN}`, MAKE_SECRET);
  }
  if (bytes.length > SECRET_BYTES_MAX) return unfit(`must have at most ${SECRET_BYTES_MAX} bytes`, MAKE_SECRET);
  const jwk = { kty: 'oct' as const, k: Buffer.from(bytes).toString('base64url') };
  return { kind: 'key', key: { id: thumbprint({ k: jwk.k, kty: jwk.kty }), ...named(kid), algorithm: 'HS256', jwk } };
}

/** A public key, if it is one that signs access tokens. */
export function publicAccessKey(key: KeyObject, kid: string | undefined): AccessKeyReading {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  if (key.asymmetricKeyType === 'ed25519') {
    const jwk: PublicJwk = { kty: 'OKP', crv: 'Ed25519', x };
    const id = thumbprint({ crv: jwk.crv, kty: jwk.kty, x });
    return { kind: 'key', key: { id, ...named(kid), algorithm: 'EdDSA', jwk } };
  }
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType === 'ec' && curve === 'prime256v1') {
    const jwk: PublicJwk = { kty: 'EC', crv: 'P-256', x, y };
    const id = thumbprint({ crv: jwk.crv, kty: jwk.kty, x, y });
    return { kind: 'key', key: { id, ...named(kid), algorithm: 'ES256', jwk } };
  }
  const sort = key.asymmetricKeyType === 'ec' ? `an EC key on ${curve}` : `a key of type ${key.asymmetricKeyType}`;
  return unfit(
    `is ${sort}; access tokens are signed with ES256 (P-256) or EdDSA (Ed25519)`,
    'make one with: openssl genpkey -algorithm ed25519 -out KEY.pem',
  );
}

/** A JSON Web Key (RFC 7517), a shared secret among them where `secrets` are taken. */
export function jwkAccessKey(jwk: Readonly<Record<string, unknown>>, secrets: 'taken' | 'refused'): AccessKeyReading {
  const fault = jwk.kid === undefined ? undefined : kidFault(jwk.kid);
  if (fault !== undefined) return fault;
  const kid = typeof jwk.kid === 'string' ? jwk.kid : undefined;
  if (jwk.use !== undefined && jwk.use !== 'sig') {
    return unfit('is a JWK that is not for signatures', 'its use must be sig');
  }
  if (jwk.kty === 'oct') {
    if (secrets === 'refused') return unfit('is a shared secret among public keys', 'take it out, and change it');
    if (typeof jwk.k !== 'string' || !/^[A-Za-z0-9_-]+$/.test(jwk.k)) {
      return unfit('is a JWK whose k is not base64url', MAKE_SECRET);
    }
    return fitting(secretAccessKey(Buffer.from(jwk.k, 'base64url'), kid), jwk.alg);
  }
  if ('d' in jwk)
    return unfit('is a private key, which belongs to your own server only', 'give the JWK without d here');
  let key: KeyObject;
  try {
    key = createPublicKey({ key: jwk as Record<string, string>, format: 'jwk' }); // Node checks what is in it
  } catch {
    return unfit('is a JWK that cannot be read', 'it needs kty, crv and x, on P-256 also y');
  }
  return fitting(publicAccessKey(key, kid), jwk.alg);
}

function fitting(read: AccessKeyReading, alg: unknown): AccessKeyReading {
  if (read.kind === 'unfit' || alg === undefined || alg === read.key.algorithm) return read;
  if (alg === 'Ed25519' && read.key.algorithm === 'EdDSA') return read; // its newer name, RFC 9864
  return unfit(
    `is a JWK whose alg does not fit its key, which is for ${read.key.algorithm}`,
    'correct alg, or leave it out',
  );
}

/** @param members the required ones, in the order of their names (RFC 7638 §3) */
function thumbprint(members: Readonly<Record<string, string>>): string {
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}

function named(kid: string | undefined): { kid?: string } {
  return kid === undefined ? {} : { kid };
}

function unfit(what: string, suggestion: string): UnfitKey {
  return { kind: 'unfit', what, suggestion };
}
