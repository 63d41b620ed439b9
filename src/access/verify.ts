import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import {
  ACCESS_ALGORITHMS,
  ACCESS_LEEWAY_MS,
  type AccessAlgorithm,
  type AccessKey,
  OWN_ISSUER,
  OWN_KEY_PREFIX,
  type RealtimeSettings,
} from '../domain/realtime.js';
import type { EpochMs } from '../domain/time.js';
import type { RevocationStore } from '../ports/revocation-store.js';
import type { Access, AccessTokens, Refused } from '../usecases/access-tokens.js';
import { MicroBatch } from '../usecases/micro-batch.js';
import type { RealtimeApps } from '../usecases/realtime-apps.js';
import { type Claims, readClaims } from './claims.js';
import type { CryptoKeys } from './crypto-keys.js';
import type { KeySets } from './key-sets.js';
import type { OwnKeys } from './own-keys.js';

/** Longer ones are not looked at. */
export const TOKEN_BYTES_MAX = 8 * 1024;
/** What a compact JWS is made of (RFC 7515 §7.1). */
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

export interface VerifierHouse {
  readonly apps: RealtimeApps;
  readonly ownKeys: OwnKeys;
  readonly keySets: KeySets;
  readonly cryptoKeys: CryptoKeys;
  readonly revocations: Pick<RevocationStore, 'find'>;
}

/** A token before anything of it is known to be true. */
interface Unverified {
  readonly algorithm: AccessAlgorithm;
  readonly kid: string | undefined;
  readonly app: string;
}

/** The one judge of access tokens. The key decides the algorithm; what the token says of it must be the same. */
export function createAccessTokens(house: VerifierHouse): AccessTokens {
  const { apps, ownKeys, keySets, cryptoKeys } = house;
  // A storm of reconnects asks the store once for many.
  const revoked = new MicroBatch((accesses: readonly Access[]) => house.revocations.find(accesses), {
    windowMs: 2,
    itemsMax: 200,
    runningMax: 4,
  });

  async function keysFor(token: Unverified, settings: RealtimeSettings): Promise<readonly AccessKey[]> {
    const { kid } = token;
    if (kid?.startsWith(OWN_KEY_PREFIX)) {
      const own = ownKeys.byKid.get(kid);
      return own === undefined ? [] : [own];
    }
    const { keys, jwks } = settings;
    if (jwks === undefined || (kid !== undefined && keys.some((key) => key.kid === kid))) return fitting(keys, kid);
    return fitting([...keys, ...(await keySets.find(jwks, kid))], kid);
  }

  async function verified(text: string, now: EpochMs): Promise<Access | Refused> {
    const token = readUnverified(text);
    if ('code' in token) return token;
    const settings = apps.realtime(token.app);
    if (settings === undefined) return refuse('no_realtime', 'its claim `aud` names no app that has realtime here');
    const named = await keysFor(token, settings);
    const keys = named.filter(({ algorithm }) => algorithm === token.algorithm);
    if (keys.length === 0) return refuse('token_refused', noKey(token, named, settings));
    for (const key of keys) {
      const answer = await tryKey(text, token, key, settings, now);
      if (answer !== undefined) return answer;
    }
    return refuse('token_refused', 'its signature is not that of a key of its app');
  }

  /** Undefined: another key signed it. */
  async function tryKey(
    text: string,
    token: Unverified,
    key: AccessKey,
    settings: RealtimeSettings,
    now: EpochMs,
  ): Promise<Access | Refused | undefined> {
    const issuer = ownKeys.byKid.has(key.id) ? OWN_ISSUER : settings.issuer;
    if (issuer === undefined) return refuse('token_refused', 'its app names no issuer'); // the configuration sees to it
    let claims: Claims;
    try {
      const { payload } = await jwtVerify(text, await cryptoKeys(key), {
        algorithms: [key.algorithm],
        issuer,
        audience: token.app,
        clockTolerance: ACCESS_LEEWAY_MS / 1_000,
        currentDate: new Date(now),
      });
      claims = payload;
    } catch (error) {
      return refusalOf(error, issuer);
    }
    const read = readClaims(claims, token.app, key.id, now);
    return read.kind === 'bad' ? refuse('token_refused', read.detail) : read;
  }

  return {
    async verify(text, now) {
      const access = await verified(text, now);
      if (access.kind === 'refused') return access;
      return (await revoked.add(access)) ? refuse('access_revoked', 'it was revoked') : access;
    },
    check(access, now) {
      const settings = apps.realtime(access.app);
      if (settings === undefined) return refuse('no_realtime', 'its app has no realtime here any more');
      const { keyId } = access;
      const isThere =
        ownKeys.byKid.has(keyId) ||
        settings.keys.some(({ id }) => id === keyId) ||
        (settings.jwks !== undefined && keySets.has(settings.jwks, keyId));
      if (!isThere) return refuse('access_revoked', 'the key that signed it was taken away');
      if (now >= access.expiresAt + ACCESS_LEEWAY_MS) return refuse('token_expired', 'its time is up (exp)');
      return undefined;
    },
  };
}

