/**
 * One HTTP/2 connection: opens streams within the peer's limit, watches that the peer is alive, and
 * says of every stream whether it was answered, handed back unprocessed, or left without an answer.
 */
import http2, { type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import net from 'node:net';
import tls from 'node:tls';
import type { Exchange } from './exchange.js';
import type { RetirableConnection } from './transport.js';

const { NGHTTP2_CANCEL, NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_REFUSED_STREAM } = http2.constants;
const FLAG_END_STREAM = 0x1;

export interface SessionOptions {
  /** `https://host:port`; plain `http:` is for tests of the transport itself. */
  readonly origin: URL;
  /** PEM; in place of the system's roots. */
  readonly ca: string | undefined;
  readonly lookup: net.LookupFunction | undefined;
  /** PEM of a client certificate and its key, shown when the peer asks for one. */
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly bodyBytesMax: number;
  /** Between PINGs while requests are outstanding, and while none is. */
  readonly pingBusyMs: number;
  readonly pingIdleMs: number;
  /** A PING unanswered this long, with nothing else heard, means that nobody is there. */
  readonly pingAnswerMs: number;
  /** Whether an answer of this status shows that the peer has let us in; until then one stream at a time. */
  provesEntry(status: number): boolean;
  /** Monotonic milliseconds. */
  monotonicMs(): number;
}

/** What a connection tells its pool. */
export interface SessionOwner {
  /** Streams this side opens at most on one connection, below the peer's own limit. */
  readonly streamsMax: number;
  /** Room for another stream came up, or may have. */
  room(): void;
  answered(): void;
  /** The peer processed nothing of it. */
  handedBack(exchange: Exchange, cause: string): void;
  /** No new streams from here on; those open may finish. */
  draining(session: Http2Session, cause: string): void;
  /** The peer asked for less (ENHANCE_YOUR_CALM, RFC 9113 §7). */
  calmDown(): void;
  /** Called once, after every exchange of it was settled or handed back. */
  ended(session: Http2Session, cause: string): void;
}

export class Http2Session implements RetirableConnection {
  /** SETTINGS of the peer have arrived. */
  isReady = false;
  isDraining = false;
  /** Answers of any status. */
  answers = 0;
  readonly #options: SessionOptions;
  readonly #owner: SessionOwner;
  readonly #socket: net.Socket;
  readonly #session: ClientHttp2Session;
  readonly #active = new Set<Exchange>();
  readonly #startedAt: number;
  #isProven = false;
  #remoteStreamsMax = 1;
  /** The least of the GOAWAYs seen: streams above it were not processed (RFC 9113 §6.8). */
  #lastStreamId = Number.POSITIVE_INFINITY;
  #pingSentAt: number | undefined;
  #lastPingAt: number;
  #heardAt: number;
  #cause = '';
  #hasEnded = false;

  constructor(options: SessionOptions, owner: SessionOwner) {
    this.#options = options;
    this.#owner = owner;
    this.#startedAt = options.monotonicMs();
    this.#lastPingAt = this.#startedAt;
    this.#heardAt = this.#startedAt;
    // Our own socket, since node:http2 gives no way to destroy the one it makes: a peer that has
    // stopped would keep a gracefully closed one open for ever.
    this.#socket = openSocket(options);
    // A TLS alert that comes after our side of the handshake (such as one on our certificate) reaches the socket
    // only: node:http2 would leave the session open until the connect timeout.
    this.#socket.on('error', (error) => {
      if (!this.isReady) this.destroy(describe(error));
    });
    const session = http2.connect(options.origin, {
      createConnection: () => this.#socket,
      settings: { enablePush: false },
    });
    this.#session = session;
    session.on('remoteSettings', (settings) => {
      this.#remoteStreamsMax = settings.maxConcurrentStreams ?? Number.POSITIVE_INFINITY;
      this.#heardAt = options.monotonicMs();
      this.isReady = true;
      owner.room();
    });
    session.on('goaway', (code: number, lastStreamId: number, data?: Buffer) => {
      this.#lastStreamId = Math.min(this.#lastStreamId, lastStreamId);
      if (code === NGHTTP2_ENHANCE_YOUR_CALM) owner.calmDown();
      this.#drain(`GOAWAY ${code}${data === undefined ? '' : ` ${printable(data)}`}`);
    });
    session.on('error', (error: Error) => {
      this.#cause ||= describe(error);
    });
    session.on('close', () => this.#end());
  }

  /** Streams that may be opened now. */
  get room(): number {
    if (!this.isReady || this.isDraining) return 0;
    const limit = this.#isProven ? Math.min(this.#remoteStreamsMax, this.#owner.streamsMax) : 1;
    return Math.min(limit, this.#remoteStreamsMax) - this.#active.size;
  }

  /** Still being connected, or let in on trial: more connections would not help yet. */
  get isStarting(): boolean {
    return !this.isDraining && (!this.isReady || (!this.#isProven && this.#remoteStreamsMax > 0));
  }

  get isBusy(): boolean {
    return this.#active.size > 0;
  }

  start(exchange: Exchange): void {
    const { request } = exchange;
    // Said, not left to the method: node:http2 ends a GET by itself, and whatever is written after that breaks it off.
    const endStream = request.body.length === 0;
    let stream: ClientHttp2Stream;
    try {
      stream = this.#session.request(
        { ...request.headers, ...request.own, ':method': request.method, ':path': request.path },
        { endStream },
      );
    } catch (error) {
      this.#refusedByEngine(exchange, error);
      return;
    }
    exchange.openedAt = this.#options.monotonicMs();
    this.#active.add(exchange);
    this.#follow(exchange, stream);
    if (!endStream) stream.end(request.body);
  }

  /** Once per tick of the pool. `isLate`: this process itself was held up, so silence proves nothing. */
  tick(now: number, isLate: boolean): void {
    if (!this.isReady) {
      if (now - this.#startedAt >= this.#options.connectTimeoutMs) {
        this.destroy(`no connection within ${this.#options.connectTimeoutMs} ms`);
      }
      return;
    }
    // Held up ourselves: answers may lie in the socket unread, and are read before the next tick.
    if (isLate) return;
    // Streams stand in the order they were opened in, so the first young one ends the search.
    for (const exchange of this.#active) {
      if (now - exchange.openedAt < this.#options.requestTimeoutMs) break;
      exchange.cancel?.();
    }
    if (this.isDraining && !this.isBusy) {
      this.destroy(this.#cause);
      return;
    }
    this.#watchPeer(now);
  }

  retire(): void {
    this.#drain('retired');
  }

  /** At once: whatever is open on it has no answer. */
  destroy(cause: string): void {
    this.#cause ||= cause;
    this.#session.destroy();
    this.#socket.destroy();
  }

  #watchPeer(now: number): void {
    const { pingBusyMs, pingIdleMs, pingAnswerMs } = this.#options;
    if (this.#pingSentAt !== undefined) {
      if (now - Math.max(this.#pingSentAt, this.#heardAt) >= pingAnswerMs) {
        this.#cause = `half-open connection: no answer to PING in ${pingAnswerMs} ms`;
        this.destroy(this.#cause);
      }
      return;
    }
    if (now - this.#lastPingAt < (this.isBusy ? pingBusyMs : pingIdleMs)) return;
    this.#lastPingAt = now;
    this.#pingSentAt = now;
    this.#session.ping((error) => {
      if (error) return;
      this.#pingSentAt = undefined;
      this.#heardAt = this.#options.monotonicMs();
    });
  }

  #follow(exchange: Exchange, stream: ClientHttp2Stream): void {
    const options = this.#options;
    let head: IncomingHttpHeaders | undefined;
    const chunks: Buffer[] = [];
    let bytes = 0;
    const answer = (complete: boolean) => {
      exchange.settle({
        kind: 'answer',
        status: Number(head?.[':status']),
        headers: head ?? {},
        body: chunks.length === 0 ? NO_BODY : Buffer.concat(chunks),
        complete,
        ms: options.monotonicMs() - exchange.openedAt,
        connection: this,
      });
    };
    exchange.cancel = () => {
      if (head === undefined) exchange.settle(this.#noAnswer(exchange, 'no answer in time, or given up'));
      else answer(false);
      stream.close(NGHTTP2_CANCEL);
    };
    stream.on('response', (headers, flags) => {
      head = headers;
      this.#heard(Number(headers[':status']));
      if ((flags & FLAG_END_STREAM) !== 0) {
        answer(true);
        stream.resume(); // so that it closes
        return;
      }
      stream.on('data', (chunk: Buffer) => {
        const left = options.bodyBytesMax - bytes;
        bytes += chunk.length;
        if (left > 0) chunks.push(chunk.subarray(0, left));
        if (bytes <= options.bodyBytesMax) return;
        answer(false);
        stream.close(NGHTTP2_CANCEL);
      });
      stream.on('end', () => answer(stream.rstCode === 0));
    });
    stream.on('error', () => {}); // told by `close`, which always follows
    stream.on('close', () => {
      this.#active.delete(exchange);
      if (!exchange.isSettled) {
        if (head !== undefined) answer(false);
        else this.#closedUnanswered(exchange, stream);
      }
      this.#owner.room();
    });
  }

  #heard(status: number): void {
    this.#heardAt = this.#options.monotonicMs();
    this.answers += 1;
    if (!this.#isProven && this.#options.provesEntry(status)) this.#isProven = true;
    this.#owner.answered();
  }

  #closedUnanswered(exchange: Exchange, stream: ClientHttp2Stream): void {
    const code = stream.rstCode;
    if (code === NGHTTP2_REFUSED_STREAM || (stream.id ?? 0) > this.#lastStreamId) {
      exchange.cancel = undefined;
      this.#owner.handedBack(exchange, this.#cause || 'REFUSED_STREAM');
      return;
    }
    if (code === NGHTTP2_ENHANCE_YOUR_CALM && !this.isDraining) this.#owner.calmDown();
    exchange.settle(this.#noAnswer(exchange, this.#cause || `stream closed without an answer (code ${code})`));
  }

  #noAnswer(exchange: Exchange, cause: string) {
    return { kind: 'no_answer', cause, ms: this.#options.monotonicMs() - exchange.openedAt } as const;
  }

  /** The engine took nothing: either this connection is on its way out, or the request cannot be encoded. */
  #refusedByEngine(exchange: Exchange, error: unknown): void {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!CONNECTION_IS_ENDING.has(code)) {
      exchange.settle({ kind: 'not_sent', reason: 'invalid', cause: describe(error) });
      return;
    }
    this.#drain(describe(error));
    this.#owner.handedBack(exchange, describe(error));
  }

  #drain(cause: string): void {
    if (this.isDraining) return;
    this.isDraining = true;
    this.#cause ||= cause;
    this.#owner.draining(this, cause);
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.isDraining = true;
    this.#socket.destroy();
    for (const exchange of this.#active) {
      exchange.settle(this.#noAnswer(exchange, this.#cause || 'connection closed'));
    }
    this.#active.clear();
    this.#owner.ended(this, this.#cause || 'connection closed by the peer');
  }
}

const NO_BODY = Buffer.alloc(0);
const CONNECTION_IS_ENDING = new Set([
  'ERR_HTTP2_GOAWAY_SESSION',
  'ERR_HTTP2_INVALID_SESSION',
  'ERR_HTTP2_OUT_OF_STREAMS',
]);

/** Host names are looked up afresh for each connection; node tries the other addresses by itself. */
function openSocket({ origin, ca, cert, key, lookup }: SessionOptions): net.Socket {
  const host = origin.hostname.replace(/^\[|\]$/g, '');
  const isSecure = origin.protocol === 'https:';
  const port = origin.port === '' ? (isSecure ? 443 : 80) : Number(origin.port);
  const target = { host, port, ...(lookup === undefined ? {} : { lookup }) };
  if (!isSecure) return net.connect(target);
  return tls.connect({
    ...target,
    ALPNProtocols: ['h2'],
    minVersion: 'TLSv1.2',
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  });
}

function printable(data: Buffer): string {
  return data.toString('latin1', 0, 200).replace(/[^\x20-\x7e]/g, '?');
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Several addresses tried, several errors: the aggregate's own message is empty.
  if (error instanceof AggregateError) return error.errors.map(describe).join('; ');
  return error.message || ((error as NodeJS.ErrnoException).code ?? error.name);
}
