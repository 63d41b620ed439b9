/** Turns what a schema says of a value into sentences that a person can act on. */
import type { core } from 'zod';
import { nearest } from '../src/domain/suggest.js';
import type { SettingSchema } from './schema.js';
import type { Path } from './yaml-source.js';

/** What is wrong at one path of a value. */
export interface Complaint {
  readonly path: Path;
  /** The key itself is wrong, not what it holds. */
  readonly at: 'key' | 'value';
  readonly what: string;
  readonly suggestion?: string;
}

/**
 * @param value what was parsed. It is never quoted: it may be a secret.
 * @param schema its JSON Schema, for names that were meant and for what a missing setting is about.
 */
export function explain(
  issue: core.$ZodIssue,
  value: unknown,
  schema: SettingSchema | undefined,
): readonly Complaint[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  const here = valueAt(value, path);
  const complaint = (what: string, suggestion?: string): readonly Complaint[] => [
    { path, at: 'value', what, ...(suggestion === undefined ? {} : { suggestion }) },
  ];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey([...path, key], Object.keys(schemaAt(schema, path)?.properties ?? {})));
    case 'invalid_type':
      if (here === undefined) return complaint('is missing', schemaAt(schema, path)?.description);
      return complaint(`must be ${TYPES[issue.expected] ?? `of type ${issue.expected}`}, not ${typeName(here)}`);
    case 'invalid_value': {
      const choices = issue.values.map(String);
      const meant = typeof here === 'string' ? nearest(here, choices) : undefined;
      const rule = choices.length === 1 ? `must be ${choices[0]}` : `must be one of ${choices.join(', ')}`;
      if (here === undefined) return complaint('is missing', rule);
      return complaint(rule, meant === undefined ? undefined : `did you mean ${meant}?`);
    }
    case 'too_small':
      return complaint(bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum));
    case 'too_big':
      return complaint(bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum));
    case 'invalid_format':
      return complaint(sayFormat(issue.format, issue.message));
    case 'invalid_key':
      return issue.issues.map(({ message }) => ({ path, at: 'key', what: message }));
    case 'invalid_union': {
      // The alternative with the fewest complaints is most likely the one that was meant.
      const [nearestBranch] = [...issue.errors].sort((a, b) => a.length - b.length);
      if (nearestBranch === undefined || nearestBranch.length === 0) return complaint('fits none of its known forms');
      return nearestBranch.flatMap((inner) =>
        explain({ ...inner, path: [...issue.path, ...inner.path] }, value, schema),
      );
    }
    default:
      return complaint(issue.message);
  }
}

/** A key that no schema knows, with the known one that was probably meant. */
export function unknownKey(path: Path, known: readonly string[], notYet: readonly string[] = []): Complaint {
  const key = String(path.at(-1) ?? '');
  if (notYet.includes(key)) {
    return { path, at: 'key', what: 'is not part of this version yet', suggestion: 'remove it' };
  }
  const meant = nearest(key, known);
  const listed = known.length === 0 ? undefined : `known here: ${known.join(', ')}`;
  const suggestion = meant === undefined ? listed : `did you mean ${meant}?`;
  return { path, at: 'key', what: 'is not a setting', ...(suggestion === undefined ? {} : { suggestion }) };
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of settings',
  record: 'a group of settings',
};

function typeName(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return TYPES[typeof value] ?? typeof value;
}

function bound(origin: string, relation: string, limit: number | bigint): string {
  if (origin === 'string') return `must have ${relation} ${limit} characters`;
  if (origin === 'array' || origin === 'set') return `must have ${relation} ${limit} entries`;
  return `must be ${relation} ${limit}`;
}

/** Kinds say what a value is (`is the id of the key, …`); beside a value that is not so, it reads as what it must be. */
function sayFormat(format: string, message: string): string {
  const isDefault = message.startsWith('Invalid ');
  if (!isDefault) return message.replace(/^is (?=(a|an|the) )/, 'must be ');
  return format === 'regex' ? 'has not the form it must have' : `must be a valid ${format}`;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null ? (inner as Readonly<Record<string, unknown>>)[part] : undefined,
    value,
  );
}

function schemaAt(schema: SettingSchema | undefined, path: Path): SettingSchema | undefined {
  return path.reduce<SettingSchema | undefined>((inner, part) => inner?.properties?.[part], schema);
}
