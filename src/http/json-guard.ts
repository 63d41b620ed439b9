import type { Json } from '../domain/json.js';
import { pointerOf } from './json-pointer.js';

/** Code units of one key: keys come back in pointers and details, so they have a bound of their own. */
export const KEY_LENGTH_MAX = 512;
/** Elements of one array; every list of the API has a smaller bound, so this only keeps the check itself quick. */
export const ELEMENTS_MAX = 10_000;

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
// With the `u` flag a paired surrogate is one code point, so this class matches only lone ones.
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is looked for; one in a jsonb value fails a whole batch.
const UNSTORABLE = /[\u0000\p{Surrogate}]/u;

/** What no request may contain, and where. */
export interface GuardFault {
  readonly kind: 'malformed' | 'too_many_items';
  /** JSON pointer (RFC 6901). */
  readonly pointer: string;
  readonly detail: string;
}

/**
 * Looks through a parsed body once, before anything else reads it: forbidden names, text that no store can hold, numbers
 * that JSON cannot give back. How deep it is was measured before.
 *
 * @param escapes whether the text had `\u` escapes; without them strict UTF-8 cannot hold what is looked for in strings
 * @returns the first fault, or undefined
 */
export function guardJson(value: Json, escapes: boolean): GuardFault | undefined {
  const path: (string | number)[] = [];

  function malformed(detail: string): GuardFault {
    return { kind: 'malformed', pointer: pointerOf(path), detail };
  }

  function walk(node: Json): GuardFault | undefined {
    if (typeof node === 'string') {
      return escapes && UNSTORABLE.test(node) ? malformed('text holds NUL or half a surrogate pair') : undefined;
    }
    if (typeof node === 'number') return Number.isFinite(node) ? undefined : malformed('the number is out of range');
    if (typeof node !== 'object' || node === null) return undefined;
    return isList(node) ? walkList(node) : walkObject(node);
  }

  function walkList(list: readonly Json[]): GuardFault | undefined {
    if (list.length > ELEMENTS_MAX) {
      const detail = `must have at most ${ELEMENTS_MAX} elements, and has ${list.length}`;
      return { kind: 'too_many_items', pointer: pointerOf(path), detail };
    }
    for (const [i, item] of list.entries()) {
      if (typeof item === 'boolean' || item === null) continue;
      path.push(i);
      const fault = walk(item);
      if (fault !== undefined) return fault;
      path.pop();
    }
    return undefined;
  }

  function walkObject(object: { readonly [key: string]: Json }): GuardFault | undefined {
    for (const key of Object.keys(object)) {
      if (key.length > KEY_LENGTH_MAX) return malformed(`a key is longer than ${KEY_LENGTH_MAX} characters`);
      if (FORBIDDEN_KEYS.has(key)) return malformed(`the key '${key}' is not allowed`);
      if (escapes && UNSTORABLE.test(key)) return malformed('a key holds NUL or half a surrogate pair');
      path.push(key);
      const fault = walk(object[key] ?? null);
      if (fault !== undefined) return fault;
      path.pop();
    }
    return undefined;
  }

  return walk(value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