/** A token that names a key goes to that one, else to those without a name; one that names none, to all. */
function fitting(keys: readonly AccessKey[], kid: string | undefined): readonly AccessKey[] {
  if (kid === undefined) return keys;
  const named = keys.filter((key) => key.kid === kid);
  return named.length > 0 ? named : keys.filter((key) => key.kid === undefined);
}

function readUnverified(text: string): Unverified | Refused {
  if (text.length > TOKEN_BYTES_MAX) return refuse('token_refused', 'it is longer than 8 KB');
  if (!COMPACT.test(text))
    return refuse('token_refused', 'it is no signed JWT: three parts in base64url with dots between');
  let header: Claims;
  let payload: Claims;
  try {
    header = { ...decodeProtectedHeader(text) };
    payload = decodeJwt(text);
  } catch {
    return refuse('token_refused', 'its header or its claims cannot be read as JSON');
  }
  if (Object.hasOwn(header, 'crit')) return refuse('token_refused', 'its header has `crit`, which no token here needs');
  const { alg, kid } = header;
  const algorithm = ACCESS_ALGORITHMS.find((one) => one === alg);
  if (algorithm === undefined)
    return refuse('token_refused', `its \`alg\` must be one of ${ACCESS_ALGORITHMS.join(', ')}`);
  if (kid !== undefined && typeof kid !== 'string') return refuse('token_refused', 'its `kid` is not text');
  const audience = payload.aud;
  const app = Array.isArray(audience) && audience.length === 1 ? audience[0] : audience;
  if (typeof app !== 'string') return refuse('token_refused', 'its claim `aud` must be the id of one app');
  return { algorithm, kid, app };
}

function noKey(token: Unverified, named: readonly AccessKey[], settings: RealtimeSettings): string {
  if (named.length > 0) {
    const algorithms = [...new Set(named.map(({ algorithm }) => algorithm))].join(', ');
    return `its \`alg\` does not fit the key, which is for ${algorithms}`;
  }
  if (token.kid?.startsWith(OWN_KEY_PREFIX)) return 'it was made with a data key that is not here any more';
  if (settings.keys.length === 0 && settings.jwks === undefined) {
    return 'its app has no keys of its own: name them under realtime.keys in its file, or ask POST /v1/realtime/tokens';
  }
  return 'its `kid` names no key of its app';
}

/** @throws what is no fault of the token */
function refusalOf(error: unknown, issuer: string): Refused | undefined {
  if (error instanceof errors.JWSSignatureVerificationFailed) return undefined;
  if (error instanceof errors.JWTExpired) return refuse('token_expired', 'its time is up (exp)');
  if (error instanceof errors.JWTClaimValidationFailed) {
    switch (error.claim) {
      case 'iss':
        return refuse('token_refused', `its claim \`iss\` must be '${issuer}'`);
      case 'nbf':
        if (error.reason === 'invalid') return refuse('token_refused', 'its claim `nbf` is no number of seconds');
        return refuse('token_refused', 'its time has not come yet (nbf): is the clock of whoever signs right?');
      default:
        return refuse('token_refused', `its claim \`${error.claim}\` is missing or not of its form`);
    }
  }
  if (error instanceof errors.JOSEError) return refuse('token_refused', 'it is not of the form of a signed JWT');
  throw error;
}

function refuse(code: Refused['code'], detail: string): Refused {
  return { kind: 'refused', code, detail };
}
