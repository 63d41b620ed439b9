import assert from 'node:assert/strict';
import type { DataKey } from '../../../src/domain/data-key.js';
import { isGatewayError } from '../../../src/domain/errors.js';
import type { PushToken } from '../../../src/domain/outcome.js';
import { AtRest, createTokenHasher } from '../../../src/store/at-rest.js';

const secret = (fill: number) => new Uint8Array(32).fill(fill);

function dataKey(current: string, keys: Record<string, number>, hashFill = 7): DataKey {
  const entries = Object.entries(keys).map(([id, fill]) => [id, secret(fill)] as const);
  return { version: 1, hashKey: secret(hashFill), current, keys: new Map(entries) };
}

const k1 = new AtRest(dataKey('k1', { k1: 1 }));

function assertCorrupt(open: () => string): void {
  assert.throws(open, (error) => isGatewayError(error, 'store_corrupt') && /security\.data_key/.test(error.message));
}

describe('at rest', () => {
  it('opens what it sealed, of any length and alphabet', () => {
    for (const text of ['', 'a', 'Ünï 😀 \u0000 \n', 'x'.repeat(100_000)]) {
      assert.equal(k1.open(k1.seal(text, 'messages|m|content'), 'messages|m|content'), text);
    }
  });

  it('never seals the same text to the same bytes, and shows nothing of it', () => {
    const sealed = Array.from({ length: 50 }, () => k1.seal('canary-canary', 'place'));
    assert.equal(new Set(sealed.map((bytes) => bytes.toString('hex'))).size, 50);
    for (const bytes of sealed) assert.ok(!bytes.toString('latin1').includes('canary'));
  });

  it('refuses a value that was moved to another place', () => {
    const sealed = k1.seal('secret', 'registrations|shop|apns|h1');
    assertCorrupt(() => k1.open(sealed, 'registrations|shop|apns|h2'));
  });

  it('refuses a value of which any one bit was changed', () => {
    const sealed = k1.seal('secret', 'place');
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assertCorrupt(() => k1.open(changed, 'place'));
    }
  });

  it('refuses a value cut short or grown at any length, also one that held nothing', () => {
    for (const sealed of [k1.seal('secret', 'place'), k1.seal('', 'place')]) {
      for (let length = 0; length < sealed.length; length++) {
        assertCorrupt(() => k1.open(sealed.subarray(0, length), 'place'));
      }
      assertCorrupt(() => k1.open(Buffer.concat([sealed, Buffer.from([0])]), 'place'));
    }
  });

  it('opens with the old key what was sealed before a rotation, and seals with the new one', () => {
    const rotated = new AtRest(dataKey('k2', { k1: 1, k2: 2 }));
    const old = k1.seal('from before', 'place');
    assert.equal(rotated.open(old, 'place'), 'from before');
    const fresh = rotated.seal('from now', 'place');
    assert.equal(rotated.open(fresh, 'place'), 'from now');
    assert.throws(
      () => k1.open(fresh, 'place'),
      (error) => isGatewayError(error, 'store_corrupt') && /'k2'/.test(error.message),
    );
  });

  it('says which key is missing, and which one does not fit', () => {
    const sealed = k1.seal('secret', 'place');
    const other = new AtRest(dataKey('k2', { k2: 2 }));
    assert.throws(() => other.open(sealed, 'place'), /'k1'.*put that key back/);
    const same = new AtRest(dataKey('k1', { k1: 9 }));
    assert.throws(() => same.open(sealed, 'place'), /does not open with the data key 'k1'/);
  });

  it('opens a view into a larger buffer, as drivers hand them out', () => {
    const sealed = k1.seal('secret', 'place');
    const large = Buffer.concat([Buffer.alloc(13, 1), sealed, Buffer.alloc(5, 1)]);
    assert.equal(k1.open(new Uint8Array(large.buffer, large.byteOffset + 13, sealed.length), 'place'), 'secret');
  });
});

describe('token hasher', () => {
  const token = 'a-push-token' as PushToken;
  const hasher = createTokenHasher(dataKey('k1', { k1: 1 }));

  it('gives the same text for the same input, whatever keys encrypt now', () => {
    const rotated = createTokenHasher(dataKey('k2', { k1: 1, k2: 2 }));
    assert.equal(hasher.pushToken('shop', 'apns', token), rotated.pushToken('shop', 'apns', token));
    assert.equal(hasher.serverKey('key'), rotated.serverKey('key'));
    // Known answers: HMAC-SHA256 of `push|shop|apns|a-push-token` under 32 bytes of 0x07, its first 20 bytes.
    assert.equal(hasher.pushToken('shop', 'apns', token), 'z6C_wiQJumSSq2SLhh0QC0ciw1k');
    assert.equal(hasher.serverKey('pealbell_key_x'), 'GHyHxZH8jB5HbrVnPXhq7n5U_Ps');
  });

  it('keeps apps, providers, push tokens, kinds and hash keys apart', () => {
    const other = createTokenHasher(dataKey('k1', { k1: 1 }, 8));
    const texts = [
      hasher.pushToken('shop', 'apns', token),
      hasher.pushToken('shop2', 'apns', token),
      hasher.pushToken('shop', 'fcm', token),
      hasher.pushToken('shop', 'apns', `${token}x` as PushToken),
      hasher.serverKey(token),
      other.pushToken('shop', 'apns', token),
    ];
    assert.equal(new Set(texts).size, texts.length);
    for (const text of texts) assert.match(text, /^[A-Za-z0-9_-]{27}$/);
  });
});
