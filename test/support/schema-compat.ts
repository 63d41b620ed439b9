import { isDeepStrictEqual } from 'node:util';
import { type JsonSchema, resolved, type SchemasByName } from './json-schema.js';

/** Which way a value goes decides what breaks: what callers send must stay welcome, what they get must stay known. */
export type Direction = 'request' | 'answer';

/** A schema and the document it stands in. */
export interface Placed {
  readonly schema: JsonSchema;
  readonly schemas: SchemasByName;
}

const UPPER = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'] as const;
const LOWER = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'] as const;
const RULES = ['pattern', 'format'] as const;
/** One object, so that a comparison with it is known again further down. */
const ANYTHING: JsonSchema = {};
const TYPES = ['null', 'boolean', 'object', 'array', 'number', 'string'];

/**
 * Every way in which `now` breaks those who rely on `before`, one sentence each.
 *
 * A changed `pattern` or `format` of a request counts as breaking: which of two patterns is the wider one cannot be
 * told. Bounds of answers are not compared: nobody is broken by a longer list. Enumerations in answers are closed: a
 * word that a client has never heard of breaks its `switch`.
 */
export function schemaBreaks(before: Placed, now: Placed, direction: Direction, at = ''): readonly string[] {
  return compare(before, now, direction, at, []);
}

type Pair = readonly [JsonSchema, JsonSchema];

function compare(before: Placed, now: Placed, direction: Direction, at: string, above: readonly Pair[]): string[] {
  // Schemas that contain themselves: a pair that is being compared further up is settled there.
  if (above.some(([a, b]) => a === before.schema && b === now.schema)) return [];
  const within = [...above, [before.schema, now.schema] as const];
  const deeper = (a: JsonSchema, b: JsonSchema, path: string) =>
    compare({ ...before, schema: a }, { ...now, schema: b }, direction, path, within);

  const was = resolved(before.schema, before.schemas);
  const is = resolved(now.schema, now.schemas);
  const wasChoices = was.anyOf ?? was.oneOf;
  const isChoices = is.anyOf ?? is.oneOf;
  if (wasChoices !== undefined || isChoices !== undefined) {
    return compareChoices(wasChoices ?? [was], isChoices ?? [is], direction, at, deeper);
  }
  return [
    ...compareTypes(was, is, direction, at),
    ...compareValues(was, is, direction, at),
    ...(direction === 'request' ? compareRules(was, is, at) : []),
    ...compareObjects(was, is, direction, at, deeper),
    ...compareItems(was, is, direction, at, deeper),
  ];
}

type Deeper = (before: JsonSchema, now: JsonSchema, at: string) => readonly string[];

/** What was welcome must find a choice that takes it; what is answered must fit a choice that was known. */
function compareChoices(
  was: readonly JsonSchema[],
  is: readonly JsonSchema[],
  direction: Direction,
  at: string,
  deeper: Deeper,
): string[] {
  const [inner, outer] = direction === 'request' ? [was, is] : [is, was];
  return inner.flatMap((one) => {
    const breaks = outer.map((other) => (direction === 'request' ? deeper(one, other, at) : deeper(other, one, at)));
    if (breaks.some((list) => list.length === 0)) return [];
    const fewest = [...breaks].sort((a, b) => a.length - b.length)[0] ?? [];
    const what = direction === 'request' ? 'a form that was welcome is not any more' : 'there is a form that is new';
    return [`${at}: ${what} (${fewest.join('; ')})`];
  });
}

function compareTypes(was: JsonSchema, is: JsonSchema, direction: Direction, at: string): string[] {
  const [given, taken] = direction === 'request' ? [typesOf(was), typesOf(is)] : [typesOf(is), typesOf(was)];
  const strange = given.filter((type) => !taken.includes(type) && !(type === 'integer' && taken.includes('number')));
  if (strange.length === 0) return [];
  const what = direction === 'request' ? 'is not taken any more' : 'was not answered before';
  return strange.map((type) => `${at}: type ${type} ${what}`);
}

function typesOf({ type }: JsonSchema): readonly string[] {
  if (type === undefined) return TYPES;
  return typeof type === 'string' ? [type] : type;
}

