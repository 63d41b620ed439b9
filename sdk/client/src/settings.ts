import type { RealtimeOptions, TokenReason, TransportName } from './options.js';
import {
  type AbortLike,
  attempt,
  type Clock,
  type FetchCall,
  platform,
  type SocketConstructor,
  systemClock,
} from './platform.js';
import { memoryStorage, type RealtimeStorage } from './storage/storage.js';
import { webStorage } from './storage/web-storage.js';

/** The options of a client, checked and complete for this platform. */
export interface Settings {
  /** Without a slash at its end. */
  readonly base: string;
  readonly name: string;
  readonly token: string | undefined;
  readonly getToken: ((why: TokenReason) => Promise<string>) | undefined;
  readonly register: (() => Promise<void>) | undefined;
  readonly storage: RealtimeStorage;
  readonly transports: readonly TransportName[];
  readonly webSocket: SocketConstructor | undefined;
  readonly fetch: FetchCall | undefined;
  readonly abort: (() => AbortLike) | undefined;
  readonly tries: number;
  readonly concurrency: number;
  readonly ping: { readonly minMs?: number; readonly maxMs?: number };
  readonly clock: Clock;
  readonly random: () => number;
}

/** @throws TypeError for options that can never work, with what to give instead */
export function readSettings(options: RealtimeOptions): Settings {
  const { token } = options;
  if (typeof token !== 'function' && (typeof token !== 'string' || token === ''))
    throw fault("'token' must be an access token, or a function that gets one");
  const webSocket = options.webSocket ?? platform.WebSocket;
  // Any `fetch` takes these options; `FetchLike` cannot say so of every platform's types. Looked up at each call, since
  // tests and polyfills replace the global.
  const given = options.fetch as FetchCall | undefined;
  const found = platform.fetch as FetchCall | undefined;
  const fetch: FetchCall | undefined =
    given ?? (found === undefined ? undefined : (url, init) => (platform.fetch as unknown as FetchCall)(url, init));
  const { AbortController } = platform;
  return {
    base: readUrl(options.url),
    name: options.name ?? 'pealbell',
    token: typeof token === 'string' ? token : undefined,
    getToken: typeof token === 'function' ? token : undefined,
    register: options.register,
    storage: options.storage ?? defaultStorage(),
    transports: readTransports(options.transports, webSocket !== undefined, fetch !== undefined),
    webSocket,
    fetch,
    abort: AbortController === undefined ? undefined : () => new AbortController(),
    tries: atLeastOne(options.tries ?? 3, 'tries'),
    concurrency: atLeastOne(options.concurrency ?? 1, 'concurrency'),
    ping: readPing(options.ping ?? {}),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  };
}

function fault(detail: string): TypeError {
  return new TypeError(`createRealtime: ${detail}`);
}

/** By a pattern: React Native's `URL` is not all of it. */
function readUrl(url: string): string {
  if (typeof url !== 'string' || !/^https?:\/\/[^/?#@\s]+(?:\/[^?#\s]*)?$/i.test(url))
    throw fault(`'url' must be such as https://push.example.com, not '${url}'`);
  return url.replace(/\/+$/, '');
}

function readTransports(
  wanted: readonly TransportName[] | undefined,
  hasSocket: boolean,
  hasFetch: boolean,
): readonly TransportName[] {
  const can: Readonly<Record<TransportName, boolean>> = {
    websocket: hasSocket,
    // Streams of an answer are missing in React Native: there its first try fails, and long poll is next.
    sse: hasFetch && platform.TextDecoder !== undefined,
    poll: hasFetch,
  };
  const asked = wanted ?? ['websocket', 'sse', 'poll'];
  const odd = asked.find((name) => !Object.hasOwn(can, name));
  if (odd !== undefined) throw fault(`'transports' are websocket, sse and poll, not '${odd}'`);
  const usable = asked.filter((name) => can[name]);
  if (usable.length === 0) throw fault('this platform has none of the transports: give `webSocket` or `fetch`');
  return usable;
}

function readPing(ping: { readonly minMs?: number; readonly maxMs?: number }): typeof ping {
  const { minMs = 5_000, maxMs = 240_000 } = ping;
  if (minMs >= 5_000 && minMs <= maxMs && maxMs <= 240_000) return ping;
  throw fault("'ping' goes from 5,000 to 240,000 ms, minMs before maxMs");
}

function atLeastOne(value: number, name: string): number {
  if (value >= 1) return value;
  throw fault(`'${name}' must be a number from 1 on, not ${value}`);
}

/** `localStorage` where it works; some platforms have one that refuses. */
function defaultStorage(): RealtimeStorage {
  const found = attempt(() => platform.localStorage);
  if (found === undefined || attempt(() => found.getItem('pealbell')) === undefined) return memoryStorage();
  return webStorage(found);
}
