import assert from 'node:assert/strict';
import fc from 'fast-check';
import { matchesFilter } from '../../../src/domain/filter-match.js';
import { parseFilter } from '../../../src/domain/parse-filter.js';
import { wireFilters } from '../../support/filters.js';

function faults(wire: unknown): string[] {
  const parsed = parseFilter(wire, '/f');
  return parsed.kind === 'filter' ? [] : parsed.faults.map(({ pointer, code }) => `${pointer} ${code}`);
}
function detail(wire: unknown): string {
  const parsed = parseFilter(wire, '/f');
  return parsed.kind === 'filter' ? '' : parsed.faults.map((fault) => fault.detail).join('; ');
}
const test = (attr: string, op: string, value?: unknown) => (value === undefined ? { attr, op } : { attr, op, value });
function nested(levels: number): unknown {
  let filter: unknown = test('user.id', 'exists');
  for (let n = 1; n < levels; n++) filter = { not: filter };
  return filter;
}

describe('a filter as it is written', () => {
  it('is read in the words of the house', () => {
    const wire = {
      all: [
        { any: [test('user.address.city', 'eq', 'Bern'), test('device.app_version', 'gte', '5.2')] },
        { not: test('device.topics', 'contains', 'quiet') },
        test('device.sound', 'exists'),
      ],
    };
    assert.deepEqual(parseFilter(wire, ''), {
      kind: 'filter',
      filter: {
        kind: 'all',
        of: [
          {
            kind: 'any',
            of: [
              { kind: 'test', attr: { kind: 'attribute', of: 'user', name: 'address.city' }, op: 'eq', value: 'Bern' },
              { kind: 'test', attr: { kind: 'version', field: 'device.app_version' }, op: 'gte', value: '5.2' },
            ],
          },
          {
            kind: 'not',
            of: { kind: 'test', attr: { kind: 'names', field: 'device.topics' }, op: 'contains', value: 'quiet' },
          },
          { kind: 'test', attr: { kind: 'attribute', of: 'device', name: 'sound' }, op: 'exists', value: true },
        ],
      },
    });
  });

  it('takes whatever the language can say', () => {
    fc.assert(fc.property(wireFilters, (wire) => assert.deepEqual(faults(wire), [])));
  });

  it('has a fault, and does not throw, for whatever else there is', () => {
    const keys = fc.constantFrom('all', 'any', 'not', 'attr', 'op', 'value', 'event', '__proto__', 'constructor');
    const { node } = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 5 },
        fc.oneof(fc.anything(), fc.constantFrom('user.plan', 'eq', 'device.tags')),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(keys, tie('node'), { maxKeys: 3 }),
      ),
    }));
    const nobody = { device: { user: null, platform: 'ios', attributes: {}, tags: [], topics: [] } } as const;
    fc.assert(
      fc.property(node, (wire) => {
        const parsed = parseFilter(wire, '/f');
        if (parsed.kind === 'filter') assert.equal(typeof matchesFilter(parsed.filter, nobody), 'boolean');
        else assert.ok(parsed.faults.length > 0 && parsed.faults.every(({ pointer }) => pointer.startsWith('/f')));
      }),
      { numRuns: 2_000 },
    );
  });

  const cases: readonly (readonly [string, unknown, readonly string[]])[] = [
    ['no object', 'user.plan', ['/f invalid_type']],
    ['a list', [], ['/f invalid_type']],
    ['null', null, ['/f invalid_type']],
    ['nothing', {}, ['/f invalid_filter']],
    ['an empty list', { all: [] }, ['/f/all too_few_items']],
    ['a list that is none', { any: {} }, ['/f/any invalid_type']],
    ['two kinds at once', { all: [test('user.a', 'exists')], not: {} }, ['/f/not unknown_field']],
    ['a negation of a list', { not: [test('user.a', 'exists')] }, ['/f/not invalid_type']],
    ['a field of another language', { ...test('user.a', 'eq', 1), within: '30d' }, ['/f/within unknown_field']],
    ['an event', { event: 'purchase', op: 'none', within: '30d' }, ['/f/event not_in_this_version']],
    ['a segment', { any: [{ segments: ['x'] }] }, ['/f/any/0/segments not_in_this_version']],
    ['a place', test('user.place', 'near', { lat: 1, lon: 1, radius: 1 }), ['/f/op not_in_this_version']],
    ['an unknown op', test('user.a', 'equals', 1), ['/f/op unknown_op']],
    ['no op', { attr: 'user.a', value: 1 }, ['/f/op required']],
    ['an attribute of nobody', test('plan', 'eq', 1), ['/f/attr unknown_attribute']],
    ['an attribute of something else', test('app.plan', 'eq', 1), ['/f/attr unknown_attribute']],
    ['an attribute without a name', test('user.', 'eq', 1), ['/f/attr unknown_attribute']],
    ['an attribute that is a number', { attr: 5, op: 'eq', value: 1 }, ['/f/attr invalid_type']],
    ['a name of every object', test('user.__proto__', 'exists'), ['/f/attr unknown_attribute']],
    ['a name of every class', test('device.constructor', 'exists'), ['/f/attr unknown_attribute']],
    ['SQL for a name', test("user.a'; DROP TABLE x", 'exists'), ['/f/attr unknown_attribute']],
    ['no value', test('user.a', 'eq'), ['/f/value required']],
    ['null for a value', test('user.a', 'eq', null), ['/f/value invalid_type']],
    ['a list for one value', test('user.a', 'eq', ['x']), ['/f/value invalid_type']],
    ['one value for a list', test('user.a', 'in', 'x'), ['/f/value invalid_type']],
    ['an empty list of values', test('user.a', 'nin', []), ['/f/value too_few_items']],
    ['a list of lists', test('user.a', 'in', ['x', ['y']]), ['/f/value/1 invalid_type']],
    ['101 values', test('user.a', 'in', Array(101).fill('x')), ['/f/value too_many_items']],
    ['a number for a text', test('device.locale', 'eq', 5), ['/f/value invalid_type']],
    ['a number for a tag', test('user.tags', 'contains', 5), ['/f/value invalid_type']],
    ['the beginning of a list', test('user.tags', 'prefix', 'a'), ['/f/op invalid_value']],
    ['the order of a list', test('device.topics', 'gt', 'a'), ['/f/op invalid_value']],
    ['the order of true and false', test('user.a', 'gt', true), ['/f/value invalid_type']],
    ['a number as a beginning', test('user.a', 'prefix', 5), ['/f/value invalid_type']],
    ['a number as a version', test('device.app_version', 'gte', 5.2), ['/f/value invalid_type']],
    ['a version without a number', test('device.os_version', 'lt', 'latest'), ['/f/value invalid_format']],
    ['a text for exists', test('user.a', 'exists', 'yes'), ['/f/value invalid_type']],
    ['a long text', test('user.a', 'eq', 'x'.repeat(257)), ['/f/value too_long']],
    ['an unknown platform', test('device.platform', 'in', ['ios', 'andriod']), ['/f/value/1 invalid_value']],
    ['nine levels', nested(9), [`/f${'/not'.repeat(8)} too_deep`]],
    ['101 nodes', { any: Array(100).fill(test('user.a', 'exists')) }, ['/f too_many_nodes']],
    [
      'several faults at once',
      { all: [test('user.a', 'eq'), { not: test('x', 'is', 1) }, 7] },
      [
        '/f/all/0/value required',
        '/f/all/1/not/attr unknown_attribute',
        '/f/all/1/not/op unknown_op',
        '/f/all/2 invalid_type',
      ],
    ],
    ['a key that a pointer must escape', { ...test('user.a', 'exists'), 'a/b~c': 1 }, ['/f/a~1b~0c unknown_field']],
  ];
  for (const [what, wire, expected] of cases) {
    it(`is refused for ${what}`, () => assert.deepEqual(faults(wire), expected));
  }

  it('may have eight levels and a hundred nodes', () => {
    assert.deepEqual(faults(nested(8)), []);
    assert.deepEqual(faults({ any: Array(99).fill(test('user.a', 'exists')) }), []);
  });

  it('has few faults, however large it is', () => {
    assert.equal(faults({ any: Array(10_000).fill({}) }).length, 100);
  });

  it('tells what may have been meant', () => {
    assert.match(detail(test('user.a', 'contians', 'x')), /did you mean 'contains'/);
    assert.match(detail(test('device.platform', 'eq', 'iOS')), /did you mean 'ios'/);
    assert.match(detail({ attr: 'user.a', op: 'eq', vlaue: 1 }), /did you mean 'value'/);
    assert.match(detail(test('users.tags', 'contains', 'x')), /did you mean 'user.tags'/);
  });
});
