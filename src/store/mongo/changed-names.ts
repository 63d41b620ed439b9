import type { AttributeChanges, Attributes, NamesChange } from '../../domain/attributes.js';

/** Names after a change, sorted and without doubles. */
export function changedNames(names: readonly string[], change: NamesChange | undefined): readonly string[] {
  if (change === undefined) return names;
  const removed = new Set(change.kind === 'edit' ? change.remove : []);
  const all = change.kind === 'replace' ? change.names : [...names, ...change.add];
  return [...new Set(all)].filter((name) => !removed.has(name)).sort();
}

/** Attributes, or other values by name, after a change: what is null is gone. */
export function changedValues<T extends object>(values: T, changes: { readonly [K in keyof T]?: T[K] | null }): T;
export function changedValues(values: Attributes, changes: AttributeChanges): Attributes;
export function changedValues(values: object, changes: object): object {
  const entries = Object.entries({ ...values, ...changes });
  return Object.fromEntries(entries.filter(([, value]) => value !== null && value !== undefined));
}
