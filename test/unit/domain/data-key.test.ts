import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { DATA_KEY_BYTES, makeDataKey, parseDataKey } from '../../../src/domain/data-key.js';
import { isGatewayError } from '../../../src/domain/errors.js';

describe('the data key', () => {
  it('reads back what it makes, whatever the random bytes are', () => {
    const bytes = fc.uint8Array({ minLength: 64, maxLength: 64 });
    fc.assert(
      fc.property(bytes, (random) => {
        let used = 0;
        const text = makeDataKey((size) => {
          used += size;
          return random.slice(used - size, used);
        });
        const key = parseDataKey(text);
        assert.deepEqual([...key.hashKey], [...random.slice(0, DATA_KEY_BYTES)]);
        assert.equal(key.current, 'k1');
        assert.deepEqual([...key.keys], [['k1', random.slice(DATA_KEY_BYTES)]]);
        assert.ok(text.endsWith('\n'));
      }),
    );
  });

  it('makes another key each time', () => {
    assert.notEqual(makeDataKey(randomBytes), makeDataKey(randomBytes));
  });

  it('holds old keys beside the current one', () => {
    const file = JSON.parse(makeDataKey(randomBytes));
    file.keys.k2 = Buffer.alloc(32, 7).toString('base64');
    file.current = 'k2';
    const key = parseDataKey(JSON.stringify(file));
    assert.deepEqual([key.current, [...key.keys.keys()]], ['k2', ['k1', 'k2']]);
  });

  const good = JSON.parse(makeDataKey((size) => new Uint8Array(size).fill(1)));
  const short = Buffer.alloc(31).toString('base64');
  const cases: readonly (readonly [string, unknown, RegExp])[] = [
    ['text that is not JSON', 'hunter2', /it is not JSON/],
    ['a list', [], /the file must be a JSON object/],
    ['another version', { ...good, version: 2 }, /"version" must be 1/],
    ['an unknown field', { ...good, hash: 1 }, /unknown field "hash"/],
    ['a key of 31 bytes', { ...good, hash_key: short }, /"hash_key" must be 32 bytes in base64/],
    ['a key of 33 bytes', { ...good, hash_key: Buffer.alloc(33).toString('base64') }, /"hash_key" must be 32/],
    ['base64 with bits to spare', { ...good, hash_key: `${'A'.repeat(42)}B=` }, /"hash_key" must be 32/],
    ['a bad key among keys', { ...good, keys: { k1: short } }, /"keys\.k1" must be 32 bytes/],
    ['keys that are a list', { ...good, keys: [] }, /"keys" must be a JSON object/],
    ['a key id with a space', { ...good, keys: { 'k 1': good.keys.k1 } }, /key id that is not/],
    ['a current key that is not there', { ...good, current: 'k9' }, /"current" must name one of "keys"/],
    ['no current key', { ...good, current: undefined }, /"current" must name one of "keys"/],
  ];
  for (const [name, file, expected] of cases) {
    it(`refuses ${name}, and says what to do without a word of the key`, () => {
      const text = typeof file === 'string' ? file : JSON.stringify(file);
      assert.throws(
        () => parseDataKey(text),
        (error) => {
          assert.ok(isGatewayError(error, 'config_invalid'));
          assert.match(error.message, expected);
          assert.match(error.message, /Restore the file from its backup/);
          assert.equal(error.message.includes('hunter2') || error.message.includes(short), false);
          assert.equal(error.cause, undefined);
          return true;
        },
      );
    });
  }
});
