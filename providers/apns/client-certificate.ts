/** The client certificate of certificate authentication: Apple, "Establishing a certificate-based connection to APNs". */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { EpochMs, ProviderLog } from '../contract.js';

const DAY_MS = 24 * 60 * 60_000;
const WARN_BEFORE_MS = 30 * DAY_MS;
const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const PRIVATE_KEY =
  /-----BEGIN (?:RSA |EC |ENCRYPTED )?PRIVATE KEY-----[\s\S]+?-----END (?:RSA |EC |ENCRYPTED )?PRIVATE KEY-----/;

export interface ClientCertificate {
  /** PEM: the certificate, then its chain as it was given. */
  readonly cert: string;
  /** PEM, PKCS#8, without passphrase. */
  readonly key: string;
  /** APNs refuses it from here on, epoch milliseconds. */
  readonly expiresAt: EpochMs;
  /** The UID of its subject: the bundle id of an app's certificate, the topic of an MDM one. */
  readonly uid?: string;
}

/**
 * Reads the certificate, and its key out of `keyPem` or, where there is none, out of the same text (as
 * Keychain's and OpenSSL's exports hold both).
 *
 * @throws CertificateError with a sentence on what is wrong and with which setting; key text is never in it.
 */
export function readClientCertificate(pem: string, keyPem: string | undefined): ClientCertificate {
  const blocks = pem.match(CERTIFICATES);
  const [first] = blocks ?? [];
  if (blocks === null || first === undefined) {
    throw new CertificateError('certificate', 'is not PEM text of a certificate (convert a .p12 or .cer with openssl)');
  }
  let leaf: X509Certificate;
  try {
    leaf = new X509Certificate(first);
  } catch {
    throw new CertificateError('certificate', 'looks like a certificate but cannot be read: lines may be missing');
  }
  const key = readKey(pem, keyPem);
  if (!leaf.checkPrivateKey(key)) {
    throw new CertificateError(
      keyPem === undefined ? 'certificate' : 'certificate_key',
      'is the key of another certificate: the first certificate must be the one from Apple, its chain after it',
    );
  }
  const uid = /^UID=(.+)$/m.exec(leaf.subject)?.[1];
  return {
    cert: blocks.join('\n'),
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    expiresAt: Date.parse(leaf.validTo),
    ...(uid === undefined ? {} : { uid }),
  };
}

export class CertificateError extends Error {
  override readonly name = 'CertificateError';
  constructor(
    readonly setting: 'certificate' | 'certificate_key',
    message: string,
  ) {
    super(message);
  }
}

function readKey(pem: string, keyPem: string | undefined): KeyObject {
  const setting = keyPem === undefined ? 'certificate' : 'certificate_key';
  const block = PRIVATE_KEY.exec(keyPem ?? pem)?.[0];
  if (block === undefined) {
    throw new CertificateError(
      setting,
      keyPem === undefined
        ? 'holds no private key: add the key to the same text, or give it as certificate_key'
        : 'is not PEM text of a private key',
    );
  }
  if (block.includes('ENCRYPTED')) {
    throw new CertificateError(setting, 'has a key with a passphrase: take it off (openssl pkey) and guard the file');
  }
  try {
    return createPrivateKey(block);
  } catch {
    // The cause is left out: it must not carry key text.
    throw new CertificateError(setting, 'has a private key that cannot be read: lines may be missing or joined');
  }
}

/** Says once a day that a certificate ends within 30 days, or has ended. */
export class ExpiryWatch {
  readonly #expiresAt: EpochMs;
  readonly #log: ProviderLog;
  readonly #names: Readonly<Record<string, string>>;
  #nextAt = Number.NEGATIVE_INFINITY;

  constructor(expiresAt: EpochMs, log: ProviderLog, names: Readonly<Record<string, string>>) {
    this.#expiresAt = expiresAt;
    this.#log = log;
    this.#names = names;
  }

  /** Whether it has ended. */
  look(now: EpochMs): boolean {
    const left = this.#expiresAt - now;
    if (left < WARN_BEFORE_MS && now >= this.#nextAt) {
      this.#nextAt = now + DAY_MS;
      const fields = { ...this.#names, expires_at: new Date(this.#expiresAt).toISOString() };
      if (left <= 0) this.#log.error(fields, 'apns.certificate_expired');
      else this.#log.warn({ ...fields, days_left: Math.floor(left / DAY_MS) }, 'apns.certificate_expires_soon');
    }
    return left <= 0;
  }
}
