import assert from 'node:assert/strict';
import webPush from 'web-push';
import { InvalidInputError } from '../../../../providers/contract.js';
import { WEBPUSH_LIMITS, webpushKind } from '../../../../providers/webpush/kind.js';

const pair = webPush.generateVAPIDKeys();
const good = { subject: 'mailto:ops@example.com', keys: JSON.stringify(pair) };

function faults(part: Record<string, unknown>): string[] {
  const parsed = webpushKind.options.safeParse({ ...good, ...part });
  return parsed.error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];
}

describe('the webpush kind', () => {
  it('takes a contact and the keys that web-push generates', () => {
    assert.deepEqual(faults({}), []);
    assert.deepEqual(faults({ subject: 'https://shop.example/contact' }), []);
    assert.deepEqual(faults({ push_services: ['push.example.org', 'apple=localhost:8443'] }), []);
  });

  for (const subject of [
    '',
    'ops@example.com',
    'mailto:',
    'mailto:ops',
    'mailto:ops@localhost',
    'http://shop.example',
    'https://localhost/x',
    'mailto:ö@example.com',
    'mailto:a b@example.com',
  ]) {
    it(`refuses ${JSON.stringify(subject)} as a contact`, () => {
      assert.match(faults({ subject }).join(), /^subject is a contact/);
    });
  }

  it('refuses keys that do not belong together, without telling them', () => {
    const mixed = JSON.stringify({ ...pair, publicKey: webPush.generateVAPIDKeys().publicKey });
    const told = faults({ keys: mixed }).join();
    assert.match(told, /^keys has a publicKey that belongs to the privateKey/);
    assert.ok(!told.includes(pair.privateKey));
  });

  it('refuses what is no host, no certificate and no option', () => {
    assert.match(faults({ push_services: ['*.example.org'] }).join(), /^push_services\.0 is a host/);
    assert.match(faults({ ca: 'x' }).join(), /^ca is PEM/);
    assert.equal(faults({ key: 'x' }).length, 1);
  });

  it('is the native road of the web, for messages of one record', () => {
    assert.deepEqual(webpushKind.nativeFor, ['web']);
    assert.equal(WEBPUSH_LIMITS.payloadBytesMax, 3993);
    assert.equal(WEBPUSH_LIMITS.ttlSecondsMax, 28 * 24 * 3600);
  });

  it('knows the hosts that the app’s options add, and those only where the options are given', () => {
    const raw = {
      endpoint: 'https://push.example.org/x',
      keys: { p256dh: pair.publicKey, auth: Buffer.alloc(16, 7).toString('base64url') },
    };
    const options = { ...good, push_services: ['push.example.org'] };
    assert.match(webpushKind.parsePushToken(raw, options), /push\.example\.org/);
    assert.throws(() => webpushKind.parsePushToken(raw, good), InvalidInputError);
    assert.throws(() => webpushKind.parsePushToken(raw), InvalidInputError);
  });
});
