import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Filter, FilterScalar, FilterTest } from '../../../../src/domain/filter.js';
import { parseFilter } from '../../../../src/domain/parse-filter.js';
import { filterSql } from '../../../../src/store/postgres/audience/filter-sql.js';
import { asksForUser } from '../../../../src/store/shared/filter-asks.js';
import { wireFilters } from '../../../support/filters.js';

const filters = wireFilters.map((wire) => {
  const parsed = parseFilter(wire, '');
  if (parsed.kind === 'filter') return parsed.filter;
  throw new Error(JSON.stringify(parsed.faults));
});

function compile(filter: Filter): { readonly text: string; readonly params: readonly unknown[] } {
  const params: unknown[] = [];
  return { text: filterSql(filter, (value) => `$${params.push(value)}`), params };
}

/** The same filter about other names and other values of the same types. */
function disguised(filter: Filter): Filter {
  if (filter.kind === 'not') return { kind: 'not', of: disguised(filter.of) };
  if (filter.kind !== 'test') return { kind: filter.kind, of: filter.of.map(disguised) };
  const attr = filter.attr.kind === 'attribute' ? { ...filter.attr, name: 'other' } : filter.attr;
  if (filter.op === 'exists') return { ...filter, attr };
  const value = Array.isArray(filter.value) ? filter.value.map(other) : other(filter.value as FilterScalar);
  return { ...filter, attr, value } as FilterTest; // Of the same types, so it is one.
}

function other(value: FilterScalar): FilterScalar {
  if (typeof value === 'string') return `1'); DROP TABLE pealbell.devices; --`;
  return typeof value === 'number' ? 0 : false;
}

describe('SQL of a filter', () => {
  it('holds no name and no value of the caller: another filter of the same form has the same text', () => {
    fc.assert(
      fc.property(filters, (filter) => {
        const [one, another] = [compile(filter), compile(disguised(filter))];
        assert.equal(one.text, another.text);
        assert.equal(one.params.length, another.params.length);
      }),
    );
  });

  it('asks for the record of the user exactly when it looks at it', () => {
    fc.assert(fc.property(filters, (filter) => assert.equal(/\bu\./.test(compile(filter).text), asksForUser(filter))));
  });

  it('names every parameter it takes', () => {
    fc.assert(
      fc.property(filters, (filter) => {
        const { text, params } = compile(filter);
        const named = new Set([...text.matchAll(/\$(\d+)/g)].map(([, n]) => Number(n)));
        assert.deepEqual(
          [...named].sort((a, b) => a - b),
          params.map((_, n) => n + 1),
        );
      }),
    );
  });
});
