import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { z } from 'zod';
import { deviceOperations } from '../../../src/http/devices.js';
import { healthOperations } from '../../../src/http/health.js';
import type { ApiHouse } from '../../../src/http/house.js';
import { messageOperations } from '../../../src/http/messages.js';
import { createHttpMetrics } from '../../../src/http/metrics.js';
import { openApiDocument } from '../../../src/http/openapi-document.js';
import type { Operation } from '../../../src/http/operation.js';
import { PROBLEMS } from '../../../src/http/problem.js';
import { userOperations } from '../../../src/http/users.js';
import { webhookDeliveryOperations } from '../../../src/http/webhook-deliveries.js';
import { webhookOperations } from '../../../src/http/webhooks.js';

interface Described {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly requestBody?: { readonly content: Record<string, { schema: { $ref: string } }> };
  readonly responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
  readonly security: readonly object[];
}

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Described>>;
  readonly components: { readonly schemas: Record<string, Record<string, unknown>> };
}

// Operations are only described here, none is called: they need no house yet.
const nobodyHome = {} as ApiHouse;
const operations: readonly Operation[] = [
  ...messageOperations(nobodyHome, createHttpMetrics(new Registry())),
  ...deviceOperations(nobodyHome),
  ...userOperations(nobodyHome),
  ...webhookOperations(nobodyHome),
  ...webhookDeliveryOperations(nobodyHome),
  ...healthOperations(nobodyHome),
];
// Through JSON, as callers get it.
const document = JSON.parse(JSON.stringify(openApiDocument(operations, '1.0.0'))) as Document;
const described = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

/** The published schema of a name, read back: it judges without the schema it was made from. */
function published(name: string): z.ZodType {
  const text = JSON.stringify({ ...document.components.schemas[name], $defs: document.components.schemas });
  return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')));
}

describe('the OpenAPI document', () => {
  it('has every operation and no other', () => {
    const there = described.map(({ path, method }) => `${method} ${path}`).sort();
    assert.deepEqual(there, operations.map(({ path, method }) => `${method} ${path}`).sort());
    assert.equal(document.openapi, '3.1.0');
  });

  it('gives every operation an id of its own', () => {
    const ids = described.map(({ operation }) => operation.operationId);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('has no reference that leads nowhere, and no schema that nobody uses', () => {
    const text = JSON.stringify(document);
    const refs = new Set([...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name));
    assert.deepEqual([...refs].sort(), Object.keys(document.components.schemas).sort());
    assert.equal(text.match(/"\$ref":/g)?.length, text.match(/"\$ref":"#\/components\/schemas\/\w+"/g)?.length);
  });

  it('declares the parameters of every path', () => {
    for (const { path, operation } of described) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      assert.deepEqual(
        declared.map(({ name }) => name),
        inPath,
        path,
      );
      assert.ok(declared.every(({ required }) => required));
    }
  });

  it('tells the answers and the problems of every operation', () => {
    const statuses = new Set(Object.values(PROBLEMS).map(({ status }) => String(status)));
    for (const { path, operation } of described) {
      const told = Object.keys(operation.responses);
      assert.ok(
        told.some((status) => status.startsWith('2')),
        path,
      );
      assert.ok(told.includes('500'), path);
      assert.equal(told.includes('401'), operation.security.length > 0, path);
      assert.ok(
        told.every((status) => status.startsWith('2') || statuses.has(status)),
        path,
      );
      for (const { description } of Object.values(operation.responses)) assert.notEqual(description, '');
    }
  });

  it('needs a key for everything under /v1 and for nothing else', () => {
    for (const { path, operation } of described) {
      assert.equal(operation.security.length > 0, path.startsWith('/v1/'), path);
    }
  });

  it('says what an import line is in its own media type', () => {
    const body = document.paths['/v1/devices/import']?.post?.requestBody;
    assert.deepEqual(Object.keys(body?.content ?? {}), ['application/x-ndjson']);
  });

  it('lists what the API has and this version does not honour', () => {
    assert.deepEqual(document.components.schemas.Targets?.['x-not-in-this-version'], ['segments']);
  });

  it('takes what the gateway takes and refuses what it refuses', () => {
    const schema = published('NewMessage');
    for (const body of [
      { to: 'everyone', notification: { title: 't' } },
      { to: { filter: { all: [{ attr: 'user.plan', op: 'in', value: ['pro'] }] } }, data: { k: 'v' } },
      { to: { users: ['a'] }, data: { k: 'v' }, delivery: { ttl: '0s', track: 'none' } },
      { to: { push_tokens: [{ provider: 'web', token: { endpoint: 'https://x.example' } }] }, overrides: { web: {} } },
    ]) {
      assert.equal(schema.safeParse(body).success, true, JSON.stringify(body));
    }
    for (const body of [
      {},
      { to: 'all' },
      { to: { users: 'a' } },
      { to: { users: ['a'] }, unknown: 1 },
      { to: { users: ['a'] }, data: { k: 1 } },
      { to: { users: ['a'] }, delivery: { ttl: 5 } },
      { to: { devices: ['a/b'] } },
    ]) {
      assert.equal(schema.safeParse(body).success, false, JSON.stringify(body));
    }
  });
});
