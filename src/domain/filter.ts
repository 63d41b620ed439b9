import type { FilterAttr } from './filter-attr.js';

/** Levels of a filter; one test alone has one. */
export const FILTER_DEPTH_MAX = 8;
/** Tests, lists and negations of one filter together. */
export const FILTER_NODES_MAX = 100;
/** Values of one `in` or `nin`. */
export const FILTER_VALUES_MAX = 100;

export type FilterScalar = string | number | boolean;

/** What a test asks of the value it looks at. */
export type FilterCondition =
  | { readonly op: 'eq' | 'ne'; readonly value: FilterScalar }
  | { readonly op: 'in' | 'nin'; readonly value: readonly FilterScalar[] }
  | { readonly op: 'exists'; readonly value: boolean }
  /** Numbers with numbers, texts with texts by code point, versions as versions. */
  | { readonly op: FilterOrder; readonly value: number | string }
  | { readonly op: 'prefix' | 'contains'; readonly value: string };

export type FilterOrder = 'gt' | 'gte' | 'lt' | 'lte';

export type FilterTest = { readonly kind: 'test'; readonly attr: FilterAttr } & FilterCondition;

/**
 * Which devices are meant, by what is known of them and of their users.
 *
 * Values are compared by type: the text "5" is not the number 5. Of a list, one element is enough for `eq`, `in` and
 * `contains`; order and `prefix` never match a list. `contains` looks for a part of a text, or for an element of a
 * list. What is missing matches only `ne`, `nin` and `exists: false`.
 */
export type Filter =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Filter[] }
  | { readonly kind: 'not'; readonly of: Filter }
  | FilterTest;
