import { createHash } from 'node:crypto';

/**
 * A collapse key, or what else shall be replaced by its like, as the positive 31-bit number that vendors take in place of
 * a text: 1 to 2147483647, never 0. Two of 1,000 keys that one device gets have the same number with a chance of 0.02 %.
 */
export function collapseNumber(key: string): number {
  return (createHash('sha256').update(key).digest().readUInt32BE(0) % 0x7fff_ffff) + 1;
}

/** The same as a text of `length` characters, at most 43, of `[A-Za-z0-9_-]`; it never begins with `_` or `-`. */
export function collapseText(key: string, length: number): string {
  const text = createHash('sha256').update(key).digest('base64url');
  return text.replace(/[_-]/g, (sign) => (sign === '_' ? 'x' : 'y')).slice(0, length);
}
