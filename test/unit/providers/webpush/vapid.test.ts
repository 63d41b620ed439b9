import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import webPush from 'web-push';
import { readVapidKeys, VapidHeaders } from '../../../../providers/webpush/vapid.js';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 0, 1);
const ORIGIN = 'https://push.example.net';
const SUBJECT = 'mailto:push@example.com';
const keys = webPush.generateVAPIDKeys();

interface Read {
  readonly header: unknown;
  readonly claims: { readonly aud: string; readonly exp: number; readonly sub: string };
  readonly k: string;
  readonly isSigned: boolean;
}

/** As a push service reads the field: RFC 8292 §3. */
function read(authorization: string): Read {
  const [, header = '', claims = '', signature = '', k = ''] =
    /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), ?k=([\w-]+)$/.exec(authorization) ?? [];
  const point = Buffer.from(k, 'base64url');
  const x = point.subarray(1, 33).toString('base64url');
  const y = point.subarray(33).toString('base64url');
  const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  const data = Buffer.from(`${header}.${claims}`);
  const json = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  return {
    header: json(header),
    claims: json(claims),
    k,
    isSigned: verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')),
  };
}

describe('VAPID headers', () => {
  let now = START_MS;
  let headers: VapidHeaders;

  beforeEach(() => {
    now = START_MS;
    headers = new VapidHeaders(readVapidKeys(JSON.stringify(keys)), SUBJECT, () => now);
  });

  it('the reader of this test takes the example of RFC 8292 §2.4', () => {
    const { claims, isSigned } = read(
      'vapid t=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA, k=BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs',
    );
    assert.ok(isSigned);
    assert.deepEqual(claims, { aud: ORIGIN, exp: 1453523768, sub: SUBJECT });
  });

  it('are signed for the origin, for twelve hours, with the contact', () => {
    const { header, claims, k, isSigned } = read(headers.for(ORIGIN));
    assert.ok(isSigned);
    assert.deepEqual(header, { typ: 'JWT', alg: 'ES256' });
    assert.deepEqual(claims, { aud: ORIGIN, exp: START_MS / 1000 + 12 * 3600, sub: SUBJECT });
    assert.equal(k, keys.publicKey);
  });

  it('say what web-push says with the same keys', () => {
    const exp = Math.floor(Date.now() / 1000) + 3600;
    const theirs = read(
      webPush.getVapidHeaders(ORIGIN, SUBJECT, keys.publicKey, keys.privateKey, 'aes128gcm', exp).Authorization,
    );
    const ours = read(headers.for(ORIGIN));
    assert.ok(theirs.isSigned);
    assert.deepEqual({ ...ours, claims: { ...ours.claims, exp } }, theirs);
  });

  it('are one for each origin, kept for six hours and new before the old one ends', () => {
    const first = headers.for(ORIGIN);
    assert.equal(headers.for(ORIGIN), first);
    assert.notEqual(headers.for('https://other.example'), first);
    now += 6 * HOUR_MS - 1000;
    assert.equal(headers.for(ORIGIN), first);
    now += 1000;
    const second = headers.for(ORIGIN);
    assert.notEqual(second, first);
    assert.equal(read(second).claims.exp, now / 1000 + 12 * 3600);
  });

  it('are signed anew when the clock was set back behind the signing', () => {
    const first = headers.for(ORIGIN);
    now -= HOUR_MS;
    const second = headers.for(ORIGIN);
    assert.notEqual(second, first);
    assert.equal(read(second).claims.exp, now / 1000 + 12 * 3600);
  });

  it('one that was refused is renewed once it is an hour old, by the first who asks', () => {
    const first = headers.for(ORIGIN);
    assert.equal(headers.renew(ORIGIN, first), false);
    assert.equal(headers.for(ORIGIN), first);
    now += HOUR_MS;
    assert.equal(headers.renew(ORIGIN, first), true);
    const second = headers.for(ORIGIN);
    assert.notEqual(second, first);
    assert.equal(headers.renew(ORIGIN, first), true);
    assert.equal(headers.for(ORIGIN), second);
  });

  it('of many origins a bounded number is kept, the latest', () => {
    const first = headers.for(ORIGIN);
    for (let at = 0; at < 511; at += 1) headers.for(`https://h${at}.example`);
    assert.equal(headers.for(ORIGIN), first);
    headers.for('https://one-more.example');
    assert.notEqual(headers.for(ORIGIN), first);
  });
});

describe('VAPID keys', () => {
  it('are read in either alphabet, padded or not', () => {
    const padded = (text: string) => `${text.replaceAll('-', '+').replaceAll('_', '/')}=`;
    const text = JSON.stringify({ publicKey: padded(keys.publicKey), privateKey: padded(keys.privateKey) });
    assert.equal(readVapidKeys(text).publicKey, keys.publicKey);
  });

  const other = webPush.generateVAPIDKeys();
  const short = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }).d ?? '';
  for (const [what, text, says] of [
    ['no JSON', 'publicKey=…', /JSON/],
    ['null', 'null', /publicKey/],
    ['no public key', JSON.stringify({ privateKey: keys.privateKey }), /publicKey of 65 bytes/],
    ['a public key of another length', JSON.stringify({ ...keys, publicKey: short }), /publicKey of 65 bytes/],
    ['a private key of another length', JSON.stringify({ ...keys, privateKey: keys.publicKey }), /privateKey of 32/],
    ['a private key of zero', JSON.stringify({ ...keys, privateKey: 'A'.repeat(43) }), /on the curve/],
    ['keys of two pairs', JSON.stringify({ ...keys, publicKey: other.publicKey }), /belongs to the privateKey/],
  ] as const) {
    it(`${what}: refused with a sentence that does not hold the key`, () => {
      assert.throws(
        () => readVapidKeys(text),
        ({ message }: Error) => says.test(message) && !message.includes(keys.privateKey),
      );
    });
  }
});
