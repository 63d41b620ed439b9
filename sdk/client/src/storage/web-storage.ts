import type { WebStorageLike } from '../platform.js';
import type { RealtimeStorage } from './storage.js';

/** Over `localStorage` (shared by the tabs of an origin) or `sessionStorage`. */
export function webStorage(storage: WebStorageLike): RealtimeStorage {
  return {
    get: async (key) => storage.getItem(key),
    set: async (key, value) => storage.setItem(key, value),
  };
}
