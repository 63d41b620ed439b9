/** An HTTP/1.1 server on loopback that a test commands, and counts of what came to it. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createLoopbackCertificate } from '../../../../src/simulators/certificates.js';

export interface Http1Request {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly socket: Socket;
  readonly response: ServerResponse;
}

export interface Http1Server {
  readonly origin: string;
  /** PEM of the authority to trust; undefined without TLS. */
  readonly ca: string | undefined;
  answer: (request: Http1Request) => void;
  /** Requests whose body arrived whole. */
  readonly requests: Http1Request[];
  /** Resolves when so many have arrived. */
  arrived(count: number): Promise<void>;
  /** Connections that were opened so far, and that are open. */
  connections(): { readonly opened: number; readonly open: number };
  /** Resolves when no connection is open any more. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

let certificate: ReturnType<typeof createLoopbackCertificate> | undefined;

export async function openHttp1Server(scheme: 'http' | 'https' = 'http'): Promise<Http1Server> {
  certificate ??= createLoopbackCertificate();
  const { ca, tls } = await certificate;
  const server: Server =
    scheme === 'http' ? createServer({ keepAliveTimeout: 0 }) : createHttpsServer({ ...tls, keepAliveTimeout: 0 });
  const sockets = new Set<Socket>();
  const waiting: (() => void)[] = [];
  const tell = () => {
    for (const wake of waiting.splice(0)) wake();
  };
  let opened = 0;
  server.on(scheme === 'http' ? 'connection' : 'secureConnection', (socket: Socket) => {
    opened += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      sockets.delete(socket);
      tell();
    });
  });
  server.on('request', (received, response) => {
    const pieces: Buffer[] = [];
    received.on('error', () => undefined);
    received.on('data', (piece: Buffer) => pieces.push(piece));
    received.on('end', () => {
      const { method = '', url = '', headers, socket } = received;
      const request = { method, url, headers, body: Buffer.concat(pieces).toString(), socket, response };
      given.requests.push(request);
      tell();
      given.answer(request);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const until = async (isTrue: () => boolean) => {
    while (!isTrue()) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const given: Http1Server = {
    origin: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`, // listening on a port
    ca: scheme === 'https' ? ca : undefined,
    answer: ({ response }) => response.end('{}'),
    requests: [],
    arrived: (count) => until(() => given.requests.length >= count),
    connections: () => ({ opened, open: sockets.size }),
    quiet: () => until(() => sockets.size === 0),
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  return given;
}
