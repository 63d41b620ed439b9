/** Access tokens as an app's server would make them, with nothing but Node: an independent judge of what verifies them. */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export type SigningKey = { readonly algorithm: 'HS256'; readonly secret: string } | AsymmetricKey;
export interface AsymmetricKey {
  readonly algorithm: 'ES256' | 'EdDSA';
  readonly privateKey: KeyObject;
  /** For the app's file. */
  readonly publicPem: string;
  readonly publicKey: KeyObject;
}

type Part = Readonly<Record<string, unknown>>;

export function newSigningKey(algorithm: 'ES256' | 'EdDSA'): AsymmetricKey {
  const { privateKey, publicKey } =
    algorithm === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { algorithm, privateKey, publicKey, publicPem };
}

/** What a token says that nothing is wrong with. */
export function goodClaims(nowMs: number, change: Part = {}): Part {
  const iat = Math.floor(nowMs / 1_000);
  return {
    iss: 'shop',
    aud: 'shop',
    sub: 'alice',
    device: 'phone1',
    scope: 'receive events register upstream',
    iat,
    exp: iat + 3_600,
    ...change,
  };
}

/** `undefined` in a part leaves the field out. */
export function signAccess(key: SigningKey, claims: Part, header: Part = {}): string {
  return signText(key, `${encode({ alg: key.algorithm, typ: 'JWT', ...header })}.${encode(claims)}`);
}

export function encode(part: Part): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

export function signText(key: SigningKey, text: string): string {
  return `${text}.${signatureOf(key, text).toString('base64url')}`;
}

function signatureOf(key: SigningKey, text: string): Buffer {
  switch (key.algorithm) {
    case 'HS256':
      return createHmac('sha256', key.secret).update(text).digest();
    case 'ES256':
      return sign('sha256', Buffer.from(text), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
    case 'EdDSA':
      return sign(null, Buffer.from(text), key.privateKey);
    default:
      return key satisfies never;
  }
}
