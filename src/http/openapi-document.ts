import { z } from 'zod';
import { given } from './given.js';
import type { KeyedOperation, Operation } from './operation.js';
import { PROBLEMS, type ProblemCode } from './problem.js';
import { to } from './schemas/audience-request.js';
import { importResult, problemAnswer } from './schemas/common-answers.js';
import { deviceAnswer } from './schemas/device-answer.js';
import { deviceLine, deviceRequest } from './schemas/device-request.js';
import { filter } from './schemas/filter-request.js';
import { acceptedAnswer, deliveryAnswer, messageAnswer, planAnswer, settledAnswer } from './schemas/message-answer.js';
import { batchMessage, batchResult } from './schemas/message-batch.js';
import { delivery, messageBody, notification } from './schemas/message-request.js';
import { messageEventAnswer, userDeliveryAnswer, userExportLine } from './schemas/timeline-answer.js';
import { webhookAnswer, webhookDeliveryAnswer, webhookDeliveryDetail } from './schemas/webhook-answer.js';
import { replayRequest } from './schemas/webhook-request.js';
import { jsonObject, NDJSON } from './schemas/words.js';

type Schema = z.core.$ZodType;
type Node = Readonly<Record<string, unknown>>;

/** Schemas that have a name of their own; others are named after their operation. */
const NAMED: readonly (readonly [string, Schema])[] = [
  ['NewMessage', messageBody],
  ['Targets', to],
  ['Filter', filter],
  ['Notification', notification],
  ['DeliveryTerms', delivery],
  ['BatchMessage', batchMessage],
  ['AcceptedMessage', acceptedAnswer],
  ['SettledMessage', settledAnswer],
  ['BatchResult', batchResult],
  ['MessagePlan', planAnswer],
  ['Message', messageAnswer],
  ['Delivery', deliveryAnswer],
  ['DeviceChange', deviceRequest],
  ['DeviceLine', deviceLine],
  ['Device', deviceAnswer],
  ['MessageEvent', messageEventAnswer],
  ['UserDelivery', userDeliveryAnswer],
  ['UserExportLine', userExportLine],
  ['WebhookEndpoint', webhookAnswer],
  ['WebhookDelivery', webhookDeliveryAnswer],
  ['WebhookDeliveryDetail', webhookDeliveryDetail],
  ['WebhookReplay', replayRequest],
  ['ImportResult', importResult],
  ['Problem', problemAnswer],
  ['JsonObject', jsonObject],
];

const KEYED_PROBLEMS: readonly ProblemCode[] = [
  'unauthorized',
  'missing_scope',
  'app_mismatch',
  'app_not_found',
  'app_required',
  'rate_limited',
  'test_keys_off',
  'simulators_unreachable',
  'overloaded',
];
const DEVICE_PROBLEMS: readonly ProblemCode[] = [
  'token_refused',
  'token_expired',
  'access_revoked',
  'foreign_origin',
  'missing_scope',
  'no_realtime',
  'not_theirs',
  'unknown_device',
  'rate_limited',
  'overloaded',
  'store_unavailable',
  'validation_failed',
];
const BODY_PROBLEMS: readonly ProblemCode[] = [
  'malformed_json',
  'payload_too_large',
  'unsupported_media_type',
  'request_timeout',
  'validation_failed',
];
const STREAM_PROBLEMS: readonly ProblemCode[] = ['unsupported_media_type'];

const HEADERS = { 'X-Request-Id': 'Id of the request, also in the log' };
/** Absent where keys have no limit. */
const KEYED_HEADERS = {
  'RateLimit-Policy': 'What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s',
  RateLimit: 'What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more',
};
const RETRY_AFTER = { 'Retry-After': 'Whole seconds after which another try makes sense' };

const X_APP = {
  name: 'X-App',
  in: 'header',
  description: 'The app; needed only with a key that is not bound to one',
  required: false,
  schema: { type: 'string' },
};

/**
 * The OpenAPI 3.1 document: paths from the operations, schemas from the same Zod schemas that requests are
 * checked with.
 */
export function openApiDocument(operations: readonly Operation[], version: string, serverUrl = '/'): Node {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of NAMED) registry.add(schema, { id });

  function refTo(schema: Schema, name: string): Node {
    const known = registry.get(schema);
    if (known === undefined) registry.add(schema, { id: name });
    return { $ref: `#/components/schemas/${known?.id ?? name}` };
  }

  const paths: Record<string, Record<string, Node>> = {};
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation, refTo) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Pealbell',
      version,
      summary: 'One call reaches every device, and tells what became of it.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: serverUrl }],
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: componentSchemas(registry),
      securitySchemes: {
        serverKey: {
          type: 'http',
          scheme: 'bearer',
          description: 'A server key: pealbell_key_…, or pealbell_test_… for the simulators alone',
        },
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'The access token of one device, as on the realtime road',
        },
        ticket: {
          type: 'apiKey',
          in: 'query',
          name: 'ticket',
          description: 'Stands for an access token where headers cannot be sent; good for 30 s, and once',
        },
      },
    },
  };
}

