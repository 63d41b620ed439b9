import { crc32 } from 'node:zlib';
import { nearest } from '../domain/suggest.js';
import type { Page, PageRequest } from '../ports/page.js';
import type { RequestFault } from './problem.js';
import { invalid } from './refusal.js';

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1_000;
const CURSOR_LENGTH_MAX = 1_024;
const PARAMETERS = ['limit', 'cursor'];

/** The parsed query string: a name given twice has an array. */
export type Query = Readonly<Record<string, unknown>>;

/**
 * Reads `?limit=&cursor=`.
 *
 * @param list names the list; a cursor of another list is refused
 * @throws Refusal 422 with every fault
 */
export function readPage(query: Query, list: string): PageRequest {
  const faults: RequestFault[] = unknownParameters(query, PARAMETERS);
  const limit = query.limit === undefined ? LIMIT_DEFAULT : readLimit(query.limit);
  if (limit === undefined) {
    faults.push({ parameter: 'limit', code: 'invalid_value', detail: `must be a whole number from 1 to ${LIMIT_MAX}` });
  }
  const cursor = query.cursor === undefined ? undefined : openCursor(query.cursor, list);
  if (query.cursor !== undefined && cursor === undefined) {
    const detail = 'is not a cursor of this list; start anew without it';
    faults.push({ parameter: 'cursor', code: 'invalid_cursor', detail });
  }
  if (faults.length > 0 || limit === undefined) throw invalid(faults);
  return cursor === undefined ? { limit } : { limit, cursor };
}

/** @throws Refusal 422 for any query parameter */
export function refuseParameters(query: Query): void {
  const faults = unknownParameters(query, []);
  if (faults.length > 0) throw invalid(faults);
}

/** A page as callers get it. */
export function pageAnswer<Item, Json>(page: Page<Item>, list: string, toJson: (item: Item) => Json) {
  return {
    data: page.items.map(toJson),
    next_cursor: page.nextCursor === undefined ? null : sealCursor(page.nextCursor, list),
    has_more: page.nextCursor !== undefined,
  };
}

/** The store's cursor with a checksum over it and the list's name: what was cut or mixed up never reaches the store. */
function sealCursor(cursor: string, list: string): string {
  const sealed = Buffer.alloc(4 + Buffer.byteLength(cursor));
  sealed.writeUInt32BE(crc32(`${list}\n${cursor}`));
  sealed.write(cursor, 4);
  return sealed.toString('base64url');
}

function openCursor(raw: unknown, list: string): string | undefined {
  if (typeof raw !== 'string' || raw.length > CURSOR_LENGTH_MAX || !/^[A-Za-z0-9_-]{6,}$/.test(raw)) return undefined;
  const sealed = Buffer.from(raw, 'base64url');
  const cursor = sealed.toString('utf8', 4);
  return sealed.readUInt32BE() === crc32(`${list}\n${cursor}`) && !cursor.includes('\0') ? cursor : undefined;
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
