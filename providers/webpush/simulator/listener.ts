import type { AddressInfo, Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { TlsMaterial } from '../../simulation.js';
import type { Receiver } from './exchange.js';
import { createHttp1Side } from './http1-side.js';
import { createHttp2Side } from './http2-side.js';

/** One port of TLS that speaks HTTP/2 to those who ask for it (ALPN) and HTTP/1.1 to all others. */
export class Listener {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #closed: Promise<void> | undefined;

  constructor(tls: TlsMaterial, receive: Receiver) {
    const http2 = createHttp2Side(receive);
    const http1 = createHttp1Side(receive);
    this.#server = createServer({
      cert: tls.cert,
      key: tls.key,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('secureConnection', (socket: TLSSocket) => {
      // Both servers take connections this way, as their documentation says of the event.
      (socket.alpnProtocol === 'h2' ? http2 : http1).emit('connection', socket);
    });
    // A handshake that fails is its sender's trouble.
    this.#server.on('tlsClientError', () => undefined);
  }

  /** @returns the origin, such as `https://127.0.0.1:41234`. @throws the listener's error, such as `EADDRINUSE`. */
  listen(port: number): Promise<string> {
    const server = this.#server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        // A TCP listener has an AddressInfo once it listens.
        resolve(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
      });
    });
  }

  /** Cuts every connection and frees the port. Calling it twice is harmless. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      if (this.#server.listening) this.#server.close(() => resolve());
      else resolve();
      for (const socket of this.#sockets) socket.destroy();
    });
    return this.#closed;
  }
}
