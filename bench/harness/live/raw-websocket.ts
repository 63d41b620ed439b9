/**
 * A WebSocket client of a few objects a connection, so that ten thousand of them leave the load's core to the load:
 * reads whole, unmasked, unfragmented text frames as servers send them (RFC 6455 §5.2), and writes masked ones with a mask
 * of zeros, which §5.3 allows as far as the bytes go.
 */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

const TEXT = 0x81;
const CLOSE = 0x8;
const PING = 0x9;

export interface RawWebSocket {
  send(text: string): void;
  /** At once, without a word: as a phone that leaves the house. */
  cut(): void;
}

export interface WebSocketEars {
  /** Every text frame of one read from the socket together. */
  onTexts(texts: readonly string[], socket: RawWebSocket): void;
  onOpen(socket: RawWebSocket): void;
  onEnd(): void;
}

export function openRawWebSocket(url: URL, subprotocol: string | undefined, ears: WebSocketEars): RawWebSocket {
  const tcp = connect(Number(url.port), url.hostname);
  tcp.setNoDelay(true);
  const socket: RawWebSocket = { send: (text) => void tcp.write(maskedText(text)), cut: () => tcp.destroy() };
  tcp.write(
    [
      `GET ${url.pathname}${url.search} HTTP/1.1`,
      ...[`Host: ${url.host}`, 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'],
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      ...(subprotocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${subprotocol}`]),
      '\r\n',
    ].join('\r\n'),
  );
  listen(tcp, socket, ears);
  return socket;
}

function listen(tcp: Socket, socket: RawWebSocket, ears: WebSocketEars): void {
  let isOpen = false;
  let rest: Buffer | undefined;
  tcp.on('data', (chunk: Buffer) => {
    let bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
    rest = undefined;
    if (!isOpen) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end === -1) {
        rest = bytes;
        return;
      }
      if (!bytes.subarray(0, 12).equals(SWITCHING)) {
        tcp.destroy();
        return;
      }
      isOpen = true;
      bytes = bytes.subarray(end + 4);
      ears.onOpen(socket);
    }
    const texts: string[] = [];
    for (;;) {
      const frame = readFrame(bytes);
      if (frame === undefined) break;
      bytes = bytes.subarray(frame.length);
      if (frame.opcode === CLOSE) tcp.destroy();
      else if (frame.opcode === PING) tcp.write(PONG);
      else texts.push(frame.payload.toString());
    }
    if (bytes.length > 0) rest = bytes;
    if (texts.length > 0) ears.onTexts(texts, socket);
  });
  tcp.on('error', () => undefined); // `close` follows
  tcp.on('close', () => ears.onEnd());
}

const SWITCHING = Buffer.from('HTTP/1.1 101');
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

function readFrame(
  bytes: Buffer,
): { readonly opcode: number; readonly payload: Buffer; readonly length: number } | undefined {
  if (bytes.length < 2) return undefined;
  const opcode = bytes.readUInt8(0) & 0x0f;
  const short = bytes.readUInt8(1) & 0x7f;
  const head = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < head) return undefined;
  const size = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (bytes.length < head + size) return undefined;
  return { opcode, payload: bytes.subarray(head, head + size), length: head + size };
}

function maskedText(text: string): Buffer {
  const size = Buffer.byteLength(text);
  const head = size < 126 ? 6 : 8;
  if (size > 0xffff) throw new Error('a load client says less than 64 KiB at a time');
  const frame = Buffer.alloc(head + size); // zeros: the mask is among them
  frame.writeUInt8(TEXT, 0);
  frame.writeUInt8(0x80 | Math.min(size, 126), 1);
  if (size >= 126) frame.writeUInt16BE(size, 2);
  frame.write(text, head);
  return frame;
}
