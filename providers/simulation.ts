/**
 * The simulator contract: beside its own folder, the only file of ours that a provider's simulator
 * imports. A simulator plays the vendor's side of the protocol and knows nothing of the adapter; what
 * arrived goes into the ledger, and the fault plan says which requests shall fare badly.
 */

/**
 * What is done to one request that would otherwise have been served. Strict checks come first: a request that the
 * vendor would refuse is refused, and takes no fault.
 */
export type Fault =
  /** Answers as told; a field left out keeps what the simulator would have done. */
  | {
      readonly kind: 'answer';
      /** HTTP status; 200 is an acceptance. */
      readonly status?: number;
      /** The vendor's own word for it; the simulator names the usual one of the status when absent. */
      readonly reason?: string;
      readonly retryAfterSeconds?: number;
      /** From the arrival of the whole request to the answer; replaces the simulator's base latency. */
      readonly latencyMs?: number;
      /** When the address died, epoch milliseconds; only for answers that carry such a time. Now when absent. */
      readonly timestampMs?: number;
    }
  /** `stall`: never answered. `reset`: the stream is reset. `half_open`: the whole connection falls silent. */
  | { readonly kind: 'stall' | 'reset' | 'goaway' | 'half_open' }
  /** The connection allows this many streams from now on; the request itself is served. */
  | { readonly kind: 'max_streams'; readonly streams: number };

export interface FaultSource {
  /** The newest fault that is meant for this request, counted as used; `undefined` when it shall be served. */
  take(provider: string, pushToken: string): Fault | undefined;
}

/** One request whose body arrived whole, with its fate. */
export interface LedgerEntry {
  readonly provider: string;
  /** The push token as it was sent; `null` when the request named none. */
  readonly token: string | null;
  /** The id the vendor answers with. */
  readonly id: string;
  /** Without pseudo headers; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as valid JSON text; `null` when it was empty or too large to keep. */
  readonly payloadJson: string | null;
  readonly answer: {
    /** `null` when no answer will ever be given; `reason` is the fault's name then. */
    readonly status: number | null;
    readonly reason: string | null;
  };
  /** The vendor took the message and would show it. */
  readonly accepted: boolean;
  /** When the fate was decided, epoch milliseconds. */
  readonly at: number;
}

export interface LedgerSink {
  /** Keeps the entry; called in order of arrival, before the answer leaves. */
  write(entry: LedgerEntry): void;
}

/** Certificate chain and private key of a listener, PEM. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
}
