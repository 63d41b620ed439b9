/**
 * What the client asks of the platform it runs on, in its own few words: browsers, Node and React Native have different
 * globals and different types for them, and none of them is needed to compile this package. Nothing here is touched when
 * a module is imported.
 */

/** What is used of a `WebSocket`; those of browsers, of Node, of React Native and of the package `ws` all fit. */
export interface SocketLike {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
}
export type SocketConstructor = new (url: string, protocols: string) => SocketLike;

/** Any `fetch`; `never`, since each platform names the type of its options otherwise. */
export type FetchLike = (url: string, init: never) => Promise<unknown>;

export interface FetchInit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly cache?: 'no-store';
  readonly signal?: unknown;
}
export interface FetchAnswer {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body?: { getReader(): BodyReader } | null;
  json(): Promise<unknown>;
}
export interface BodyReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(): Promise<unknown>;
}
export type FetchCall = (url: string, init: FetchInit) => Promise<FetchAnswer>;

export interface AbortLike {
  readonly signal: unknown;
  abort(): void;
}

/** Web Locks, as far as they are used here. */
export interface LocksLike {
  request(name: string, options: { readonly signal?: never }, held: () => Promise<unknown>): Promise<unknown>;
}

/** A `BroadcastChannel`. */
export interface ChannelLike {
  postMessage(message: unknown): void;
  close(): void;
  onmessage: ((event: never) => void) | null;
}

export interface WebStorageLike {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** Time and timers, to be replaced by tests. */
export interface Clock {
  now(): number;
  /** @returns what stops it */
  after(ms: number, run: () => void): () => void;
}

interface EventSourceLike {
  addEventListener?(type: string, listener: (event: never) => void): void;
  removeEventListener?(type: string, listener: (event: never) => void): void;
}

interface Platform extends EventSourceLike {
  readonly WebSocket?: SocketConstructor;
  readonly fetch?: FetchLike;
  readonly AbortController?: new () => AbortLike;
  readonly TextDecoder?: new () => { decode(bytes?: Uint8Array, options?: { stream: boolean }): string };
  readonly BroadcastChannel?: new (name: string) => ChannelLike;
  readonly localStorage?: WebStorageLike;
  readonly document?: EventSourceLike & { readonly visibilityState?: string };
  readonly navigator?: {
    readonly onLine?: boolean;
    readonly locks?: LocksLike;
    readonly serviceWorker?: { readonly controller?: { postMessage(message: unknown): void } | null };
  };
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: never): void;
}

// The one place that names the globals; each of them may be missing.
export const platform = globalThis as unknown as Platform;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = platform.setTimeout(run, ms);
    return () => platform.clearTimeout(timer as never);
  },
};

/** `read()`, or `undefined` where the platform refuses: some throw for a mere look at `localStorage`. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
