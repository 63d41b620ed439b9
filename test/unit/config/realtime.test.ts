import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { openWorkspace, type Workspace } from './workspace.js';

const SECRET = 'b8Jx2Qv9Lr4Tz7Wn1Ck6Yp3Hd5Gf0Sm8Aa';
const ES = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ED = generateKeyPairSync('ed25519');
const pem = (key: KeyObject) =>
  key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();
const jwk = (key: KeyObject, more: object = {}) => JSON.stringify({ ...key.export({ format: 'jwk' }), ...more });

describe('the realtime section of an app', () => {
  let space: Workspace;
  beforeEach(async () => {
    space = await openWorkspace();
  });
  afterEach(() => space.remove());

  const write = (section: string) => space.write('config/apps/shop.yaml', `providers: {}\nrealtime: ${section}\n`);
  const keys = (list: string) => write(`\n  issuer: shop\n  keys:\n${list}`);
  const read = async () => (await space.load()).apps[0]?.realtime;
  const faults = async () => (await space.faults()).map((text) => text.replace(/^.*?shop\.yaml:/, ''));

  it('turns the road on by being there, with its defaults, and an app without providers is no mistake then', async () => {
    await write('{}');
    const config = await space.load();
    assert.deepEqual(config.apps[0]?.realtime, {
      keys: [],
      origins: [],
      pingMaxMs: 240_000,
      maxInFlight: 32,
      clearOnOpen: true,
      compression: 'off',
    });
    assert.deepEqual(config.warnings, []);
    await space.write('config/apps/shop.yaml', 'providers: {}\n');
    assert.equal(await read(), undefined);
  });

  it('takes what is written, and origins as browsers send them', async () => {
    await write(
      '{ issuer: shop, jwks: "https://shop.example/keys", origins: ["https://Shop.example:443", "http://localhost:3000", "*"], ping_max: 30m, max_in_flight: 5, clear_on_open: false, compression: on }',
    );
    assert.deepEqual(await read(), {
      keys: [],
      issuer: 'shop',
      jwks: 'https://shop.example/keys',
      origins: ['https://shop.example', 'http://localhost:3000', '*'],
      pingMaxMs: 1_800_000,
      maxInFlight: 5,
      clearOnOpen: false,
      compression: 'on',
    });
  });

  it('takes keys in every form, from files and in place, and knows the same key in two forms', async () => {
    await space.write('config/es.pem', pem(ES.publicKey));
    await space.write('config/ed.jwk', jwk(ED.publicKey, { kid: 'own', use: 'sig', alg: 'EdDSA' }));
    await space.write('config/secret', `${SECRET}\n`);
    await keys(
      [
        '    - "${file:../es.pem}"',
        '    - { key: "${file:../ed.jwk}", kid: given }',
        '    - { secret: "${file:../secret}", kid: hs }',
        `    - { secret: "base64:${Buffer.from(`2${SECRET}`).toString('base64')}" }`,
        `    - { secret: "hex:${Buffer.from(`3${SECRET}`).toString('hex')}" }`,
      ].join('\n'),
    );
    const found = (await read())?.keys ?? [];
    assert.deepEqual(
      found.map(({ algorithm, kid }) => [algorithm, kid]),
      [
        ['ES256', undefined],
        ['EdDSA', 'own'],
        ['HS256', 'hs'],
        ['HS256', undefined],
        ['HS256', undefined],
      ],
    );
    const secrets = found.flatMap((key) => (key.algorithm === 'HS256' ? Buffer.from(key.jwk.k, 'base64url') : []));
    assert.deepEqual(secrets.map(String), [SECRET, `2${SECRET}`, `3${SECRET}`]);
    await keys(`    - ${jwk(ES.publicKey)}\n    - { key: ${JSON.stringify(pem(ES.publicKey))}, kid: again }`);
    assert.match((await faults()).join(), /realtime\.keys\.1.*: is the same key as one above/);
  });

  it('never shows a key', async () => {
    await keys(`    - { secret: "${SECRET}", kid: hs }\n    - ${jwk(ES.publicKey)}`);
    const config = await space.load();
    for (const text of [inspect(config, { depth: 9 }), JSON.stringify(config)]) assert.ok(!text.includes(SECRET));
    await keys(`    - { secret: "${SECRET.slice(0, 31)}" }`);
    const told = (await faults()).join();
    assert.ok(!told.includes(SECRET.slice(0, 8)), told);
  });

  const rsa = {
    kty: 'RSA',
    e: 'AQAB',
    n: 'u1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gunVTLw7onLRnrq0_IzW7yWR7QkrmBL7jTKEn5u-qKhbwKfBstIs-bMY2Zkp18gnTxKLxoS2tFczGkPLPgizskuemMghRniWaoLcyehkd3qqGElvW_VDL5AaWTg0nLVkjRo9z-40RQzuVaE8AkAFmxZzow3x-VJYKdjykkJ0iT9wCS0DRTXu269V264Vf_3jvredZiKRkgwlL9xNAwxXFg0x_XFw005UWVRIkdgcKWTjpBP2dPwVZ4WWC-9aGVd-Gyn1o0CLelf4rEjGoXbAAEgAqeGUxrcIlbjXfbcmw',
  };
  const p384 = () => generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey;
  const inFile = (text: string) => `    - ${JSON.stringify(text)}`;
  const bad: readonly [what: string, entry: () => string, fault: RegExp][] = [
    [
      'a secret that is too short',
      () => '    - { secret: "hunter2" }',
      /^5:\d+ .*keys\.0\.secret: is a secret of 7 bytes; it must have at least 32\. Make one with: openssl rand/,
    ],
    [
      'a secret that is too short in base64',
      () => `    - { secret: "base64:${'A'.repeat(40)}" }`,
      /is a secret of 30 bytes/,
    ],
    ['what is no base64', () => `    - { secret: "base64:${'?'.repeat(60)}" }`, /secret: is not of the encoding/],
    [
      'a PEM as a secret',
      () => `    - { secret: ${JSON.stringify(pem(ES.publicKey))} }`,
      /secret: is a PEM key and no shared secret\. Write it under key/,
    ],
    ['a private key', () => inFile(pem(ES.privateKey)), /keys\.0: is a private key.*openssl pkey .* -pubout/],
    ['a private JWK', () => `    - ${jwk(ED.privateKey)}`, /is a private key/],
    ['an RSA key', () => `    - ${JSON.stringify(rsa)}`, /is a key of type rsa; .*ES256 \(P-256\) or EdDSA/],
    ['another curve', () => inFile(pem(p384())), /is an EC key on secp384r1/],
    [
      'a certificate',
      () => inFile('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'),
      /is a certificate.*-pubkey/,
    ],
    [
      'a PEM that was cut',
      () => inFile(pem(ES.publicKey).replace(/.{40}\n-----END/, '\n-----END')),
      /cannot be read.*cut/,
    ],
    ['a secret without its group', () => inFile(SECRET), /is neither a PEM public key nor a JWK.*under secret/],
    ['a whole set', () => inFile(JSON.stringify({ keys: [] })), /is a set of keys/],
    ['broken JSON', () => inFile('{"kty":'), /is no JSON/],
    ['a JWK that is not for signatures', () => `    - ${jwk(ES.publicKey, { use: 'enc' })}`, /not for signatures/],
    [
      'a JWK of another alg',
      () => `    - ${jwk(ES.publicKey, { alg: 'ES384' })}`,
      /alg does not fit its key, which is for ES256/,
    ],
    ['a JWK without its point', () => '    - { kty: EC, crv: P-256, x: abc }', /is a JWK that cannot be read/],
    ['neither key nor secret', () => '    - { kid: x }', /must have either key or secret/],
    ['both', () => `    - { key: x, secret: "${SECRET}" }`, /must have either key or secret/],
    ['a stranger', () => `    - { secrte: "${SECRET}" }`, /keys\.0\.secrte: is not a setting\. Did you mean secret/],
    [
      'a kid that is a number',
      () => `    - { secret: "${SECRET}", kid: 7 }`,
      /kid: has a kid that is not text.*quotes/,
    ],
    ['a kid of the gateway', () => `    - { secret: "${SECRET}", kid: pealbell-k1 }`, /starts with pealbell-/],
    [
      'a kid twice',
      () => `    - { secret: "${SECRET}", kid: a }\n    - { secret: "${SECRET}2", kid: a }`,
      /^6:.*has the kid of a key above/,
    ],
    ['a number', () => '    - 5', /keys\.0: is no key/],
    ['no list', () => '      x: 1', /keys: must be a list of keys/],
    [
      'more than can be',
      () => Array.from({ length: 17 }, (_, n) => `    - { secret: "${SECRET}${n}" }`).join('\n'),
      /at most 16 keys/,
    ],
  ];
  for (const [what, entry, fault] of bad) {
    it(`refuses ${what} with its line and what to do`, async () => {
      await keys(entry());
      const told = await faults();
      assert.equal(told.length, 1, told.join('\n'));
      assert.match(told[0] ?? '', fault);
    });
  }

  it('names every other fault at once', async () => {
    await write(
      '{ jwks: "http://shop.example", origins: [shop.example, "https://a.example/x", "https://a.example/"], ping_max: 1s, max_in_flight: 0, clear_on_open: maybe, compression: zip, pings: 1 }',
    );
    const told = (await faults()).map((text) => text.replace(/^\S+ /, ''));
    for (const start of [
      'realtime.jwks: must be an https:// URL',
      'realtime.issuer: is missing',
      'realtime.origins.0: must be an origin such as https://shop.example',
      'realtime.origins.1: must be an origin',
      'realtime.origins.2: must be an origin',
      'realtime.ping_max: must be from 5s to 30m',
      'realtime.max_in_flight: must be at least 1',
      'realtime.clear_on_open: must be true or false',
      'realtime.compression: must be one of off, on',
      'realtime.pings: is not a setting',
    ]) {
      assert.ok(
        told.some((text) => text.startsWith(start)),
        `${start} in\n${told.join('\n')}`,
      );
    }
    await write('true');
    assert.match((await faults()).join(), /realtime: must be a group of settings.*realtime: \{\}/);
  });
});
