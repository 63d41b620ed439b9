import assert from 'node:assert/strict';
import { groupFiles } from '../../support/run-all.js';

describe('running all tests', () => {
  it('puts every file into exactly one group, and the slow ones first', () => {
    const files = [
      'chaos/kill.test.js',
      'contract/store/x.test.js',
      'e2e/api.test.js',
      'e2e/delivery/large.test.js',
      'e2e/hostile-input.test.js',
      'e2e/people/x.test.js',
      'unit/a/b.test.js',
      'somewhere/new.test.js',
    ];
    const groups = groupFiles(files);
    assert.deepEqual(groups.flatMap((group) => group.files).sort(), [...files].sort());
    assert.deepEqual(
      groups.map((group) => group.name),
      ['chaos', 'e2e/hostile-input.test.js', 'e2e', 'e2e/delivery', 'contract', 'e2e/people', 'unit', 'somewhere'],
    );
  });
});
