import assert from 'node:assert/strict';
import { formatFault, formatPlace } from '../../../config/fault.js';
import { parseYaml } from '../../../config/yaml-source.js';

const faultsOf = (text: string) => parseYaml('f.yaml', text).faults.map(formatFault);

describe('a YAML file of the configuration', () => {
  it('gives values and where their keys and values stand', () => {
    const source = parseYaml('f.yaml', 'a:\n  b: [1, x]\nc: "t"\n');
    assert.deepEqual(source.value, { a: { b: [1, 'x'] }, c: 't' });
    assert.equal(formatPlace(source.keyAt(['a', 'b'])), 'f.yaml:2:3');
    assert.equal(formatPlace(source.valueAt(['a', 'b', 1])), 'f.yaml:2:10');
    assert.equal(formatPlace(source.valueAt(['a', 'none', 'deeper'])), 'f.yaml:2:3');
    assert.equal(formatPlace(source.valueAt(['none'])), 'f.yaml');
  });

  it('may be empty', () => {
    for (const text of ['', '# nothing\n', '---\n']) {
      assert.deepEqual([parseYaml('f.yaml', text).value, faultsOf(text)], [{}, []]);
    }
  });

  const faulty: readonly (readonly [string, string, readonly string[]])[] = [
    ['a key twice', 'a: 1\nb: 2\na: 3\n', ['f.yaml:3:1: this key stands here twice. Keep one of them.']],
    ['a tab', 'a:\n\tb: 1\n', ['f.yaml:2:1: is indented with a tab. YAML wants spaces.']],
    [
      'two documents',
      'a: 1\n---\nb: 1\n',
      ['f.yaml:2:1: holds more than one document. Remove the --- line and what follows it.'],
    ],
    [
      'a reference without quotes inside braces',
      'a: { b: ${env:X} }\n',
      [
        'f.yaml:1:10: is not valid YAML: Unexpected flow-map-start at node end. Put references in quotes, such as "${env:NAME}".',
      ],
    ],
    ['an unclosed quote', 'a: "x\n', ['f.yaml:2:1: is not valid YAML: Missing closing "quote.']],
    ['a tag', 'a: !secret x\n', ['f.yaml:1:4: is not valid YAML: Unresolved tag: !secret.']],
    ['a list', '- a\n', ['f.yaml: must hold `key: value` lines.']],
    ['a word', 'hello\n', ['f.yaml: must hold `key: value` lines.']],
    ['an unknown anchor', 'a: *b\n', ['f.yaml:1:4 a: names an anchor that does not exist, *b.']],
    ['a key that is a list', '? [a]\n: 1\n', ['f.yaml:1:3: has a key that is not a plain word.']],
    [
      'a key that reaches for the prototype',
      '__proto__: { a: 1 }\n',
      ['f.yaml:1:1: has a key that is not a plain word.'],
    ],
    [
      'two faults on two lines',
      'a: 1\na: 2\na: 3\n',
      [
        'f.yaml:2:1: this key stands here twice. Keep one of them.',
        'f.yaml:3:1: this key stands here twice. Keep one of them.',
      ],
    ],
  ];
  for (const [name, text, expected] of faulty) {
    it(`refuses ${name}`, () => assert.deepEqual(faultsOf(text), expected));
  }

  it('takes aliases, and tells faults where the alias stands', () => {
    const source = parseYaml('f.yaml', 'a: &x { k: 1 }\nb: *x\n');
    assert.deepEqual(source.value, { a: { k: 1 }, b: { k: 1 } });
    assert.equal(formatPlace(source.valueAt(['b'])), 'f.yaml:2:4');
  });

  it('refuses aliases that multiply without end, once, and in bounded time', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 9; i++)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    const faults = faultsOf(lines.join('\n'));
    assert.equal(faults.length, 1);
    assert.match(faults[0] ?? '', /grows too large by its aliases/);
    assert.match(faultsOf('a: &a [*a]\n').join(), /nested too deeply/);
  });
});
