import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A file of the checkout, by its path from the root. */
export const pathOf = (name: string) => fileURLToPath(new URL(`../../../../${name}`, import.meta.url));
export const textOf = (name: string) => readFile(pathOf(name), 'utf8');

/** What stands at `a.b.c`; undefined where there is nothing. */
export function valueAt(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), value);
}
