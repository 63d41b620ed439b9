/**
 * Checks the assertion of a service account. Source: RFC 7523 §3; "Using OAuth 2.0 for Server to Server
 * Applications" (claims, an hour at most, error codes).
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { isObject } from './proto-json.js';
import type { FcmAccount } from './service-account.js';

/** What Google's own token endpoint is called in `aud`, wherever the request goes. */
const GOOGLE_TOKEN_URL = 'https://oauth2.googleapis.com/token';
const LIFE_SECONDS_MAX = 3600;
/** Google states no figure for an `iat` in the future; a clock may run a little ahead. */
const CLOCK_AHEAD_SECONDS_MAX = 300;
const SCOPE = /^https:\/\/www\.googleapis\.com\/auth\/[\w.-]+$/;

/** RFC 6749 §5.2. */
export interface OauthRefusal {
  readonly error: string;
  readonly description: string;
}

export interface VerifiedAssertion {
  readonly account: FcmAccount;
  readonly scopes: readonly string[];
}

/** Header and claims of a JWT, unverified; `undefined` when the text is none. */
export interface ReadAssertion {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signed: string;
  readonly signature: Buffer;
}

export function readAssertion(text: string): ReadAssertion | undefined {
  const [, head = '', body = '', signature = ''] = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(text) ?? [];
  const header = decodePart(head);
  const claims = decodePart(body);
  if (header === undefined || claims === undefined) return undefined;
  return { header, claims, signed: `${head}.${body}`, signature: Buffer.from(signature, 'base64url') };
}

export class AssertionVerifier {
  readonly #accounts = new Map<string, { readonly account: FcmAccount; readonly key: KeyObject }>();
  readonly #audiences = new Set<unknown>([GOOGLE_TOKEN_URL]);

  constructor(accounts: readonly FcmAccount[]) {
    for (const account of accounts) {
      this.#accounts.set(account.clientEmail, { account, key: createPublicKey(account.publicKey) });
    }
  }

  /** Takes `url`, where the endpoint is reached, in `aud` beside Google's. */
  allowAudience(url: string): void {
    this.#audiences.add(url);
  }

  verify(assertion: ReadAssertion | undefined, nowMs: number): VerifiedAssertion | OauthRefusal {
    if (assertion === undefined) return invalidGrant('Bad Request');
    const { header, claims } = assertion;
    if (header.alg !== 'RS256') return invalidGrant('Invalid JWT: the algorithm must be RS256.');
    const known = typeof claims.iss === 'string' ? this.#accounts.get(claims.iss) : undefined;
    if (known === undefined) return invalidGrant('Invalid grant: account not found');
    const { account, key } = known;
    // `kid` may be left out; one that is there names the key.
    const isOurKey = header.kid === undefined || header.kid === account.keyId;
    if (!isOurKey || !verify('sha256', Buffer.from(assertion.signed), key, assertion.signature)) {
      return invalidGrant('Invalid JWT Signature.');
    }
    if (!this.#audiences.has(claims.aud)) {
      return invalidGrant(`Invalid JWT: Failed audience check. The right audience is ${GOOGLE_TOKEN_URL}`);
    }
    if (!isTimely(claims, nowMs)) {
      return invalidGrant('Invalid JWT: iat and exp must span at most 60 minutes, and now must lie between them.');
    }
    if (claims.sub !== undefined && claims.sub !== account.clientEmail) {
      return { error: 'unauthorized_client', description: 'Client is unauthorized to act for others.' };
    }
    const scopes = typeof claims.scope === 'string' ? claims.scope.split(' ') : [];
    if (scopes.length === 0 || !scopes.every((scope) => SCOPE.test(scope))) {
      return { error: 'invalid_scope', description: 'Invalid OAuth scope or ID token audience provided.' };
    }
    return { account, scopes };
  }
}

function isTimely({ iat, exp }: ReadAssertion['claims'], nowMs: number): boolean {
  // NaN, for claims that are no whole numbers, fails every comparison.
  const issued = Number.isSafeInteger(iat) ? Number(iat) : Number.NaN;
  const expires = Number.isSafeInteger(exp) ? Number(exp) : Number.NaN;
  const now = nowMs / 1000;
  const life = expires - issued;
  return life > 0 && life <= LIFE_SECONDS_MAX && expires > now && issued - now <= CLOCK_AHEAD_SECONDS_MAX;
}

function invalidGrant(description: string): OauthRefusal {
  return { error: 'invalid_grant', description };
}

function decodePart(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
