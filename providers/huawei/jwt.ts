/** The bearer token for HarmonyOS NEXT: signed here, exchanged nowhere. Huawei, "JWT token"; RFC 7518 §3.5. */
import { constants, sign } from 'node:crypto';
import type { EpochMs } from '../contract.js';
import type { ServiceAccount } from './service-account.js';

/** Huawei refuses one of more than a day. */
export const JWT_LIFE_SECONDS = 3_600;
/** Whatever host it is sent to. */
const AUDIENCE = 'https://oauth-login.cloud.huawei.com/oauth2/v3/token';
/** As long as the digest (RFC 7518 §3.5). */
const SALT_BYTES = 32;

export function signJwt({ keyId, subAccount, key }: ServiceAccount, now: EpochMs): string {
  const iat = Math.floor(now / 1_000);
  const header = { alg: 'PS256', kid: keyId, typ: 'JWT' };
  const claims = { iss: subAccount, aud: AUDIENCE, iat, exp: iat + JWT_LIFE_SECONDS };
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  const signature = sign('sha256', Buffer.from(signed), { key, padding, saltLength: SALT_BYTES });
  return `${signed}.${signature.toString('base64url')}`;
}
