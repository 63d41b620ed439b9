import mongoose from 'mongoose';

/** Bytes of a document as it was read: without a model's own reading, the driver gives them in a wrapping. */
export function bytesOf(value: Uint8Array | mongoose.mongo.Binary): Buffer {
  const bytes = value instanceof mongoose.mongo.Binary ? value.value() : value;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