function describe(operation: Operation, refTo: (schema: Schema, name: string) => Node): Node {
  const { operationId, summary, tag, body, description = '' } = operation;
  const keyed = isKeyed(operation);
  const parameters = (operation.parameters ?? []).map((parameter) => ({
    name: parameter.name,
    in: parameter.in,
    description: parameter.description,
    required: parameter.in === 'path',
    schema: inline(parameter.schema),
  }));
  return {
    operationId,
    summary,
    tags: [tag],
    ...given({ description: [description, needsOf(operation)].filter((part) => part !== '').join(' ') || undefined }),
    security: securityOf(operation),
    ...(keyed || parameters.length > 0 ? { parameters: keyed ? [...parameters, X_APP] : parameters } : {}),
    ...(body === 'none' ? {} : { requestBody: requestBody(body, refTo, `${pascal(operationId)}Body`) }),
    responses: { ...answers(operation, refTo), ...problems(operation, refTo) },
  };
}

function isKeyed(operation: Operation): operation is KeyedOperation {
  return operation.scopes !== 'none' && operation.scopes !== 'device';
}

function needsOf(operation: Operation): string {
  if (isKeyed(operation)) {
    const scope = operation.devices?.access;
    const device =
      operation.devices === undefined
        ? ''
        : `, or an access token${scope === undefined ? '' : ` with the scope ${scope}`}`;
    return `Needs a key with the scope ${operation.scopes.join(' or ')}${device}.`;
  }
  if (operation.scopes === 'none') return '';
  const scope = operation.access === undefined ? '' : ` with the scope ${operation.access}`;
  return `A device calls this itself, with an access token${scope}.`;
}

function securityOf(operation: Operation): readonly Node[] {
  if (isKeyed(operation)) {
    const keys = operation.scopes.map((scope) => ({ serverKey: [scope] }));
    const { devices } = operation;
    return devices === undefined
      ? keys
      : [...keys, { accessToken: devices.access === undefined ? [] : [devices.access] }];
  }
  if (operation.scopes === 'none') return [];
  return [
    { accessToken: operation.access === undefined ? [] : [operation.access] },
    ...(operation.tickets === true ? [{ ticket: [] }] : []),
  ];
}

function requestBody(
  body: Exclude<Operation['body'], 'none'>,
  refTo: (schema: Schema, name: string) => Node,
  name: string,
): Node {
  if ('schema' in body)
    return { required: true, content: { 'application/json': { schema: refTo(body.schema, name) } } };
  if ('raw' in body) return { description: body.raw, content: { '*/*': { schema: { type: 'string' } } } };
  const description = 'One JSON object per line, any number of lines. Read the answers while you send.';
  return { required: true, description, content: { [NDJSON]: { schema: refTo(body.stream, name) } } };
}

function answers(operation: Operation, refTo: (schema: Schema, name: string) => Node): Record<string, Node> {
  const described: Record<string, Node & { readonly content?: Node }> = {};
  for (const { status, description, schema, type, headers } of operation.answers) {
    const name = `${pascal(operation.operationId)}Answer`;
    const content = schema === undefined ? { type: 'string' } : refTo(schema, name);
    described[status] = {
      description,
      headers: headerNodes({ ...headers, ...(isKeyed(operation) ? KEYED_HEADERS : {}), ...HEADERS }),
      ...(status === 204
        ? {}
        : { content: { ...described[status]?.content, [type ?? 'application/json']: { schema: content } } }),
    };
  }
  return described;
}

function headerNodes(headers: Readonly<Record<string, string>> | undefined): Node {
  const entries = Object.entries(headers ?? {});
  return Object.fromEntries(entries.map(([name, description]) => [name, { description, schema: { type: 'string' } }]));
}

function problemsOfBody(body: Exclude<Operation['body'], 'none'>): readonly ProblemCode[] {
  if ('raw' in body) return ['payload_too_large', 'request_timeout'];
  return 'stream' in body ? STREAM_PROBLEMS : BODY_PROBLEMS;
}

/** Codes by status: what a client can meet here, in the words of the `code` field. */
function problems(operation: Operation, refTo: (schema: Schema, name: string) => Node): Record<string, Node> {
  const codes = new Set<ProblemCode>(['malformed_request', ...operation.problems, 'internal_error']);
  if (operation.scopes === 'device' || (isKeyed(operation) && operation.devices !== undefined))
    for (const code of DEVICE_PROBLEMS) codes.add(code);
  if (isKeyed(operation)) for (const code of [...KEYED_PROBLEMS, 'validation_failed' as const]) codes.add(code);
  if (operation.body !== 'none') {
    for (const code of problemsOfBody(operation.body)) codes.add(code);
  } else if (operation.method !== 'get') for (const code of BODY_PROBLEMS) codes.add(code);
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const described: Record<string, Node> = {};
  for (const [status, list] of byStatus) {
    if (operation.answers.some((answer) => answer.status === status)) continue;
    const schema = { allOf: [refTo(problemAnswer, 'Problem'), { properties: { code: { enum: list } } }] };
    described[status] = {
      description: list.join(', '),
      headers: headerNodes({ ...(status === 429 || status === 503 ? RETRY_AFTER : {}), ...HEADERS }),
      content: { 'application/problem+json': { schema } },
    };
  }
  return described;
}

function componentSchemas(registry: z.core.$ZodRegistry<{ id: string }>): Node {
  const { schemas } = z.toJSONSchema(registry, {
    uri: (id) => `#/components/schemas/${id}`,
    io: 'input',
    unrepresentable: 'any',
  });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, withoutIdentity(schema)]));
}

function inline(schema: Schema): Node {
  return withoutIdentity(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}

/** The document itself says which dialect is meant and where a schema is. */
function withoutIdentity(schema: object): Node {
  const { $schema, $id, ...rest } = schema as { $schema?: unknown; $id?: unknown };
  return rest;
}

function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
