import { isGatewayError } from '../domain/errors.js';
import { nearest } from '../domain/suggest.js';
import type { Page, PageRequest } from '../ports/page.js';
import type { RequestFault } from './problem.js';
import { invalid } from './refusal.js';

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1_000;
/** What a cursor may look like; what it means is the store's secret. */
const CURSOR = /^[A-Za-z0-9_-]{1,2048}$/;
const PARAMETERS = ['limit', 'cursor'];

/** The parsed query string: a name given twice has an array. */
export type Query = Readonly<Record<string, unknown>>;

/**
 * Reads `?limit=&cursor=`.
 *
 * @param others query parameters that the caller reads itself
 * @throws Refusal 422 with every fault
 */
export function readPage(query: Query, others: readonly string[] = []): PageRequest {
  const faults: RequestFault[] = unknownParameters(query, [...PARAMETERS, ...others]);
  const limit = query.limit === undefined ? LIMIT_DEFAULT : readLimit(query.limit);
  if (limit === undefined) {
    faults.push({ parameter: 'limit', code: 'invalid_value', detail: `must be a whole number from 1 to ${LIMIT_MAX}` });
  }
  const { cursor } = query;
  const wellFormed = cursor === undefined || (typeof cursor === 'string' && CURSOR.test(cursor));
  if (!wellFormed) faults.push(badCursor());
  if (faults.length > 0 || limit === undefined || !wellFormed) throw invalid(faults);
  return cursor === undefined ? { limit } : { limit, cursor };
}

/** Reads the one parameter of a query: absent is false. @throws Refusal 422 */
export function readFlag(query: Query, name: string): boolean {
  const faults = unknownParameters(query, [name]);
  const value = query[name];
  if (value !== undefined && value !== 'true' && value !== 'false') {
    faults.push({ parameter: name, code: 'invalid_value', detail: 'must be true or false' });
  }
  if (faults.length > 0) throw invalid(faults);
  return value === 'true';
}

/** @throws Refusal 422 for any query parameter */
export function refuseParameters(query: Query, known: readonly string[] = []): void {
  const faults = unknownParameters(query, known);
  if (faults.length > 0) throw invalid(faults);
}

/**
 * Reads the page a call asks for and gives it as callers get it. Whether a cursor is one of this list is the
 * store's to say.
 *
 * @throws Refusal 422 with every fault
 */
export async function answerPage<Item, Json>(
  query: Query,
  fetch: (request: PageRequest) => Promise<Page<Item>>,
  toJson: (item: Item) => Json,
  others: readonly string[] = [],
) {
  const page = await fetch(readPage(query, others)).catch((error: unknown) => {
    throw isGatewayError(error, 'validation_failed') ? invalid([badCursor()]) : error;
  });
  return {
    data: page.items.map(toJson),
    next_cursor: page.nextCursor ?? null,
    has_more: page.nextCursor !== undefined,
  };
}

function readLimit(raw: unknown): number | undefined {
  if (typeof raw !== 'string' || !/^\d{1,4}$/.test(raw)) return undefined;
  const limit = Number(raw);
  return limit >= 1 && limit <= LIMIT_MAX ? limit : undefined;
}

function unknownParameters(query: Query, known: readonly string[]): RequestFault[] {
  const names = Object.keys(query).filter((name) => !known.includes(name));
  return names.map((name) => {
    const guess = nearest(name, known);
    const hint = guess === undefined ? '' : `; did you mean '${guess}'?`;
    return { parameter: name.slice(0, 64), code: 'unknown_parameter', detail: `is not a parameter here${hint}` };
  });
}

function badCursor(): RequestFault {
  return { parameter: 'cursor', code: 'invalid_cursor', detail: 'is not a cursor of this list; start anew without it' };
}
