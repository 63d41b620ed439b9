import { openApiDocument } from './openapi-document.js';
import { json, type OpenOperation, type Operation } from './operation.js';
import { jsonObject } from './schemas/words.js';

/** The OpenAPI document of all operations and of itself; made once. */
export function openApiOperation(others: readonly Operation[], version: string, serverUrl?: string): OpenOperation {
  const operation: OpenOperation = {
    method: 'get',
    path: '/openapi.json',
    operationId: 'openapi',
    summary: 'This document',
    tag: 'about',
    scopes: 'none',
    body: 'none',
    answers: [{ status: 200, description: 'The OpenAPI 3.1 document of the API', schema: jsonObject }],
    problems: [],
    handle: async () => json(200, document),
  };
  const document = openApiDocument([...others, operation], version, serverUrl);
  return operation;
}
