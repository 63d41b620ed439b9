/**
 * Encryption of one message for one subscription: RFC 8291 over RFC 8188, content coding `aes128gcm`, one record.
 * By node:crypto: `docs/adr/0005-web-push-encryption-by-node-crypto.md` has the measurement.
 */
import { createCipheriv, createHmac, type ECDH } from 'node:crypto';

/** RFC 8291 §4: a push service takes a body of at least this much, so no more is sent. */
export const BODY_BYTES_MAX = 4096;
const SALT_BYTES = 16;
const POINT_BYTES = 65;
const TAG_BYTES = 16;
/** salt, record size, length of the key id, key id (RFC 8188 §2.1). */
const HEADER_BYTES = SALT_BYTES + 4 + 1 + POINT_BYTES;
/** The header, the delimiter of the last record and the tag. */
export const OVERHEAD_BYTES = HEADER_BYTES + 1 + TAG_BYTES;
/** 3993 bytes. */
export const PLAINTEXT_BYTES_MAX = BODY_BYTES_MAX - OVERHEAD_BYTES;

const RECORD_SIZE = 4096;
const LAST_RECORD = Buffer.from([2]);
const KEY_INFO = Buffer.from('WebPush: info\0', 'latin1');
const ONE = Buffer.from([1]);
const CEK_INFO = Buffer.from('Content-Encoding: aes128gcm\0\x01', 'latin1');
const NONCE_INFO = Buffer.from('Content-Encoding: nonce\0\x01', 'latin1');

/** The receiver's side, out of the subscription. */
export interface Recipient {
  /** Uncompressed point on P-256, 65 bytes. */
  readonly p256dh: Buffer;
  /** 16 bytes. */
  readonly auth: Buffer;
}

/** The sender's side, made for this one message: a key pair must not be used twice, nor a salt. */
export interface Ephemeral {
  readonly ecdh: ECDH;
  /** Uncompressed, 65 bytes. */
  readonly publicKey: Buffer;
  /** 16 random bytes. */
  readonly salt: Buffer;
}

/**
 * The whole body, `plaintext.length + OVERHEAD_BYTES` bytes.
 *
 * @throws RangeError for more than `PLAINTEXT_BYTES_MAX`; what node:crypto throws for a point that is not on the curve
 */
export function encrypt(plaintext: Uint8Array, { p256dh, auth }: Recipient, own: Ephemeral): Buffer {
  if (plaintext.length > PLAINTEXT_BYTES_MAX) {
    throw new RangeError(`one record holds ${PLAINTEXT_BYTES_MAX} bytes, not ${plaintext.length}`);
  }
  const secret = own.ecdh.computeSecret(p256dh);
  const keyForInput = createHmac('sha256', auth).update(secret).digest();
  const input = createHmac('sha256', keyForInput)
    .update(KEY_INFO)
    .update(p256dh)
    .update(own.publicKey)
    .update(ONE)
    .digest();
  const key = createHmac('sha256', own.salt).update(input).digest();
  const contentKey = createHmac('sha256', key).update(CEK_INFO).digest().subarray(0, 16);
  const nonce = createHmac('sha256', key).update(NONCE_INFO).digest().subarray(0, 12);

  const body = Buffer.allocUnsafe(plaintext.length + OVERHEAD_BYTES);
  own.salt.copy(body, 0);
  body.writeUInt32BE(RECORD_SIZE, SALT_BYTES);
  body.writeUInt8(POINT_BYTES, SALT_BYTES + 4);
  own.publicKey.copy(body, SALT_BYTES + 5);
  const cipher = createCipheriv('aes-128-gcm', contentKey, nonce);
  let at = HEADER_BYTES;
  at += cipher.update(plaintext).copy(body, at);
  at += cipher.update(LAST_RECORD).copy(body, at);
  at += cipher.final().copy(body, at);
  cipher.getAuthTag().copy(body, at);
  return body;
}
