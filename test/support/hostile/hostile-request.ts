import fc from 'fast-check';
import type { ApiDocument, ApiOperation, ApiParameter } from '../openapi-compat.js';
import { jsonTextOf } from './json-mutation.js';
import { exampleOf, type Hints } from './schema-arbitrary.js';

/** One operation of the document. */
export interface Target {
  readonly method: string;
  /** As OpenAPI writes it. */
  readonly path: string;
  readonly operation: ApiOperation;
}

/** A request, well-formed or not, and what is meant by it. */
export interface HostileRequest {
  readonly target: Target;
  readonly method: string;
  /** Path and query as they are sent. */
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | undefined;
  /** It may reach no operation, or another one: then any refusal is right. */
  readonly astray: boolean;
}

/** What is known to exist, by path: hints for the parameters in it. */
export type PathHints = (path: string) => Hints;

const CONTROL = ['\u0001', '\t', '\u007f', 'é', '\u00ff', '"', '\\', ',', ';', '=', '%0d%0a', '😀'];
const ODD_SEGMENTS = [
  ...[
    '..',
    '.',
    '%2e%2e',
    '%2F',
    'a%2Fb',
    '%00',
    '%',
    '%zz',
    '%ff',
    '%ed%a0%80',
    '%F0%9F%98%80',
    '~',
    '*',
    "'",
    '@',
    ':',
  ],
  ...[
    'me',
    'import',
    'export',
    'batch',
    'validate',
    '__proto__',
    'constructor',
    'a'.repeat(300),
    'é',
    '%0d%0aX-Evil:1',
    ';a=b',
  ],
];
const ODD_VALUES = [
  ...[
    '',
    '0',
    '-1',
    '1001',
    '99999999999',
    '1e3',
    '0x10',
    ' 1',
    '1.5',
    'NaN',
    'null',
    '%00',
    '%ff',
    '%',
    '\u00e9',
    'a'.repeat(3_000),
  ],
  ...['eyJhIjoxfQ', 'AAAA', '_-_-', '..', '[]', '%5B%5D', '1&limit=2', '%7B%22a%22%3A1%7D'],
];
const ODD_QUERIES = [
  '__proto__=1',
  'constructor=1',
  'limit[]=1',
  'limit[a]=1',
  '=',
  '&&&',
  '?',
  'LIMIT=1',
  'offset=1',
  'a=1&a=2',
  '%ff=%ff',
];
const CONTENT_TYPES = [
  ...[
    'text/plain',
    'application/xml',
    '',
    'application/json; charset=latin1',
    'application/json; charset="utf-8"',
    'APPLICATION/JSON',
  ],
  ...[
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'application/x-ndjson',
    'application/json,text/plain',
    ';',
  ],
];
const SPOILED_HEADERS: readonly (readonly [string, string])[] = [
  ...['wait=0', 'wait=-1', 'wait=1e9', 'wait="', 'respond-async', 'wait=99999999999999999999'].map(
    (v) => ['Prefer', v] as const,
  ),
  ...['', ' ', 'x'.repeat(256), 'a b', ...CONTROL].map((v) => ['Idempotency-Key', v] as const),
  ...['other', '', '__proto__', 'x'.repeat(2_000), ...CONTROL].map((v) => ['X-App', v] as const),
  ...['', 'x'.repeat(200), '<script>', ...CONTROL].map((v) => ['X-Request-Id', v] as const),
  ...['00-0-0-00', `00-${'f'.repeat(32)}-${'f'.repeat(16)}-01`, ...CONTROL].map((v) => ['traceparent', v] as const),
  ...['gzip', 'br', 'identity', 'x'].map((v) => ['Content-Encoding', v] as const),
  ...['text/html', '*/*;q=0', 'application/xml', 'x'.repeat(1_000)].map((v) => ['Accept', v] as const),
  ...['100-continue', 'x'].map((v) => ['Expect', v] as const),
  ['X-Forwarded-For', '1.2.3.4, ::1, x'],
  ['Range', 'bytes=0-1'],
  ['If-None-Match', '*'],
  ['X-Http-Method-Override', 'DELETE'],
  ['Cookie', 'a=b'],
];
const METHODS = ['HEAD', 'OPTIONS', 'TRACE', 'POST', 'PUT', 'PATCH', 'DELETE', 'GET', 'PROPFIND', 'QUERY'];
const FOREIGN_KEYS = [
  ...['', 'Bearer', 'Bearer ', 'Basic dTpw', 'Bearer a b', 'bearer pealbell_key_x', 'Bearer é'],
  ...[`Bearer pealbell_key_${'0'.repeat(78)}00000000`, `Bearer ${'x'.repeat(5_000)}`, 'Bearer pealbell_test_x'],
];
const BYTES = [
  '',
  '{',
  '[',
  '"',
  '}',
  '{}',
  '[]',
  'null',
  '1',
  '{"a":}',
  '\ufeff{}',
  '{"to":"everyone",}',
  '{} {}',
  "{'a':1}",
];

