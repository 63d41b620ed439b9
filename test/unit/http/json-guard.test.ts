import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Json } from '../../../src/domain/json.js';
import { parseJson } from '../../../src/http/body.js';
import { fingerprint } from '../../../src/http/fingerprint.js';
import { guardJson } from '../../../src/http/json-guard.js';
import { DEPTH_MAX, KEYS_MAX, measureJson } from '../../../src/http/json-measure.js';
import { findJsonFlaw } from '../../../src/http/json-position.js';
import { Refusal } from '../../../src/http/refusal.js';

const parse = (text: string) => parseJson(Buffer.from(text));
const refusal = (text: string | Uint8Array): Refusal => {
  try {
    parseJson(typeof text === 'string' ? Buffer.from(text) : text);
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return error;
  }
  return assert.fail(`accepted ${text}`);
};
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

describe('the look through a parsed body', () => {
  it('takes what JSON can say, unchanged', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/__proto__|constructor|prototype|\\u/.test(text));
        assert.deepEqual(parse(text), JSON.parse(text));
      }),
      { numRuns: 300 },
    );
  });

  it('takes 32 levels and refuses the 33rd', () => {
    assert.ok(parse(nested(DEPTH_MAX)));
    assert.equal(refusal(nested(DEPTH_MAX + 1)).code, 'malformed_json');
    assert.equal(refusal(nested(100_000)).code, 'malformed_json');
  });

  it('takes 1,000 keys of an object and refuses one more', () => {
    const wide = (keys: number) =>
      JSON.stringify(Object.fromEntries(Array.from({ length: keys }, (_, i) => [`k${i}`, i])));
    assert.ok(parse(wide(1_000)));
    assert.equal(refusal(wide(1_001)).code, 'malformed_json');
  });

  it('measures before it parses: brackets and colons in text do not count, those of siblings are not added up', () => {
    const measure = (text: string) => measureJson(Buffer.from(text));
    assert.equal(measure(JSON.stringify({ a: '[{'.repeat(100), 'k\\"[[': ':'.repeat(2_000), b: ['\\'] })), undefined);
    assert.equal(measure(`[${Array(100).fill('[[1]]').join(',')}]`), undefined);
    const wide = `{${Array.from({ length: KEYS_MAX }, (_, i) => `"${i}":0`).join(',')}}`;
    assert.equal(measure(`[${wide},${wide}]`), undefined);
    // Not even closed, and JSON.parse would still have to be asked.
    assert.match(measure('['.repeat(DEPTH_MAX + 1)) ?? '', /nested deeper than 32 levels \(byte 32\)/);
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => assert.equal(measure(JSON.stringify(value)), undefined)),
      { numRuns: 200 },
    );
  });

  it('refuses a list without measure at its pointer', () => {
    const { code, faults } = refusal(JSON.stringify({ to: { users: Array(10_001).fill('u') } }));
    assert.equal(code, 'validation_failed');
    assert.deepEqual(
      faults.map((fault) => ['pointer' in fault && fault.pointer, fault.code]),
      [['/to/users', 'too_many_items']],
    );
  });

  for (const key of ['__proto__', 'constructor', 'prototype']) {
    it(`refuses the key ${key} at any depth, and nothing is polluted`, () => {
      for (const text of [`{"${key}":{"polluted":1}}`, `{"a":[{"b":{"${key}":1}}]}`]) {
        assert.equal(refusal(text).code, 'malformed_json');
        assert.equal(Reflect.get({}, 'polluted'), undefined);
      }
    });
  }

  it('refuses a forbidden key that is written with escapes', () => {
    assert.equal(refusal('{"\\u005f_proto__":1}').code, 'malformed_json');
  });

  for (const [what, text] of [
    ['NUL in a string', '{"a":"x\\u0000"}'],
    ['NUL in a key', '{"\\u0000":1}'],
    ['a lone high surrogate', '["\\ud800"]'],
    ['a lone low surrogate', '["x\\udc00y"]'],
    ['a lone surrogate in a key', '{"\\udfff":1}'],
    ['a number beyond double precision', '{"a":1e999}'],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.equal(refusal(text).code, 'malformed_json');
    });
  }

  it('takes surrogate pairs, escaped or not', () => {
    assert.deepEqual(parse('["\\ud83d\\ude00", "😀"]'), ['😀', '😀']);
  });

  it('refuses bytes that are not UTF-8', () => {
    assert.equal(refusal(Buffer.from([0x22, 0xff, 0xfe, 0x22])).code, 'malformed_json');
    assert.equal(refusal(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])).code, 'malformed_json'); // a surrogate in UTF-8
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), (value, escapes) => {
        guardJson(value as Json, escapes);
      }),
    );
  });
});

describe('the place where a text stops being JSON', () => {
  for (const [text, line, column] of [
    ['', 1, 1],
    ['abc', 1, 1],
    ['{"a":1,}', 1, 8],
    ['{"a":1', 1, 7],
    ['{"a": tru}', 1, 7],
    ['{"a":"x\ny"}', 1, 8],
    ['{"a":"\\x"}', 1, 7],
    ['{\n  "to": {"users" ["a"]}\n}', 2, 18],
    ['[1,2] 3', 1, 7],
    ['[1 2]', 1, 4],
    ['[1,]', 1, 4],
    ['{a:1}', 1, 2],
    ['[01]', 1, 3],
    ['"open', 1, 6],
  ] as const) {
    it(`is found in ${JSON.stringify(text)}`, () => {
      assert.throws(() => JSON.parse(text));
      const flaw = findJsonFlaw(text);
      assert.deepEqual([flaw.line, flaw.column], [line, column]);
    });
  }

  it('is told in the refusal', () => {
    assert.match(refusal('{"a":1,}').message, /line 1, column 8 \(offset 7\)/);
    assert.match(refusal('{"a":1').message, /ends too early/);
  });

  it('is nowhere in a text that is JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        assert.equal(findJsonFlaw(text).offset, text.length);
      }),
    );
  });

  it('is never past what JSON.parse itself names', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.nat(),
        fc.constantFrom('}', ']', ',', ':', '"', 'x', '\\', '{'),
        (value, n, junk) => {
          const good = JSON.stringify(value);
          const text = good.slice(0, n % (good.length + 1)) + junk + good.slice(n % (good.length + 1));
          let said: number | undefined;
          try {
            JSON.parse(text);
            fc.pre(false);
          } catch (error) {
            const position = /position (\d+)/.exec(String(error))?.[1];
            said = position === undefined ? undefined : Number(position);
          }
          if (said !== undefined) assert.equal(findJsonFlaw(text).offset <= said, true, text);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the fingerprint of a body', () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, inner]) => [key, shuffled(inner)]),
    );
  };

  it('does not know key order and white space', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const again = JSON.parse(JSON.stringify(shuffled(value), null, 2)) as Json;
        assert.equal(fingerprint(again), fingerprint(JSON.parse(JSON.stringify(value)) as Json));
      }),
    );
  });

  it('differs when a value, a key or the order of a list differs', () => {
    const bodies: Json[] = [{}, [], null, 0, '', { a: 1 }, { a: '1' }, { b: 1 }, { a: null }, [1, 2], [2, 1], [[1], 2]];
    assert.equal(new Set(bodies.map(fingerprint)).size, bodies.length);
  });
});
