import assert from 'node:assert/strict';
import { createECDH, randomBytes } from 'node:crypto';
import { InvalidInputError } from '../../../../providers/contract.js';
import { isServiceEntry, pushServices } from '../../../../providers/webpush/push-service.js';
import { parseSubscription, readSubscription } from '../../../../providers/webpush/subscription.js';

const point = createECDH('prime256v1').generateKeys();
const secret = randomBytes(16);
const keys = { p256dh: point.toString('base64url'), auth: secret.toString('base64url') };
const endpoint = 'https://fcm.googleapis.com/fcm/send/abc:APA91b';
const known = pushServices();

describe('push services', () => {
  for (const [url, name] of [
    ['https://fcm.googleapis.com/fcm/send/x', 'google'],
    ['https://fcm.googleapis.com/wp/x', 'google'],
    ['https://jmt17.google.com/fcm/send/x', 'google'],
    ['https://updates.push.services.mozilla.com/wpush/v2/x', 'mozilla'],
    ['https://web.push.apple.com/x', 'apple'],
    ['https://WEB.PUSH.APPLE.COM:443/x', 'apple'],
    ['https://wns2-by3p.notify.windows.com/w/?token=x', 'windows'],
    ['https://fcm.googleapis.com:8443/x', undefined],
    ['https://fcm.googleapis.com./x', undefined],
    ['https://xfcm.googleapis.com/x', undefined],
    ['https://googleapis.com/x', undefined],
    ['https://fcm.googleapis.com.attacker.example/x', undefined],
    ['https://attacker.example/fcm.googleapis.com/', undefined],
    ['https://attacker.example/?https://fcm.googleapis.com/', undefined],
    ['https://fcm.googleapis.com@attacker.example/', undefined],
    ['https://attacker.example\\.push.apple.com/', undefined],
    ['https://127.0.0.1/x', undefined],
    ['https://localhost/x', undefined],
  ] as const) {
    it(`${url} is ${name ?? 'nobody'}’s`, () => assert.equal(known(new URL(url))?.service, name));
  }

  it('are more where the operator adds some: the host at that port and those below it, addresses alone', () => {
    const serviceOf = pushServices([
      'push.example.org',
      'localhost:8443',
      '127.0.0.1:9000',
      '[::1]:9001',
      'apple=a.test',
    ]);
    const named = (url: string) => serviceOf(new URL(url))?.service;
    assert.equal(named('https://push.example.org/x'), 'other');
    assert.equal(named('https://eu.push.example.org/x'), 'other');
    assert.equal(named('https://localhost:8443/x'), 'other');
    assert.equal(named('https://127.0.0.1:9000/x'), 'other');
    assert.equal(named('https://0x7f.1:9000/x'), 'other');
    assert.equal(named('https://[::1]:9001/x'), 'other');
    assert.equal(named('https://a.test/x'), 'apple');
    for (const url of [
      'https://example.org/',
      'https://push.example.org:8443/',
      'https://localhost/',
      'https://1.127.0.0.1.test/',
    ]) {
      assert.equal(named(url), undefined, url);
    }
  });

  it('are added by host, or host and port, in lower case', () => {
    for (const entry of ['push.example.org', 'a:1', '10.0.0.1', '[fd00::1]:443', 'windows=localhost:8443']) {
      assert.ok(isServiceEntry(entry), entry);
    }
    for (const entry of [
      '',
      'https://push.example.org',
      'push.example.org/',
      '*.example.org',
      '.example.org',
      'example.org.',
      'a..b',
      'A.example',
      'a:99999',
      'a:',
      '[zz::]',
      'opera=a.test',
      'a b',
    ]) {
      assert.equal(isServiceEntry(entry), false, entry);
    }
  });
});

