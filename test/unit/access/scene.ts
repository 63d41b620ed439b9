import { createPublicKey, randomBytes } from 'node:crypto';
import { createCryptoKeys } from '../../../src/access/crypto-keys.js';
import { createAccessIssuer } from '../../../src/access/issue.js';
import type { KeySets } from '../../../src/access/key-sets.js';
import { ownKeys } from '../../../src/access/own-keys.js';
import { createAccessTokens } from '../../../src/access/verify.js';
import { publicAccessKey, secretAccessKey } from '../../../src/domain/access-key.js';
import { makeDataKey, parseDataKey } from '../../../src/domain/data-key.js';
import type { AccessKey, RealtimeSettings } from '../../../src/domain/realtime.js';
import type { RevocableAccess } from '../../../src/ports/revocation-store.js';
import type { SigningKey } from '../../support/access-token.js';

export const NOW = Date.UTC(2031, 4, 5, 6, 7, 8);
export const DATA_KEY = parseDataKey(makeDataKey(randomBytes));

/** As the app's file would give it. */
export function configured(key: SigningKey, kid?: string): AccessKey {
  const read =
    key.algorithm === 'HS256'
      ? secretAccessKey(Buffer.from(key.secret), kid)
      : publicAccessKey(createPublicKey(key.publicPem), kid);
  if (read.kind === 'unfit') throw new Error(read.what);
  return read.key;
}

export function realtimeSettings(change: Partial<RealtimeSettings> = {}): RealtimeSettings {
  return {
    keys: [],
    issuer: 'shop',
    origins: [],
    pingMaxMs: 240_000,
    maxInFlight: 32,
    clearOnOpen: true,
    compression: 'off',
    ...change,
  };
}

const NO_SETS: KeySets = {
  find: () => Promise.reject(new Error('there is no key set here')),
  has: () => false,
};

/** The judge and the maker of access tokens, over settings that a test may change. */
export function openAccess(settings: { current: RealtimeSettings | undefined }, keySets: KeySets = NO_SETS) {
  const cryptoKeys = createCryptoKeys();
  const own = ownKeys(DATA_KEY);
  const isRevoked: { current: (access: RevocableAccess) => boolean } = { current: () => false };
  const tokens = createAccessTokens({
    apps: { realtime: (app) => (app === 'shop' || app === 'shop:test' ? settings.current : undefined) },
    ownKeys: own,
    keySets,
    cryptoKeys,
    revocations: { find: async (accesses) => accesses.map((access) => isRevoked.current(access)) },
  });
  return { tokens, issuer: createAccessIssuer({ ownKeys: own, cryptoKeys, random: randomBytes }), isRevoked };
}