/** A server key, and a device's access token. */
export interface Credentials {
  readonly key: string;
  readonly accessToken: string;
}

/** Operations that last, or leave HTTP: they are never let in here, and have tests of their own (test/e2e/realtime). */
export const LASTING: readonly string[] = ['streamFrames', 'pollFrames', 'realtimeSocket'];

function credentialOf({ operationId, security }: ApiOperation, { key, accessToken }: Credentials): string {
  const isDevices = security.length > 0 && security.every((way) => !('serverKey' in way));
  return isDevices && !LASTING.includes(operationId) ? accessToken : key;
}

/** Requests to every operation of the document, one of seven as it should be. */
export function hostileRequests(document: ApiDocument, credentials: Credentials, hints: Hints, inPath: PathHints) {
  const targets = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  return fc.oneof(
    ...targets.map((target) => ({
      weight: weightOf(target.operation),
      arbitrary: requestTo(target, document, credentialOf(target.operation, credentials), hints, inPath(target.path)),
    })),
  );
}

/** Each call of these reads files or asks vendors. */
const COSTLY: readonly string[] = ['reloadConfig', 'testProvider'];

/** Most where there is most to get wrong, little where there is nothing, least where calls cost the most. */
function weightOf({ operationId, requestBody, parameters }: ApiOperation): number {
  if (COSTLY.includes(operationId)) return 1;
  if (requestBody !== undefined) return 60;
  return parameters?.some((parameter) => parameter.in !== 'header') === true ? 8 : 3;
}

function requestTo(
  target: Target,
  document: ApiDocument,
  key: string,
  hints: Hints,
  pathHints: Hints,
): fc.Arbitrary<HostileRequest> {
  const parameters = target.operation.parameters ?? [];
  const named = (place: string) => parameters.filter((parameter) => parameter.in === place);
  const known = { ...hints, ...pathHints };
  const schemas = document.components.schemas;
  // What is one of a few words may have the name of a field that takes others.
  const plain = ({ schema, name }: ApiParameter) =>
    exampleOf(schema, schemas, schema.enum === undefined ? known : {}, name).map((value) =>
      encodeURIComponent(String(value)),
    );
  return fc
    .record({
      segments: fc.tuple(...named('path').map((parameter) => rarely(oneOf(ODD_SEGMENTS), plain(parameter)))),
      query: fc.tuple(
        ...named('query').map((parameter) =>
          fc.option(
            rarely(oneOf(ODD_VALUES), plain(parameter)).map((value) => `${parameter.name}=${value}`),
            { nil: '' },
          ),
        ),
      ),
      oddQuery: rarely(oneOf(ODD_QUERIES), fc.constant('')),
      spoiled: fc.oneof(
        { weight: 6, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(oneOf(SPOILED_HEADERS), { minLength: 1, maxLength: 2 }) },
      ),
      prefer: rarely(fc.constant('wait=1'), fc.constant(undefined)),
      idempotencyKey: fc.option(
        fc.nat(50).map((n) => `key-${n}`),
        { freq: 4 },
      ),
      authorization: fc.oneof(
        { weight: 30, arbitrary: fc.constant(`Bearer ${key}`) },
        { weight: 1, arbitrary: oneOf(FOREIGN_KEYS) },
      ),
      method: fc.oneof({ weight: 60, arbitrary: fc.constant(target.method) }, { weight: 1, arbitrary: oneOf(METHODS) }),
      type: rarely(oneOf(CONTENT_TYPES), fc.constant(undefined)),
      body: bodyOf(target.operation, schemas, known),
    })
    .map(({ segments, query, oddQuery, spoiled, prefer, idempotencyKey, authorization, method, type, body }) => {
      let at = 0;
      const path = target.path.replaceAll(/\{\w+\}/g, () => segments[at++] ?? '');
      const queries = [...query, oddQuery].filter((text) => text !== '').join('&');
      const mine = type ?? Object.keys(target.operation.requestBody?.content ?? {})[0] ?? 'application/json';
      const wants = (name: string) => parameters.some((parameter) => parameter.name === name);
      return {
        target,
        method,
        url: queries === '' ? path : `${path}?${queries}`,
        headers: [
          ['Authorization', authorization],
          ...(body === undefined ? [] : [['Content-Type', mine] as const]),
          ...(wants('Prefer') && prefer !== undefined ? [['Prefer', prefer] as const] : []),
          ...(wants('Idempotency-Key') && idempotencyKey !== null
            ? [['Idempotency-Key', idempotencyKey] as const]
            : []),
          ...spoiled,
        ],
        body,
        astray:
          method !== target.method || segments.some((segment) => segment === '' || ODD_SEGMENTS.includes(segment)),
      };
    });
}

