/** The provider authentication token: Apple, "Establishing a token-based connection to APNs"; JWS: RFC 7515, ES256: RFC 7518 §3.4. */
import { createPrivateKey, type KeyObject, sign } from 'node:crypto';

/** Apple refuses a token older than an hour, and answers more than one new one in 20 minutes with 429. */
const REFRESH_MS = 50 * 60_000;
const FLOOR_MS = 20 * 60_000;
/** Our clock was set back: a token from the future would be refused until the clock catches up. */
const AHEAD_MAX_MS = 60_000;

/**
 * Reads the text of a `.p8` file.
 *
 * @throws Error with a sentence on what is wrong with it; the text itself is never in it.
 */
export function readSigningKey(pem: string): KeyObject {
  const label = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(pem)?.[1];
  if (label === undefined) {
    throw new Error(
      'is not PEM text: it must begin with "-----BEGIN PRIVATE KEY-----", as the .p8 file from Apple does',
    );
  }
  if (label === 'ENCRYPTED PRIVATE KEY') throw new Error('is protected by a passphrase; APNs keys from Apple are not');
  if (label === 'CERTIFICATE') throw new Error('is a certificate; token authentication takes the .p8 key');
  if (!label.endsWith('PRIVATE KEY')) throw new Error(`is a ${label.toLowerCase()}, not a private key`);
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The cause is left out: OpenSSL's words help nobody here and it must not carry key text.
    throw new Error('looks like a private key but cannot be read: lines may be missing or joined');
  }
  if (key.asymmetricKeyType !== 'ec') {
    throw new Error(`is a key of type ${key.asymmetricKeyType ?? 'unknown'}; APNs takes EC keys on P-256 (ES256)`);
  }
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (curve !== 'prime256v1')
    throw new Error(`is an EC key on ${curve ?? 'an unknown curve'}; APNs takes P-256 (ES256)`);
  return key;
}

/** One token per team and key, shared by all connections of a provider. */
export class ProviderToken {
  readonly #key: KeyObject;
  readonly #keyId: string;
  readonly #teamId: string;
  readonly #now: () => number;
  #value = '';
  #issuedAt = 0;

  constructor(key: KeyObject, keyId: string, teamId: string, now: () => number) {
    this.#key = key;
    this.#keyId = keyId;
    this.#teamId = teamId;
    this.#now = now;
  }

  /** The value of `authorization`, signed anew when it is 50 minutes old. */
  current(): string {
    const age = this.#now() - this.#issuedAt;
    if (this.#value === '' || age >= REFRESH_MS || age < -AHEAD_MAX_MS) this.#issue();
    return this.#value;
  }

  /**
   * APNs called `used` expired. True when there is another one to try: somebody renewed it meanwhile, or
   * it is older than Apple's floor of 20 minutes and was renewed now. False means that a new token would
   * not help: our clock is wrong, or the key is.
   */
  renew(used: string): boolean {
    if (used !== this.#value) return true;
    if (this.#now() - this.#issuedAt < FLOOR_MS) return false;
    this.#issue();
    return true;
  }

  #issue(): void {
    this.#issuedAt = this.#now();
    const header = { alg: 'ES256', kid: this.#keyId };
    const claims = { iss: this.#teamId, iat: Math.floor(this.#issuedAt / 1000) };
    const input = `${base64url(header)}.${base64url(claims)}`;
    const signature = sign('sha256', Buffer.from(input), { key: this.#key, dsaEncoding: 'ieee-p1363' });
    this.#value = `bearer ${input}.${signature.toString('base64url')}`;
  }
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
