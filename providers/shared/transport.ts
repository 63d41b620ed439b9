/**
 * What a provider asks of a transport. The engine behind it (`http2-pool.ts`) can be replaced
 * without touching a provider: nothing of node:http2 shows through.
 */

/** Header names in lower case; values already checked with `isHeaderValue`. */
export type HeaderFields = Readonly<Record<string, string>>;

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Begins with `/`. */
  readonly path: string;
  /** Shared by many requests; may be frozen and is never changed. */
  readonly headers: HeaderFields;
  /** This request's own fields; they win over `headers`. */
  readonly own?: HeaderFields;
  /** Shared by many requests; never changed. */
  readonly body: Uint8Array;
}

export interface Answer {
  readonly kind: 'answer';
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** At most `bodyBytesMax` bytes; what comes after is cut off. */
  readonly body: Buffer;
  /** False where the body was cut off, by its bound or by the end of the stream. */
  readonly complete: boolean;
  /** From opening the stream to this answer. */
  readonly ms: number;
  /** The connection it came over, for a vendor that says "not this connection any more". */
  readonly connection: RetirableConnection;
}

export interface RetirableConnection {
  /** Sends nothing more over this connection; what is in flight may finish. Harmless when repeated. */
  retire(): void;
}

/**
 * Why a request was provably never processed: the caller aborted it, no connection could be had, the
 * peer handed it back too often (REFUSED_STREAM, GOAWAY), it waited too long for a free stream, too
 * many others waited already, the engine could not encode it, or the transport was closed.
 */
export type NotSentReason =
  | 'aborted'
  | 'unreachable'
  | 'refused'
  | 'queued_too_long'
  | 'queue_full'
  | 'invalid'
  | 'closed';

export type Reply =
  | Answer
  /** Provably never processed: repeating cannot make a double. */
  | { readonly kind: 'not_sent'; readonly reason: NotSentReason; readonly cause: string }
  /** Written, and nothing was heard of it: it may or may not have been processed. */
  | { readonly kind: 'no_answer'; readonly cause: string; readonly ms: number };

export interface Transport {
  /** Never rejects: whatever the network does is a `Reply`. */
  request(request: OutgoingRequest, signal: AbortSignal): Promise<Reply>;
  /** Lets what was asked finish (bounded), then frees every connection. Calling it twice is harmless. */
  close(): Promise<void>;
}
