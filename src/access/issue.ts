import { SignJWT } from 'jose';
import { OWN_ISSUER } from '../domain/realtime.js';
import type { AccessIssuer } from '../usecases/access-tokens.js';
import type { CryptoKeys } from './crypto-keys.js';
import type { OwnKeys } from './own-keys.js';

/** Makes access tokens with the gateway's own key. */
export function createAccessIssuer(house: {
  readonly ownKeys: OwnKeys;
  readonly cryptoKeys: CryptoKeys;
  readonly random: (size: number) => Uint8Array;
}): AccessIssuer {
  const { current } = house.ownKeys;
  return {
    async issue({ app, device, user, scopes, ttlMs }, now) {
      const expiresAt = Math.floor((now + ttlMs) / 1_000) * 1_000;
      const claims = {
        iss: OWN_ISSUER,
        aud: app,
        ...(user === null ? {} : { sub: user }),
        device,
        scope: scopes.join(' '),
        // With its fraction (RFC 7519 §2 allows it): a token made right after a revocation is not one from before it.
        iat: now / 1_000,
        exp: expiresAt / 1_000,
        jti: Buffer.from(house.random(16)).toString('base64url'),
      };
      const header = { alg: current.algorithm, typ: 'JWT', ...(current.kid === undefined ? {} : { kid: current.kid }) };
      const token = await new SignJWT(claims).setProtectedHeader(header).sign(await house.cryptoKeys(current));
      return { token, expiresAt };
    },
  };
}
