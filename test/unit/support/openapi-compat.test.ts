import assert from 'node:assert/strict';
import { type ApiDocument, breakingChanges } from '../../support/openapi-compat.js';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const text = { type: 'string' };

/** A small API with one of everything. */
const ring = {
  operationId: 'ringBell',
  security: [{ serverKey: ['bells:ring'] }, { serverKey: ['admin'] }],
  parameters: [{ name: 'limit', in: 'query', required: false, schema: { type: 'integer', minimum: 1, maximum: 100 } }],
  requestBody: { required: true, content: { 'application/json': { schema: ref('NewRing') } } },
  responses: {
    200: { headers: { Location: {} }, content: { 'application/json': { schema: ref('Ring') } } },
    422: {
      content: {
        'application/problem+json': {
          schema: { allOf: [ref('Problem'), { properties: { code: { enum: ['validation_failed'] } } }] },
        },
      },
    },
  },
};
const api = {
  paths: { bells: { post: ring } },
  components: {
    schemas: {
      NewRing: {
        type: 'object',
        properties: {
          tone: { type: 'string', enum: ['c', 'd'] },
          times: { type: 'integer', minimum: 1, maximum: 10, default: 3 },
          name: { type: 'string', pattern: '^[a-z]+$', maxLength: 20 },
          to: {
            anyOf: [
              { type: 'string', const: 'everyone' },
              { type: 'array', items: text },
            ],
          },
          only: ref('Filter'),
          tags: { type: 'object', additionalProperties: text },
        },
        required: ['tone'],
        additionalProperties: false,
      },
      Ring: {
        type: 'object',
        properties: {
          id: text,
          state: { type: 'string', enum: ['ringing', 'rung'] },
          ended_at: { anyOf: [text, { type: 'null' }] },
          counts: { type: 'object', additionalProperties: { type: 'integer' } },
          list: { type: 'array', items: { type: 'object', properties: { at: text } } },
        },
        required: ['id', 'state', 'ended_at'],
      },
      Problem: { type: 'object', properties: { code: text, detail: text }, required: ['code'] },
      Filter: {
        anyOf: [
          { type: 'object', properties: { not: ref('Filter') }, additionalProperties: false },
          { type: 'object', properties: { attr: text }, required: ['attr'], additionalProperties: false },
        ],
      },
    },
  },
};

/** Where something is changed, and what comes there; `undefined` takes away what is there. */
type Change = readonly [at: string, to: unknown];

const P = 'paths bells';
const POST = 'paths bells post';
const PARAMETERS = `${POST} parameters`;
const ASKED = 'components schemas NewRing properties';
const TOLD = 'components schemas Ring properties';
const NEW_PARAMETER = { name: 'X-Bell', in: 'header', schema: text };

const BREAKING: Readonly<Record<string, Change>> = {
  'a path is gone': [P, undefined],
  'a method is gone': [POST, undefined],
  'an operation has another name': [`${POST} operationId`, 'ring'],
  'a scope that was enough is not': [`${POST} security`, [{ serverKey: ['admin'] }]],
  'a scope more is needed': [`${POST} security 0 serverKey 1`, 'bells:read'],
  'a parameter is gone': [PARAMETERS, []],
  'a parameter is required': [`${PARAMETERS} 0 required`, true],
  'a new parameter is required': [`${PARAMETERS} 1`, { ...NEW_PARAMETER, required: true }],
  'a bound of a parameter is tighter': [`${PARAMETERS} 0 schema maximum`, 50],
  'a body is not taken': [`${POST} requestBody`, undefined],
  'a body has another type': [`${POST} requestBody content`, { 'text/plain': { schema: text } }],
  'a status is gone': [`${POST} responses 200`, undefined],
  'another success is answered': [`${POST} responses 202`, ring.responses[200]],
  'a header of an answer is gone': [`${POST} responses 200 headers`, {}],
  'a field of a request is gone': [`${ASKED} name`, undefined],
  'a field of a request is required': ['components schemas NewRing required 1', 'name'],
  'a word of a request is gone': [`${ASKED} tone enum`, ['c']],
  'only some words are taken': [`${ASKED} name`, { type: 'string', enum: ['great'] }],
  'a type of a request is narrower': [`${ASKED} tags additionalProperties maxLength`, 5],
  'other fields of a request are not taken': [`${ASKED} tags additionalProperties`, false],
  'a form of a request is gone': [`${ASKED} to anyOf 0`, { type: 'null' }],
  'a schema that contains itself is narrower': ['components schemas Filter anyOf 1 properties attr maxLength', 3],
  'a maximum is lower': [`${ASKED} times maximum`, 9],
  'a minimum is higher': [`${ASKED} times minimum`, 2],
  'a size is bounded': [`${ASKED} tags maxProperties`, 5],
  'a pattern is another': [`${ASKED} name pattern`, '^[a-y]+$'],
  'a default is another': [`${ASKED} times default`, 1],
  'a field of an answer is gone': [`${TOLD} counts`, undefined],
  'a field of an answer may be missing': ['components schemas Ring required', ['id', 'state']],
  'a field of an answer may be null': [`${TOLD} id`, { anyOf: [text, { type: 'null' }] }],
  'a field of an answer has a wider type': [`${TOLD} counts additionalProperties type`, 'number'],
  'a field deep in an answer is gone': [`${TOLD} list items properties`, {}],
  'a word of an answer is new': [`${TOLD} state enum 2`, 'stuck'],
  'an answer that had words has any': [`${TOLD} state enum`, undefined],
  'problems lost a field': ['components schemas Problem properties detail', undefined],
};

