import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { BodyCollector, type Exchange, type Receiver, type RequestHead } from './exchange.js';
import { silence } from './silence.js';

/** Idle connections stay as long as those of large services do. */
const KEEP_ALIVE_MS = 60_000;

/** A server without a port of its own: a listener hands it sockets that did not agree on `h2`. */
export function createHttp1Side(receive: Receiver): Server {
  const silent = new WeakSet<Socket>();
  const server = createServer((request, response) => {
    const body = new BodyCollector();
    request.on('data', (chunk: Buffer) => body.add(chunk));
    request.on('end', () => receive(new Http1Exchange(request, response, silent), body.chunks, body.bytes));
    // A sender that goes away is no fault of the simulator's.
    request.on('error', () => undefined);
    response.on('error', () => undefined);
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}

class Http1Exchange implements Exchange {
  readonly head: RequestHead;
  readonly isServed = true;
  readonly #response: ServerResponse;
  readonly #socket: Socket;
  readonly #silent: WeakSet<Socket>;

  constructor(request: IncomingMessage, response: ServerResponse, silent: WeakSet<Socket>) {
    const headers: Record<string, string> = {};
    for (const name in request.headers) headers[name] = String(request.headers[name]);
    this.head = { method: request.method ?? '', path: request.url ?? '', headers };
    this.#response = response;
    this.#socket = request.socket;
    this.#silent = silent;
  }

  get isSilent(): boolean {
    return this.#silent.has(this.#socket);
  }

  noteDecided(): void {
    // Requests of one connection come one after the other, and each is answered before the next.
  }

  answer(status: number, headers: Readonly<Record<string, string>>, body: string): void {
    if (this.isSilent || this.#response.destroyed) return;
    this.#response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
  }

  reset(): void {
    // A socket under TLS cannot be reset (resetAndDestroy throws); a close without an answer looks the same to clients.
    this.#socket.destroy();
  }

  goAway(): void {
    this.#response.setHeader('connection', 'close');
  }

  fallSilent(): void {
    if (this.isSilent) return;
    this.#silent.add(this.#socket);
    silence(this.#socket, (free) => this.#socket.once('close', free));
  }

  allowStreams(): void {
    // One request at a time is all that HTTP/1.1 has.
  }
}
