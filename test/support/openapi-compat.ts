import type { JsonSchema, SchemasByName } from './json-schema.js';
import { schemaBreaks } from './schema-compat.js';

/** The part of an OpenAPI 3.1 document that a client relies on. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
  readonly components: { readonly schemas: SchemasByName };
}

export interface ApiOperation {
  readonly operationId: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly ApiParameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, ApiResponse>>;
}

export interface ApiParameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

export interface ApiResponse {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Content;
}

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>;

/**
 * Every way in which an API breaks clients that were made from its baseline, one sentence each; empty when it only
 * grew. Problems are compared by their shape alone: which statuses and codes an operation can refuse with may grow.
 */
export function breakingChanges(baseline: ApiDocument, current: ApiDocument): readonly string[] {
  return Object.entries(baseline.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, before]) => {
      const name = `${method.toUpperCase()} ${path}`;
      const now = current.paths[path]?.[method];
      if (now === undefined) return [`${name}: is gone`];
      const schemas = { before: baseline.components.schemas, now: current.components.schemas };
      return compareOperations(before, now, schemas).map((what) => `${name}: ${what}`);
    }),
  );
}

interface Schemas {
  readonly before: SchemasByName;
  readonly now: SchemasByName;
}

function compareOperations(before: ApiOperation, now: ApiOperation, schemas: Schemas): string[] {
  const renamed = before.operationId !== now.operationId;
  return [
    ...(renamed ? [`operationId was ${before.operationId}, is ${now.operationId}`] : []),
    ...compareSecurity(before, now),
    ...compareParameters(before, now, schemas),
    ...compareBodies(before, now, schemas),
    ...compareAnswers(before, now, schemas),
  ];
}

/** Each alternative that was enough must still be. */
function compareSecurity(before: ApiOperation, now: ApiOperation): string[] {
  const alternatives = before.security.length === 0 ? [{}] : before.security;
  const today = now.security.length === 0 ? [{}] : now.security;
  return alternatives
    .filter((had) => !today.some((wanted) => isEnough(had, wanted)))
    .map((had) => `${Object.values(had).flat().join(' and ') || 'no key'} is not enough any more`);
}

type Requirement = Readonly<Record<string, readonly string[]>>;

function isEnough(had: Requirement, wanted: Requirement): boolean {
  return Object.entries(wanted).every(
    ([scheme, scopes]) => Object.hasOwn(had, scheme) && scopes.every((scope) => had[scheme]?.includes(scope)),
  );
}

function compareParameters(before: ApiOperation, now: ApiOperation, schemas: Schemas): string[] {
  const breaks: string[] = [];
  const had = before.parameters ?? [];
  const has = now.parameters ?? [];
  const same = (a: ApiParameter) => (b: ApiParameter) => a.in === b.in && a.name === b.name;
  for (const parameter of had) {
    const name = `${parameter.in} parameter ${parameter.name}`;
    const today = has.find(same(parameter));
    if (today === undefined) {
      breaks.push(`${name} is not taken any more`);
      continue;
    }
    if (today.required === true && parameter.required !== true) breaks.push(`${name} is required now`);
    const was = { schema: parameter.schema, schemas: schemas.before };
    breaks.push(...schemaBreaks(was, { schema: today.schema, schemas: schemas.now }, 'request', name));
  }
  for (const parameter of has) {
    if (parameter.required !== true || had.some(same(parameter))) continue;
    breaks.push(`${parameter.in} parameter ${parameter.name} is new and required`);
  }
  return breaks;
}

function compareBodies(before: ApiOperation, now: ApiOperation, schemas: Schemas): string[] {
  if (before.requestBody === undefined) return now.requestBody?.required === true ? ['a body is required now'] : [];
  if (now.requestBody === undefined) return ['a body is not taken any more'];
  const required = now.requestBody.required === true && before.requestBody.required !== true;
  return [
    ...(required ? ['a body is required now'] : []),
    ...compareContents(before.requestBody.content, now.requestBody.content, schemas, 'request'),
  ];
}

function compareAnswers(before: ApiOperation, now: ApiOperation, schemas: Schemas): string[] {
  const breaks: string[] = [];
  for (const [status, answer] of Object.entries(before.responses)) {
    const today = now.responses[status];
    if (today === undefined) {
      if (isSuccess(status)) breaks.push(`${status} is not answered any more`);
      continue;
    }
    for (const header of Object.keys(answer.headers ?? {})) {
      if (!Object.hasOwn(today.headers ?? {}, header)) breaks.push(`${status} has no header ${header} any more`);
    }
    const known = isSuccess(status) ? (today.content ?? {}) : withoutCodes(today.content ?? {});
    const were = isSuccess(status) ? (answer.content ?? {}) : withoutCodes(answer.content ?? {});
    breaks.push(...compareContents(were, known, schemas, 'answer').map((what) => `${status} ${what}`));
  }
  for (const status of Object.keys(now.responses)) {
    if (isSuccess(status) && before.responses[status] === undefined) breaks.push(`${status} was not answered before`);
  }
  return breaks;
}

function isSuccess(status: string): boolean {
  return status.startsWith('2');
}

/** Of `allOf: [Problem, the codes of here]` the problem. */
function withoutCodes(content: Content): Content {
  const entries = Object.entries(content).map(([type, { schema }]) => [type, { schema: schema.allOf?.[0] ?? schema }]);
  return Object.fromEntries(entries);
}

function compareContents(
  before: Content,
  now: Content,
  schemas: Schemas,
  direction: 'request' | 'answer',
): readonly string[] {
  return Object.entries(before).flatMap(([type, { schema }]) => {
    const today = now[type];
    if (today === undefined) return [`${direction} is not ${type} any more`];
    const was = { schema, schemas: schemas.before };
    return schemaBreaks(was, { schema: today.schema, schemas: schemas.now }, direction, direction);
  });
}
