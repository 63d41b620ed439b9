import {
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { BodyCollector, type Exchange, type Receiver, type RequestHead } from './exchange.js';
import { silence } from './silence.js';

/** What servers of push services commonly announce. */
const STREAMS = 100;

/** A server without a port of its own: a listener hands it sockets that agreed on `h2`. */
export function createHttp2Side(receive: Receiver): Http2Server {
  const server = createServer({ settings: { maxConcurrentStreams: STREAMS } });
  const connections = new WeakMap<ServerHttp2Session, Http2Connection>();
  server.on('session', (session) => connections.set(session, new Http2Connection(session)));
  server.on('stream', (stream: ServerHttp2Stream, received: IncomingHttpHeaders) => {
    // First of all, as one that comes while its connection ends is refused: a sender that goes away is no fault of the simulator's.
    stream.on('error', () => undefined);
    const connection = stream.session === undefined ? undefined : connections.get(stream.session as ServerHttp2Session);
    if (connection === undefined) return;
    const body = new BodyCollector();
    stream.on('data', (chunk: Buffer) => body.add(chunk));
    stream.on('end', () => {
      // A stream that its sender gave up ends too, but its body is not whole.
      if (stream.closed || stream.destroyed) return;
      receive(new Http2Exchange(connection, stream, headOf(received)), body.chunks, body.bytes);
    });
  });
  return server;
}

function headOf(received: IncomingHttpHeaders): RequestHead {
  const headers: Record<string, string> = {};
  for (const name in received) {
    if (!name.startsWith(':')) headers[name] = String(received[name]);
  }
  return { method: String(received[':method']), path: String(received[':path']), headers };
}

/** What one connection went through: what was decided on it, its limits, its end. */
class Http2Connection {
  readonly #session: ServerHttp2Session;
  #allowedStreams = STREAMS;
  #lastDecidedStream = 0;
  /** Streams above it are not processed any more; set once GOAWAY is on its way. */
  #lastServedStream = Number.POSITIVE_INFINITY;
  #isSilent = false;

  constructor(session: ServerHttp2Session) {
    this.#session = session;
  }

  get isSilent(): boolean {
    return this.#isSilent;
  }

  serves(streamId: number): boolean {
    return streamId <= this.#lastServedStream;
  }

  noteDecided(streamId: number): void {
    if (streamId > this.#lastDecidedStream) this.#lastDecidedStream = streamId;
  }

  allowStreams(streams: number): void {
    if (this.#isSilent || this.#session.destroyed) return;
    // Saying the same again is no news, and node:http2 gives a session up after ten SETTINGS without an ACK.
    if (streams === this.#allowedStreams) return;
    this.#allowedStreams = streams;
    this.#session.settings({ maxConcurrentStreams: streams });
  }

  /**
   * What was decided is still answered; what comes above the last decided stream is not processed, `streamId` among it.
   * Should nothing have been decided yet, then `streamId` itself becomes the last stream and is served: node:http2
   * cannot send 0 as the last stream.
   */
  goAway(streamId: number): void {
    if (this.#session.destroyed || this.#lastServedStream !== Number.POSITIVE_INFINITY) return;
    this.#lastServedStream = this.#lastDecidedStream === 0 ? streamId : this.#lastDecidedStream;
    // Not followed by close(): that would send a GOAWAY with a later last stream, which is a protocol error
    // (RFC 9113 §6.8). The peer closes the connection when its last answer is in.
    this.#session.goaway(constants.NGHTTP2_NO_ERROR, this.#lastServedStream);
  }

  fallSilent(): void {
    if (this.#isSilent || this.#session.destroyed) return;
    this.#isSilent = true;
    silence(this.#session.socket, (free) => this.#session.once('close', free));
  }
}

class Http2Exchange implements Exchange {
  readonly head: RequestHead;
  readonly #connection: Http2Connection;
  readonly #stream: ServerHttp2Stream;

  constructor(connection: Http2Connection, stream: ServerHttp2Stream, head: RequestHead) {
    this.head = head;
    this.#connection = connection;
    this.#stream = stream;
  }

  get isSilent(): boolean {
    return this.#connection.isSilent;
  }

  get isServed(): boolean {
    return this.#connection.serves(this.#streamId);
  }

  noteDecided(): void {
    this.#connection.noteDecided(this.#streamId);
  }

  answer(status: number, headers: Readonly<Record<string, string>>, body: string): void {
    const stream = this.#stream;
    if (this.isSilent || stream.destroyed || stream.closed) return;
    stream.respond({ ':status': status, ...headers }, { endStream: body === '' });
    if (body !== '') stream.end(body);
  }

  reset(): void {
    this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  goAway(): void {
    this.#connection.goAway(this.#streamId);
  }

  fallSilent(): void {
    this.#connection.fallSilent();
  }

  allowStreams(streams: number): void {
    this.#connection.allowStreams(streams);
  }

  get #streamId(): number {
    return this.#stream.id ?? 0;
  }
}
