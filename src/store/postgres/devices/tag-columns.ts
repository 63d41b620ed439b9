import type { NamesChange } from '../../../domain/attributes.js';

/** Columns of a `json_to_recordset` that carries what {@link tagColumns} gives. */
export const TAG_COLUMNS = 'tags_set text[], tags_add text[], tags_remove text[]';

/** `tags_set` is the whole set; without it `tags_add` and `tags_remove` change the one that is there. */
export function tagColumns(change: NamesChange | undefined) {
  const sorted = (names: readonly string[]) => [...new Set(names)].sort();
  if (change === undefined) return { tags_set: null, tags_add: null, tags_remove: [] };
  if (change.kind === 'replace') return { tags_set: sorted(change.names), tags_add: null, tags_remove: [] };
  return { tags_set: null, tags_add: sorted(change.add), tags_remove: change.remove };
}

/** SQL for the tags of the row `alias` after what `i` changes, sorted. */
export function tagsChanged(alias: string): string {
  return `CASE WHEN i.tags_set IS NOT NULL THEN i.tags_set WHEN i.tags_add IS NULL THEN ${alias}.tags ELSE ARRAY(
    SELECT DISTINCT t COLLATE "C" FROM unnest(${alias}.tags || i.tags_add) t WHERE t <> ALL(i.tags_remove) ORDER BY 1) END`;
}
