import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nearest } from '../../../src/domain/suggest.js';

describe('suggestion', () => {
  const known = ['apns', 'fcm', 'webpush', 'huawei', 'xiaomi'];
  const cases: [word: string, expected: string | undefined][] = [
    ['apns', 'apns'],
    ['apn', 'apns'],
    ['anps', 'apns'],
    ['web_push', 'webpush'],
    ['hauwei', 'huawei'],
    ['xiaomy', 'xiaomi'],
    ['fmc', 'fcm'],
    ['onesignal', undefined],
    ['zzz', undefined],
    ['', undefined],
  ];
  for (const [word, expected] of cases) {
    it(`for '${word}' is ${expected ?? 'none'}`, () => assert.equal(nearest(word, known), expected));
  }

  it('is none where nothing is known', () => assert.equal(nearest('apns', []), undefined));

  it('finds a word again from which one letter is missing', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{4,12}$/), fc.nat(11), (word, at) => {
        const i = at % word.length;
        assert.equal(nearest(word.slice(0, i) + word.slice(i + 1), [word]), word);
      }),
    );
  });
});
