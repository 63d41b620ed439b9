import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { groupFiles, groupsOnServers } from '../../support/run-all.js';

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

  it('repeats some end-to-end tests on servers, and all of them where the whole matrix is wanted', async () => {
    const tests = fileURLToPath(new URL('../../', import.meta.url));
    const files = (await readdir(tests, { recursive: true })).filter((file) => file.endsWith('.test.js'));
    const some = groupsOnServers(files, false);
    for (const { files: few, backend } of some)
      assert.ok(few.length >= 5 && backend !== undefined, 'files were renamed');
    const all = groupsOnServers(files, true).flatMap((group) => group.files);
    for (const file of some.flatMap((group) => group.files)) assert.ok(all.includes(file), file);
    assert.ok(all.length > 3 * some.flatMap((group) => group.files).length);
    assert.ok(all.every((file) => file.startsWith('e2e/')));
  });
});
