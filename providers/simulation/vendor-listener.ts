/** The port of a simulated vendor: HTTPS over HTTP/1.1 on 127.0.0.1, each request decided by its desk. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TlsMaterial } from '../simulation.js';
import type { VendorAnswer } from './vendor-call.js';
import { decide, type VendorDesk } from './vendor-desk.js';

/** The most of a body that is kept: 1,000 push tokens and a message. */
const BODY_KEPT_BYTES_MAX = 1_048_576;

export interface VendorListener {
  /** Such as `https://127.0.0.1:41234`, without a path. */
  readonly url: string;
  /** Cuts every connection and frees the port. Calling it twice is harmless. */
  close(): Promise<void>;
}

/**
 * @param port loopback port; 0 picks a free one
 * @throws the listener's error, such as `EADDRINUSE`; nothing stays open then
 */
export async function listenAsVendor(desk: VendorDesk, tls: TlsMaterial, port: number): Promise<VendorListener> {
  const sockets = new Set<Socket>();
  /** These never answer again. */
  const silent = new WeakSet<Socket>();
  // Without a bound on idle time: what ends connections here is the sender, or a fault.
  const server = createServer({ cert: tls.cert, key: tls.key, keepAliveTimeout: 0 }, (received, response) => {
    take(desk, received, response, silent);
  });
  server.on('secureConnection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    // A listener for data makes node read by the stream's events. Its direct way from TLS to the parser goes on while the
    // parser is paused, because a long answer has not drained: the next large request then ends the connection (HPE_PAUSED).
    socket.on('data', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  let closed: Promise<void> | undefined;
  return {
    // A TCP listener has an AddressInfo once it listens.
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
        server.closeAllConnections();
      });
      return closed;
    },
  };
}

function take(desk: VendorDesk, received: IncomingMessage, response: ServerResponse, silent: WeakSet<Socket>): void {
  const { socket } = received;
  const pieces: Buffer[] = [];
  let bytes = 0;
  received.on('error', () => undefined);
  response.on('error', () => undefined);
  received.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes <= BODY_KEPT_BYTES_MAX) pieces.push(piece);
  });
  received.on('end', () => {
    if (silent.has(socket)) return;
    const { pathname, searchParams } = urlOf(received);
    const fate = decide(desk, {
      method: received.method ?? '',
      path: pathname,
      query: searchParams,
      headers: plainHeaders(received),
      body: bytes > BODY_KEPT_BYTES_MAX ? undefined : Buffer.concat(pieces).toString('utf8'),
      now: desk.now(),
    });
    switch (fate.kind) {
      case 'stall':
        return;
      case 'half_open':
        silent.add(socket);
        return;
      case 'reset':
        socket.destroy();
        return;
      case 'answered': {
        const answer = () => {
          if (!silent.has(socket)) respond(response, fate.answer, fate.isLast);
          fate.after?.();
        };
        // Unreferenced: while the listener is open it keeps the process alive, and afterwards nobody waits.
        const inTime = () => {
          if (fate.latencyMs === 0) answer();
          else setTimeout(answer, fate.latencyMs).unref();
        };
        const held = fate.isNotification ? desk.hold?.() : undefined;
        if (held === undefined) inTime();
        else void held.then(inTime);
        return;
      }
      default: {
        fate satisfies never;
      }
    }
  });
}

/** One that is none is a path that no vendor has. */
function urlOf({ url = '/' }: IncomingMessage): URL {
  const base = 'https://vendor.invalid';
  return URL.canParse(url, base) ? new URL(url, base) : new URL('/?', base);
}

function respond(response: ServerResponse, { status, body, type, headers }: VendorAnswer, isLast: boolean): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    'content-type': type ?? 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(body),
    ...headers,
    ...(isLast ? { connection: 'close' } : {}),
  });
  response.end(body);
}

function plainHeaders(received: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(received.headers)) headers[name] = String(value);
  return headers;
}
