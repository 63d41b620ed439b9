import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { ProviderToken, readSigningKey } from '../../../../providers/apns/provider-token.js';

const MINUTE = 60_000;
const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

function open(at = 1_700_000_000_000) {
  const clock = { now: at };
  return { clock, token: new ProviderToken(readSigningKey(pem), 'ABC123DEFG', 'DEF123GHIJ', () => clock.now) };
}

function decode(part: string | undefined): unknown {
  return JSON.parse(Buffer.from(part ?? '', 'base64url').toString());
}

describe('ProviderToken', () => {
  it('is an ES256 token that the public key verifies, with the claims Apple asks for and no others', () => {
    const { token } = open();
    const [scheme, jwt = ''] = token.current().split(' ');
    assert.equal(scheme, 'bearer');
    const [header, claims, signature] = jwt.split('.');
    assert.deepEqual(decode(header), { alg: 'ES256', kid: 'ABC123DEFG' });
    assert.deepEqual(decode(claims), { iss: 'DEF123GHIJ', iat: 1_700_000_000 });
    const raw = Buffer.from(signature ?? '', 'base64url');
    assert.equal(raw.length, 64);
    const key = { key: createPublicKey(pem), dsaEncoding: 'ieee-p1363' } as const;
    assert.equal(verify('sha256', Buffer.from(`${header}.${claims}`), key, raw), true);
  });

  it('is the same for 50 minutes, then a new one', () => {
    const { clock, token } = open();
    const first = token.current();
    clock.now += 50 * MINUTE - 1;
    assert.equal(token.current(), first);
    clock.now += 1;
    assert.notEqual(token.current(), first);
  });

  it('is signed at most twice an hour in six hours of use', () => {
    const { clock, token } = open();
    const seen = new Map<string, number>();
    for (let minute = 0; minute < 360; minute += 1, clock.now += MINUTE) {
      const value = token.current();
      if (!seen.has(value)) seen.set(value, minute);
    }
    const starts = [...seen.values()];
    assert.deepEqual(starts, [0, 50, 100, 150, 200, 250, 300, 350]);
  });

  it('is not renewed below 20 minutes, even when APNs calls it expired', () => {
    const { clock, token } = open();
    const first = token.current();
    clock.now += 20 * MINUTE - 1;
    assert.equal(token.renew(first), false);
    assert.equal(token.current(), first);
    clock.now += 1;
    assert.equal(token.renew(first), true);
    assert.notEqual(token.current(), first);
  });

  it('is renewed once for all who hold the expired one', () => {
    const { clock, token } = open();
    const first = token.current();
    clock.now += 30 * MINUTE;
    assert.equal(token.renew(first), true);
    const second = token.current();
    assert.equal(token.renew(first), true);
    assert.equal(token.current(), second);
  });

  it('is signed anew when the clock was set back', () => {
    const { clock, token } = open();
    const first = token.current();
    clock.now -= 2 * 60 * MINUTE;
    assert.notEqual(token.current(), first);
  });
});

describe('readSigningKey', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const cases: [string, string, RegExp][] = [
    ['nothing', '', /not PEM/],
    ['a path', '/run/secrets/AuthKey.p8', /not PEM/],
    ['a public key', ec.publicKey.export({ type: 'spki', format: 'pem' }).toString(), /public key/],
    ['an RSA key', rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), /type rsa/],
    ['another curve', ec.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), /secp384r1/],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----', /certificate/],
    [
      'an encrypted key',
      ec.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
      /passphrase/,
    ],
    ['a key cut short', pem.slice(0, 80), /cannot be read/],
  ];
  for (const [name, text, expected] of cases) {
    it(`says what is wrong with ${name}, without printing it`, () => {
      assert.throws(
        () => readSigningKey(text),
        (error: Error) => {
          assert.match(error.message, expected);
          for (const line of text.split('\n')) {
            if (line.length > 20 && !line.startsWith('---')) assert.ok(!error.message.includes(line));
          }
          return true;
        },
      );
    });
  }
});
