import assert from 'node:assert/strict';
import { fromBase64url, toBase64url } from '../../../../providers/webpush/base64url.js';

describe('base64url', () => {
  it('reads both alphabets, padded or not', () => {
    const bytes = Buffer.from([0xfb, 0xff, 0xfe, 0x01]);
    for (const text of ['-__-AQ', '-__-AQ==', '+//+AQ', '+//+AQ==', '-__-AQ=']) {
      assert.deepEqual(fromBase64url(text), bytes, text);
    }
    assert.equal(toBase64url(bytes), '-__-AQ');
    assert.deepEqual(fromBase64url(''), Buffer.alloc(0));
  });

  it('reads nothing of what node would read a part of', () => {
    for (const text of ['AQ!', 'A Q', 'AQ\n', 'AQ===', 'A', 'AAAAA', 'AQ==AQ', 'ÄQ', 'A=']) {
      assert.equal(fromBase64url(text), undefined, JSON.stringify(text));
    }
  });
});
