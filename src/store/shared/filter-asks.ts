import type { Filter } from '../../domain/filter.js';

/** Whether a filter asks for what is said of users; their ids stand on devices. */
export function asksForUser(filter: Filter | undefined): boolean {
  if (filter === undefined) return false;
  if (filter.kind === 'not') return asksForUser(filter.of);
  if (filter.kind !== 'test') return filter.of.some(asksForUser);
  const { attr } = filter;
  return attr.kind === 'attribute' ? attr.of === 'user' : attr.field.startsWith('user.') && attr.field !== 'user.id';
}
