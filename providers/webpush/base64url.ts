const ALPHABET = /^[A-Za-z0-9_-]*$/;

/** base64url without padding (RFC 7515 §2). */
export function toBase64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}

/**
 * Reads base64url, and what browsers and libraries make of it: the standard alphabet, padding. Nothing for anything
 * else, where node would skip what it does not know.
 */
export function fromBase64url(text: string): Buffer | undefined {
  const plain = text
    .replace(/={1,2}$/, '')
    .replaceAll('+', '-')
    .replaceAll('/', '_');
  if (!ALPHABET.test(plain) || plain.length % 4 === 1) return undefined;
  return Buffer.from(plain, 'base64url');
}
