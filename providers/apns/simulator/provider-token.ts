import { createPublicKey, generateKeyPairSync, type KeyObject, randomInt, verify } from 'node:crypto';
import type { ApnsEnvironment, Refusal } from './answers.js';

const TOKEN_AGE_MAX_MS = 3_600_000;
/** Apple states no figure for an `iat` in the future; a clock may run a little ahead. */
const CLOCK_AHEAD_MAX_MS = 300_000;
const VERIFIED_TOKENS_MAX = 1000;

/** A developer account's signing key as Apple knows it. */
export interface ApnsAccount {
  /** Ten characters; the claim `iss`. */
  readonly teamId: string;
  /** Ten characters; the header `kid`. */
  readonly keyId: string;
  /** Public half, SPKI PEM. */
  readonly publicKey: string;
  /** Apps this key may push to; `any` for whatever topic fits its push type. */
  readonly bundleIds: readonly string[] | 'any';
  /** The one environment the key is for; both when absent. */
  readonly environment?: ApnsEnvironment;
}

/** An account together with what its owner would download from Apple. */
export interface ApnsCredentials extends ApnsAccount {
  /** Content of the `.p8` file, PKCS#8 PEM. */
  readonly privateKey: string;
}

export interface VerifiedToken {
  readonly text: string;
  readonly account: ApnsAccount;
  readonly issuedAtMs: number;
}

/** Makes a fresh ES256 key pair with ids of Apple's shape. */
export function createApnsCredentials(options: {
  readonly bundleIds: readonly string[] | 'any';
  readonly teamId?: string;
  readonly keyId?: string;
}): ApnsCredentials {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    teamId: options.teamId ?? appleId(),
    keyId: options.keyId ?? appleId(),
    bundleIds: options.bundleIds,
    publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** Checks provider authentication tokens as Apple does ("Establishing a token-based connection to APNs"). */
export class ProviderTokenVerifier {
  readonly #accounts = new Map<string, { account: ApnsAccount; key: KeyObject }>();
  readonly #environment: ApnsEnvironment;
  /** An ES256 check costs as much as the rest of a request; a sender repeats one token for most of an hour. */
  readonly #verified = new Map<string, VerifiedToken>();

  constructor(accounts: readonly ApnsAccount[], environment: ApnsEnvironment) {
    for (const account of accounts) {
      this.#accounts.set(account.keyId, { account, key: createPublicKey(account.publicKey) });
    }
    this.#environment = environment;
  }

  /** The token behind an `authorization` header, or Apple's refusal of it. */
  verify(authorization: string | undefined, nowMs: number): VerifiedToken | Refusal {
    if (authorization === undefined || authorization === '') return { status: 403, reason: 'MissingProviderToken' };
    const token = this.#verified.get(authorization) ?? this.#check(authorization);
    if ('reason' in token) return token;
    if (nowMs - token.issuedAtMs > TOKEN_AGE_MAX_MS) return { status: 403, reason: 'ExpiredProviderToken' };
    if (token.issuedAtMs - nowMs > CLOCK_AHEAD_MAX_MS) return { status: 403, reason: 'InvalidProviderToken' };
    return token;
  }

  #check(authorization: string): VerifiedToken | Refusal {
    const invalid: Refusal = { status: 403, reason: 'InvalidProviderToken' };
    const text = /^bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1];
    if (text === undefined) return invalid;
    const [head = '', claimsPart = '', signature = ''] = text.split('.');
    const header = decodePart(head);
    const claims = decodePart(claimsPart);
    const known = typeof header?.kid === 'string' ? this.#accounts.get(header.kid) : undefined;
    if (header?.alg !== 'ES256' || known === undefined) return invalid;
    const key = { key: known.key, dsaEncoding: 'ieee-p1363' } as const;
    if (!verify('sha256', Buffer.from(`${head}.${claimsPart}`), key, Buffer.from(signature, 'base64url')))
      return invalid;
    const { account } = known;
    if (claims?.iss !== account.teamId || !Number.isSafeInteger(claims.iat)) return invalid;
    if (account.environment !== undefined && account.environment !== this.#environment) {
      return { status: 403, reason: 'BadEnvironmentKeyIdInToken' };
    }
    const token: VerifiedToken = { text: authorization, account, issuedAtMs: Number(claims.iat) * 1000 };
    if (this.#verified.size >= VERIFIED_TOKENS_MAX) this.#verified.clear();
    this.#verified.set(authorization, token);
    return token;
  }
}

function decodePart(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    // A JSON object is all that was asked for; its fields stay unknown.
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function appleId(): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
  return Array.from({ length: 10 }, () => alphabet[randomInt(alphabet.length)]).join('');
}
