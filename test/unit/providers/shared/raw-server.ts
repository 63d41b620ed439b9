/** A bare HTTP/2 server over TLS, for faults that a well-behaved one would not commit. Certificates are made at start. */
import http2, { type Http2SecureServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import net, { type AddressInfo, type Socket } from 'node:net';
import { generate } from 'selfsigned';

export interface RawRequest {
  readonly stream: ServerHttp2Stream;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  readonly session: ServerHttp2Session;
  /** Counts from 1 over the whole server. */
  readonly nth: number;
  /** Counts from 1 on its connection. */
  readonly nthOnSession: number;
}

export interface RawServer {
  readonly origin: string;
  readonly ca: string;
  readonly requests: RawRequest[];
  readonly sessions: ServerHttp2Session[];
  readonly sockets: Socket[];
  /** Most streams open at the same time on one connection. */
  readonly streamsPeak: () => number;
  /** Resolves as soon as `count` requests have come. */
  arrived(count: number): Promise<void>;
  close(): Promise<void>;
}

let certificate: Promise<{ cert: string; private: string }> | undefined;

function localhost(): Promise<{ cert: string; private: string }> {
  certificate ??= generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
    ],
  } as Parameters<typeof generate>[1]);
  return certificate;
}

/** Bodies are read whole before `handle` is asked. */
export async function openRawServer(
  handle: (request: RawRequest) => void,
  settings: http2.Settings = { maxConcurrentStreams: 100 },
  onSession: (session: ServerHttp2Session) => void = () => {},
): Promise<RawServer> {
  const { cert, private: key } = await localhost();
  const server: Http2SecureServer = http2.createSecureServer({ cert, key, settings });
  const requests: RawRequest[] = [];
  const sessions: ServerHttp2Session[] = [];
  const sockets: Socket[] = [];
  const waiting = new Set<{ count: number; resolve: () => void }>();
  let streamsPeak = 0;
  server.on('connection', (socket: Socket) => sockets.push(socket));
  server.on('secureConnection', (socket) => socket.on('error', () => {}));
  server.on('sessionError', () => {});
  server.on('session', (session) => {
    sessions.push(session);
    session.on('error', () => {});
    let open = 0;
    let nthOnSession = 0;
    session.on('stream', (stream, headers) => {
      open += 1;
      nthOnSession += 1;
      const nthHere = nthOnSession;
      streamsPeak = Math.max(streamsPeak, open);
      const chunks: Buffer[] = [];
      stream.on('error', () => {});
      stream.on('close', () => {
        open -= 1;
      });
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const request = {
          stream,
          headers: headers as RawRequest['headers'],
          body: Buffer.concat(chunks),
          session,
          nth: requests.length + 1,
          nthOnSession: nthHere,
        };
        requests.push(request);
        handle(request);
        for (const waiter of waiting) {
          if (requests.length < waiter.count) continue;
          waiting.delete(waiter);
          waiter.resolve();
        }
      });
    });
    onSession(session);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    ca: cert,
    requests,
    sessions,
    sockets,
    streamsPeak: () => streamsPeak,
    arrived: (count) =>
      requests.length >= count
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.add({ count, resolve });
          }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
        for (const socket of sockets) socket.destroy();
      }),
  };
}

export function ok({ stream }: RawRequest): void {
  if (!stream.destroyed) stream.respond({ ':status': 200 }, { endStream: true });
}

/** A TCP relay before a server, whose connections can be frozen: acknowledged by the kernel, read by nobody. */
export async function openRelay(server: {
  readonly origin: string;
}): Promise<{ origin: string; freeze(): void; close(): Promise<void> }> {
  const pairs: [Socket, Socket][] = [];
  const relay = net.createServer((inside) => {
    const outside = net.connect(Number(new URL(server.origin).port), '127.0.0.1');
    pairs.push([inside, outside]);
    for (const socket of [inside, outside]) socket.on('error', () => {});
    inside.pipe(outside).pipe(inside);
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  return {
    origin: `https://localhost:${(relay.address() as AddressInfo).port}`,
    freeze: () => {
      for (const [inside, outside] of pairs) {
        inside.unpipe(outside).pause();
        outside.unpipe(inside).pause();
      }
    },
    close: () =>
      new Promise((resolve) => {
        relay.close(() => resolve());
        for (const pair of pairs) for (const socket of pair) socket.destroy();
      }),
  };
}
