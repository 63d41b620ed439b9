/**
 * The browser's half of message encryption: RFC 8188 (`aes128gcm`) and, on top of it, RFC 8291. Written from the RFCs
 * with node:crypto alone, so that what an adapter encrypts is judged by code that shares nothing with it.
 */
import { createDecipheriv, createHmac, type ECDH } from 'node:crypto';

/** RFC 8188 §2.1: salt, record size, length of the key id. */
const SALT_BYTES = 16;
const FIXED_HEADER_BYTES = 21;
const TAG_BYTES = 16;
/** RFC 8188 §2: a record holds at least a delimiter and one byte more beside its tag. */
const RECORD_BYTES_MIN = TAG_BYTES + 2;
/** An uncompressed point on P-256. */
const POINT_BYTES = 65;

const CEK_INFO = Buffer.from('Content-Encoding: aes128gcm\0\u0001', 'latin1');
const NONCE_INFO = Buffer.from('Content-Encoding: nonce\0\u0001', 'latin1');
const WEBPUSH_INFO = Buffer.from('WebPush: info\0', 'latin1');
const FIRST_BLOCK = Buffer.from([1]);

/** A body that its receiver cannot read; the message says why. */
export class UndecryptableError extends Error {
  override readonly name = 'UndecryptableError';
}

/** What a user agent keeps of its subscription. */
export interface ReceiverKeys {
  /** Holds the private key. */
  readonly ecdh: ECDH;
  /** Uncompressed point, 65 bytes. */
  readonly publicKey: Buffer;
  /** 16 bytes. */
  readonly authSecret: Buffer;
}

/** A body in `aes128gcm`, taken apart; nothing is decrypted yet. */
export interface CodedBody {
  readonly salt: Buffer;
  /** `rs`: bytes of a whole record, its tag included. */
  readonly recordBytes: number;
  readonly keyId: Buffer;
  /** All records, one after the other. */
  readonly records: Buffer;
}

/** @throws UndecryptableError when the header is cut off or its record size is below 18 (RFC 8188 §2.1). */
export function takeApart(body: Buffer): CodedBody {
  const keyIdBytes = body.length < FIXED_HEADER_BYTES ? undefined : body.readUInt8(FIXED_HEADER_BYTES - 1);
  if (keyIdBytes === undefined || body.length < FIXED_HEADER_BYTES + keyIdBytes) {
    throw new UndecryptableError('the header is cut off');
  }
  const recordBytes = body.readUInt32BE(SALT_BYTES);
  if (recordBytes < RECORD_BYTES_MIN) throw new UndecryptableError(`a record size of ${recordBytes} is too small`);
  return {
    salt: body.subarray(0, SALT_BYTES),
    recordBytes,
    keyId: body.subarray(FIXED_HEADER_BYTES, FIXED_HEADER_BYTES + keyIdBytes),
    records: body.subarray(FIXED_HEADER_BYTES + keyIdBytes),
  };
}

/**
 * Decrypts all records with the input keying material that both sides share (RFC 8188 §2).
 *
 * @throws UndecryptableError when a tag does not match, a delimiter is wrong, or the last record is missing.
 */
export function decryptRecords(coded: CodedBody, ikm: Buffer): Buffer {
  const prk = hmac(coded.salt, ikm);
  const key = hmac(prk, CEK_INFO).subarray(0, 16);
  const baseNonce = hmac(prk, NONCE_INFO).subarray(0, 12);
  const plain: Buffer[] = [];
  const { records, recordBytes } = coded;
  for (let start = 0, sequence = 0; start < records.length || sequence === 0; start += recordBytes, sequence += 1) {
    const record = records.subarray(start, start + recordBytes);
    const isLast = start + recordBytes >= records.length;
    plain.push(unpad(decryptRecord(record, key, nonceOf(baseNonce, sequence)), isLast));
  }
  const [first] = plain;
  return plain.length === 1 && first !== undefined ? first : Buffer.concat(plain);
}

/**
 * Decrypts the body of a push message: one record, the sender's key as key id (RFC 8291 §3 and §4).
 *
 * @throws UndecryptableError
 */
export function decryptPush(body: Buffer, receiver: ReceiverKeys): { readonly plain: Buffer; readonly sender: Buffer } {
  const coded = takeApart(body);
  const sender = coded.keyId;
  if (sender.length !== POINT_BYTES) throw new UndecryptableError("the key id is not the sender's public key");
  // RFC 8291 §4: the record size is greater than the one record, so that nobody waits for a second one.
  if (coded.recordBytes <= coded.records.length) throw new UndecryptableError('there is more than one record');
  return { plain: decryptRecords(coded, sharedKey(sender, receiver)), sender };
}

/** RFC 8291 §3.4: IKM from the ECDH secret and the authentication secret. */
function sharedKey(sender: Buffer, receiver: ReceiverKeys): Buffer {
  let secret: Buffer;
  try {
    secret = receiver.ecdh.computeSecret(sender);
  } catch (cause) {
    throw new UndecryptableError("the sender's key is no point on P-256", { cause });
  }
  const info = Buffer.concat([WEBPUSH_INFO, receiver.publicKey, sender, FIRST_BLOCK]);
  return hmac(hmac(receiver.authSecret, secret), info);
}

function decryptRecord(record: Buffer, key: Buffer, nonce: Buffer): Buffer {
  if (record.length <= TAG_BYTES) throw new UndecryptableError('a record is cut off');
  const decipher = createDecipheriv('aes-128-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(record.subarray(record.length - TAG_BYTES));
  const plain = decipher.update(record.subarray(0, record.length - TAG_BYTES));
  try {
    decipher.final();
  } catch (cause) {
    throw new UndecryptableError('the tag of a record does not match', { cause });
  }
  return plain;
}

/** RFC 8188 §2.3: the number of the record is XORed into the nonce. */
function nonceOf(base: Buffer, sequence: number): Buffer {
  if (sequence === 0) return base;
  const nonce = Buffer.from(base);
  // Bodies here end long before 2^32 records, so the last four of its twelve bytes are enough.
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ sequence) >>> 0, 8);
  return nonce;
}

/** RFC 8188 §2: zeros, then 2 in the last record and 1 in the others. */
function unpad(padded: Buffer, isLast: boolean): Buffer {
  let end = padded.length - 1;
  while (end >= 0 && padded[end] === 0) end -= 1;
  if (padded[end] !== (isLast ? 2 : 1)) throw new UndecryptableError('the padding delimiter is wrong');
  return padded.subarray(0, end);
}

function hmac(key: Buffer, data: Buffer): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
