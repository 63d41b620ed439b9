import type { Attributes, NamesChange } from '../domain/attributes.js';

type AttributesAnswer = Record<string, string | number | boolean | string[]>;

/** Attributes as callers get them, in the order of their names. */
export function attributesToJson(attributes: Attributes): AttributesAnswer {
  const entries = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === 'object' ? [...value] : value]));
}

/** An array takes the place of all names; `{add, remove}` changes some. */
export function toNamesChange(
  given:
    | readonly string[]
    | { readonly add?: string[] | undefined; readonly remove?: string[] | undefined }
    | undefined,
): NamesChange | undefined {
  if (given === undefined) return undefined;
  if ('length' in given) return { kind: 'replace', names: given };
  return { kind: 'edit', add: given.add ?? [], remove: given.remove ?? [] };
}
