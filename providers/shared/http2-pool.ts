/**
 * Long-lived HTTP/2 connections to one origin with one credential. Requests wait here, outside the
 * connections, so that a request's time starts when its stream opens and what was never opened can go
 * over another connection. One timer serves them all.
 */
import type { LookupFunction } from 'node:net';
import { DialBackoff } from './dial-backoff.js';
import { Exchange, ExchangeQueue } from './exchange.js';
import { firstBadField } from './header-value.js';
import { Http2Session, type SessionOptions, type SessionOwner } from './http2-session.js';
import type { NotSentReason, OutgoingRequest, Reply, Transport } from './transport.js';

export interface Http2PoolOptions {
  /** `https://host` or `https://host:port`. */
  readonly origin: string;
  /** PEM of the authority to trust, in place of the system's roots. */
  readonly ca?: string | undefined;
  /** Finds the addresses of the host for every connection; not asked about IP literals. The system's when absent. */
  readonly lookup?: LookupFunction | undefined;
  /** PEM of a client certificate, with its chain, and of its private key (no passphrase): both or neither. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Connections at most, not counting those that drain. Default 4. */
  readonly sessionsMax?: number;
  /** Streams at most on one connection; the peer's SETTINGS may say less. Default 500. */
  readonly streamsMax?: number;
  /** Requests that wait for a stream at most. Default 20,000. */
  readonly queueMax?: number;
  /** Default 30 s. */
  readonly queueTimeoutMs?: number;
  /** From opening the stream. Default 10 s. */
  readonly requestTimeoutMs?: number;
  /** Until the peer's SETTINGS. Default 5 s. */
  readonly connectTimeoutMs?: number;
  /** Defaults: every 5 s while requests are outstanding, 60 s while none is, 4 s for an answer. */
  readonly pingBusyMs?: number;
  readonly pingIdleMs?: number;
  readonly pingAnswerMs?: number;
  /** After a failed connection: doubles from base to cap, with jitter. Defaults 250 ms and 15 s. */
  readonly dialBaseMs?: number;
  readonly dialCapMs?: number;
  /** Default 16 KiB. */
  readonly bodyBytesMax?: number;
  /** How long `close` waits for what is in flight. Default 12 s. */
  readonly closeGraceMs?: number;
  /** Whether a status shows that the peer has let us in; until then one stream at a time. Default: any. */
  readonly provesEntry?: (status: number) => boolean;
  /** Told what happened to connections; for logs and counts. */
  readonly report?: (event: PoolEvent) => void;
  /** Monotonic milliseconds. */
  readonly monotonicMs?: () => number;
  /** 0 ≤ x < 1, for jitter. */
  readonly random?: () => number;
}

export type PoolEvent =
  | { readonly kind: 'connections'; readonly open: number; readonly draining: number }
  | { readonly kind: 'connect_failed'; readonly cause: string; readonly retryInMs: number }
  | { readonly kind: 'connection_draining'; readonly cause: string }
  | { readonly kind: 'connection_lost'; readonly cause: string };

/** Times one request is handed back and sent again before its sender is told. */
const RESENDS_MAX = 3;
/** The coarsest that still notices a stopped peer within pingBusyMs + pingAnswerMs + 2 ticks < 10 s. */
const TICK_MAX_MS = 250;
const CALM_MS = 60_000;

export class Http2Pool implements Transport, SessionOwner {
  readonly #options: Http2PoolOptions;
  readonly #session: SessionOptions;
  readonly #monotonicMs: () => number;
  readonly #backoff: DialBackoff;
  readonly #sessions = new Set<Http2Session>();
  readonly #useless = new WeakSet<Http2Session>();
  readonly #queue = new ExchangeQueue();
  readonly #watched = new Map<AbortSignal, { exchanges: Set<Exchange>; stop: () => void }>();
  readonly #tickMs: number;
  #waiting = 0;
  #outstanding = 0;
  #streamsMax: number;
  #calmUntil = 0;
  #timer: NodeJS.Timeout | undefined;
  #tickedAt = 0;
  #closing: Promise<void> | undefined;
  #onQuiet: (() => void) | undefined;

