import assert from 'node:assert/strict';
import { createECDH } from 'node:crypto';
import {
  decryptPush,
  decryptRecords,
  type ReceiverKeys,
  takeApart,
  UndecryptableError,
} from '../../../../providers/webpush/simulator/encryption.js';

const bytes = (base64url: string): Buffer => Buffer.from(base64url, 'base64url');

/** RFC 8291 §5. */
const RFC_8291 = {
  receiver: receiverOf('q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94', 'BTBZMqHH6r4Tts7J_aSIgg'),
  sender: 'BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8',
  body: 'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
  plain: 'When I grow up, I want to be a watermelon',
};

function receiverOf(privateKey: string, authSecret: string): ReceiverKeys {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(bytes(privateKey));
  return { ecdh, publicKey: ecdh.getPublicKey(), authSecret: bytes(authSecret) };
}

/** A copy of the example of RFC 8291 with one byte changed. */
function spoilt(at: number, value?: number): Buffer {
  const body = bytes(RFC_8291.body);
  const index = at < 0 ? body.length + at : at;
  body[index] = value ?? (body[index] ?? 0) ^ 1;
  return body;
}

function why(body: Buffer, receiver = RFC_8291.receiver): string {
  try {
    decryptPush(body, receiver);
  } catch (error) {
    assert.ok(error instanceof UndecryptableError);
    return error.message;
  }
  return assert.fail('the body was decrypted');
}

describe("Web Push simulator: the browser's decryption", () => {
  it('decrypts the example of RFC 8188 §3.1', () => {
    const coded = takeApart(bytes('I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg'));
    assert.deepEqual([coded.recordBytes, coded.keyId.length], [4096, 0]);
    assert.equal(decryptRecords(coded, bytes('yqdlZ-tYemfogSmv7Ws5PQ')).toString(), 'I am the walrus');
  });

  it('decrypts the example of RFC 8188 §3.2, of two records with padding between', () => {
    const coded = takeApart(
      bytes('uNCkWiNYzKTnBN9ji3-qWAAAABkCYTHOG8chz_gnvgOqdGYovxyjuqRyJFjEDyoF1Fvkj6hQPdPHI51OEUKEpgz3SsLWIqS_uA'),
    );
    assert.deepEqual([coded.recordBytes, coded.keyId.toString()], [25, 'a1']);
    assert.equal(decryptRecords(coded, bytes('BO3ZVPxUlnLORbVGMpbT1Q')).toString(), 'I am the walrus');
  });

  it('decrypts the example of RFC 8291 §5 and names its sender', () => {
    const { plain, sender } = decryptPush(bytes(RFC_8291.body), RFC_8291.receiver);
    assert.equal(plain.toString(), RFC_8291.plain);
    assert.equal(sender.toString('base64url'), RFC_8291.sender);
  });

  it('notices a changed ciphertext, tag, salt or record size', () => {
    assert.match(why(spoilt(100)), /tag of a record does not match/);
    assert.match(why(spoilt(-1)), /tag of a record does not match/);
    assert.match(why(spoilt(0)), /tag of a record does not match/);
    assert.match(why(spoilt(18, 0)), /a record size of 0 is too small/);
  });

  it('notices a body that is meant for somebody else', () => {
    const { ecdh, publicKey } = RFC_8291.receiver;
    assert.match(why(bytes(RFC_8291.body), { ecdh, publicKey, authSecret: Buffer.alloc(16) }), /does not match/);
    const stranger = createECDH('prime256v1');
    const strangersKeys = { ecdh: stranger, publicKey: stranger.generateKeys(), authSecret: Buffer.alloc(16) };
    assert.match(why(bytes(RFC_8291.body), strangersKeys), /does not match/);
  });

  it("refuses a key id that is no sender's key, and a key that is no point on the curve", () => {
    assert.match(why(spoilt(20, 64)), /the key id is not the sender's public key/);
    assert.match(why(spoilt(50)), /no point on P-256/);
  });

  it('refuses a body of more than one record, and a record size that leaves it open', () => {
    const short = bytes(RFC_8291.body);
    // The one record has 58 bytes; RFC 8291 §4 wants a greater size.
    short.writeUInt32BE(58, 16);
    assert.match(why(short), /more than one record/);
    short.writeUInt32BE(59, 16);
    assert.equal(decryptPush(short, RFC_8291.receiver).plain.toString(), RFC_8291.plain);
  });

  it('refuses a body that is cut off anywhere', () => {
    const whole = bytes(RFC_8291.body);
    for (let length = 0; length < whole.length; length += 1) assert.notEqual(why(whole.subarray(0, length)), '');
    assert.match(why(whole.subarray(0, 20)), /the header is cut off/);
    assert.match(why(whole.subarray(0, 85)), /the header is cut off/);
    assert.match(why(whole.subarray(0, 86)), /a record is cut off/);
  });

  it('refuses a last record that says it is not the last', () => {
    const twoRecords = bytes(
      'uNCkWiNYzKTnBN9ji3-qWAAAABkCYTHOG8chz_gnvgOqdGYovxyjuqRyJFjEDyoF1Fvkj6hQPdPHI51OEUKEpgz3SsLWIqS_uA',
    );
    // Header 21 + 2, then one record of 25 bytes: the second one is missing.
    const cut = takeApart(twoRecords.subarray(0, 48));
    assert.throws(() => decryptRecords(cut, bytes('BO3ZVPxUlnLORbVGMpbT1Q')), /padding delimiter is wrong/);
  });
});
