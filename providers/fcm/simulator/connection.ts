import { constants, type ServerHttp2Session } from 'node:http2';
import type { Duplex } from 'node:stream';

const HOLD_EVERY_MS = 5;

/** What a request may do to the connection that it came on. Requests are numbered upwards, not without gaps. */
export interface Connection {
  /** Half-open: nothing that arrives is answered any more, not even PING. */
  readonly isSilent: boolean;
  /** `false` when the sender was told that this request is not processed. */
  serves(request: number): boolean;
  /** Notes that the fate of a request is decided. */
  noteDecided(request: number): void;
  /** Announces how many requests may be under way; nothing where the protocol has no word for it. */
  allowStreams(streams: number): void;
  /** Tells the sender to go elsewhere. `request` is processed only when nothing was decided before it. */
  goAway(request: number): void;
  fallSilent(): void;
}

export class Http2Connection implements Connection {
  readonly #session: ServerHttp2Session;
  #allowedStreams: number;
  #lastDecided = 0;
  #lastServed = Number.POSITIVE_INFINITY;
  #isSilent = false;

  constructor(session: ServerHttp2Session, allowedStreams: number) {
    this.#session = session;
    this.#allowedStreams = allowedStreams;
  }

  get isSilent(): boolean {
    return this.#isSilent;
  }

  serves(request: number): boolean {
    return request <= this.#lastServed;
  }

  noteDecided(request: number): void {
    this.#lastDecided = Math.max(this.#lastDecided, request);
  }

  allowStreams(streams: number): void {
    // Repeating itself would pile up SETTINGS without ACK, and node:http2 ends a session after ten of them.
    if (this.#isSilent || this.#session.destroyed || streams === this.#allowedStreams) return;
    this.#allowedStreams = streams;
    this.#session.settings({ maxConcurrentStreams: streams });
  }

  goAway(request: number): void {
    if (this.#session.destroyed || this.#lastServed !== Number.POSITIVE_INFINITY) return;
    // node:http2 cannot name 0 as the last stream, so the very first request is served. The session is not closed
    // here: close() sends a second GOAWAY with a higher last stream, which RFC 9113 §6.8 forbids.
    this.#lastServed = this.#lastDecided === 0 ? request : this.#lastDecided;
    this.#session.goaway(constants.NGHTTP2_NO_ERROR, this.#lastServed, Buffer.from('session_timed_out'));
  }

  fallSilent(): void {
    if (this.#isSilent || this.#session.destroyed) return;
    this.#isSilent = true;
    stopReading(this.#session.socket, this.#session);
  }
}

/** HTTP/1.1: one request at a time, and `Connection: close` is its GOAWAY: that request is still answered. */
export class Http1Connection implements Connection {
  readonly #socket: Duplex;
  #isSilent = false;
  #isLeaving = false;

  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** The next answer is the connection's last. */
  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  serves(): boolean {
    return true;
  }

  noteDecided(): void {}

  allowStreams(): void {}

  goAway(): void {
    this.#isLeaving = true;
  }

  fallSilent(): void {
    if (this.#isSilent || this.#socket.destroyed) return;
    this.#isSilent = true;
    stopReading(this.#socket, this.#socket);
  }
}

/**
 * Reads no more until the connection is cut. node:http2 and node:http read from the socket's handle below JavaScript
 * and offer no way to hold that, hence the handle; a write under way lets them read again, hence the repetition.
 */
function stopReading(socket: object, life: { once(event: 'close', listener: () => void): unknown }): void {
  const { _handle: handle } = socket as { readonly _handle?: { readStop(): unknown } };
  const hold = () => handle?.readStop();
  hold();
  const repeat = setInterval(hold, HOLD_EVERY_MS);
  life.once('close', () => clearInterval(repeat));
}
