/**
 * The rows of a JSON array as a relation for FROM: `fewRows('$1', 'i(id text, fence integer)')`.
 *
 * The planner takes `json_to_recordset` for a hundred rows, whatever comes, and then reads a table of a few thousand rows
 * whole, for a batch of two. Of a LIMIT that it cannot know it takes a tenth: so few rows are looked up in the index,
 * however old the statistics are, and a plan for all calls looks no dearer than one made anew for each.
 */
export function fewRows(param: string, columns: string): string {
  const alias = columns.slice(0, columns.indexOf('('));
  return `(SELECT * FROM json_to_recordset(${param}::json) AS ${columns} LIMIT (SELECT 1000000)) ${alias}`;
}

/** As {@link fewRows}, for a JSON array of strings: `i(id)`. */
export function fewIds(param: string): string {
  return `(SELECT * FROM json_array_elements_text(${param}::json) AS i(id) LIMIT (SELECT 1000000)) i`;
}
