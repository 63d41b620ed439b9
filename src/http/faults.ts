import type { z } from 'zod';
import type { FieldFault } from '../domain/errors.js';
import { nearest } from '../domain/suggest.js';
import { pointerOf } from './json-pointer.js';
import { fieldsAt, NOT_HONOURED } from './schemas/closed.js';

type Issue = z.core.$ZodIssue;

/**
 * Turns what a schema found into faults: every one, each with its JSON pointer, a stable code and a sentence.
 *
 * @param value what was parsed; its types are named in the sentences, its content never is
 */
export function faultsOf(schema: z.core.$ZodType, issues: readonly Issue[], value: unknown): FieldFault[] {
  return issues.flatMap((issue) => faultsOfIssue(schema, issue, value));
}

function faultsOfIssue(schema: z.core.$ZodType, issue: Issue, value: unknown): FieldFault[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField(schema, issue.path, key));
  if (issue.code === 'invalid_key') {
    const inner = issue.issues[0];
    const detail = inner === undefined ? 'is not allowed here' : describe(inner, undefined).detail;
    return [{ pointer: pointerOf(issue.path), code: 'invalid_key', detail: `as a key, ${detail}` }];
  }
  const meant = issue.code === 'invalid_union' ? meantBranch(issue) : undefined;
  if (meant !== undefined) {
    return faultsOf(
      schema,
      meant.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })),
      value,
    );
  }
  const found = valueAt(value, issue.path);
  return [{ pointer: pointerOf(issue.path), ...describe(issue, found) }];
}

/** What is wrong in the one branch of a union that takes values of this type at all. */
function meantBranch(issue: Extract<Issue, { code: 'invalid_union' }>): readonly Issue[] | undefined {
  const fitting = issue.errors.filter(
    (branch) => !branch.some(({ code, path }) => path.length === 0 && (code === 'invalid_type' || code === 'custom')),
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}

function unknownField(schema: z.core.$ZodType, path: readonly PropertyKey[], key: string): FieldFault {
  const pointer = pointerOf([...path, key]);
  const fields = fieldsAt(schema, path) ?? { now: [], later: [] };
  if (fields.later.includes(key)) {
    const detail = `'${key}' is ${NOT_HONOURED}; leave it out`;
    return { pointer, code: 'not_in_this_version', detail };
  }
  const guess = nearest(key, fields.now);
  const hint = guess === undefined ? `known are: ${fields.now.join(', ') || 'none'}` : `did you mean '${guess}'?`;
  return { pointer, code: 'unknown_field', detail: `'${shorten(key)}' is not a field here; ${hint}` };
}

function describe(issue: Issue, found: unknown): { readonly code: string; readonly detail: string } {
  if (found === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_value')) {
    return { code: 'required', detail: 'is required' };
  }
  switch (issue.code) {
    case 'invalid_type': {
      const named = issue.message.startsWith('Invalid input') ? undefined : issue.message;
      const wanted = nameOf(issue.expected);
      if (named?.includes(NOT_HONOURED)) return { code: 'not_in_this_version', detail: named };
      return { code: 'invalid_type', detail: named ?? `must be ${wanted}, not ${typeNameOf(found)}` };
    }
    case 'invalid_value': {
      const values = issue.values.map(String);
      const guess = typeof found === 'string' ? nearest(found.toLowerCase(), values) : undefined;
      const hint = guess === undefined ? '' : `; did you mean '${guess}'?`;
      return { code: 'invalid_value', detail: `must be ${oneOf(values)}${hint}` };
    }
    case 'too_big':
    case 'too_small':
      return describeBound(issue);
    case 'invalid_union':
      return { code: found === undefined ? 'required' : 'invalid_type', detail: issue.message };
    case 'invalid_format':
      return { code: 'invalid_format', detail: issue.message };
    case 'custom': {
      const code: unknown = issue.params?.code;
      return { code: typeof code === 'string' ? code : 'invalid_format', detail: issue.message };
    }
    default:
      return { code: 'invalid_value', detail: issue.message };
  }
}

function describeBound(issue: Extract<Issue, { code: 'too_big' | 'too_small' }>) {
  const big = issue.code === 'too_big';
  const bound = String(big ? issue.maximum : issue.minimum);
  const most = big ? 'at most' : 'at least';
  if (issue.origin === 'string') {
    const detail = !big && bound === '1' ? 'must not be empty' : `must have ${most} ${bound} characters`;
    return { code: big ? 'too_long' : 'too_short', detail };
  }
  if (issue.origin === 'array') {
    const detail = !big && bound === '1' ? 'must not be empty' : `must have ${most} ${bound} elements`;
    return { code: big ? 'too_many_items' : 'too_few_items', detail };
  }
  return { code: big ? 'too_large' : 'too_small', detail: `must be ${most} ${bound}` };
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = Reflect.get(at, part);
  }
  return at;
}

function nameOf(expected: string): string {
  const names: Record<string, string> = {
    string: 'a string',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    object: 'an object',
    record: 'an object',
    array: 'an array',
    null: 'null',
  };
  return names[expected] ?? expected;
}

function typeNameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number' : 'a fraction';
  return typeof value === 'boolean' ? String(value) : nameOf(typeof value);
}

function oneOf(values: readonly string[]): string {
  const quoted = values.map((value) => `'${value}'`);
  return quoted.length === 1 ? `${quoted[0]}` : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}

function shorten(text: string): string {
  return text.length <= 64 ? text : `${text.slice(0, 63)}…`;
}
