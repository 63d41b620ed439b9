import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lookupLocale } from '../../../src/domain/locale.js';

describe('the lookup of a locale', () => {
  const cases: [what: string, available: readonly string[], wanted: readonly string[], found: string | undefined][] = [
    ['the tag itself', ['zh-CN', 'en'], ['zh-CN'], 'zh-CN'],
    ['whatever the case, as it is spelled where it is offered', ['zh-cn'], ['ZH-CN'], 'zh-cn'],
    ['with an underscore, as Android writes it', ['zh-CN'], ['zh_CN'], 'zh-CN'],
    ['what is left when subtags are cut from the end', ['zh-Hant'], ['zh-Hant-TW'], 'zh-Hant'],
    [
      'a single letter together with what follows it (RFC 4647 §3.4)',
      ['zh-Hant-CN'],
      ['zh-Hant-CN-x-private1'],
      'zh-Hant-CN',
    ],
    ['never one that says more than was wanted', ['zh-CN'], ['zh'], undefined],
    ['never a sibling', ['de-AT'], ['de-CH'], undefined],
    ['the second wish where the first has nothing', ['fr'], ['de-CH', 'fr-CH'], 'fr'],
    ['the first wish cut short before the second in full', ['de', 'fr-CH'], ['de-CH', 'fr-CH'], 'de'],
    ['nothing where nobody wishes anything', ['fr'], [], undefined],
  ];
  for (const [what, available, wanted, found] of cases) {
    it(`finds ${what}`, () => assert.equal(lookupLocale(available, wanted), found));
  }

  it('finds the longest offered beginning of a tag without singletons, and nothing else', () => {
    const subtag = fc.stringMatching(/^[a-z]{2,4}$/);
    const tag = fc.array(subtag, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('-'));
    fc.assert(
      fc.property(fc.uniqueArray(tag, { maxLength: 8 }), tag, (available, wanted) => {
        const beginnings = available.filter((offered) => `${wanted}-`.startsWith(`${offered}-`));
        const longest = beginnings.sort((a, b) => b.length - a.length)[0];
        assert.equal(lookupLocale(available, [wanted]), longest);
      }),
    );
  });
});
