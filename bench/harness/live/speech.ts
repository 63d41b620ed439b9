/** What a client of each contender says and hears over its connection; the same for ten thousand of them. */
import { connect } from 'node:net';
import { openRawWebSocket } from './raw-websocket.js';

/** A connection as the fleet sees it. */
export interface Link {
  cut(): void;
}

export interface LinkEars {
  /** Messages can come from now on. */
  onReady(): void;
  /** Bodies as they were sent, all of one read together. */
  onMessages(bodies: readonly string[]): void;
  onEnd(): void;
}

/** Opens client number `n`. It says to the server whatever that wants to hear: greetings, acknowledgements, pongs. */
export type Speech = (n: number, ears: LinkEars) => Link;

/** Bare `ws`: each message is a text frame. */
export function bareWebSocket(url: string): Speech {
  const address = new URL(url);
  return (_n, ears) =>
    openRawWebSocket(address, undefined, {
      onOpen: () => ears.onReady(),
      onTexts: (texts) => ears.onMessages(texts),
      onEnd: () => ears.onEnd(),
    });
}

/** Socket.IO 4 over WebSocket alone (Engine.IO protocol 4): event `m` with the message as its only argument. */
export function socketIo(url: string, hasRecovery = false): Speech {
  const sessions = new Map<number, { pid: string; offset?: string }>();
  const address = new URL('/socket.io/?EIO=4&transport=websocket', url);
  return (n, ears) =>
    openRawWebSocket(address, undefined, {
      onOpen: () => undefined,
      onEnd: () => ears.onEnd(),
      onTexts(texts, socket) {
        const bodies: string[] = [];
        for (const text of texts) {
          if (text.startsWith('42')) {
            const [, body, offset] = JSON.parse(text.slice(2)) as [string, string, string?];
            bodies.push(body);
            const session = sessions.get(n);
            if (session !== undefined && offset !== undefined) session.offset = offset;
          } else if (text.startsWith('40')) {
            const { pid } = JSON.parse(text.slice(2)) as { pid?: string };
            if (hasRecovery && pid !== undefined) sessions.set(n, { pid });
            ears.onReady();
          } else if (text.startsWith('0')) {
            const session = sessions.get(n);
            socket.send(session?.offset === undefined ? '40' : `40${JSON.stringify(session)}`);
          } else if (text === '2') socket.send('3');
        }
        if (bodies.length > 0) ears.onMessages(bodies);
      },
    });
}

/** Pealbell's protocol: `got` and `done` for whatever came with one read. The message is the text `m` in `data`. */
export function pealbell(url: string, token: (n: number) => string): Speech {
  const address = new URL('/v1/realtime/ws', url);
  const cursors = new Map<number, string>();
  return (n, ears) =>
    openRawWebSocket(address, 'pealbell.v1', {
      onOpen(socket) {
        const cursor = cursors.get(n);
        const hello = { t: 'hello', token: token(n), ping_ms: 240_000, ...(cursor === undefined ? {} : { cursor }) };
        socket.send(JSON.stringify(hello));
      },
      onEnd: () => ears.onEnd(),
      onTexts(texts, socket) {
        const bodies: string[] = [];
        const done: string[] = [];
        let got = 0;
        for (const text of texts) {
          const frame = JSON.parse(text) as PealbellFrame;
          if (frame.t === 'push') {
            got = frame.seq;
            done.push(frame.id);
            bodies.push(frame.data?.m ?? '');
            cursors.set(n, frame.cursor);
          } else if (frame.t === 'welcome') {
            cursors.set(n, frame.cursor);
            ears.onReady();
          } else if (frame.t === 'ping') socket.send('{"t":"pong"}');
        }
        if (got === 0) return;
        socket.send(`{"t":"got","seq":${got}}`);
        ears.onMessages(bodies);
        for (let from = 0; from < done.length; from += DONE_MAX) {
          socket.send(JSON.stringify({ t: 'done', ids: done.slice(from, from + DONE_MAX) }));
        }
      },
    });
}

/** Ids that one `done` may name. */
const DONE_MAX = 100;

type PealbellFrame =
  | {
      readonly t: 'push';
      readonly seq: number;
      readonly id: string;
      readonly cursor: string;
      readonly data?: { readonly m?: string };
    }
  | { readonly t: 'welcome'; readonly cursor: string }
  | { readonly t: 'ping' };

/** MQTT 3.1.1 (OASIS), QoS 1: subscribes to `d/<n>` and `all`, answers every PUBLISH with PUBACK. */
export function mqtt(url: string, isClean = true): Speech {
  const address = new URL(url);
  return (n, ears) => {
    const tcp = connect(Number(address.port), address.hostname);
    tcp.setNoDelay(true);
    tcp.write(connectPacket(`bench-${n}`, isClean));
    let rest: Buffer | undefined;
    tcp.on('data', (chunk: Buffer) => {
      let bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
      rest = undefined;
      const bodies: string[] = [];
      const acks: Buffer[] = [];
      for (;;) {
        const packet = readPacket(bytes);
        if (packet === undefined) break;
        const { kind, flags, body } = packet;
        bytes = bytes.subarray(packet.length);
        if (kind === 2) tcp.write(subscribePacket([`d/${n}`, 'all']));
        else if (kind === 9) ears.onReady();
        else if (kind === 3) {
          const topic = body.readUInt16BE(0);
          const hasId = (flags & 0b0110) !== 0;
          if (hasId) acks.push(Buffer.concat([PUBACK, body.subarray(2 + topic, 4 + topic)]));
          bodies.push(body.subarray(2 + topic + (hasId ? 2 : 0)).toString());
        }
      }
      if (bytes.length > 0) rest = bytes;
      if (acks.length > 0) tcp.write(Buffer.concat(acks));
      if (bodies.length > 0) ears.onMessages(bodies);
    });
    tcp.on('error', () => undefined); // `close` follows
    tcp.on('close', () => ears.onEnd());
    return { cut: () => tcp.destroy() };
  };
}

const PUBACK = Buffer.from([0x40, 2]);

function readPacket(bytes: Buffer) {
  if (bytes.length < 2) return undefined;
  let size = 0;
  let at = 1;
  for (let shift = 0; ; shift += 7, at++) {
    if (at >= bytes.length) return undefined;
    const byte = bytes.readUInt8(at);
    size |= (byte & 0x7f) << shift;
    if ((byte & 0x80) === 0) break;
  }
  const length = at + 1 + size;
  if (bytes.length < length) return undefined;
  const first = bytes.readUInt8(0);
  return { kind: first >> 4, flags: first & 0x0f, body: bytes.subarray(at + 1, length), length };
}

function connectPacket(client: string, isClean: boolean): Buffer {
  const body = Buffer.concat([text('MQTT'), Buffer.from([4, isClean ? 2 : 0, 0, 0]), text(client)]);
  return Buffer.concat([Buffer.from([0x10, body.length]), body]);
}

function subscribePacket(topics: readonly string[]): Buffer {
  const body = Buffer.concat([Buffer.from([0, 1]), ...topics.flatMap((topic) => [text(topic), Buffer.from([1])])]);
  return Buffer.concat([Buffer.from([0x82, body.length]), body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const size = Buffer.alloc(2);
  size.writeUInt16BE(bytes.length);
  return Buffer.concat([size, bytes]);
}