const HARMLESS: Readonly<Record<string, Change>> = {
  'nothing changed': [`${POST} operationId`, 'ringBell'],
  'a path is new': ['paths towers', { get: { ...ring, operationId: 'listTowers' } }],
  'a method is new': [`${P} get`, { ...ring, operationId: 'listBells' }],
  'another scope is enough too': [`${POST} security 2`, { serverKey: ['bells:write'] }],
  'no key is needed any more': [`${POST} security`, []],
  'a new parameter may be left out': [`${PARAMETERS} 1`, NEW_PARAMETER],
  'a bound of a parameter is wider': [`${PARAMETERS} 0 schema maximum`, 500],
  'a body may be left out': [`${POST} requestBody required`, false],
  'a header of an answer is new': [`${POST} responses 200 headers RateLimit`, {}],
  'another problem can come': [`${POST} responses 429`, ring.responses[422]],
  'a problem comes no more': [`${POST} responses 422`, undefined],
  'a problem has another code': [
    `${POST} responses 422 content application/problem+json schema allOf 1 properties code enum 1`,
    'rate_limited',
  ],
  'a field of a request is new': [`${ASKED} bell`, text],
  'a field of a request need not be given': ['components schemas NewRing required', []],
  'other fields of a request are taken': ['components schemas NewRing additionalProperties', true],
  'a word of a request is new': [`${ASKED} tone enum 2`, 'e'],
  'any word is taken': [`${ASKED} tone enum`, undefined],
  'another form of a request is taken': [
    `${ASKED} times`,
    { anyOf: [{ type: 'null' }, api.components.schemas.NewRing.properties.times] },
  ],
  'a whole number may be a fraction': [`${ASKED} times type`, 'number'],
  'a maximum is higher': [`${ASKED} times maximum`, 99],
  'a minimum is gone': [`${ASKED} times minimum`, undefined],
  'a pattern is gone': [`${ASKED} name pattern`, undefined],
  'a length is said to be at least nothing': [`${ASKED} name minLength`, 0],
  'a default is told': [`${ASKED} tone default`, 'c'],
  'a schema that contains itself has another form': ['components schemas Filter anyOf 2', { type: 'null' }],
  'a description is another': [`${ASKED} tone description`, 'How it sounds'],
  'a field of an answer is new': [`${TOLD} loud`, { type: 'boolean' }],
  'a field of an answer always comes': ['components schemas Ring required 3', 'counts'],
  'a field of an answer is never null': [`${TOLD} ended_at`, text],
  'a word of an answer is gone': [`${TOLD} state enum`, ['rung']],
  'a number of an answer has a bound': [`${TOLD} counts additionalProperties minimum`, 0],
};

/** What the judge says when one thing is changed. */
function judged([at, to]: Change): readonly string[] {
  const now: unknown = JSON.parse(JSON.stringify(api)); // not structuredClone, which keeps one object in two places one
  const steps = at.split(' ');
  const last = steps.pop() ?? '';
  const parent = steps.reduce<unknown>((node, step) => Reflect.get(Object(node), step), now);
  if (typeof parent !== 'object' || parent === null) throw new Error(`there is no ${at}`);
  if (to === undefined && !Reflect.has(parent, last)) throw new Error(`there is no ${at}`);
  if (to === undefined) Reflect.deleteProperty(parent, last);
  else Reflect.set(parent, last, to);
  return breakingChanges(api as unknown as ApiDocument, now as ApiDocument); // Both are what the small API is.
}

describe('the judge of breaking changes', () => {
  for (const [name, change] of Object.entries(BREAKING)) {
    it(`finds that ${name}`, () => {
      assert.notDeepEqual(judged(change), []);
    });
  }

  for (const [name, change] of Object.entries(HARMLESS)) {
    it(`lets pass that ${name}`, () => {
      assert.deepEqual(judged(change), []);
    });
  }

  it('says where and what', () => {
    assert.deepEqual(judged([`${ASKED} times maximum`, 9]), ['POST bells: request/times: maximum is tighter']);
  });
});
