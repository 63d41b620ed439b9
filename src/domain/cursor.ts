import { GatewayError } from './errors.js';
import { isStorable } from './storable.js';

/** Cursors are opaque to callers and say which list they belong to. */
export function encodeCursor(list: string, key: string): string {
  return Buffer.from(JSON.stringify([list, key])).toString('base64url');
}

/** Of a cursor that somebody wrote themselves the statement would fail instead of the cursor. */
export function isKey(part: unknown): part is string {
  return typeof part === 'string' && isStorable(part);
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
  throw badCursor();
}

/** What text that is no cursor of a list is answered with. */
export function badCursor(): GatewayError {
  const detail = 'the cursor is not one this list gave; start again without it';
  return new GatewayError('validation_failed', detail, {
    faults: [{ pointer: '/cursor', code: 'invalid_cursor', detail }],
  });
}
