import assert from 'node:assert/strict';
import { judge } from '../../support/verdict.js';

describe('the judge of a send', () => {
  const wanted = new Set(['a', 'b', 'c']);
  const whole = ['a', 'b', 'c'].map((token) => ({ token, id: `id-${token}`, accepted: true }));

  it('finds nothing wrong with a history in which everyone was reached once', () => {
    assert.deepEqual(judge(whole, wanted), { accepted: 3, distinct: 3, repeated: 0, lost: 0, unexpected: 0 });
  });
  it('counts a dropped push as lost', () => {
    assert.equal(judge(whole.slice(1), wanted).lost, 1);
  });
  it('counts a push that was only refused as lost', () => {
    assert.equal(judge([...whole.slice(1), { token: 'a', id: 'id-a', accepted: false }], wanted).lost, 1);
  });
  it('counts a doubled push as repeated', () => {
    assert.equal(judge([...whole, { token: 'a', id: 'id-a', accepted: true }], wanted).repeated, 1);
  });
  it('counts a push that nobody asked for', () => {
    assert.equal(judge([...whole, { token: 'z', id: 'id-z', accepted: true }], wanted).unexpected, 1);
  });
});
