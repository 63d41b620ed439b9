import assert from 'node:assert/strict';
import { ReadAhead } from '../../../src/connector/read-ahead.js';

describe('what a connection has still to read', () => {
  it('reads the mailbox before the log, and again where there may be more', () => {
    const reads = new ReadAhead(true);
    assert.equal(reads.begin(2), 'mail');
    assert.equal(reads.isWanted, false, 'one read at a time');
    reads.answered('mail', 2);
    assert.equal(reads.begin(2), 'mail');
    reads.answered('mail', 1);
    assert.equal(reads.begin(2), 'log');
    reads.answered('log', 0);
    assert.equal(reads.isWanted, false);
  });

  it('reads again what came while it read, and what it could not read', () => {
    const reads = new ReadAhead(false);
    reads.begin(2);
    reads.more('mail');
    reads.answered('mail', 0);
    assert.equal(reads.isWanted, true);
    reads.begin(2);
    reads.failed();
    assert.equal(reads.isWanted, true);
  });

  it('lets nothing overtake what waits or is being read', () => {
    const reads = new ReadAhead(false);
    assert.deepEqual([reads.isBehind('mail'), reads.isBehind('log')], [true, false]);
    reads.begin(2);
    assert.equal(reads.isBehind('mail'), true);
    reads.answered('mail', 0);
    assert.equal(reads.isBehind('mail'), false);
  });
});
