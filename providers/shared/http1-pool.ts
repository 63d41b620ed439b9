/**
 * Keep-alive connections to one origin over HTTP/1.1, a request at a time on each (RFC 9112 §9.3). Requests wait here,
 * outside the connections, so that a request's time starts when it has one.
 */
import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import { AbortWatch } from './abort-watch.js';
import { DialBackoff } from './dial-backoff.js';
import { Exchange, ExchangeQueue } from './exchange.js';
import { firstBadField } from './header-value.js';
import type { NotSentReason, OutgoingRequest, Reply, Transport } from './transport.js';

export interface Http1PoolOptions {
  /** `https://host` or `https://host:port`; `http:` where the operator wants it. */
  readonly origin: string;
  /** PEM of the authority to trust, in place of the system's roots. */
  readonly ca?: string | undefined;
  /** Finds the addresses of the host for every connection; not asked about IP literals. The system's when absent. */
  readonly lookup?: LookupFunction | undefined;
  /** Connections at most, and so requests under way. Default 16. */
  readonly connectionsMax?: number;
  /** Requests that wait for a connection at most. Default 20,000. */
  readonly queueMax?: number;
  /** Default 30 s. */
  readonly queueTimeoutMs?: number;
  /** From having a connection to the end of the answer. Default 20 s. */
  readonly requestTimeoutMs?: number;
  /** Until TLS is established. Default 5 s. */
  readonly connectTimeoutMs?: number;
  /** A connection that rested so long is not used again: its other end may be about to close it. Default 4 s. */
  readonly idleMs?: number;
  /** After a failed connection: doubles from base to cap, with jitter. Defaults 250 ms and 15 s. */
  readonly dialBaseMs?: number;
  readonly dialCapMs?: number;
  /** Default 256 KiB: an answer may name every target of a batch. */
  readonly bodyBytesMax?: number;
  /** How long `close` waits for what is in flight. Default 22 s. */
  readonly closeGraceMs?: number;
  /** Told what happened to connections; for logs and counts. */
  readonly report?: (event: Http1PoolEvent) => void;
  /** Monotonic milliseconds. */
  readonly monotonicMs?: () => number;
  /** 0 ≤ x < 1, for jitter. */
  readonly random?: () => number;
}

export type Http1PoolEvent =
  | { readonly kind: 'connections'; readonly open: number }
  | { readonly kind: 'connect_failed'; readonly cause: string; readonly retryInMs: number };

const CONNECTIONS_MAX = 16;
const TICK_MS = 250;

export class Http1Pool implements Transport {
  readonly #options: Http1PoolOptions;
  readonly #url: URL;
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #monotonicMs: () => number;
  readonly #backoff: DialBackoff;
  readonly #queue = new ExchangeQueue();
  readonly #connectionsMax: number;
  readonly #aborts = new AbortWatch();
  readonly #sockets = new Set<Socket>();
  /** Those over which a request can leave. */
  readonly #ready = new WeakSet<Socket>();
  /** Whose request stands on a connection, or was the last there. */
  readonly #users = new WeakMap<Socket, Exchange>();
  #waiting = 0;
  #underWay = 0;
  #timer: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;
  #onQuiet: (() => void) | undefined;

  constructor(options: Http1PoolOptions) {
    this.#options = options;
    this.#url = new URL(options.origin);
    this.#connectionsMax = options.connectionsMax ?? CONNECTIONS_MAX;
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
    const most = { maxSockets: this.#connectionsMax, maxFreeSockets: this.#connectionsMax };
    const common = { keepAlive: true, timeout: options.idleMs ?? 4_000, ...most };
    const { ca, lookup } = options;
    const looking = lookup === undefined ? {} : { lookup };
    this.#agent =
      this.#url.protocol === 'http:'
        ? new HttpAgent({ ...common, ...looking })
        : new HttpsAgent({ ...common, ...looking, ...(ca === undefined ? {} : { ca }) });
    this.#backoff = new DialBackoff(
      options.dialBaseMs ?? 250,
      options.dialCapMs ?? 15_000,
      options.random ?? Math.random,
    );
  }

