import type { ClientFrame, Hello } from '../frames.js';
import type { End } from '../machine-words.js';
import type { AbortLike, Clock, FetchCall, SocketConstructor } from '../platform.js';

/** One connection, however it is carried. */
export interface Wire {
  send(frame: ClientFrame): void;
  /** Ends it; nothing is heard of it any more. */
  close(): void;
}

export interface WireEvents {
  frame(frame: unknown): void;
  /** At most once, and not after `close`. */
  closed(end: End): void;
}

export interface WireSetup {
  /** The gateway's address, without a slash at its end. */
  readonly base: string;
  readonly hello: Hello;
  readonly events: WireEvents;
  readonly clock: Clock;
  readonly webSocket: SocketConstructor | undefined;
  readonly fetch: FetchCall | undefined;
  readonly abort: (() => AbortLike) | undefined;
}

export function network(cause: unknown): End {
  return { kind: 'network', why: cause instanceof Error ? cause.message : String(cause) };
}
