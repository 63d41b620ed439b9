import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { PROBLEMS, type ProblemCode } from '../../../src/http/problem.js';
import type { ApiDocument } from '../openapi-compat.js';
import type { HostileRequest } from './hostile-request.js';
import type { RawAnswer } from './raw-http.js';

/** Refusals of a request that reaches no operation. */
const ASTRAY: readonly string[] = ['not_found', 'method_not_allowed', 'malformed_request'];

const PROBLEM = { $ref: '#/components/schemas/Problem' };

/** Says in a sentence what is wrong with an answer; undefined when the document promises it so. */
export type Judge = (request: HostileRequest, answer: RawAnswer) => string | undefined;

/**
 * Judges answers by the document alone: no 5xx, a problem of a code that is told for everything refused, and what is
 * told, no more and no less, for everything else.
 */
export function createJudge(document: ApiDocument): Judge {
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: true });
  ajv.addFormat(
    'date-time',
    (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && !Number.isNaN(Date.parse(text)),
  );
  ajv.addFormat('uri', true);
  const root = { $id: 'api', components: exactly(document.components) };
  ajv.addSchema(root);
  const compiled = new Map<object, ValidateFunction>();

  function faultOf(schema: object, value: unknown): string | undefined {
    let validate = compiled.get(schema);
    if (validate === undefined) {
      validate = ajv.compile(
        JSON.parse(JSON.stringify(exactly(schema)).replaceAll('"#/components', '"api#/components')),
      );
      compiled.set(schema, validate);
    }
    return validate(value) ? undefined : ajv.errorsText(validate.errors);
  }

  function judgeProblem(request: HostileRequest, answer: RawAnswer): string | undefined {
    if (answer.headers.get('content-type') !== 'application/problem+json')
      return 'is refused with something else than a problem';
    const problem = parse(answer.body);
    const fault = faultOf(PROBLEM, problem);
    if (fault !== undefined) return `is refused with a misshapen problem: ${fault}`;
    const { code, status, type, title, request_id } = problem as Record<string, unknown>;
    const kind = PROBLEMS[code as ProblemCode];
    if (kind?.status !== answer.status || status !== answer.status || title !== kind.title)
      return `is refused with a code of another status: ${code}`;
    if (type !== `/problems/${code}`) return `names no page: ${type}`;
    if (request_id !== answer.headers.get('x-request-id')) return 'has two request ids';
    if (kind.retryAfter !== undefined && !/^[1-9]\d*$/.test(answer.headers.get('retry-after') ?? ''))
      return 'does not say when to come back';
    if (request.astray && ASTRAY.includes(String(code))) return undefined;
    const told = request.target.operation.responses[answer.status]?.content?.['application/problem+json'];
    const codes = told?.schema.allOf?.[1]?.properties?.code?.enum ?? [];
    return request.astray || codes.includes(code)
      ? undefined
      : `is refused with ${code}, which the document does not tell`;
  }

  function judgeSuccess(request: HostileRequest, answer: RawAnswer): string | undefined {
    const told = request.target.operation.responses[answer.status];
    if (told === undefined) return 'is answered with a status that the document does not tell';
    // `*/*`: in whatever form its caller wants.
    if (answer.status === 204 || told.content?.['*/*'] !== undefined) return undefined;
    const [type = '', content] =
      Object.entries(told.content ?? {}).find(([name]) => answer.headers.get('content-type')?.startsWith(name)) ?? [];
    if (content === undefined)
      return `is answered in ${answer.headers.get('content-type')}, which the document does not tell`;
    if (!type.includes('json')) return undefined;
    const values = type.endsWith('ndjson') ? linesOf(answer.body) : [parse(answer.body)];
    for (const value of values) {
      const fault = faultOf(content.schema, value);
      if (fault !== undefined) return `is answered otherwise than the document tells: ${fault}`;
      const hidden = findServerFault(value);
      if (hidden !== undefined) return hidden;
    }
    return undefined;
  }

  return (request, answer) => {
    if (answer.headers.has('x-evil')) return 'brings a header of the caller back';
    if (answer.status >= 500) return 'is a failure of the server';
    if (request.method === 'HEAD') return undefined;
    if (answer.status >= 400) return judgeProblem(request, answer);
    if (answer.status < 200 || answer.status >= 300) return 'is neither success nor refusal';
    // Another operation answered, and by another part of the document.
    return request.astray ? undefined : judgeSuccess(request, answer);
  };
}

/** Results of a batch and of an import are answers too. */
function findServerFault(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { status, results } = value as { status?: unknown; results?: unknown };
  if (typeof status === 'number' && status >= 500)
    return `holds a failure of the server: ${JSON.stringify(value).slice(0, 300)}`;
  return Array.isArray(results) ? results.map(findServerFault).find((fault) => fault !== undefined) : undefined;
}

/** Objects that hold what they name and nothing else. */
function exactly(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(exactly);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, exactly(value)]));
  const closes = copy.type === 'object' && copy.properties !== undefined && copy.additionalProperties === undefined;
  return closes ? { ...copy, additionalProperties: false } : copy;
}

function linesOf(body: Buffer): unknown[] {
  return body
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => parse(Buffer.from(line)));
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