  constructor(options: Http2PoolOptions) {
    this.#options = options;
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
    this.#session = {
      origin: new URL(options.origin),
      ca: options.ca,
      lookup: options.lookup,
      cert: options.cert,
      key: options.key,
      connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
      requestTimeoutMs: options.requestTimeoutMs ?? 10_000,
      bodyBytesMax: options.bodyBytesMax ?? 16 * 1024,
      pingBusyMs: options.pingBusyMs ?? 5_000,
      pingIdleMs: options.pingIdleMs ?? 60_000,
      pingAnswerMs: options.pingAnswerMs ?? 4_000,
      provesEntry: options.provesEntry ?? (() => true),
      monotonicMs: this.#monotonicMs,
    };
    this.#streamsMax = options.streamsMax ?? 500;
    this.#backoff = new DialBackoff(
      options.dialBaseMs ?? 250,
      options.dialCapMs ?? 15_000,
      options.random ?? Math.random,
    );
    const { pingBusyMs, pingAnswerMs, connectTimeoutMs, requestTimeoutMs } = this.#session;
    const shortest = Math.min(pingBusyMs, pingAnswerMs, connectTimeoutMs, requestTimeoutMs, options.dialBaseMs ?? 250);
    this.#tickMs = Math.max(5, Math.min(TICK_MAX_MS, Math.floor(shortest / 4)));
  }

  get streamsMax(): number {
    return this.#streamsMax;
  }

  request(request: OutgoingRequest, signal: AbortSignal): Promise<Reply> {
    if (this.#closing !== undefined) return notSent('closed', 'the transport was closed');
    if (signal.aborted) return notSent('aborted', 'given up before it was sent');
    if (this.#waiting >= (this.#options.queueMax ?? 20_000)) {
      return notSent('queue_full', `${this.#waiting} requests wait already`);
    }
    const bad = firstBadField(request.headers) ?? (request.own && firstBadField(request.own));
    if (bad !== undefined) return notSent('invalid', `header field ${JSON.stringify(bad.slice(0, 64))} cannot be sent`);
    const now = this.#monotonicMs();
    const down = this.#sessions.size === 0 ? this.#backoff.downCause(now) : undefined;
    if (down !== undefined) return notSent('unreachable', down);
    return new Promise((resolve) => {
      const exchange = new Exchange(request, signal, now, (reply) => {
        this.#forget(exchange);
        resolve(reply);
      });
      this.#remember(exchange);
      this.#waiting += 1;
      this.#queue.push(exchange);
      this.#pump();
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  room(): void {
    this.#pump();
  }

  answered(): void {
    this.#backoff.clear();
  }

  handedBack(exchange: Exchange, cause: string): void {
    if (exchange.isSettled) return;
    if (exchange.signal.aborted) {
      exchange.settle({ kind: 'not_sent', reason: 'aborted', cause: 'given up before it was processed' });
      return;
    }
    exchange.resends += 1;
    if (exchange.resends > RESENDS_MAX) {
      exchange.settle({ kind: 'not_sent', reason: 'refused', cause });
      return;
    }
    this.#waiting += 1;
    this.#queue.pushFront(exchange);
  }

  draining(session: Http2Session, cause: string): void {
    if (session.answers === 0) this.#noteUseless(session, cause);
    else this.#options.report?.({ kind: 'connection_draining', cause });
    this.#reportCount();
    // A successor before the old one has drained, so that nobody waits for a handshake.
    if (session.isBusy || this.#waiting > 0) this.#dial();
  }

  calmDown(): void {
    this.#streamsMax = Math.max(1, Math.floor(this.#streamsMax / 2));
    this.#calmUntil = this.#monotonicMs() + CALM_MS;
  }

  ended(session: Http2Session, cause: string): void {
    this.#sessions.delete(session);
    this.#reportCount();
    const now = this.#monotonicMs();
    if (this.#closing !== undefined && this.#outstanding === 0) {
      this.#quietCheck();
      return;
    }
    if (session.answers > 0) {
      this.#options.report?.({ kind: 'connection_lost', cause });
    } else {
      this.#noteUseless(session, cause);
    }
    const down = this.#sessions.size === 0 ? this.#backoff.downCause(now) : undefined;
    if (down !== undefined) this.#failWaiting('unreachable', down);
    this.#pump();
    this.#quietCheck();
  }

  /** It never answered anything: counts once, when it begins to drain or when it ends. */
  #noteUseless(session: Http2Session, cause: string): void {
    if (this.#useless.has(session)) return;
    this.#useless.add(session);
    const retryInMs = this.#backoff.failed(this.#monotonicMs(), cause, session.isReady);
    this.#options.report?.({ kind: 'connect_failed', cause, retryInMs });
  }

  #pump(): void {
    while (this.#waiting > 0) {
      let session: Http2Session | undefined;
      for (const candidate of this.#sessions) {
        if (candidate.room > 0) {
          session = candidate;
          break;
        }
      }
      if (session === undefined) {
        this.#dial();
        return;
      }
      const exchange = this.#queue.take();
      if (exchange === undefined) return;
      this.#waiting -= 1;
      session.start(exchange);
    }
  }

  /** Another connection, if none is on its way, all are full, and the last failure is long enough ago. */
  #dial(): void {
    let usable = 0;
    for (const session of this.#sessions) {
      if (session.isStarting) return;
      if (!session.isDraining) usable += 1;
    }
    if (usable >= (this.#options.sessionsMax ?? 4)) return;
    this.#startTimer();
    if (!this.#backoff.mayDial(this.#monotonicMs())) return;
    this.#sessions.add(new Http2Session(this.#session, this));
    this.#reportCount();
  }

  #remember(exchange: Exchange): void {
    this.#outstanding += 1;
    if (this.#outstanding === 1) this.#timer?.ref();
    let watch = this.#watched.get(exchange.signal);
    if (watch === undefined) {
      // One listener per signal, not per request: a batch shares one.
      const exchanges = new Set<Exchange>();
      const onAbort = () => {
        for (const one of exchanges) this.#abort(one);
      };
      exchange.signal.addEventListener('abort', onAbort, { once: true });
      watch = { exchanges, stop: () => exchange.signal.removeEventListener('abort', onAbort) };
      this.#watched.set(exchange.signal, watch);
    }
    watch.exchanges.add(exchange);
  }

  #forget(exchange: Exchange): void {
    this.#outstanding -= 1;
    const watch = this.#watched.get(exchange.signal);
    watch?.exchanges.delete(exchange);
    if (watch?.exchanges.size === 0) {
      watch.stop();
      this.#watched.delete(exchange.signal);
    }
    if (this.#outstanding === 0) {
      this.#timer?.unref();
      this.#quietCheck();
    }
  }

  #abort(exchange: Exchange): void {
    if (exchange.cancel !== undefined) {
      exchange.cancel();
      return;
    }
    this.#waiting -= 1;
    exchange.settle({ kind: 'not_sent', reason: 'aborted', cause: 'given up while it waited for a stream' });
  }

  #failWaiting(reason: NotSentReason, cause: string): void {
    for (let next = this.#queue.take(); next !== undefined; next = this.#queue.take()) {
      this.#waiting -= 1;
      next.settle({ kind: 'not_sent', reason, cause });
    }
  }

  #startTimer(): void {
    if (this.#timer !== undefined) return;
    this.#tickedAt = this.#monotonicMs();
    this.#timer = setInterval(() => this.#tick(), this.#tickMs);
    if (this.#outstanding === 0) this.#timer.unref();
  }

  #tick(): void {
    const now = this.#monotonicMs();
    const isLate = now - this.#tickedAt > this.#tickMs * 3;
    this.#tickedAt = now;
    if (this.#streamsMax < (this.#options.streamsMax ?? 500) && now >= this.#calmUntil) {
      this.#streamsMax = Math.min(this.#options.streamsMax ?? 500, this.#streamsMax * 2);
      this.#calmUntil = now + CALM_MS;
    }
    for (const session of this.#sessions) session.tick(now, isLate);
    const waitMs = this.#options.queueTimeoutMs ?? 30_000;
    for (let next = this.#queue.peek(); next !== undefined; next = this.#queue.peek()) {
      if (now - next.queuedAt < waitMs) break;
      this.#queue.take();
      this.#waiting -= 1;
      next.settle({ kind: 'not_sent', reason: 'queued_too_long', cause: `no free stream in ${waitMs} ms` });
    }
    this.#pump();
    if (this.#sessions.size === 0 && this.#waiting === 0) this.#stopTimer();
  }

  #stopTimer(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #reportCount(): void {
    if (this.#options.report === undefined) return;
    let draining = 0;
    for (const session of this.#sessions) if (session.isDraining) draining += 1;
    this.#options.report({ kind: 'connections', open: this.#sessions.size - draining, draining });
  }

  #quietCheck(): void {
    this.#onQuiet?.();
  }

  async #close(): Promise<void> {
    const graceMs = this.#options.closeGraceMs ?? 12_000;
    if (!(await this.#until(() => this.#outstanding === 0, graceMs))) {
      this.#failWaiting('closed', 'the transport was closed');
    }
    for (const session of this.#sessions) session.destroy('closed');
    await this.#until(() => this.#sessions.size === 0 && this.#outstanding === 0, graceMs);
    this.#stopTimer();
  }

  /** False where `ms` passed first. */
  #until(isSo: () => boolean, ms: number): Promise<boolean> {
    if (isSo()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (isDone: boolean) => {
        clearTimeout(timer);
        this.#onQuiet = undefined;
        resolve(isDone);
      };
      const timer = setTimeout(() => end(false), ms);
      this.#onQuiet = () => {
        if (isSo()) end(true);
      };
    });
  }
}

function notSent(reason: NotSentReason, cause: string): Promise<Reply> {
  return Promise.resolve({ kind: 'not_sent', reason, cause });
}