describe('subscriptions', () => {
  it('have one canonical form, whatever the padding and the alphabet', () => {
    const canonical = JSON.stringify({ endpoint, keys });
    const standard = { p256dh: point.toString('base64'), auth: secret.toString('base64') };
    for (const raw of [
      { endpoint, keys },
      { endpoint, expirationTime: null, keys },
      { keys: standard, endpoint },
      { endpoint: endpoint.replace('https://fcm', 'HTTPS://FCM'), keys },
      { endpoint: endpoint.replace('.com/', '.com:443/'), keys },
      canonical,
      JSON.stringify({ expirationTime: null, keys: standard, endpoint }, null, 2),
    ]) {
      assert.equal(parseSubscription(raw, known), canonical);
    }
  });

  it('are read back as they were registered', () => {
    const read = readSubscription(parseSubscription({ endpoint, keys }, known), known);
    assert.equal(read.endpoint.href, endpoint);
    assert.equal(read.service, 'google');
    assert.deepEqual(read.p256dh, point);
    assert.deepEqual(read.auth, secret);
  });

  it('of a host that the operator struck off are refused from then on', () => {
    const token = parseSubscription(
      { endpoint: 'https://push.example.org/x', keys },
      pushServices(['push.example.org']),
    );
    assert.throws(() => readSubscription(token, known), /push_services/);
  });

  const offCurve = Buffer.from(point);
  offCurve[64] = (offCurve[64] ?? 0) ^ 1;
  const text = (bytes: Buffer) => bytes.toString('base64url');
  for (const [what, raw] of [
    ['an array', [{ endpoint, keys }]],
    ['text that is no JSON', endpoint],
    ['JSON of something else', '"x"'],
    ['text that is too long', JSON.stringify({ endpoint, keys, more: 'x'.repeat(4096) })],
    ['no keys', { endpoint }],
    ['keys that are a list', { endpoint, keys: [] }],
    ['no endpoint', { keys }],
    ['a relative endpoint', { endpoint: '/fcm/send/x', keys }],
    ['plain http', { endpoint: 'http://fcm.googleapis.com/x', keys }],
    ['a user in the endpoint', { endpoint: 'https://u@fcm.googleapis.com/x', keys }],
    ['a fragment', { endpoint: `${endpoint}#x`, keys }],
    ['an empty fragment', { endpoint: `${endpoint}#`, keys }],
    ['a long endpoint', { endpoint: `${endpoint}${'x'.repeat(2048)}`, keys }],
    ['an endpoint that is long once it is encoded', { endpoint: `${endpoint}${'é'.repeat(700)}`, keys }],
    ['an unknown host', { endpoint: 'https://push.example.org/x', keys }],
    [
      'a compressed point',
      { endpoint, keys: { ...keys, p256dh: text(Buffer.concat([Buffer.from([2]), point.subarray(1, 33)])) } },
    ],
    ['a point without its first byte', { endpoint, keys: { ...keys, p256dh: text(point.subarray(1)) } }],
    [
      'a point of the hybrid form',
      { endpoint, keys: { ...keys, p256dh: text(Buffer.concat([Buffer.from([6]), point.subarray(1)])) } },
    ],
    ['a point off the curve', { endpoint, keys: { ...keys, p256dh: text(offCurve) } }],
    [
      'a point of zeros',
      { endpoint, keys: { ...keys, p256dh: text(Buffer.concat([Buffer.from([4]), Buffer.alloc(64)])) } },
    ],
    ['a point that is no text', { endpoint, keys: { ...keys, p256dh: 7 } }],
    ['auth of 15 bytes', { endpoint, keys: { ...keys, auth: text(secret.subarray(1)) } }],
    ['auth of 17 bytes', { endpoint, keys: { ...keys, auth: text(Buffer.concat([secret, secret.subarray(0, 1)])) } }],
    ['auth that is no base64url', { endpoint, keys: { ...keys, auth: `${keys.auth.slice(0, -1)}!` } }],
  ] as const) {
    it(`${what}: refused with a sentence that repeats none of it`, () => {
      assert.throws(
        () => parseSubscription(raw, known),
        (error) => error instanceof InvalidInputError && !error.message.includes('googleapis'),
      );
    });
  }
});
