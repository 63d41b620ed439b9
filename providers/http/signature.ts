/** A signature by HMAC: what is signed, and where it goes, as the file says. */
import { createHash, createHmac } from 'node:crypto';
import { fillText, parseText } from './template.js';

export interface HmacOptions {
  readonly secret: string;
  readonly algorithm: 'sha1' | 'sha256' | 'sha384' | 'sha512';
  readonly key: string;
  readonly sign: string;
  readonly encoding: 'base64' | 'base64url' | 'hex' | 'HEX';
  readonly timestamp: 's' | 'ms' | 'rfc3339';
}

/** What can be signed. */
export interface Signable {
  readonly timestamp: string;
  readonly nonce: string;
  readonly method: string;
  readonly path: string;
  /** As it stands in the request, without `?` and without the signature. */
  readonly query: string;
  /** Without the signature. */
  readonly body: Uint8Array;
}

export const SIGNED_NAMES = {
  known: ['timestamp', 'nonce', 'secret', 'method', 'path', 'query', 'body', 'body_sha256'],
  families: [],
};

export function timestampOf(nowMs: number, unit: HmacOptions['timestamp']): string {
  if (unit === 'rfc3339') return new Date(nowMs).toISOString();
  return String(unit === 's' ? Math.floor(nowMs / 1_000) : nowMs);
}

export function signatureOf(options: HmacOptions, signable: Signable): string {
  const lookUp = (name: string) => {
    switch (name) {
      case 'secret':
        return options.secret;
      case 'body':
        return Buffer.from(signable.body).toString('utf8');
      case 'body_sha256':
        return createHash('sha256').update(signable.body).digest('hex');
      default:
        return signable[name as 'timestamp' | 'nonce' | 'method' | 'path' | 'query']; // one of SIGNED_NAMES
    }
  };
  const text = (template: string) => fillText(parseText(template, SIGNED_NAMES), lookUp);
  const mac = createHmac(options.algorithm, text(options.key)).update(text(options.sign), 'utf8');
  if (options.encoding === 'HEX') return mac.digest('hex').toUpperCase();
  return mac.digest(options.encoding);
}
