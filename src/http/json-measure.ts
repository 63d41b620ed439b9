/** Levels of arrays and objects. `JSON.stringify` and `structuredClone` fail much later than `JSON.parse` does. */
export const DEPTH_MAX = 32;
/** Keys of one object, doubles included. */
export const KEYS_MAX = 1_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/**
 * Measures a JSON text before anything builds values of it: how deep it nests, how many keys an object has. One pass
 * over its bytes; of a text that is no JSON it may say anything, for parsing tells that next.
 *
 * @returns a sentence about the first limit that is passed, or undefined
 */
export function measureJson(raw: Uint8Array): string | undefined {
  const keys = new Uint16Array(DEPTH_MAX + 1);
  let depth = 0;
  for (let i = 0; i < raw.length; i++) {
    const byte = raw[i] as number; // in bounds
    if (byte === QUOTE) i = endOfString(raw, i + 1);
    else if (OPENING.has(byte)) {
      depth++;
      if (depth > DEPTH_MAX) return `the body is nested deeper than ${DEPTH_MAX} levels (byte ${i})`;
      keys[depth] = 0;
    } else if (CLOSING.has(byte)) depth = Math.max(0, depth - 1);
    else if (byte === COLON) {
      const count = (keys[depth] ?? 0) + 1;
      if (count > KEYS_MAX) return `an object has more than ${KEYS_MAX} keys (byte ${i})`;
      keys[depth] = count;
    }
  }
  return undefined;
}

/** Index of the closing quote; quotes and backslashes are the same bytes in UTF-8 wherever they stand. */
function endOfString(raw: Uint8Array, from: number): number {
  let at = from;
  while (at < raw.length && raw[at] !== QUOTE) at += raw[at] === BACKSLASH ? 2 : 1;
  return at;
}
