import type { Clock, FetchLike, SocketConstructor } from './platform.js';
import type { RealtimeStorage } from './storage/storage.js';
import type { TabsOption } from './tabs/options.js';

export type TransportName = 'websocket' | 'sse' | 'poll';

/** Why a new access token is asked for. */
export type TokenReason = 'first' | 'renewal' | 'expired' | 'refused' | 'user_changed';

/** How to reach a gateway, and as which device. */
export interface RealtimeOptions {
  /** Address of the gateway, such as `https://push.example.com`; a path in front of `/v1` may follow. */
  readonly url: string;
  /**
   * The device's access token, or a function that gets one from the app's own server. With a function the connection
   * outlives its tokens; it is asked before each ends, and when the gateway refuses one.
   */
  readonly token: string | ((why: TokenReason) => Promise<string>);
  /**
   * Tells this client from others of the same origin or process that are other devices: storage keys, lock and channel
   * of the tabs are named after it. Default `pealbell`.
   */
  readonly name?: string;
  /** Where cursor, ids and unsent events are kept. Default: `localStorage` where there is one, else memory. */
  readonly storage?: RealtimeStorage;
  /** Default: the platform's, if it has one; Node 20 has none: give it `WebSocket` of the package `ws`, or SSE is used. */
  readonly webSocket?: SocketConstructor;
  /** Default: the global `fetch`. */
  readonly fetch?: FetchLike;
  /** In the order in which they are tried. Default: `websocket`, `sse`, `poll`, without those that the platform cannot do. */
  readonly transports?: readonly TransportName[];
  /** Whether the tabs of one browser share one connection. Default: yes where the platform has Web Locks and a document. */
  readonly tabs?: TabsOption;
  /** So often a message is handed to a handler that rejects, with growing pauses between, before it is given up. Default 3. */
  readonly tries?: number;
  /** So many messages are with the handlers at once. Default 1: one after the other, in order. */
  readonly concurrency?: number;
  /** Called when the gateway does not know the device; once it resolves, the client comes back. */
  readonly register?: () => Promise<void>;
  /** Bounds of the heartbeat's wish in milliseconds: 5,000 to 240,000. */
  readonly ping?: { readonly minMs?: number; readonly maxMs?: number };
  /** For tests. */
  readonly clock?: Clock;
  /** For tests: between 0 and 1. */
  readonly random?: () => number;
}
