import type { FieldFault } from './errors.js';
import { FILTER_DEPTH_MAX, FILTER_NODES_MAX, type Filter } from './filter.js';
import { type Faults, NOT_YET, parseFilterTest } from './parse-filter-test.js';
import { nearest } from './suggest.js';

/** Parts of the filter language that a later version will take. */
const LATER = ['event', 'segment', 'segments'];
const SHAPE = 'must be {"attr": …, "op": …, "value": …}, {"all": […]}, {"any": […]} or {"not": {…}}';

export type ParsedFilter =
  | { readonly kind: 'filter'; readonly filter: Filter }
  | { readonly kind: 'faulty'; readonly faults: readonly FieldFault[] };

/**
 * Reads a filter as it came.
 *
 * @param at JSON pointer of `value`; every fault has its own below it
 */
export function parseFilter(value: unknown, at: string): ParsedFilter {
  const faults: FieldFault[] = [];
  let nodes = 0;

  const fault: Faults = (pointer, code, detail) => {
    faults.push({ pointer, code, detail });
    return undefined;
  };

  function node(given: unknown, pointer: string, depth: number): Filter | undefined {
    nodes++;
    if (nodes > FILTER_NODES_MAX) return undefined;
    if (!isObject(given)) return fault(pointer, 'invalid_type', SHAPE);
    if (depth > FILTER_DEPTH_MAX) {
      return fault(pointer, 'too_deep', `a filter has at most ${FILTER_DEPTH_MAX} levels; this is one more`);
    }
    const kind = (['all', 'any', 'not', 'attr'] as const).find((key) => Object.hasOwn(given, key));
    const later = LATER.find((key) => Object.hasOwn(given, key));
    if (later !== undefined) {
      return fault(`${pointer}/${later}`, 'not_in_this_version', `'${later}' is ${NOT_YET}`);
    }
    if (kind === undefined) return fault(pointer, 'invalid_filter', SHAPE);
    checkKeys(given, kind === 'attr' ? ['attr', 'op', 'value'] : [kind], pointer);
    if (kind === 'attr') return parseFilterTest(given, pointer, fault);
    if (kind === 'not') {
      const negated = node(given.not, `${pointer}/not`, depth + 1);
      return negated && { kind, of: negated };
    }
    return list(kind, given[kind], `${pointer}/${kind}`, depth);
  }

  function list(kind: 'all' | 'any', given: unknown, pointer: string, depth: number): Filter | undefined {
    if (!Array.isArray(given)) return fault(pointer, 'invalid_type', 'must be an array of filters');
    if (given.length === 0) return fault(pointer, 'too_few_items', 'must not be empty');
    // One beyond the bound is enough to see that it is exceeded.
    const parts = given.slice(0, FILTER_NODES_MAX + 1).map((part, i) => node(part, `${pointer}/${i}`, depth + 1));
    return { kind, of: parts.filter((part) => part !== undefined) };
  }

  function checkKeys(given: object, known: readonly string[], pointer: string): void {
    for (const key of Object.keys(given)) {
      if (known.includes(key)) continue;
      const guess = nearest(key, known);
      const hint = guess === undefined ? `known here are: ${known.join(', ')}` : `did you mean '${guess}'?`;
      fault(`${pointer}/${escaped(key)}`, 'unknown_field', `is not a field here; ${hint}`);
    }
  }

  const filter = node(value, at, 1);
  if (nodes > FILTER_NODES_MAX) {
    const detail = `a filter has at most ${FILTER_NODES_MAX} tests, lists and negations; this has more`;
    fault(at, 'too_many_nodes', detail);
  }
  return filter === undefined || faults.length > 0 ? { kind: 'faulty', faults } : { kind: 'filter', filter };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A key as part of a JSON pointer (RFC 6901 §3). */
function escaped(key: string): string {
  return key.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1');
}
