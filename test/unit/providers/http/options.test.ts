import assert from 'node:assert/strict';
import { httpKind } from '../../../../providers/http/kind.js';
import { parseText } from '../../../../providers/http/template.js';

const GOOD = { url: 'https://sms.example/send', json: { to: '{{token}}', text: '{{text}}' } };

function faults(options: object): string[] {
  const read = httpKind.options.safeParse(options);
  return (read.error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`);
}

describe('Settings of a service', () => {
  it('are few where little is asked', () => {
    assert.deepEqual(faults(GOOD), []);
    assert.deepEqual(faults({ url: 'https://sms.example?to={{token}}&text={{text}}', method: 'GET' }), []);
  });

  const bad: readonly (readonly [string, object, RegExp])[] = [
    [
      'a name that means nothing',
      { json: { to: '{{token}}', text: '{{tilte}}' } },
      /^json .*\{\{tilte\}\}.*did you mean \{\{title\}\}\?/,
    ],
    ['a name far from all', { json: { to: '{{token}}', text: '{{xyzzyplugh}}' } }, /^json .*known here: message_id, /],
    ['braces without an end', { json: { to: '{{token}}', text: '{{title' } }, /^json .*\{\{ without a name/],
    ['a secret that is not there', { headers: { 'x-key': '{{secret.key}}' } }, /^secrets has no key/],
    ['no push token', { json: { text: '{{text}}' } }, /^json names no push token: write \{\{token\}\}/],
    [
      'one push token in a batch',
      { batch: 2 },
      /^json .*\{\{token\}\}, which means nothing here; did you mean \{\{tokens\}\}/,
    ],
    [
      'a target that nothing lists',
      { batch: 2, json: { to: '{{tokens}}' }, target: { to: '{{token}}' } },
      /^target is what \{\{targets\}\} lists/,
    ],
    [
      'text in a header',
      { headers: { 'x-title': '{{title}}' } },
      /^headers\.x-title has \{\{title\}\}, which means nothing here/,
    ],
    ['json beside a form', { form: { to: '{{token}}' } }, /^form cannot stand beside json/],
    ['a body of a GET', { method: 'GET' }, /^method is GET, which has no body/],
    ['no body', { json: undefined }, /^json is needed, or form/],
    ['plain http', { url: 'http://sms.example/' }, /^url must be an https URL/],
    ['a name in the host', { url: 'https://{{token}}.example/' }, /^url must be an https URL whose host/],
    ['a user in the url', { url: 'https://a:b@sms.example/' }, /^url must be an https URL/],
    ['a blank in the url', { url: 'https://sms.example/a b' }, /^url has characters/],
    ['two credentials', { auth: { bearer: 'a', basic: { user: 'u', password: 'p' } } }, /^auth must have exactly one/],
    ['no credential', { auth: {} }, /^auth must have exactly one/],
    [
      'a signature that goes nowhere',
      { auth: { hmac: { secret: 's', sign: '', signature: {} } } },
      /^auth\.hmac\.signature must have one/,
    ],
    [
      'something unknown to sign',
      { auth: { hmac: { secret: 's', sign: '{{bodyy}}', signature: { header: 'x' } } } },
      /^auth\.hmac\.sign .*did you mean \{\{body\}\}/,
    ],
    [
      'parts of what is no short message',
      { json: { to: '{{token}}', text: '{{title}}' }, segments_max: 2 },
      /^segments_max counts \{\{text\}\}/,
    ],
    ['a pattern that is none', { token: { pattern: '(' } }, /^token\.pattern is no regular expression/],
    ['a pointer that is none', { answer: { id: 'sid' } }, /^answer\.id is a JSON pointer/],
    ['a setting that is none', { ulr: 'x' }, /unrecognized|Unrecognized/i],
    [
      'JSON without an end of its depth',
      { json: JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) as unknown },
      /^json is deeper than 16 levels/,
    ],
  ];
  for (const [name, part, told] of bad) {
    it(`refuse ${name}, and say what to do`, () => {
      const found = faults({ ...GOOD, ...part });
      assert.ok(
        found.some((fault) => told.test(fault)),
        JSON.stringify(found),
      );
    });
  }

  it('say what a push token looks like', () => {
    const parse = (token: unknown, raw: unknown) =>
      httpKind.parsePushToken(raw, httpKind.options.parse({ ...GOOD, token }));
    assert.equal(parse('e164', '+49 (151) 123-456 78'), '+4915112345678');
    for (const bad of ['015112345678', '+0123456789', '+49', '+49151123456789012', 'alice']) {
      assert.throws(() => parse('e164', bad), /phone number/);
    }
    assert.equal(parse('email', 'Alice@Example.COM'), 'Alice@example.com');
    assert.throws(() => parse('email', 'alice'), /email address/);
    assert.equal(parse({ pattern: '[a-f]{2}' }, 'ab'), 'ab');
    assert.throws(() => parse({ pattern: '[a-f]{2}' }, 'abc'), /`token`/);
    assert.throws(() => parse('any', ' a'), /blanks/);
    assert.throws(() => parse('any', 'a\nb'), /printable/);
    assert.equal(httpKind.parsePushToken('x y'), 'x y');
  });

  it('tell which devices have it as their native road', () => {
    const own = httpKind.options.parse({ ...GOOD, native_for: ['android'], makers: ['acme'] });
    assert.deepEqual(httpKind.nativeBy(own), { nativeFor: ['android'], makers: ['acme'] });
    assert.deepEqual(httpKind.nativeBy(httpKind.options.parse(GOOD)), { nativeFor: [] });
  });

  it('have names with alternatives', () => {
    const names = { known: ['title', 'body'], families: ['data.'] };
    assert.deepEqual(parseText('a{{ title | body | data.x }}b', names), [
      'a',
      { names: ['title', 'body', 'data.x'] },
      'b',
    ]);
    assert.throws(() => parseText('{{title|}}', names), /means nothing/);
    assert.throws(() => parseText('{{data.}}', names), /means nothing/);
    assert.throws(() => parseText('{{__proto__}}', names), /means nothing/);
  });
});