  request(request: OutgoingRequest, signal: AbortSignal): Promise<Reply> {
    if (this.#closing !== undefined) return Promise.resolve(notSent('closed', 'the transport is closed'));
    if (signal.aborted) return Promise.resolve(notSent('aborted', 'given up before it was sent'));
    const bad = firstBadField(request.headers) ?? firstBadField(request.own ?? {});
    if (bad !== undefined) {
      return Promise.resolve(notSent('invalid', `header field ${JSON.stringify(bad.slice(0, 64))} cannot be sent`));
    }
    const down = this.#backoff.downCause(this.#monotonicMs());
    if (down !== undefined) return Promise.resolve(notSent('unreachable', down));
    if (this.#waiting >= (this.#options.queueMax ?? 20_000)) {
      return Promise.resolve(notSent('queue_full', 'too many requests wait already'));
    }
    return new Promise((done) => {
      const exchange = new Exchange(request, signal, this.#monotonicMs(), (reply) => {
        endWatch();
        done(reply);
      });
      const endWatch = this.#aborts.add(signal, () => {
        if (exchange.cancel !== undefined) {
          exchange.cancel();
          return;
        }
        this.#waiting -= 1;
        exchange.settle(notSent('aborted', 'given up before it was sent'));
        this.#pump();
      });
      this.#queue.push(exchange);
      this.#waiting += 1;
      this.#pump();
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#underWay > 0 || this.#queue.peek() !== undefined) {
      const grace = new Promise<void>((resolve) => {
        this.#onQuiet = resolve;
        setTimeout(resolve, this.#options.closeGraceMs ?? 22_000).unref();
      });
      await grace;
    }
    for (let left = this.#queue.take(); left !== undefined; left = this.#queue.take()) {
      left.settle(notSent('closed', 'the transport is closed'));
    }
    clearInterval(this.#timer);
    this.#agent.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }

  #pump(): void {
    const down = this.#backoff.downCause(this.#monotonicMs());
    while (this.#underWay < this.#connectionsMax || down !== undefined) {
      const next = this.#queue.take();
      if (next === undefined) break;
      this.#waiting -= 1;
      if (down !== undefined) next.settle(notSent('unreachable', down));
      else this.#send(next);
    }
    const isWaiting = this.#queue.peek() !== undefined;
    if (!isWaiting) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      if (this.#underWay === 0) this.#onQuiet?.();
    } else {
      this.#timer ??= setInterval(() => this.#dropLate(), TICK_MS);
    }
  }

  /** In the order in which they came, those whose time is up stand first. */
  #dropLate(): void {
    const before = this.#monotonicMs() - (this.#options.queueTimeoutMs ?? 30_000);
    for (let next = this.#queue.peek(); next !== undefined && next.queuedAt < before; next = this.#queue.peek()) {
      this.#queue.take();
      this.#waiting -= 1;
      next.settle(notSent('queued_too_long', 'it waited too long for a connection'));
    }
    this.#pump();
  }

