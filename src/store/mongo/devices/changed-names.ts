import type { AttributeChanges, Attributes, AttributeValue, NamesChange } from '../../../domain/attributes.js';

/** Names after a change, sorted and without doubles. */
export function changedNames(names: readonly string[], change: NamesChange | undefined): readonly string[] {
  if (change === undefined) return names;
  const removed = new Set(change.kind === 'edit' ? change.remove : []);
  const all = change.kind === 'replace' ? change.names : [...names, ...change.add];
  return [...new Set(all)].filter((name) => !removed.has(name)).sort();
}

/** Values by name after a change: what is null is gone. */
export function changedValues<T extends object>(
  values: T,
  changes: { readonly [K in keyof T]?: T[K] | null | undefined },
): T {
  const entries = Object.entries({ ...values, ...changes });
  // Each is a value of one of the two.
  return Object.fromEntries(entries.filter(([, value]) => value !== null && value !== undefined)) as T;
}

export function changedAttributes(attributes: Attributes, changes: AttributeChanges = {}): Attributes {
  return changedValues<Record<string, AttributeValue>>(attributes, changes);
}
