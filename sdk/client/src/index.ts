/** The client of Pealbell for devices: browsers, Node and React Native. */
export type {
  Clear,
  Gap,
  Listener,
  RealtimeError,
  RealtimeEvents,
  RealtimeMessage,
  RealtimeNotification,
  RealtimeState,
  Sent,
} from './events.js';
export type { RealtimeOptions, TokenReason, TransportName } from './options.js';
export type {
  ChannelLike,
  Clock,
  FetchLike,
  LocksLike,
  SocketConstructor,
  SocketLike,
  WebStorageLike,
} from './platform.js';
export { createRealtime, type Realtime } from './realtime.js';
export { type IndexedDbStorage, indexedDbStorage } from './storage/indexed-db.js';
export { memoryStorage, type RealtimeStorage } from './storage/storage.js';
export { webStorage } from './storage/web-storage.js';
export type { TabsOption } from './tabs/options.js';
