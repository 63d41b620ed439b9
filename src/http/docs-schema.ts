import { type Html, html, prose } from './page.js';

/** The part of JSON Schema that the document uses and the reference shows. */
export interface DocSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly anyOf?: readonly DocSchema[];
  readonly allOf?: readonly DocSchema[];
  readonly properties?: Readonly<Record<string, DocSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | DocSchema;
  readonly items?: DocSchema;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

const REF = '#/components/schemas/';
/** Objects within objects are opened this deep; what lies deeper has a name of its own. */
const DEPTH_MAX = 6;

/** The schema that a reference names; any other as it is. */
export function named(schema: DocSchema, schemas: Readonly<Record<string, DocSchema>>): DocSchema {
  return schemas[schema.$ref?.replace(REF, '') ?? ''] ?? schema;
}

/** Every field of a schema, those of inner objects folded away. */
export function fieldsOf(schema: DocSchema, depth = 0): Html {
  if (schema.properties === undefined || depth > DEPTH_MAX) return html`<div class="hint">${describe(schema)}</div>`;
  const fields = Object.entries(schema.properties).map(([name, field]) => {
    const must = schema.required?.includes(name) === true;
    const inner = innerOf(field);
    const head = html`<span class="name">${name}</span> <span class="hint">${describe(field)}</span>${
      must ? html` <span class="must">required</span>` : undefined
    }${field.description === undefined ? undefined : html` <span>${prose(field.description)}</span>`}`;
    return inner === undefined
      ? html`<div class="field">${head}</div>`
      : html`<details class="field"><summary>${head}</summary>${fieldsOf(inner, depth + 1)}</details>`;
  });
  return html`<div class="fields">${fields}</div>`;
}

/** The object with fields that stands in a field, in its list, or in one of its choices. */
function innerOf(schema: DocSchema): DocSchema | undefined {
  if (schema.properties !== undefined) return schema;
  if (schema.items !== undefined) return innerOf(schema.items);
  return schema.anyOf?.map(innerOf).find((choice) => choice !== undefined);
}

/** A schema in a few words: its type, or a link to where it is told, and its bounds. */
export function describe(schema: DocSchema): Html {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace(REF, '');
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum !== undefined)
    return joined(
      schema.enum.map((value) => html`<code>${String(value)}</code>`),
      ' | ',
    );
  if (schema.anyOf !== undefined) return joined(schema.anyOf.map(describe), ' or ');
  const bounds = boundsOf(schema);
  const type = schema.type ?? 'any JSON';
  if (type === 'array') return html`list of ${describe(schema.items ?? {})}${bounds}`;
  if (typeof schema.additionalProperties === 'object') return html`map of ${describe(schema.additionalProperties)}`;
  return html`${type}${schema.format === undefined ? undefined : ` (${schema.format})`}${bounds}`;
}

function boundsOf(schema: DocSchema): Html | undefined {
  const low = schema.minimum ?? schema.minLength ?? schema.minItems;
  const high = schema.maximum ?? schema.maxLength ?? schema.maxItems;
  const isSafe = high === Number.MAX_SAFE_INTEGER;
  const range =
    low !== undefined && high !== undefined && !isSafe
      ? `, ${low.toLocaleString('en')} to ${high.toLocaleString('en')}`
      : high !== undefined && !isSafe
        ? `, at most ${high.toLocaleString('en')}`
        : low !== undefined && low > 0
          ? `, at least ${low.toLocaleString('en')}`
          : '';
  const standard = schema.default === undefined ? '' : `, default ${JSON.stringify(schema.default)}`;
  return range + standard === '' ? undefined : html`${range}${standard}`;
}

function joined(parts: readonly Html[], between: string): Html {
  return html`${parts.map((part, i) => (i === 0 ? part : html`${between}${part}`))}`;
}
