import type { Warning } from '../domain/accepted-message.js';
import type { Filter } from '../domain/filter.js';
import { DEVICE_FIELDS, USER_FIELDS } from '../domain/filter-attr.js';
import { nearest } from '../domain/suggest.js';

/** Shorter names are near to too much. */
const NAME_LENGTH_MIN = 5;

/**
 * Attributes are the app's own, so any name may be one; but one that is a slip of the pen away from a field matches
 * nobody, or under `ne`, `nin` and `exists: false` everybody, and nothing else would tell.
 */
export function filterWarnings(filters: readonly (Filter | undefined)[]): Warning[] {
  const told = new Map<string, Warning>();
  const look = (filter: Filter): void => {
    if (filter.kind === 'not') look(filter.of);
    else if (filter.kind !== 'test') for (const part of filter.of) look(part);
    else if (filter.attr.kind === 'attribute' && filter.attr.name.length >= NAME_LENGTH_MIN) {
      const { of, name } = filter.attr;
      const meant = nearest(name, of === 'user' ? USER_FIELDS : DEVICE_FIELDS);
      if (meant === undefined) return;
      const detail = `'${of}.${name}' is taken for an attribute of your own; did you mean '${of}.${meant}'?`;
      told.set(`${of}.${name}`, { code: 'near_field', detail });
    }
  };
  for (const filter of filters) if (filter !== undefined) look(filter);
  return [...told.values()];
}
