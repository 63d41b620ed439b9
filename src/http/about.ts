import { type DocDocument, docsPage } from './docs-page.js';
import { openApiDocument } from './openapi-document.js';
import type { OpenOperation, Operation, Reply } from './operation.js';
import { problemPageOperation } from './problem-pages.js';
import { jsonObject } from './schemas/words.js';

const about = { method: 'get', tag: 'about', scopes: 'none', body: 'none', problems: [] } as const;

/** What the API tells of itself, these operations included: to programs and to people, without a key. */
export function aboutOperations(others: readonly Operation[], version: string, serverUrl?: string): OpenOperation[] {
  const operations: OpenOperation[] = [
    {
      ...about,
      path: '/docs',
      operationId: 'docs',
      summary: 'The reference of the API, for people',
      answers: [{ status: 200, description: 'One page that needs nothing but itself', type: 'text/html' }],
      async handle() {
        page ??= docsPage(document as unknown as DocDocument); // what openApiDocument makes
        return page;
      },
    },
    problemPageOperation(),
    {
      ...about,
      path: '/openapi.json',
      operationId: 'openapi',
      summary: 'This document',
      answers: [{ status: 200, description: 'The OpenAPI 3.1 document of the API', schema: jsonObject }],
      async handle() {
        text ??= JSON.stringify(document);
        return { kind: 'text', status: 200, body: text, type: 'application/json' };
      },
    },
  ];
  const document = openApiDocument([...others, ...operations], version, serverUrl);
  let page: Reply | undefined;
  let text: string | undefined;
  return operations;
}