/** The hint for a body whose form no schema tells. */
export const WHOLE_BODY = 'the whole body';

/** Bodies as the schema has them, most of them spoiled: as values, or as the bytes that they are sent as. */
function bodyOf(operation: ApiOperation, schemas: ApiDocument['components']['schemas'], hints: Hints) {
  const content = Object.entries(operation.requestBody?.content ?? {})[0];
  if (content === undefined) {
    return rarely(
      oneOf(BYTES).map((text): Buffer | undefined => Buffer.from(text)),
      fc.constant(undefined),
    );
  }
  const [type, { schema }] = content;
  const one = hints[WHOLE_BODY]?.map(String) ?? jsonTextOf(exampleOf(schema, schemas, hints));
  const lines = fc.array(one, { minLength: 1, maxLength: 2 }).map((list) => `${list.join('\n')}\n`);
  return fc
    .tuple(type.endsWith('ndjson') ? lines : one, rarely(spoiling, fc.constant(null)))
    .map(([text, spoil]): Buffer | undefined => (spoil === null ? Buffer.from(text) : spoil(text)));
}

const spoiling: fc.Arbitrary<(text: string) => Buffer> = fc.oneof(
  fc
    .double({ min: 0, max: 1, noNaN: true })
    .map((part) => (text: string) => Buffer.from(text).subarray(0, text.length * part)),
  fc.tuple(fc.nat(), fc.nat(255)).map(([at, byte]) => (text: string) => {
    const bytes = Buffer.from(text);
    bytes[at % Math.max(1, bytes.length)] = byte;
    return bytes;
  }),
  fc
    .constantFrom('utf16le' as const, 'latin1' as const)
    .map((encoding) => (text: string) => Buffer.from(text, encoding)),
  oneOf(BYTES).map((bytes) => () => Buffer.from(bytes)),
  oneOf(['{"to":"everyone",', '{"id":"d1",', '{"user":null,', '{"messages":[],']).map(
    (twice) => (text: string) => Buffer.from(text.replace('{', twice)),
  ),
  fc.constantFrom('[', '{"a":').map((open) => () => Buffer.from(open.repeat(20_000))),
  fc.constant((text: string) => Buffer.from(`${' '.repeat(1_100_000)}${text}`)),
);

/** The odd one in one of ten. */
function rarely<T, U>(odd: fc.Arbitrary<T>, usual: fc.Arbitrary<U>): fc.Arbitrary<T | U> {
  return fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: odd });
}

function oneOf<T>(list: readonly T[]): fc.Arbitrary<T> {
  return fc.constantFrom(...list);
}

/** The bytes of a request as they go over the wire, without any of the checks that clients make. */
export function bytesOf({ method, url, headers, body }: HostileRequest): Buffer {
  const lines = [`${method} ${url} HTTP/1.1`, 'Host: pealbell', ...headers.map(([name, value]) => `${name}: ${value}`)];
  if (body !== undefined || method !== 'GET') lines.push(`Content-Length: ${body?.length ?? 0}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body ?? Buffer.alloc(0)]);
}
