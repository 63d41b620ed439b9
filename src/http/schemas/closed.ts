import { z } from 'zod';

/** The keyword under which the published schema lists fields that a later version will take. */
export const LATER = 'x-not-in-this-version';

/** Words by which a sentence says that the API has something which nothing here does yet. */
export const NOT_HONOURED = 'not honoured by this version';

/**
 * An object that refuses every field it does not name.
 *
 * @param later fields that the API has, but nothing in this version honours: refused with a word of their own
 */
export function closed<Shape extends z.core.$ZodLooseShape>(shape: Shape, later: readonly string[] = []) {
  const schema = z.strictObject(shape);
  return later.length === 0 ? schema : schema.meta({ [LATER]: later });
}

/** What an object schema says of its fields. */
export interface KnownFields {
  readonly now: readonly string[];
  readonly later: readonly string[];
}

/** Fields known at a path of a schema; undefined where there is no object. */
export function fieldsAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): KnownFields | undefined {
  let at: z.core.$ZodType | undefined = schema;
  for (const part of path) {
    at = at === undefined ? undefined : child(bare(at), part);
  }
  const end = at === undefined ? undefined : optionsOf(bare(at)).find((option) => option instanceof z.ZodObject);
  if (!(end instanceof z.ZodObject)) return undefined;
  const later = end.meta()?.[LATER];
  return { now: Object.keys(end.shape), later: Array.isArray(later) ? later : [] };
}

/** The schema behind `optional` and `nullable`. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable) inner = inner.unwrap();
  return inner;
}

/** The branches of a union; of anything else itself. */
function optionsOf(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  return schema instanceof z.ZodUnion ? schema.options : [schema];
}

function child(schema: z.core.$ZodType, part: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodUnion) {
    for (const option of schema.options) {
      const found = child(bare(option), part);
      if (found !== undefined) return found;
    }
  }
  if (schema instanceof z.ZodObject) return schema.shape[String(part)];
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return undefined;
}
