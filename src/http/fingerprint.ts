import { createHash } from 'node:crypto';
import type { Json } from '../domain/json.js';

/**
 * Hash of a parsed body: the same for another key order or other white space, and for nothing else.
 *
 * @returns SHA-256 in lower-case hex
 */
export function fingerprint(value: Json): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

/** JSON with the keys of every object sorted by code unit. The depth was bounded at the door. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const object = value as { readonly [key: string]: Json }; // Arrays are gone by now; the compiler keeps readonly ones.
  const members = Object.keys(object)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(object[key] ?? null)}`);
  return `{${members.join(',')}}`;
}