  #send(exchange: Exchange): void {
    this.#underWay += 1;
    const { request } = exchange;
    const { method, path, body } = request;
    const headers = { ...request.headers, ...request.own, 'content-length': String(body.byteLength) };
    const { protocol, hostname, port } = this.#url;
    const host = hostname.replace(/^\[|\]$/g, '');
    const send = protocol === 'http:' ? requestHttp : requestHttps;
    let outgoing: ClientRequest;
    try {
      outgoing = send({ agent: this.#agent, protocol, host, port, method, path, headers });
    } catch (error) {
      this.#underWay -= 1;
      exchange.settle(notSent('invalid', error instanceof Error ? error.message : String(error)));
      return;
    }
    exchange.openedAt = this.#monotonicMs();
    // Until a connection is there, nothing can have left.
    const progress = { isConnected: false, isAnswering: false, socket: undefined as Socket | undefined };
    const settle = (reply: Reply) => {
      clearTimeout(timeout);
      if (exchange.isSettled) return;
      exchange.settle(reply);
      this.#underWay -= 1;
      this.#pump();
    };
    const failed = (cause: string) => {
      const ms = this.#monotonicMs() - exchange.openedAt;
      if (progress.isConnected) settle({ kind: 'no_answer', cause, ms });
      else if (exchange.signal.aborted) settle(notSent('aborted', 'given up before it was sent'));
      else {
        const now = this.#monotonicMs();
        // Of several that failed at once, one counts: the host is down once.
        if (this.#backoff.mayDial(now)) {
          const retryInMs = this.#backoff.failed(now, cause, false);
          this.#options.report?.({ kind: 'connect_failed', cause, retryInMs });
        }
        settle(notSent('unreachable', cause));
      }
    };
    const giveUp = (cause: string) => {
      failed(cause);
      outgoing.destroy();
    };
    let timeout = setTimeout(() => giveUp('no connection in time'), this.#options.connectTimeoutMs ?? 5_000);
    exchange.cancel = () => giveUp('given up before the answer');
    outgoing.on('socket', (socket: Socket) => {
      progress.socket = socket;
      this.#know(socket);
      this.#users.set(socket, exchange);
      const connected = () => {
        this.#ready.add(socket);
        progress.isConnected = true;
        clearTimeout(timeout);
        exchange.openedAt = this.#monotonicMs();
        timeout = setTimeout(() => giveUp('no answer in time'), this.#options.requestTimeoutMs ?? 20_000);
      };
      // Not by `reusedSocket`: a connection that is handed on to a request that waits for it is not marked so.
      if (this.#ready.has(socket)) connected();
      else socket.once(protocol === 'http:' ? 'connect' : 'secureConnect', connected);
    });
    // Once an answer has begun, it is told as far as it came.
    outgoing.on('error', (error: Error) => {
      if (!progress.isAnswering) failed(causeOf(error));
    });
    outgoing.on('close', () => {
      if (!progress.isAnswering) failed('the connection ended without an answer');
    });
    outgoing.on('response', (response) => {
      progress.isAnswering = true;
      this.#backoff.clear();
      this.#read(outgoing, response, (body, complete) => {
        const { statusCode: status = 0, headers: fields } = response;
        const connection = { retire: () => this.#retire(progress.socket, exchange) };
        const ms = this.#monotonicMs() - exchange.openedAt;
        settle({ kind: 'answer', status, headers: fields, body, complete, ms, connection });
      });
    });
    outgoing.end(body);
  }

  /** One that rests is taken out at once, or the next request would be given to it. */
  #retire(socket: Socket | undefined, last: Exchange): void {
    if (socket === undefined) return;
    if (this.#users.get(socket) === last) socket.destroy();
    else socket.end();
  }

  #read(outgoing: ClientRequest, response: IncomingMessage, done: (body: Buffer, complete: boolean) => void): void {
    const bodyBytesMax = this.#options.bodyBytesMax ?? 256 * 1_024;
    const pieces: Buffer[] = [];
    let bytes = 0;
    const end = (complete: boolean) => done(Buffer.concat(pieces, Math.min(bytes, bodyBytesMax)), complete);
    response.on('data', (piece: Buffer) => {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes <= bodyBytesMax) return;
      end(false);
      outgoing.destroy();
    });
    response.on('end', () => end(response.complete));
    // Cut off under way: what came is told, with the word that it is not all.
    response.on('error', () => end(false));
    response.on('close', () => end(response.complete));
  }

  #know(socket: Socket): void {
    if (this.#sockets.has(socket)) return;
    this.#sockets.add(socket);
    this.#options.report?.({ kind: 'connections', open: this.#sockets.size });
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#options.report?.({ kind: 'connections', open: this.#sockets.size });
    });
  }
}

function notSent(reason: NotSentReason, cause: string): Reply {
  return { kind: 'not_sent', reason, cause };
}

/** Codes are what people look for; a failure at several addresses of a host names each. */
function causeOf(error: Error): string {
  const inner = error instanceof AggregateError ? error.errors.map(String).join('; ') : error.message;
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' && !inner.includes(code) ? `${code}: ${inner}` : inner;
}
