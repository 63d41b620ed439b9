/**
 * Who may send: access tokens that were given out, and JWTs signed with the service account's key. Sources: Huawei, "OAuth
 * 2.0 client credentials" and "JWT token"; RFC 7518 §3.5.
 */
import { constants, randomBytes, verify } from 'node:crypto';
import type { HuaweiAccount } from './account.js';
import { type Complaint, saying } from './answers.js';
import { type Fields, isFields, jsonOf } from './shape.js';

const AUDIENCE = 'https://oauth-login.cloud.huawei.com/oauth2/v3/token';
const TOKENS_MAX = 10_000;
const DAY_SECONDS = 86_400;

export class Bearers {
  readonly #account: HuaweiAccount;
  readonly #lifeSeconds: number;
  /** Access tokens, each with its end in epoch milliseconds. */
  readonly #tokens = new Map<string, number>();
  /** JWTs that came, and those of them that count as expired. */
  readonly #seen = new Set<string>();
  readonly #ended = new Set<string>();

  constructor(account: HuaweiAccount, lifeSeconds: number) {
    this.#account = account;
    this.#lifeSeconds = lifeSeconds;
  }

  issue(now: number): { readonly token: string; readonly lifeSeconds: number } {
    if (this.#tokens.size >= TOKENS_MAX) this.#tokens.clear();
    // With a character that JSON may escape.
    const token = `DQEB/${randomBytes(60).toString('base64')}`;
    this.#tokens.set(token, now + this.#lifeSeconds * 1_000);
    return { token, lifeSeconds: this.#lifeSeconds };
  }

  /** Ends all of them: the next request with one is told that it has expired. */
  revokeAll(): void {
    for (const token of this.#tokens.keys()) this.#tokens.set(token, 0);
    for (const jwt of this.#seen) this.#ended.add(jwt);
  }

  /** @param takes HarmonyOS NEXT takes JWTs alone */
  refuse(authorization: string | undefined, takes: 'all' | 'jwt', now: number): Complaint | undefined {
    const [, bearer = ''] = /^Bearer (\S+)$/.exec(authorization ?? '') ?? [];
    const endsAt = this.#tokens.get(bearer);
    if (endsAt !== undefined && takes === 'all') return now < endsAt ? undefined : saying('80200003');
    return this.#refuseJwt(bearer, now);
  }

  #refuseJwt(jwt: string, now: number): Complaint | undefined {
    const [, head = '', body = '', signature = ''] = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(jwt) ?? [];
    const header = partOf(head);
    const { iss, aud, iat, exp } = partOf(body);
    const { keyId, subAccount, publicKey } = this.#account;
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    const isNamed = header.alg === 'PS256' && header.kid === keyId && iss === subAccount && aud === AUDIENCE;
    if (!isNamed || typeof iat !== 'number' || typeof exp !== 'number') return saying('80200001');
    const key = { key: publicKey, padding, saltLength: 32 };
    const isSigned = verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'));
    if (!isSigned) return saying('80200001');
    if (exp - iat > DAY_SECONDS) return saying('80300036');
    if (this.#seen.size >= TOKENS_MAX) this.#seen.clear();
    this.#seen.add(jwt);
    return now >= exp * 1_000 || this.#ended.has(jwt) ? saying('80200005') : undefined;
  }
}

function partOf(text: string): Fields {
  const value = jsonOf(Buffer.from(text, 'base64url').toString('utf8'));
  return isFields(value) ? value : {};
}
