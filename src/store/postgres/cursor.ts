import { GatewayError } from '../../domain/errors.js';

/** Cursors are opaque to callers and say which list they belong to. */
export function encodeCursor(list: string, key: string): string {
  return Buffer.from(JSON.stringify([list, key])).toString('base64url');
}

// With the `u` flag only lone surrogates are matched. A cursor that somebody wrote themselves may hold what no text
// column takes, and the statement would fail instead of the cursor.
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is looked for.
const UNSTORABLE = /[\u0000\p{Surrogate}]/u;

function isKey(part: unknown): part is string {
  return typeof part === 'string' && !UNSTORABLE.test(part);
}

/** @throws GatewayError `validation_failed` for text that is not a cursor of this list. */
export function decodeCursor(list: string, cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(parts) && parts.length === 2 && parts[0] === list && isKey(parts[1])) return parts[1];
  } catch {
    // Falls through: whatever it was, it is not a cursor of ours.
  }
  const detail = 'the cursor is not one this list gave; start again without it';
  throw new GatewayError('validation_failed', detail, {
    faults: [{ pointer: '/cursor', code: 'invalid_cursor', detail }],
  });
}

/** A page from one row more than was asked for. */
export function pageOf<T>(list: string, items: readonly T[], limit: number, keyOf: (item: T) => string) {
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  return items.length > limit && last !== undefined
    ? { items: shown, nextCursor: encodeCursor(list, keyOf(last)) }
    : { items: shown };
}
