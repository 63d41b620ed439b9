/** The part of JSON Schema (2020-12) that our own document uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly examples?: readonly unknown[];
}

export type SchemasByName = Readonly<Record<string, JsonSchema>>;

const PREFIX = '#/components/schemas/';
/** A chain of references longer than this leads in a circle. */
const HOPS_MAX = 20;

/**
 * A schema without `$ref` and `allOf` at its top: what they say is merged in, what stands beside them counts last.
 *
 * @throws for a reference that leads nowhere
 */
export function resolved(schema: JsonSchema, schemas: SchemasByName, hops = 0): JsonSchema {
  if (hops > HOPS_MAX) throw new Error(`${schema.$ref} leads in a circle`);
  if (schema.$ref === undefined && schema.allOf === undefined) return schema;
  const { $ref, allOf, ...own } = schema;
  const parts = [...($ref === undefined ? [] : [named($ref, schemas)]), ...(allOf ?? [])];
  return [...parts.map((part) => resolved(part, schemas, hops + 1)), own].reduce(merged);
}

function named(ref: string, schemas: SchemasByName): JsonSchema {
  const name = ref.startsWith(PREFIX) ? ref.slice(PREFIX.length) : '';
  const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
  if (schema === undefined) throw new Error(`${ref} leads nowhere`);
  return schema;
}

function merged(a: JsonSchema, b: JsonSchema): JsonSchema {
  const properties = { ...a.properties };
  for (const [name, schema] of Object.entries(b.properties ?? {})) {
    const known = properties[name];
    properties[name] = known === undefined ? schema : { allOf: [known, schema] };
  }
  const required = [...new Set([...(a.required ?? []), ...(b.required ?? [])])];
  return {
    ...a,
    ...b,
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
    ...(required.length === 0 ? {} : { required }),
  };
}
