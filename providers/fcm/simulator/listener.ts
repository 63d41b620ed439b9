/** One TLS port that speaks HTTP/2 and HTTP/1.1, as Google's front end does. */
import { createServer as createHttp1Server, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  constants,
  createServer as createHttp2Server,
  type Http2Server,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from 'node:tls';
import type { TlsMaterial } from '../../simulation.js';
import { Http1Connection, Http2Connection } from './connection.js';
import { type Desk, type Exchange, FcmRequest } from './request.js';

export interface ListenerOptions {
  readonly tls: TlsMaterial;
  /** SETTINGS_MAX_CONCURRENT_STREAMS of every HTTP/2 connection. */
  readonly streams: number;
}

export class Listener {
  readonly #desk: Desk;
  readonly #tls: TlsServer;
  /** Also those that never came to speak HTTP; they would keep the listener open. */
  readonly #sockets = new Set<Socket>();
  readonly #http2Connections = new WeakMap<Http2Session, Http2Connection>();
  readonly #http1Connections = new WeakMap<Socket, { readonly connection: Http1Connection; requests: number }>();
  #closed: Promise<void> | undefined;

  constructor(desk: Desk, options: ListenerOptions) {
    this.#desk = desk;
    const http2 = this.#serveHttp2(options.streams);
    const http1 = this.#serveHttp1();
    this.#tls = createTlsServer({
      cert: options.tls.cert,
      key: options.tls.key,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    this.#tls.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#tls.on('secureConnection', (socket: TLSSocket) => {
      (socket.alpnProtocol === 'h2' ? http2 : http1).emit('connection', socket);
    });
  }

  /** Listens on 127.0.0.1 and resolves with the port. @throws the listener's error, such as `EADDRINUSE`. */
  listen(port: number): Promise<number> {
    const server = this.#tls;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        // A TCP listener has an AddressInfo once it listens.
        resolve((server.address() as AddressInfo).port);
      });
    });
  }

  /** Cuts every connection and frees the port. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      if (this.#tls.listening) this.#tls.close(() => resolve());
      else resolve();
      for (const socket of this.#sockets) socket.destroy();
    });
    return this.#closed;
  }

  #serveHttp2(streams: number): Http2Server {
    const server = createHttp2Server({
      settings: { maxConcurrentStreams: streams },
    });
    server.on('session', (session: ServerHttp2Session) => {
      this.#http2Connections.set(session, new Http2Connection(session, streams));
    });
    // A connection that was cut under it is no fault of the simulator's.
    server.on('sessionError', () => undefined);
    server.on('stream', (stream: ServerHttp2Stream, received: IncomingHttpHeaders) => {
      // First of all: one that comes while its connection ends is refused, and says so.
      stream.on('error', () => undefined);
      const connection = stream.session === undefined ? undefined : this.#http2Connections.get(stream.session);
      if (connection === undefined) return;
      const request = new FcmRequest(this.#desk, http2Exchange(stream, received, connection));
      stream.on('data', (chunk: Buffer) => request.add(chunk));
      stream.on('end', () => {
        // A stream that its sender gave up ends too, but its body is not whole.
        if (!stream.closed && !stream.destroyed) request.finish();
      });
    });
    return server;
  }

  #serveHttp1(): Server {
    // Without a bound on idle time: what ends connections here is the sender, or a fault.
    return createHttp1Server({ keepAliveTimeout: 0 }, (received, response) => {
      const { socket } = received;
      const known = this.#http1Connections.get(socket) ?? { connection: new Http1Connection(socket), requests: 0 };
      this.#http1Connections.set(socket, known);
      known.requests += 1;
      const request = new FcmRequest(this.#desk, http1Exchange(received, response, known.connection, known.requests));
      received.on('data', (chunk: Buffer) => request.add(chunk));
      received.on('end', () => request.finish());
      received.on('error', () => undefined);
      response.on('error', () => undefined);
    });
  }
}

function http2Exchange(
  stream: ServerHttp2Stream,
  received: IncomingHttpHeaders,
  connection: Http2Connection,
): Exchange {
  return {
    method: String(received[':method']),
    path: String(received[':path']),
    headers: plainHeaders(received),
    connection,
    number: stream.id ?? 0,
    respond(status, headers, body) {
      if (stream.destroyed || stream.closed) return;
      stream.respond({ ':status': status, ...headers });
      stream.end(body);
    },
    reset: () => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
  };
}

function http1Exchange(
  received: IncomingMessage,
  response: ServerResponse,
  connection: Http1Connection,
  number: number,
): Exchange {
  return {
    method: received.method ?? '',
    path: received.url ?? '',
    headers: plainHeaders(received.headers),
    connection,
    number,
    respond(status, headers, body) {
      if (response.destroyed) return;
      response.writeHead(status, connection.isLeaving ? { ...headers, connection: 'close' } : headers);
      response.end(body);
    },
    reset: () => received.socket.destroy(),
  };
}

function plainHeaders(received: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name in received) if (!name.startsWith(':')) headers[name] = String(received[name]);
  return headers;
}
