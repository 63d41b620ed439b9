import assert from 'node:assert/strict';
import { createJudge } from '../../support/hostile/api-judge.js';
import type { HostileRequest } from '../../support/hostile/hostile-request.js';
import type { RawAnswer } from '../../support/hostile/raw-http.js';
import type { ApiDocument } from '../../support/openapi-compat.js';

const text = { type: 'string' };
const operation = {
  operationId: 'ring',
  security: [],
  responses: {
    200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Ring' } } } },
    404: {
      content: {
        'application/problem+json': {
          schema: {
            allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: ['device_not_found'] } } }],
          },
        },
      },
    },
  },
};
const document: ApiDocument = {
  paths: { '/ring': { get: operation } },
  components: {
    schemas: {
      Ring: {
        type: 'object',
        properties: { id: text, at: { type: 'string', format: 'date-time' } },
        required: ['id'],
      },
      Problem: {
        type: 'object',
        properties: { type: text, title: text, status: { type: 'integer' }, code: text, request_id: text },
        required: ['type', 'title', 'status', 'code', 'request_id'],
      },
    },
  },
};
const judge = createJudge(document);
const asked: HostileRequest = {
  target: { method: 'GET', path: '/ring', operation },
  method: 'GET',
  url: '/ring',
  headers: [],
  body: undefined,
  astray: false,
};
const PROBLEM = {
  type: '/problems/device_not_found',
  title: 'There is no such device',
  status: 404,
  code: 'device_not_found',
  request_id: 'req_1',
};

function answer(
  status: number,
  type: string,
  body: unknown,
  headers: readonly (readonly [string, string])[] = [],
): RawAnswer {
  const all = new Map([['content-type', type], ['x-request-id', 'req_1'], ...headers]);
  return { status, headers: all, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) };
}
const ok = (body: unknown) => answer(200, 'application/json', body);
const refused = (change: object = {}, status = 404) =>
  answer(status, 'application/problem+json', { ...PROBLEM, ...change });

describe('the judge of answers', () => {
  const welcome: Readonly<Record<string, RawAnswer>> = {
    'what is told': ok({ id: 'r', at: '2026-11-21T10:00:00.000Z' }),
    'a refusal of a code that is told': refused(),
  };
  for (const [name, good] of Object.entries(welcome)) {
    it(`lets pass ${name}`, () => assert.equal(judge(asked, good), undefined));
  }

  const planted: Readonly<Record<string, RawAnswer>> = {
    'a failure of the server': refused({ status: 500, code: 'internal_error', type: '/problems/internal_error' }, 500),
    'an overload that nobody caused': answer(503, 'application/problem+json', PROBLEM, [['retry-after', '1']]),
    'a field that is not told': ok({ id: 'r', secret: 1 }),
    'a field of another type': ok({ id: 1 }),
    'a field that is missing': ok({}),
    'a time in a wrong form': ok({ id: 'r', at: '2026-11-21' }),
    'what is no JSON': ok('{'),
    'another media type': answer(200, 'text/plain', { id: 'r' }),
    'a status that is not told': answer(201, 'application/json', { id: 'r' }),
    'a redirection': answer(302, 'application/json', { id: 'r' }),
    'a refusal that is no problem': answer(404, 'text/html', '<h1>Not Found</h1>'),
    'a problem without its id': refused({ request_id: undefined }),
    'a problem with the id of another': refused({ request_id: 'req_2' }),
    'a problem of another status': refused({ status: 400 }),
    'a code that does not exist': refused({ code: 'oops', type: '/problems/oops' }),
    'a code that is not told here': refused({
      code: 'message_not_found',
      type: '/problems/message_not_found',
      title: 'There is no such message',
    }),
    'a type that leads to another page': refused({ type: '/problems/not_found' }),
    'a field that problems do not have': refused({ stack: 'at x' }),
    'a header that the caller brought': answer(200, 'application/json', { id: 'r' }, [['x-evil', '1']]),
    'a failure within a batch': ok({ results: [{ status: 500 }] }),
  };
  for (const [name, bad] of Object.entries(planted)) {
    it(`finds ${name}`, () => assert.notEqual(judge(asked, bad), undefined));
  }

  it('takes any refusal of a lost request for one that reaches nothing', () => {
    const lost = refused({ code: 'not_found', type: '/problems/not_found', title: 'There is nothing here' });
    assert.equal(judge({ ...asked, astray: true }, lost), undefined);
    assert.notEqual(judge(asked, lost), undefined);
  });
});
