import { encodeCursor } from '../../domain/cursor.js';

export { badCursor, decodeCursor, encodeCursor } from '../../domain/cursor.js';

/** A page from one row more than was asked for. */
export function pageOf<T>(list: string, items: readonly T[], limit: number, keyOf: (item: T) => string) {
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  return items.length > limit && last !== undefined
    ? { items: shown, nextCursor: encodeCursor(list, keyOf(last)) }
    : { items: shown };
}
