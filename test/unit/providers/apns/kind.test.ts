import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { apnsKind, apnsOptions } from '../../../../providers/apns/kind.js';
import { PROVIDER_KINDS } from '../../../../providers/catalogue.js';
import { InvalidInputError } from '../../../../providers/contract.js';

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const good = { key, key_id: 'ABC123DEFG', team_id: 'DEF123GHIJ', bundle_id: 'com.shop' };

describe('APNs push tokens', () => {
  const hex = '0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9';

  it('are kept in lower case, without the blanks and brackets of NSData', () => {
    assert.equal(apnsKind.parsePushToken(hex), hex);
    assert.equal(apnsKind.parsePushToken(hex.toUpperCase()), hex);
    assert.equal(apnsKind.parsePushToken(`<${hex.match(/.{8}/g)?.join(' ')}>`), hex);
  });

  it('have no fixed length', () => {
    for (const length of [16, 64, 160, 200, 400])
      assert.equal(apnsKind.parsePushToken('a'.repeat(length)).length, length);
  });

  for (const bad of [
    '',
    'a'.repeat(14),
    'a'.repeat(402),
    'a'.repeat(65),
    'dGVzdA:APA91b',
    `${hex}/../x`,
    7,
    null,
    undefined,
    {},
  ]) {
    it(`are not ${JSON.stringify(bad)?.slice(0, 24)}`, () => {
      assert.throws(() => apnsKind.parsePushToken(bad), InvalidInputError);
    });
  }
});

describe('APNs settings', () => {
  it('take a key, its ids and a bundle id, and hosts for a simulator', () => {
    assert.deepEqual(apnsOptions.parse(good), good);
    const endpoints = { production: 'https://localhost:2197', sandbox: 'https://127.0.0.1:2198/' };
    assert.deepEqual(apnsOptions.parse({ ...good, endpoints }).endpoints, endpoints);
  });

  const bad: [string, object][] = [
    ['key', { key: 'not a key' }],
    ['key_id', { key_id: 'abc' }],
    ['team_id', { team_id: '' }],
    ['bundle_id', { bundle_id: 'com shop' }],
    ['endpoints', { endpoints: { production: 'http://localhost:1' } }],
    ['endpoints', { endpoints: { sandbox: 'https://localhost:1/3/device' } }],
    ['endpoints', { endpoints: { sandbox: 'nonsense' } }],
    ['ca', { ca: 'x' }],
  ];
  for (const [field, part] of bad) {
    it(`refuse ${JSON.stringify(part)} at ${field}`, () => {
      const result = apnsOptions.safeParse({ ...good, ...part });
      assert.deepEqual([...new Set(result.error?.issues.map((issue) => issue.path[0]))], [field]);
    });
  }

  it('refuse a setting they do not know, and never repeat the key', () => {
    const result = apnsOptions.safeParse({ ...good, keyid: 'x' });
    assert.equal(result.success, false);
    const secret = apnsOptions.safeParse({ ...good, key: key.slice(0, 90) });
    assert.ok(!JSON.stringify(secret.error?.issues).includes(key.slice(40, 80)));
  });
});

describe('the catalogue', () => {
  it('names every kind once', () => {
    const names = PROVIDER_KINDS.map((kind) => kind.name);
    assert.equal(new Set(names).size, names.length);
    assert.ok(names.includes('apns'));
  });
});
