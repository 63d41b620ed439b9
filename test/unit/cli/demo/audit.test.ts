import assert from 'node:assert/strict';
import { audit, type LedgerLine } from '../../../../src/cli/demo/audit.js';

const line = (token: string, change: Partial<LedgerLine> = {}): LedgerLine => ({
  provider: 'apns',
  token,
  id: `id-of-${token}`,
  accepted: true,
  at: 0,
  message: 'msg_a',
  ...change,
});

describe('audit of a message against the ledger', () => {
  it('finds nothing lost and nothing repeated when each token was accepted once', () => {
    assert.deepEqual(audit([line('x'), line('y')], 'msg_a', ['x', 'y']), {
      arrived: 2,
      lost: [],
      repeated: 0,
      repeatedUnderOtherId: 0,
    });
  });

  it('names a token that no line names', () => {
    const { arrived, lost } = audit([line('x')], 'msg_a', ['x', 'y']);
    assert.deepEqual([arrived, lost], [1, ['y']]);
  });

  it('counts a token as lost that was only ever refused', () => {
    assert.deepEqual(audit([line('x', { accepted: false })], 'msg_a', ['x']).lost, ['x']);
  });

  it('counts a token as lost that only another message reached', () => {
    const lines = [line('x', { message: 'msg_b' }), line('y', { message: undefined })];
    assert.deepEqual(audit(lines, 'msg_a', ['x', 'y']).lost, ['x', 'y']);
  });

  it('counts every acceptance beyond the first as a repeat, refusals not', () => {
    const lines = [line('x', { accepted: false }), line('x'), line('x'), line('x'), line('y')];
    const { arrived, repeated, repeatedUnderOtherId } = audit(lines, 'msg_a', ['x', 'y']);
    assert.deepEqual([arrived, repeated, repeatedUnderOtherId], [2, 2, 0]);
  });

  it('tells repeats that a device could not recognise', () => {
    const { repeated, repeatedUnderOtherId } = audit([line('x'), line('x', { id: 'another' })], 'msg_a', ['x']);
    assert.deepEqual([repeated, repeatedUnderOtherId], [1, 1]);
  });

  it('leaves out what was not asked about, and counts a token named twice once', () => {
    const { arrived, lost, repeated } = audit([line('x'), line('z'), line('z')], 'msg_a', ['x', 'x']);
    assert.deepEqual([arrived, lost, repeated], [1, [], 0]);
  });
});
