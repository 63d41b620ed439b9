/**
 * One request and its answer, whatever protocol carried them. Push services speak HTTP/2 and HTTP/1.1 on one port, and a
 * fault must be able to hurt either.
 */
import type { RequestHeaders } from './request-rules.js';

export interface RequestHead {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Without pseudo headers; names in lower case. */
  readonly headers: RequestHeaders;
}

/** The connection side of a request whose body arrived whole. */
export interface Exchange {
  readonly head: RequestHead;
  /** A half-open connection: nothing that arrives on it is answered. */
  readonly isSilent: boolean;
  /** `false` when GOAWAY told the sender that this request is not processed. */
  readonly isServed: boolean;
  /** The fate of the request is decided: no GOAWAY will disown it. */
  noteDecided(): void;
  /** Does nothing when the sender is gone. */
  answer(status: number, headers: Readonly<Record<string, string>>, body: string): void;
  /** Breaks off the request; over HTTP/1.1, the connection. */
  reset(): void;
  /** Announces the end of the connection; over HTTP/1.1, the answer says `Connection: close`. */
  goAway(): void;
  /** Stops reading for good, so that the peer sees a connection that is neither closed nor alive. */
  fallSilent(): void;
  /** Announces SETTINGS_MAX_CONCURRENT_STREAMS; HTTP/1.1 has no streams. */
  allowStreams(streams: number): void;
}

/** Takes a request once its body is whole. `chunks` is empty when the body was beyond all measure. */
export type Receiver = (exchange: Exchange, chunks: readonly Buffer[], bytes: number) => void;

/** The most of a body that is kept; the rest is counted and dropped. */
const BODY_KEPT_BYTES_MAX = 65_536;

/** Collects a body up to 64 KiB and counts all of it. */
export class BodyCollector {
  #chunks: Buffer[] = [];
  #bytes = 0;

  get chunks(): readonly Buffer[] {
    return this.#chunks;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= BODY_KEPT_BYTES_MAX) this.#chunks.push(chunk);
    else this.#chunks = [];
  }
}
