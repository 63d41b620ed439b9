import assert from 'node:assert/strict';
import type { Filter } from '../../../src/domain/filter.js';
import { parseFilter } from '../../../src/domain/parse-filter.js';
import { filterWarnings } from '../../../src/usecases/filter-warnings.js';

describe('warnings about a filter', () => {
  const filter = (given: unknown): Filter => {
    const parsed = parseFilter(given, '/to/filter');
    assert.ok(parsed.kind === 'filter', JSON.stringify(parsed));
    return parsed.filter;
  };
  const test = (attr: string) => ({ attr, op: 'exists', value: false });

  it('tell an attribute that is a slip of the pen away from a field, once, however deep', () => {
    const deep = filter({ any: [{ not: test('device.app_verion') }, { all: [test('device.app_verion')] }] });
    assert.deepEqual(filterWarnings([deep, filter(test('user.timezon'))]), [
      {
        code: 'near_field',
        detail: "'device.app_verion' is taken for an attribute of your own; did you mean 'device.app_version'?",
      },
      {
        code: 'near_field',
        detail: "'user.timezon' is taken for an attribute of your own; did you mean 'user.timezone'?",
      },
    ]);
  });

  it('say nothing of fields, of attributes like none of them, and of short names', () => {
    const quiet = filter({ all: ['user.plan', 'device.platform', 'device.screen', 'user.tag'].map(test) });
    assert.deepEqual(filterWarnings([quiet, undefined]), []);
  });
});
