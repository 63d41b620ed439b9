import assert from 'node:assert/strict';
import type { Answer } from '../../../../providers/shared/transport.js';
import { clockHint, codeOf, idOf, objectOf, textsOf, wordsOf } from '../../../../providers/shared/vendor-answer.js';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const answer = (body: string, complete = true) => ({ body: Buffer.from(body), complete });

describe('an answer of a vendor', () => {
  it('is read where it is a whole JSON object, and not otherwise', () => {
    assert.deepEqual(objectOf(answer('{"code":200}')), { code: 200 });
    for (const body of ['', '[]', 'null', '"ok"', '<html>', '{"code":'])
      assert.equal(objectOf(answer(body)), undefined);
    assert.equal(objectOf(answer('{"code":200}', false)), undefined);
  });

  it('has one form of a code, whichever it came in', () => {
    assert.deepEqual([200, '200', -1, '-1', 'bad_thing'].map(codeOf), ['200', '200', '-1', '-1', 'bad_thing']);
    for (const none of [undefined, null, 1.5, '', 'a b', {}, [], 'x'.repeat(65)]) assert.equal(codeOf(none), undefined);
  });

  it('has one form of an id', () => {
    assert.deepEqual([7, '7', 'slm-1:a'].map(idOf), ['7', '7', 'slm-1:a']);
    for (const none of [undefined, 1.5, '', 'a b', 'x'.repeat(129)]) assert.equal(idOf(none), undefined);
  });

  it('gives the texts of a list', () => {
    assert.deepEqual(textsOf(['a', 1, null, {}]), ['a', '1']);
    assert.deepEqual(textsOf('a'), []);
  });

  it('is never quoted with a push token in it', () => {
    assert.equal(wordsOf('token t-1 is bad', ['t-1']), undefined);
    assert.equal(wordsOf('bad\nnews', ['t-1']), 'bad news');
    assert.equal(wordsOf('x'.repeat(3_000), [])?.length, 256);
    for (const none of [undefined, '', 7]) assert.equal(wordsOf(none, []), undefined);
  });

  it('tells how far the clock is off, from a minute on', () => {
    const at = (date?: string) => ({ kind: 'answer', headers: { date } }) as unknown as Answer;
    assert.equal(clockHint(at('Thu, 01 Jan 2026 12:00:30 GMT'), NOW, 'Honor'), '');
    assert.equal(clockHint(at(), NOW, 'Honor'), '');
    assert.match(clockHint(at('Thu, 01 Jan 2026 12:20:00 GMT'), NOW, 'Honor'), /1200 s behind Honor/);
    assert.match(clockHint(at('Thu, 01 Jan 2026 11:50:00 GMT'), NOW, 'Honor'), /600 s ahead of Honor/);
  });
});
