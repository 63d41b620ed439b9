/** A WebSocket client that writes whatever bytes it is told to, and reads what a server answers (RFC 6455). */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A frame as it is written; what is left out is as it should be. */
export interface RawFrame {
  readonly opcode: number;
  readonly payload?: Buffer | string;
  readonly fin?: boolean;
  /** RSV1 to RSV3 as bits 4, 2 and 1. */
  readonly rsv?: number;
  /** Four bytes; `none` leaves the mask bit and the mask out. */
  readonly mask?: Buffer | 'none';
  /** What the header says of the payload's length, whatever that is. */
  readonly says?: bigint;
  /** Bytes that the length is written in beside the first; the fewest when absent. */
  readonly lengthBytes?: 0 | 2 | 8;
}

export function encodeFrame({ opcode, payload = '', fin = true, rsv = 0, mask, says, lengthBytes }: RawFrame): Buffer {
  const bytes = Buffer.from(payload);
  const length = says ?? BigInt(bytes.length);
  const wide = lengthBytes ?? (length < 126n ? 0 : length < 65_536n ? 2 : 8);
  const head = Buffer.alloc(2 + wide);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  head[1] = (mask === 'none' ? 0 : 0x80) | (wide === 0 ? Number(length) : wide === 2 ? 126 : 127);
  if (wide === 2) head.writeUInt16BE(Number(length), 2);
  if (wide === 8) head.writeBigUInt64BE(length, 2);
  if (mask === 'none') return Buffer.concat([head, bytes]);
  const key = mask ?? randomBytes(4);
  const masked = bytes.map((byte, at) => byte ^ (key[at % 4] ?? 0));
  return Buffer.concat([head, key, masked]);
}

/** How a connection ended. `code` is absent where the server ended it without a close frame. */
export interface RawEnd {
  readonly code?: number;
  readonly reason?: string;
  /** The transport was reset. */
  readonly reset: boolean;
}

export interface RawWebSocket {
  readonly socket: Socket;
  /** The handshake's answer; 0 where the server ended the connection without one. */
  readonly status: Promise<number>;
  /** Head and body of an answer that is no upgrade. */
  answer(): string;
  /** Texts that the server sent, oldest first. */
  readonly texts: readonly string[];
  /** Resolves with the next pong's payload. */
  pong(): Promise<string>;
  /** Resolves when a text is there for which this holds. */
  text(holds: (text: string) => boolean): Promise<string>;
  readonly ended: Promise<RawEnd>;
  write(bytes: Buffer | string): void;
  close(): void;
}

export interface Handshake {
  readonly port: number;
  readonly path: string;
  /** Added to, or in place of, what a right handshake has; `undefined` leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export function handshakeBytes({ port, path, headers = {} }: Handshake): string {
  const all: Record<string, string | undefined> = {
    Host: `127.0.0.1:${port}`,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    'Sec-WebSocket-Protocol': 'pealbell.v1',
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

/** Connects, and writes a handshake; `bytes` in its place where given, and nothing where they are empty. */
export function openRawWebSocket(target: Handshake, bytes: string = handshakeBytes(target)): RawWebSocket {
  const socket = connect(target.port, '127.0.0.1').setNoDelay(true);
  const texts: string[] = [];
  const textWaiters = new Set<() => void>();
  const pongWaiters: ((payload: string) => void)[] = [];
  let received: Buffer = Buffer.alloc(0);
  let upgraded = false;
  let told: Pick<RawEnd, 'code' | 'reason'> = {};
  let reset = false;
  let answered: (status: number) => void = () => undefined;
  const status = new Promise<number>((resolve) => {
    answered = resolve;
  });
  const ended = new Promise<RawEnd>((resolve) => {
    socket.once('close', () => {
      answered(0);
      resolve({ ...told, reset });
    });
  });

  function readHead(): void {
    const end = received.indexOf('\r\n\r\n');
    if (end === -1) return;
    const code = Number(/^HTTP\/1\.1 (\d{3})/.exec(received.subarray(0, end).toString('latin1'))?.[1] ?? 0);
    answered(code);
    if (code !== 101) return;
    upgraded = true;
    received = received.subarray(end + 4);
  }

  function readFrame(): boolean {
    const [first, second] = received;
    if (first === undefined || second === undefined) return false;
    const short = second & 0x7f;
    const wide = short < 126 ? 0 : short === 126 ? 2 : 8;
    if (received.length < 2 + wide) return false;
    const length = wide === 0 ? short : wide === 2 ? received.readUInt16BE(2) : Number(received.readBigUInt64BE(2));
    if (received.length < 2 + wide + length) return false;
    const payload = received.subarray(2 + wide, 2 + wide + length);
    received = received.subarray(2 + wide + length);
    const opcode = first & 0x0f;
    if (opcode === OPCODES.text) {
      texts.push(payload.toString());
      for (const look of textWaiters) look();
    } else if (opcode === OPCODES.pong) {
      pongWaiters.shift()?.(payload.toString());
    } else if (opcode === OPCODES.close) {
      told =
        payload.length < 2
          ? { code: 1005, reason: '' }
          : { code: payload.readUInt16BE(0), reason: payload.subarray(2).toString() };
      if (socket.writable) socket.end(encodeFrame({ opcode: OPCODES.close, payload: payload.subarray(0, 2) }));
    }
    return true;
  }

  socket.on('data', (part) => {
    received = received.length === 0 ? part : Buffer.concat([received, part]);
    if (!upgraded) readHead();
    if (upgraded) while (readFrame());
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    reset ||= error.code === 'ECONNRESET';
  });
  socket.write(bytes);

  return {
    socket,
    status,
    answer: () => received.toString('latin1'),
    texts,
    pong: () => new Promise((resolve) => void pongWaiters.push(resolve)),
    text: (holds) =>
      new Promise((resolve) => {
        const look = () => {
          const found = texts.find(holds);
          if (found === undefined) return;
          textWaiters.delete(look);
          resolve(found);
        };
        textWaiters.add(look);
        look();
      }),
    ended,
    write: (bytes) => void (socket.writable && socket.write(bytes)),
    close: () => void socket.destroy(),
  };
}
