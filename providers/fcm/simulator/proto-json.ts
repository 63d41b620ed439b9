/**
 * Reads JSON into a protocol buffer as Google's front end does: names in snake_case or lowerCamelCase, unknown ones
 * refused, every mistake told with its field. Pure.
 *
 * Source: "ProtoJSON format" (protobuf.dev); the wording of the mistakes is that of the API front end.
 */
import type { Violation } from './answers.js';

const SCALARS = {
  string: 'TYPE_STRING',
  bool: 'TYPE_BOOL',
  int32: 'TYPE_INT32',
  float: 'TYPE_FLOAT',
  duration: 'type.googleapis.com/google.protobuf.Duration',
  timestamp: 'type.googleapis.com/google.protobuf.Timestamp',
  struct: 'type.googleapis.com/google.protobuf.Struct',
} as const;

type Scalar = keyof typeof SCALARS;

export type Shape =
  | Scalar
  | { readonly kind: 'string_map' }
  | { readonly kind: 'enum'; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'message'; readonly fields: ReadonlyMap<string, Field> };

interface Field {
  /** In snake_case, whichever way it came. */
  readonly name: string;
  readonly shape: Shape;
}

const INT32_MAX = 2_147_483_647;
const FLOAT_MAX = 3.402_823_466e38;
/** Seconds of a Duration, about 10,000 years. */
const DURATION_SECONDS_MAX = 315_576_000_000;
const RFC3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;

export const STRING_MAP: Shape = { kind: 'string_map' };

export function message(fields: Readonly<Record<string, Shape>>): Shape {
  const byName = new Map<string, Field>();
  for (const [name, shape] of Object.entries(fields)) {
    byName.set(name, { name, shape });
    byName.set(
      name.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase()),
      { name, shape },
    );
  }
  return { kind: 'message', fields: byName };
}

export function enumOf(name: string, ...values: string[]): Shape {
  return { kind: 'enum', name, values };
}

export function listOf(shape: Shape): Shape {
  return { kind: 'list', of: shape };
}

/** The JSON of a message under snake_case names, without what was null. `undefined` once a mistake was noted. */
export function readProto(
  shape: Shape,
  json: unknown,
): { readonly value: unknown } | { readonly mistakes: Violation[] } {
  const mistakes: Violation[] = [];
  const value = readValue(shape, json, '', mistakes);
  return mistakes.length > 0 ? { mistakes } : { value };
}

function readValue(shape: Shape, json: unknown, path: string, mistakes: Violation[]): unknown {
  if (typeof shape === 'string') return readScalar(shape, json, path, mistakes);
  switch (shape.kind) {
    case 'message':
      return readMessage(shape.fields, json, path, mistakes);
    case 'string_map':
      return readStringMap(json, path, mistakes);
    case 'list':
      // An array is all that was asked for; its entries stay unknown.
      if (Array.isArray(json)) return json.map((each, i) => readValue(shape.of, each, `${path}[${i}]`, mistakes));
      return refuse(path, `'${path}', expected a list`, mistakes);
    case 'enum':
      // Google's front end reads names in any case; firebase-admin relies on it for `high`.
      if (typeof json === 'string' && shape.values.includes(json.toUpperCase())) return json.toUpperCase();
      if (typeof json === 'number' && shape.values[json] !== undefined) return shape.values[json];
      return refuse(path, `'${path}' (type.googleapis.com/${shape.name}), ${JSON.stringify(json)}`, mistakes);
    default:
      return shape satisfies never;
  }
}

function readMessage(fields: ReadonlyMap<string, Field>, json: unknown, path: string, mistakes: Violation[]): unknown {
  if (!isObject(json)) return refuse(path, `'${path}', expected an object`, mistakes);
  const read: Record<string, unknown> = {};
  for (const name in json) {
    const value = json[name];
    const field = fields.get(name);
    if (field === undefined) {
      const at = path === '' ? '' : ` at '${path}'`;
      const description = `Invalid JSON payload received. Unknown name "${name}"${at}: Cannot find field.`;
      mistakes.push({ field: path, description });
    } else if (value !== null) {
      const below = path === '' ? field.name : `${path}.${field.name}`;
      if (field.name in read) refuse(below, `'${below}', the field is set twice`, mistakes);
      read[field.name] = readValue(field.shape, value, below, mistakes);
    }
  }
  return read;
}

function readStringMap(json: unknown, path: string, mistakes: Violation[]): unknown {
  if (!isObject(json)) return refuse(path, `'${path}', expected an object`, mistakes);
  let i = 0;
  for (const key in json) {
    // The front end knows a map as a list of pairs.
    if (typeof json[key] !== 'string') readScalar('string', json[key], `${path}[${i}].value`, mistakes);
    i += 1;
  }
  return json;
}

function readScalar(scalar: Scalar, json: unknown, path: string, mistakes: Violation[]): unknown {
  if (isScalar(scalar, json)) return json;
  return refuse(path, `'${path}' (${SCALARS[scalar]}), ${JSON.stringify(json)}`, mistakes);
}

function isScalar(scalar: Scalar, json: unknown): boolean {
  switch (scalar) {
    case 'string':
      return typeof json === 'string';
    case 'bool':
      return typeof json === 'boolean';
    case 'int32':
      return isNumber(json) && Number.isInteger(Number(json)) && Math.abs(Number(json)) <= INT32_MAX;
    case 'float':
      return isNumber(json) && Math.abs(Number(json)) <= FLOAT_MAX;
    case 'duration':
      return secondsOf(json) !== undefined;
    case 'timestamp':
      return typeof json === 'string' && RFC3339.test(json) && !Number.isNaN(Date.parse(json));
    case 'struct':
      return isObject(json);
    default:
      return scalar satisfies never;
  }
}

/** Seconds of a Duration such as `3.5s`; `undefined` for what is none. */
export function secondsOf(json: unknown): number | undefined {
  const text = typeof json === 'string' ? /^(-?\d{1,12}(?:\.\d{1,9})?)s$/.exec(json)?.[1] : undefined;
  const seconds = Number(text ?? Number.NaN);
  return Math.abs(seconds) <= DURATION_SECONDS_MAX ? seconds : undefined;
}

/** Numbers may come as text. */
function isNumber(json: unknown): boolean {
  return typeof json === 'number' || (typeof json === 'string' && /^-?\d{1,40}(?:\.\d{1,40})?$/.test(json));
}

export function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function refuse(path: string, what: string, mistakes: Violation[]): undefined {
  mistakes.push({ field: path, description: `Invalid value at ${what}` });
}
