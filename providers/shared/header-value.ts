const PRINTABLE_ASCII = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/**
 * Whether a text may stand in an HTTP header as it is: printable ASCII, not empty, no blank at either
 * end (RFC 9110 §5.5 lets a recipient strip those), at most `bytesMax` bytes. Keeps line breaks, NUL
 * and other people's headers out.
 */
export function isHeaderValue(text: string, bytesMax = 1024): boolean {
  return text.length <= bytesMax && PRINTABLE_ASCII.test(text);
}
