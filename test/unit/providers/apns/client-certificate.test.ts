import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { CertificateError, ExpiryWatch, readClientCertificate } from '../../../../providers/apns/client-certificate.js';
import { apnsOptions } from '../../../../providers/apns/kind.js';
import { makeCertificate, type PushCertificate } from './push-certificate.js';

const DAY_MS = 86_400_000;
const END = new Date('2030-05-06T07:08:09Z');

describe('APNs client certificate', () => {
  let own: PushCertificate;
  let other: PushCertificate;

  before(async () => {
    own = await makeCertificate({ uid: 'com.shop', notAfter: END });
    other = await makeCertificate({ uid: 'com.other', keyType: 'rsa' });
  });

  it('is read from two texts, or from one that holds both in any order and between other lines', () => {
    const two = readClientCertificate(own.cert, own.key);
    assert.equal(two.expiresAt, END.getTime());
    assert.equal(two.uid, 'com.shop');
    for (const text of [own.cert + own.key, own.key + own.cert, `Bag Attributes\n${own.cert}\nKey\n${own.key}`]) {
      assert.deepEqual(readClientCertificate(text, undefined), two);
    }
  });

  it('keeps its chain behind it and the key out of it', () => {
    const { cert, key } = readClientCertificate(`${own.cert}\n${own.key}\n${other.cert}`, undefined);
    assert.equal(cert.match(/BEGIN CERTIFICATE/g)?.length, 2);
    assert.ok(!cert.includes('PRIVATE'));
    assert.ok(key.startsWith('-----BEGIN PRIVATE KEY-----'));
  });

  it('has no UID when its subject has none', async () => {
    const { cert, key } = await makeCertificate();
    assert.equal(readClientCertificate(cert, key).uid, undefined);
  });

  const faults: [string, (own: PushCertificate, other: PushCertificate) => [string, string?], string, RegExp][] = [
    ['no PEM', () => ['x'], 'certificate', /not PEM/],
    ['no certificate', () => [own.key], 'certificate', /not PEM text of a certificate/],
    ['a torn certificate', () => [own.cert.replace(/\n.{64}\n/, '\n'), own.key], 'certificate', /cannot be read/],
    ['no key', () => [own.cert], 'certificate', /holds no private key/],
    ['no key in certificate_key', () => [own.cert, own.cert], 'certificate_key', /not PEM text of a private key/],
    ['another key', () => [own.cert, other.key], 'certificate_key', /key of another certificate/],
    ['the chain first', () => [other.cert + own.cert + own.key], 'certificate', /its chain after it/],
    ['a locked key', () => [own.cert, locked(own.key)], 'certificate_key', /passphrase/],
    ['a torn key', () => [own.cert, own.key.replace(/\n.{64}\n/, '\n')], 'certificate_key', /cannot be read/],
  ];
  for (const [what, texts, setting, message] of faults) {
    it(`is refused with ${what}, at ${setting}, and no key text is told`, () => {
      const [cert, key] = texts(own, other);
      assert.throws(
        () => readClientCertificate(cert, key),
        (error) => {
          assert.ok(error instanceof CertificateError);
          assert.equal(error.setting, setting);
          assert.match(error.message, message);
          assert.ok(!error.message.includes(own.key.slice(40, 70)));
          return true;
        },
      );
    });
  }

  it('is announced once a day in its last 30 days, and louder once it has ended', () => {
    const told: string[] = [];
    const log = {
      info: () => assert.fail('nothing to inform of'),
      warn: (fields: object, event: string) => told.push(`${event} ${JSON.stringify(fields)}`),
      error: (fields: object, event: string) => told.push(`${event} ${JSON.stringify(fields)}`),
    };
    const watch = new ExpiryWatch(END.getTime(), log, { provider: 'apns', app: 'shop' });
    assert.equal(watch.look(END.getTime() - 31 * DAY_MS), false);
    assert.deepEqual(told, []);
    assert.equal(watch.look(END.getTime() - 29 * DAY_MS), false);
    assert.equal(watch.look(END.getTime() - 28.5 * DAY_MS), false);
    assert.equal(watch.look(END.getTime() - 28 * DAY_MS), false);
    assert.equal(watch.look(END.getTime()), true);
    const names = '"provider":"apns","app":"shop","expires_at":"2030-05-06T07:08:09.000Z"';
    assert.deepEqual(told, [
      `apns.certificate_expires_soon {${names},"days_left":29}`,
      `apns.certificate_expires_soon {${names},"days_left":28}`,
      `apns.certificate_expired {${names}}`,
    ]);
  });
});

describe('APNs settings with a certificate', () => {
  let pair: PushCertificate;
  before(async () => {
    pair = await makeCertificate({ uid: 'com.shop' });
  });

  function refusals(options: object): string[] {
    const issues = apnsOptions.safeParse({ bundle_id: 'com.shop', ...options }).error?.issues ?? [];
    return issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  }

  it('need no key, key_id or team_id', () => {
    assert.deepEqual(refusals({ certificate: pair.cert, certificate_key: pair.key }), []);
    assert.deepEqual(refusals({ certificate: pair.cert + pair.key }), []);
  });

  it('name everything that is missing when there is neither a key nor a certificate', () => {
    assert.deepEqual(
      refusals({}),
      ['key', 'key_id', 'team_id'].map(
        (name) => `${name} is missing: set key, key_id and team_id, or certificate in place of all three`,
      ),
    );
  });

  it('take one of the two, not both', () => {
    assert.deepEqual(refusals({ certificate: pair.cert + pair.key, key_id: 'ABC123DEFG' }), [
      'key_id cannot stand beside certificate: keep the key or the certificate, not both',
    ]);
  });

  it('refuse a certificate_key alone, and tell at which setting a certificate is wrong', () => {
    assert.ok(refusals({ certificate_key: pair.key }).includes('certificate_key is of no use without certificate'));
    assert.match(refusals({ certificate: pair.cert }).join(), /^certificate holds no private key/);
    assert.match(refusals({ certificate: pair.cert, certificate_key: 'x' }).join(), /^certificate_key is not PEM/);
  });
});

function locked(pem: string): string {
  const key = createPrivateKey(pem);
  return key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'p' }).toString();
}