function compareValues(was: JsonSchema, is: JsonSchema, direction: Direction, at: string): string[] {
  const breaks: string[] = [];
  const [given, taken] = direction === 'request' ? [valuesOf(was), valuesOf(is)] : [valuesOf(is), valuesOf(was)];
  if (taken !== undefined) {
    if (given === undefined) {
      breaks.push(`${at}: ${direction === 'request' ? 'only certain values are taken now' : 'any value comes now'}`);
    }
    for (const value of given ?? []) {
      if (taken.some((other) => isDeepStrictEqual(other, value))) continue;
      const what = direction === 'request' ? 'is not taken any more' : 'was not answered before';
      breaks.push(`${at}: ${JSON.stringify(value)} ${what}`);
    }
  }
  if (direction === 'request' && was.default !== undefined && !isDeepStrictEqual(was.default, is.default)) {
    breaks.push(`${at}: the default was ${JSON.stringify(was.default)}`);
  }
  return breaks;
}

function valuesOf(schema: JsonSchema): readonly unknown[] | undefined {
  return schema.const === undefined ? schema.enum : [schema.const];
}

function compareRules(was: JsonSchema, is: JsonSchema, at: string): string[] {
  const breaks: string[] = [];
  for (const bound of UPPER) {
    if ((is[bound] ?? Infinity) < (was[bound] ?? Infinity)) breaks.push(`${at}: ${bound} is tighter`);
  }
  for (const bound of LOWER) {
    if ((is[bound] ?? -Infinity) > Math.max(was[bound] ?? -Infinity, floorOf(bound))) {
      breaks.push(`${at}: ${bound} is tighter`);
    }
  }
  for (const rule of RULES) {
    if (is[rule] !== undefined && is[rule] !== was[rule]) breaks.push(`${at}: ${rule} is another`);
  }
  return breaks;
}

/** No length is below zero: to say so changes nothing. */
function floorOf(bound: (typeof LOWER)[number]): number {
  return bound.startsWith('min') && bound !== 'minimum' ? 0 : -Infinity;
}

function compareObjects(was: JsonSchema, is: JsonSchema, direction: Direction, at: string, deeper: Deeper): string[] {
  const breaks: string[] = [];
  const before = was.properties ?? {};
  const now = is.properties ?? {};
  for (const [name, schema] of Object.entries(before)) {
    const path = `${at}/${name}`;
    const today = Object.hasOwn(now, name) ? now[name] : undefined;
    if (today !== undefined) breaks.push(...deeper(schema, today, path));
    else if (direction === 'answer') breaks.push(`${path}: is not answered any more`);
    else if (is.additionalProperties === false) breaks.push(`${path}: is not taken any more`);
    else breaks.push(...deeper(schema, others(is), path));
  }
  const [must, known] = direction === 'request' ? [is, was] : [was, is];
  for (const name of must.required ?? []) {
    if (known.required?.includes(name) || (direction === 'answer' && !Object.hasOwn(now, name))) continue;
    breaks.push(`${at}/${name}: ${direction === 'request' ? 'is required now' : 'is not always answered any more'}`);
  }
  const wasOpen = isObject(was) && was.additionalProperties !== false;
  if (direction === 'request' && wasOpen && is.additionalProperties === false) {
    breaks.push(`${at}: other fields are not taken any more`);
  } else if (was.additionalProperties !== false && (direction === 'request' ? isTyped(is) : isTyped(was))) {
    breaks.push(...deeper(others(was), others(is), `${at}/*`));
  }
  if (direction === 'request' && is.propertyNames !== undefined) {
    breaks.push(...deeper(was.propertyNames ?? { type: 'string' }, is.propertyNames, `${at}/* (name)`));
  }
  return breaks;
}

function isObject(schema: JsonSchema): boolean {
  return typesOf(schema).includes('object') && valuesOf(schema) === undefined;
}

/** Whether fields that are not named must be of a kind. */
function isTyped({ additionalProperties }: JsonSchema): boolean {
  return typeof additionalProperties === 'object';
}

/** What fields that are not named must be. */
function others({ additionalProperties }: JsonSchema): JsonSchema {
  return typeof additionalProperties === 'object' ? additionalProperties : ANYTHING;
}

function compareItems(was: JsonSchema, is: JsonSchema, direction: Direction, at: string, deeper: Deeper): string[] {
  if (!typesOf(was).includes('array') || !typesOf(is).includes('array')) return [];
  if (direction === 'request' ? is.items === undefined : was.items === undefined) return [];
  return [...deeper(was.items ?? ANYTHING, is.items ?? ANYTHING, `${at}/[]`)];
}
