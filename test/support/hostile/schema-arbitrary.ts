import fc from 'fast-check';
import { type JsonSchema, resolved, type SchemasByName } from '../json-schema.js';

/** Values for fields and parameters of a name, so that requests speak of things that exist. */
export type Hints = Readonly<Record<string, fc.Arbitrary<unknown>>>;

const DEPTH_MAX = 6;
const WORD = fc.stringMatching(/^[a-z]{1,8}$/);
/** Text that is welcome where any text is. */
const TEXT = fc.oneof(
  { weight: 4, arbitrary: WORD },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 30 }) },
);
const FORMATS: Hints = {
  uri: fc.constantFrom('https://shop.example/x', 'shop://order/1', 'http://shop.example:8080/?a=b#c'),
  'date-time': fc.constantFrom('2026-11-21T10:00:00Z', '2030-01-01T00:00:00.000Z'),
};

/**
 * Values that a schema takes, nearly always: what a schema cannot say (that a zone exists, that a token is one of its
 * provider's) is left to the hints.
 */
export function exampleOf(
  schema: JsonSchema,
  schemas: SchemasByName,
  hints: Hints,
  name = '',
  depth = 0,
): fc.Arbitrary<unknown> {
  const arbitrary = plainValueOf(resolved(schema, schemas), schemas, hints, depth);
  const hint = Object.hasOwn(hints, name) ? hints[name] : undefined;
  return hint === undefined ? arbitrary : fc.oneof({ weight: 9, arbitrary: hint }, { weight: 1, arbitrary });
}

function plainValueOf(schema: JsonSchema, schemas: SchemasByName, hints: Hints, depth: number): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) {
    const open = depth < DEPTH_MAX ? choices : choices.slice(-1);
    return fc.oneof(...open.map((choice) => exampleOf(choice, schemas, hints, '', depth + 1)));
  }
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object':
      return objectOf(schema, schemas, hints, depth);
    case 'array':
      return depth >= DEPTH_MAX
        ? fc.constant([])
        : fc.array(exampleOf(schema.items ?? {}, schemas, hints, '', depth + 1), {
            minLength: schema.minItems ?? 0,
            maxLength: Math.min(schema.maxItems ?? 3, Math.max(schema.minItems ?? 0, 3)),
          });
    case 'string':
      return textOf(schema);
    case 'integer':
      return fc.integer(boundsOf(schema));
    case 'number':
      return fc.double({ ...boundsOf(schema), noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.oneof(TEXT, fc.integer(), fc.boolean(), fc.constant(null), fc.dictionary(WORD, TEXT, { maxKeys: 3 }));
  }
}

function objectOf(schema: JsonSchema, schemas: SchemasByName, hints: Hints, depth: number): fc.Arbitrary<unknown> {
  const required: Record<string, fc.Arbitrary<unknown>> = {};
  const optional: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const must = schema.required?.includes(name) === true;
    if (!must && depth >= DEPTH_MAX) continue;
    (must ? required : optional)[name] = exampleOf(property, schemas, hints, name, depth + 1);
  }
  if (schema.properties !== undefined) {
    // A few fields at a time: with all of them at once, one that is wrong hides all others.
    return fc
      .subarray(Object.entries(optional), { maxLength: Math.min(4, Object.keys(optional).length) })
      .chain((some) => fc.record({ ...required, ...Object.fromEntries(some) }));
  }
  const values =
    typeof schema.additionalProperties === 'object'
      ? exampleOf(schema.additionalProperties, schemas, hints, '', depth + 1)
      : TEXT;
  const names = schema.propertyNames === undefined ? WORD : textOf(resolved(schema.propertyNames, schemas));
  return fc.dictionary(names, values, { maxKeys: 3 });
}

function textOf(schema: JsonSchema): fc.Arbitrary<string> {
  const examples = (schema.examples ?? []).filter((example) => typeof example === 'string');
  if (examples.length > 0) return fc.constantFrom(...examples);
  const format = schema.format === undefined ? undefined : FORMATS[schema.format];
  if (format !== undefined) return format as fc.Arbitrary<string>; // as the table above says
  if (schema.pattern !== undefined) return fc.stringMatching(new RegExp(schema.pattern), { size: '-1' });
  const max = schema.maxLength ?? 30;
  return TEXT.map((text) => text.slice(0, max)).filter((text) => text.length >= (schema.minLength ?? 0));
}

function boundsOf(schema: JsonSchema): { readonly min: number; readonly max: number } {
  const min = schema.minimum ?? Math.min(0, schema.maximum ?? 0);
  return { min, max: Math.max(min, Math.min(schema.maximum ?? 1_000, min + 1_000)) };
}
