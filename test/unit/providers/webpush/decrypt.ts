/** The user agent's side of RFC 8291 by the library beneath web-push: an independent judge of our encryption. */
import type { ECDH } from 'node:crypto';
import { createRequire } from 'node:module';

interface Ece {
  decrypt(body: Buffer, keys: { version: 'aes128gcm'; privateKey: ECDH; authSecret: string }): Buffer;
}

// Named by web-push's own package.json, not by ours; it has no types.
const requireHere = createRequire(import.meta.url);
const ece = createRequire(requireHere.resolve('web-push'))('http_ece') as Ece;

export function decrypt(body: Buffer, privateKey: ECDH, auth: Buffer): string {
  const keys = { version: 'aes128gcm', privateKey, authSecret: auth.toString('base64url') } as const;
  return ece.decrypt(body, keys).toString('utf8');
}
