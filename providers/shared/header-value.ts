const PRINTABLE_ASCII = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/**
 * Whether a text may stand in an HTTP header as it is: printable ASCII, not empty, no blank at either
 * end (RFC 9110 §5.5 lets a recipient strip those), at most `bytesMax` bytes. Keeps line breaks, NUL
 * and other people's headers out.
 */
export function isHeaderValue(text: string, bytesMax = 1024): boolean {
  return text.length <= bytesMax && PRINTABLE_ASCII.test(text);
}

const FIELD_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;
/** Field objects found good: providers share one among many requests. */
const checked = new WeakSet<object>();

/**
 * The name of the first field that may not be sent, if there is one: its name is no lower-case token
 * (RFC 9113 §8.2), or its value is no `isHeaderValue`. An object found good is not looked at again, so
 * it must not be changed afterwards. (One bad name makes node:http2 end the whole connection, with
 * everybody's requests on it; a bad value it sends as it is.)
 */
export function firstBadField(fields: Readonly<Record<string, string>>): string | undefined {
  if (checked.has(fields)) return undefined;
  for (const name in fields) {
    if (!FIELD_NAME.test(name) || !isHeaderValue(fields[name] ?? '', 8192)) return name;
  }
  checked.add(fields);
  return undefined;
}
