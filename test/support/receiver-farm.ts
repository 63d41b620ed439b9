/** Receivers of webhooks as they are met: one that works, and those that would harm whoever calls them. */
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { createLoopbackCertificate } from '../../src/simulators/certificates.js';

export interface ReceivedCall {
  readonly at: number;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  /** Of its https certificate; empty for http. */
  readonly ca: string;
  /** In the order of their arrival. */
  readonly calls: ReceivedCall[];
  /** Answers each call once its body is there; at first 204. */
  answer: (call: ReceivedCall, response: ServerResponse) => void;
  /** Connections so far. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** One that works. */
export async function openReceiver(scheme: 'http' | 'https' = 'http'): Promise<Receiver> {
  const certificate = scheme === 'https' ? await createLoopbackCertificate() : undefined;
  const server = certificate === undefined ? createHttpServer() : createHttpsServer(certificate.tls);
  const gate = gateOf(server);
  const receiver: Receiver = {
    url: await gate.listen(scheme),
    ca: certificate?.ca ?? '',
    calls: [],
    answer: (_call, response) => response.writeHead(204).end(),
    connections: gate.connections,
    close: gate.close,
  };
  server.on('request', (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString('utf8');
      const call = { at: Date.now(), path: request.url ?? '', headers: request.headers, body };
      receiver.calls.push(call);
      receiver.answer(call, response);
    });
  });
  return receiver;
}

/** What each kind does with a connection on which a request has begun to arrive. */
const HOSTILE = {
  /** Takes the call and says nothing. */
  hangs: () => undefined,
  /** A body without end, as fast as it is read. */
  floods: (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n');
    const part = Buffer.alloc(64 * 1024, 'x');
    const go = () => {
      while (!socket.destroyed && socket.write(part));
    };
    socket.on('drain', go);
    go();
  },
  /** A byte of the body now and then, for ever. */
  drips: (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
    every(socket, 100, () => socket.write('x'));
  },
  /** The same with the head of the answer. */
  'drips headers': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nx: ');
    every(socket, 100, () => socket.write('x'));
  },
  /** A head without end. */
  'floods headers': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const part = 'x-more: and-more-of-the-same\r\n'.repeat(1_000);
    const go = () => {
      while (!socket.destroyed && socket.write(part));
    };
    socket.on('drain', go);
    go();
  },
  /** "Go on" without end. */
  'provisional for ever': (socket) => {
    every(socket, 1, () => socket.write('HTTP/1.1 100 Continue\r\n\r\n'.repeat(10)));
  },
  resets: (socket) => socket.resetAndDestroy(),
  'closes without a word': (socket) => socket.destroy(),
  garbage: (socket) => socket.end('220 mail.example.org ESMTP ready\r\n'),
  /** Promises more than it sends. */
  'breaks off': (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nonly this'),
  /** Says that a small body is a very large one. */
  'gzip bomb': (socket) => {
    const { length } = BOMB;
    socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${length}\r\n\r\n`);
    socket.end(BOMB);
  },
  upgrades: (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
} as const satisfies Readonly<Record<string, (socket: Socket) => void>>;
const BOMB = Buffer.concat([Buffer.from('1f8b0800000000000003', 'hex'), Buffer.alloc(32 * 1024)]);
export type HostileKind = keyof typeof HOSTILE;
export const HOSTILE_KINDS = Object.keys(HOSTILE) as HostileKind[]; // the keys of the table above

export interface HostileReceiver {
  readonly url: string;
  readonly connections: () => number;
  /** Connections that are open. */
  readonly open: () => number;
  close(): Promise<void>;
}

export async function openHostile(kind: HostileKind): Promise<HostileReceiver> {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => HOSTILE[kind](socket));
  });
  const gate = gateOf(server);
  return { url: await gate.listen('http'), ...gate };
}

/** Accepts connections and never begins to speak TLS. */
export async function openTlsStall(): Promise<HostileReceiver> {
  const gate = gateOf(net.createServer((socket) => socket.on('error', () => undefined).resume()));
  return { url: await gate.listen('https'), ...gate };
}

/** Shows a certificate that nobody vouches for. */
export async function openBadCertificate(): Promise<HostileReceiver> {
  const { tls } = await createLoopbackCertificate();
  const server = createTlsServer(tls, (socket) => socket.on('error', () => undefined));
  server.on('tlsClientError', () => undefined);
  const gate = gateOf(server);
  return { url: await gate.listen('https'), ...gate };
}

function gateOf(server: net.Server) {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  return {
    connections: () => connections,
    open: () => sockets.size,
    async listen(scheme: 'http' | 'https'): Promise<string> {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return `${scheme}://localhost:${(server.address() as AddressInfo).port}/hook`; // listening on a port
    },
    async close(): Promise<void> {
      server.close();
      for (const socket of sockets) socket.destroy();
      if (server.listening) await once(server, 'close');
    },
  };
}

function every(socket: Socket, ms: number, work: () => void): void {
  const timer = setInterval(work, ms);
  socket.on('close', () => clearInterval(timer));
}
