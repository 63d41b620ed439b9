import type { SharedBody } from '../wire.js';

/** A text message to a client: `head` and, where there is one, the body that it shares with others. */
export interface Outgoing {
  readonly head: string;
  readonly body: SharedBody | undefined;
}

/** FIN and opcode 1, text; RFC 6455 §5.2. A server does not mask. */
const TEXT = 0x81;
/** A body from this size on is not copied for each connection. */
const SHARED_BYTES_MIN = 4 * 1024;

/**
 * Frames of many messages in as few buffers as make sense: small ones are one buffer and so one write, large bodies stay
 * the buffer that all connections share.
 */
export function frameBytes(messages: readonly Outgoing[]): Buffer[] {
  const chunks: Buffer[] = [];
  let from = 0;
  for (let i = 0; i < messages.length; i++) {
    const body = messages[i]?.body;
    if (body === undefined || body.bytes.length < SHARED_BYTES_MIN) continue;
    chunks.push(copied(messages, from, i + 1, body.bytes.length), body.bytes);
    from = i + 1;
  }
  if (from < messages.length) chunks.push(copied(messages, from, messages.length, 0));
  return chunks;
}

/** @param left bytes at the end of the last message that are not copied */
function copied(messages: readonly Outgoing[], from: number, to: number, left: number): Buffer {
  let total = -left;
  for (let i = from; i < to; i++) {
    const length = bytesOf(messages[i]);
    total += headerBytes(length) + length;
  }
  const buffer = Buffer.allocUnsafe(total);
  let at = 0;
  for (let i = from; i < to; i++) {
    const message = messages[i];
    if (message === undefined) continue;
    at = writeHeader(buffer, at, bytesOf(message));
    at += buffer.write(message.head, at);
    if (message.body !== undefined && (left === 0 || i < to - 1)) at += message.body.bytes.copy(buffer, at);
  }
  return buffer;
}

export function bytesOf(message: Outgoing | undefined): number {
  if (message === undefined) return 0;
  return Buffer.byteLength(message.head) + (message.body?.bytes.length ?? 0);
}

function headerBytes(length: number): number {
  return length < 126 ? 2 : length < 65_536 ? 4 : 10;
}

function writeHeader(buffer: Buffer, at: number, length: number): number {
  buffer[at] = TEXT;
  if (length < 126) {
    buffer[at + 1] = length;
    return at + 2;
  }
  if (length < 65_536) {
    buffer[at + 1] = 126;
    return buffer.writeUInt16BE(length, at + 2);
  }
  buffer[at + 1] = 127;
  return buffer.writeBigUInt64BE(BigInt(length), at + 2);
}
