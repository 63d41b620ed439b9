import assert from 'node:assert/strict';
import { placeOf, readOptions } from '../../../bench/harness/options.js';

describe('what a workload is asked for', () => {
  it('runs embedded unless servers are named, each of which has a table of its own', () => {
    const embedded = readOptions(['w1']);
    assert.deepEqual([embedded.workloads, embedded.backend, embedded.workers], [['W1'], 'embedded', [1]]);
    assert.equal(placeOf('W1', embedded), 'W1');
    const servers = readOptions(['W1', '--backend', 'mongo+redis', '--workers', '1,2,4']);
    assert.deepEqual([servers.backend, servers.workers], ['mongo+redis', [1, 2, 4]]);
    assert.equal(placeOf('W1', servers), 'W1 mongo+redis');
  });

  it('names what may be asked for when something else is', () => {
    assert.throws(() => readOptions(['W1', '--backend', 'mysql']), /--backend takes embedded, postgres.*not 'mysql'/);
    assert.throws(() => readOptions(['W1', '--workers', '1,none']), /--workers takes a whole number/);
  });
});
