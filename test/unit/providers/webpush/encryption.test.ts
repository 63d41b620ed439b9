import assert from 'node:assert/strict';
import { createECDH, randomBytes } from 'node:crypto';
import {
  BODY_BYTES_MAX,
  type Ephemeral,
  encrypt,
  OVERHEAD_BYTES,
  PLAINTEXT_BYTES_MAX,
} from '../../../../providers/webpush/encryption.js';
import { decrypt } from './decrypt.js';

const bytes = (text: string) => Buffer.from(text, 'base64url');

function pair(): Ephemeral {
  const ecdh = createECDH('prime256v1');
  return { ecdh, publicKey: ecdh.generateKeys(), salt: randomBytes(16) };
}

describe('encryption', () => {
  const receiver = createECDH('prime256v1');
  const recipient = { p256dh: receiver.generateKeys(), auth: randomBytes(16) };

  it('is that of RFC 8291 §5 to the byte', () => {
    const ecdh = createECDH('prime256v1');
    ecdh.setPrivateKey(bytes('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw'));
    const body = encrypt(
      Buffer.from('When I grow up, I want to be a watermelon'),
      {
        p256dh: bytes('BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4'),
        auth: bytes('BTBZMqHH6r4Tts7J_aSIgg'),
      },
      { ecdh, publicKey: ecdh.getPublicKey(), salt: bytes('DGv6ra1nlYgDCS1FRnbzlw') },
    );
    assert.equal(
      body.toString('base64url'),
      'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
    );
  });

  it('can be read by the library that browsers’ test suites use', () => {
    for (const text of ['x', '', '{"a":"Grüße, 日本 🔔"}', 'y'.repeat(PLAINTEXT_BYTES_MAX)]) {
      const body = encrypt(Buffer.from(text), recipient, pair());
      assert.equal(body.length, Buffer.byteLength(text) + OVERHEAD_BYTES);
      assert.equal(decrypt(body, receiver, recipient.auth), text);
    }
  });

  it('fills a body of 4096 bytes and no more', () => {
    assert.equal(PLAINTEXT_BYTES_MAX, 3993);
    assert.equal(encrypt(Buffer.alloc(1), recipient, pair()).length, 104);
    assert.equal(encrypt(Buffer.alloc(PLAINTEXT_BYTES_MAX), recipient, pair()).length, BODY_BYTES_MAX);
    assert.throws(() => encrypt(Buffer.alloc(PLAINTEXT_BYTES_MAX + 1), recipient, pair()), RangeError);
  });

  it('throws for a point that is not on the curve', () => {
    const off = Buffer.from(recipient.p256dh);
    off[64] = (off[64] ?? 0) ^ 1;
    assert.throws(() => encrypt(Buffer.from('x'), { ...recipient, p256dh: off }, pair()));
  });
});
