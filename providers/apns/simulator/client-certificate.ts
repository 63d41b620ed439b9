/** Push certificates as Apple issues and judges them ("Establishing a certificate-based connection to APNs"). */
import { X509Certificate } from 'node:crypto';
import { generate } from 'selfsigned';
import type { ApnsEnvironment, Refusal } from './answers.js';

/** userId of RFC 4519 §2.39: where a push certificate's subject names its app. */
const UID = '0.9.2342.19200300.100.1.1';
const TEN_YEARS_MS = 10 * 365 * 86_400_000;
const EC = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

export interface CertificateOrder {
  /** The app's bundle id, or the topic of an MDM server. */
  readonly uid: string;
  /** What it may push to; `uid` and its VoIP and complication topics when absent. */
  readonly topics?: readonly string[];
  /** The one environment it is for; both when absent. */
  readonly environment?: ApnsEnvironment;
  /** Ten years from now when absent. */
  readonly notAfter?: Date;
}

/** What its owner would download from Apple, PEM. */
export interface IssuedCertificate {
  readonly cert: string;
  readonly key: string;
}

/** What a connection with a good certificate may do. */
export interface CertificateGrant {
  readonly uid: string;
  readonly topics: readonly string[];
}

/** Apple's worldwide developer relations authority, in small. */
export interface ApnsAuthority {
  /** Its own certificate, PEM. */
  readonly cert: string;
  issue(order: CertificateOrder): Promise<IssuedCertificate>;
  /** From now on it is refused, also on connections that are open. */
  revoke(cert: string): void;
  /** What a client's certificate allows, or Apple's refusal of it. */
  judge(certificate: X509Certificate, environment: ApnsEnvironment, nowMs: number): CertificateGrant | Refusal;
}

/** A fresh authority, in memory. */
export async function createApnsAuthority(): Promise<ApnsAuthority> {
  const made = await generate([{ name: 'commonName', value: 'Pealbell push certificates' }], {
    ...EC,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const { publicKey } = new X509Certificate(made.cert);
  const orders = new Map<string, CertificateOrder>();
  const revoked = new Set<string>();
  return {
    cert: made.cert,
    issue: async (order) => {
      const { notAfter } = order;
      const leaf = await generate(
        [
          { name: 'commonName', value: `Apple Push Services: ${order.uid}` },
          { name: UID, value: order.uid },
        ],
        {
          ...EC,
          ca: { key: made.private, cert: made.cert },
          // The simulator's clock may stand far from the machine's.
          notBeforeDate: new Date(0),
          notAfterDate: notAfter ?? new Date(Date.now() + TEN_YEARS_MS),
          extensions: [
            { name: 'basicConstraints', cA: false, critical: true },
            { name: 'keyUsage', digitalSignature: true, critical: true },
            { name: 'extKeyUsage', clientAuth: true },
          ],
        },
      );
      orders.set(new X509Certificate(leaf.cert).fingerprint256, order);
      return { cert: leaf.cert, key: leaf.private };
    },
    revoke: (cert) => {
      revoked.add(new X509Certificate(cert).fingerprint256);
    },
    judge: (certificate, environment, nowMs) => {
      const order = orders.get(certificate.fingerprint256);
      const isOurs = order !== undefined && certificate.verify(publicKey);
      const isOver = nowMs >= Date.parse(certificate.validTo);
      if (!isOurs || isOver || revoked.has(certificate.fingerprint256))
        return { status: 403, reason: 'BadCertificate' };
      if ((order.environment ?? environment) !== environment) {
        return { status: 403, reason: 'BadCertificateEnvironment' };
      }
      const { uid } = order;
      return { uid, topics: order.topics ?? [uid, `${uid}.voip`, `${uid}.complication`] };
    },
  };
}
