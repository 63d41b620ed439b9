import { ATTRIBUTE_TEXT_MAX } from './attributes.js';
import { PLATFORMS } from './device.js';
import { FILTER_VALUES_MAX, type FilterCondition, type FilterScalar, type FilterTest } from './filter.js';
import { type FilterAttr, readFilterAttr } from './filter-attr.js';
import { nearest } from './suggest.js';
import { versionNumbers } from './version-order.js';

export const FILTER_OPS = ['eq', 'ne', 'in', 'nin', 'exists', 'gt', 'gte', 'lt', 'lte', 'prefix', 'contains'] as const;
type Op = (typeof FILTER_OPS)[number];

/** Takes a fault down; what had it is undefined. */
export type Faults = (pointer: string, code: string, detail: string) => undefined;

/** Words by which a fault tells of what a later version will take. */
export const NOT_YET = 'not honoured by this version; leave it out';
const LATER_OPS = ['near'];

/** Words of fields that know only some; a mistyped one would silently mean nobody. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  'device.platform': PLATFORMS,
  'device.notifications': ['on', 'off'],
};

/**
 * Reads one test of a filter.
 *
 * @param pointer JSON pointer of `given`
 * @param fault told of every fault
 */
export function parseFilterTest(
  given: Readonly<Record<string, unknown>>,
  pointer: string,
  fault: Faults,
): FilterTest | undefined {
  const attr = readAttr(fault, given.attr, `${pointer}/attr`);
  const op = readOp(fault, given.op, `${pointer}/op`);
  if (attr === undefined || op === undefined) return undefined;
  if (attr.kind === 'names' && !['eq', 'ne', 'in', 'nin', 'exists', 'contains'].includes(op)) {
    const detail = `'${op}' does not go with ${attr.field}, which is a list; use contains, in or nin`;
    return fault(`${pointer}/op`, 'invalid_value', detail);
  }
  const condition = readCondition(fault, attr, op, given.value, `${pointer}/value`);
  return condition && { kind: 'test', attr, ...condition };
}

function readAttr(fault: Faults, given: unknown, pointer: string): FilterAttr | undefined {
  if (typeof given !== 'string') return fault(pointer, 'invalid_type', 'must be a text such as "user.plan"');
  const attr = readFilterAttr(given);
  return typeof attr === 'string' ? fault(pointer, 'unknown_attribute', attr) : attr;
}

function readOp(fault: Faults, given: unknown, pointer: string): Op | undefined {
  if (given === undefined) return fault(pointer, 'required', `is required: ${FILTER_OPS.join(', ')}`);
  const op = FILTER_OPS.find((known) => known === given);
  if (op !== undefined) return op;
  if (typeof given === 'string' && LATER_OPS.includes(given)) {
    return fault(pointer, 'not_in_this_version', `'${given}' is ${NOT_YET}`);
  }
  const guess = typeof given === 'string' ? nearest(given, FILTER_OPS) : undefined;
  const hint = guess === undefined ? '' : `; did you mean '${guess}'?`;
  return fault(pointer, 'unknown_op', `must be one of ${FILTER_OPS.join(', ')}${hint}`);
}

function readCondition(
  fault: Faults,
  attr: FilterAttr,
  op: Op,
  given: unknown,
  pointer: string,
): FilterCondition | undefined {
  if (given === undefined && op !== 'exists') return fault(pointer, 'required', 'is required');
  switch (op) {
    case 'exists': {
      const value = given ?? true;
      return typeof value === 'boolean'
        ? { op, value }
        : fault(pointer, 'invalid_type', 'must be true or false; true when absent');
    }
    case 'in':
    case 'nin': {
      if (!Array.isArray(given)) return fault(pointer, 'invalid_type', `must be an array, as '${op}' takes several`);
      if (given.length === 0) return fault(pointer, 'too_few_items', 'must not be empty');
      if (given.length > FILTER_VALUES_MAX) {
        return fault(pointer, 'too_many_items', `must have at most ${FILTER_VALUES_MAX} elements`);
      }
      const value = given.map((one, i) => readScalar(fault, attr, one, `${pointer}/${i}`));
      return value.includes(undefined) ? undefined : { op, value: value.filter((one) => one !== undefined) };
    }
    case 'eq':
    case 'ne': {
      const value = readScalar(fault, attr, given, pointer);
      return value === undefined ? undefined : { op, value };
    }
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte': {
      const value = readOrdered(fault, attr, given, pointer);
      return value === undefined ? undefined : { op, value };
    }
    case 'prefix':
    case 'contains': {
      const value = readText(fault, given, pointer, 'must be a text');
      return value === undefined ? undefined : { op, value };
    }
    default:
      throw new Error(`unknown op ${op satisfies never}`);
  }
}

function readScalar(fault: Faults, attr: FilterAttr, given: unknown, pointer: string): FilterScalar | undefined {
  if (attr.kind === 'attribute') {
    if (typeof given === 'number' || typeof given === 'boolean') return given;
    return readText(fault, given, pointer, 'must be a text, a number, true or false');
  }
  const text = readText(fault, given, pointer, `must be a text, as ${attr.field} is`);
  const words = WORDS[attr.field];
  if (text === undefined || words === undefined || words.includes(text)) return text;
  const guess = nearest(text.toLowerCase(), words);
  const hint = guess === undefined ? `must be one of ${words.join(', ')}` : `did you mean '${guess}'?`;
  return fault(pointer, 'invalid_value', `is nothing ${attr.field} can be; ${hint}`);
}

function readOrdered(fault: Faults, attr: FilterAttr, given: unknown, pointer: string): number | string | undefined {
  if (attr.kind === 'attribute') {
    return typeof given === 'number' ? given : readText(fault, given, pointer, 'must be a number or a text');
  }
  const text = readText(fault, given, pointer, `must be a text, as ${attr.field} is`);
  if (text === undefined || attr.kind !== 'version' || versionNumbers(text) !== undefined) return text;
  return fault(pointer, 'invalid_format', 'must be a version such as "5.2.0"');
}

function readText(fault: Faults, given: unknown, pointer: string, rule: string): string | undefined {
  if (typeof given !== 'string') return fault(pointer, 'invalid_type', rule);
  if (given.length <= ATTRIBUTE_TEXT_MAX) return given;
  return fault(pointer, 'too_long', `must have at most ${ATTRIBUTE_TEXT_MAX} characters`);
}
